"""Figures of the fault matrix: what each case cost, kept while `make faults` runs and added up at its end.

    FAULT_FIGURES=file pytest …/test_fault_matrix.py; python -m contact_pipeline_tests.sources.fault_figures file

The promises are the tests'; nothing here decides whether one is kept.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def note(**figures: Any) -> None:
    """One line more in the file that `FAULT_FIGURES` names, if it names one; safe from several processes."""
    path = os.environ.get("FAULT_FIGURES")
    if path:
        line = json.dumps(figures).encode() + b"\n"
        with Path(path).open("ab", buffering=0) as file:
            file.write(line)


def table(lines: Iterable[dict[str, Any]]) -> str:
    """A row for each connector: cases, equal tables, calls against the quiet reading's, rate against the limit."""
    by_connector: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        by_connector.setdefault(line["connector"], []).append(line)
    rows = [f"{'connector':28}{'cases':>7}{'equal':>7}{'calls, mean':>13}{'most':>7}{'rate / limit':>14}"]
    for connector, cases in sorted(by_connector.items()):
        equal = sum(case["equal"] for case in cases)
        ratios = [case["calls"] / case["quiet"] for case in cases]
        rate = max(case["rate"] for case in cases)
        rows.append(
            f"{connector:28}{len(cases):7,}{equal:7,}{sum(ratios) / len(ratios):12.2f}x{max(ratios):6.2f}x"
            f"{str(rate) + ' / ' + str(cases[0]['limit']):>14}"
        )
    return "\n".join(rows)


if __name__ == "__main__":
    written = Path(sys.argv[1]).read_text(encoding="utf-8")
    sys.stdout.write(table(map(json.loads, written.splitlines())) + "\n")
