"""`make bench`: every measurement, or those named: `python -m benchmarks phones pipeline`."""

from __future__ import annotations

import importlib
import sys

ALL = ("phones", "pipeline", "connectors", "season", "identity")


def main(names: list[str]) -> None:
    """Run the named measurements, all without a name, and print what each gives."""
    for name in names or ALL:
        print(f"\n{name}", flush=True)
        for what, value in importlib.import_module(f"benchmarks.{name}").measure().items():
            print(f"  {what:<48} {value}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
