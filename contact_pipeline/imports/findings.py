"""Findings: what an import may say about a cell or a row, and the table that holds what it said.

The kinds are data in `findings.toml`. Finding them belongs to `checking` (rules) and to the dry run (readings).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = Path(__file__).with_name("findings.toml")

ERROR, WARNING = "error", "warning"
"""An error refuses its row; a warning is told."""


@dataclass(frozen=True)
class FindingKind:
    """One kind of finding; `expected` and `hint` are told where a rule has no words of its own."""

    code: str
    title: str
    expected: str
    hint: str


@cache
def finding_kinds() -> dict[str, FindingKind]:
    """Every kind by its code."""
    words = tomllib.loads(KINDS.read_text(encoding="utf-8"))
    return {code: FindingKind(code, **texts) for code, texts in words.items()}


def finding_schema() -> pa.Schema:
    """The columns of `import_finding`, one row per finding.

    `column` is the file's header, `field` what it stands for (null for a column that is nobody's field); both are null
    where the finding is about the row. `value` is what was found wrong, as it was read.
    """
    import pyarrow as pa

    return pa.schema([
        ("row_key", pa.string()), ("row_number", pa.int64()), ("column", pa.string()), ("field", pa.string()),
        ("code", pa.string()), ("severity", pa.string()), ("value", pa.string()), ("expected", pa.string()),
        ("hint", pa.string()),
    ])  # fmt: skip
