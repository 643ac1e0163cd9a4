"""Quick conditions: the model's conditions, written so that DuckDB answers them sooner and never otherwise.

The model says what is compared in plain SQL. Rewriting it for speed belongs here, so that the model need not: lists of
one value are compared as values, edits are counted only where few are possible, and what stands first in a row of
`and`s is asked first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

_MACROS: Final = (
    # `list_has_any` builds a set per pair; most lists hold one value.
    """
    create or replace temp macro in_common(a, b) as
        case when a is null or b is null then null
        when len(a) = 0 or len(b) = 0 then false
        when len(a) = 1 and len(b) = 1 then a[1] = b[1]
        else list_has_any(a, b) end
    """,
    # A swap of two letters is two of Levenshtein's edits, so d edits here are at most 2 d there, and those are counted
    # many times quicker.
    """
    create or replace temp macro edits_within(a, b, most) as
        case when abs(length(a) - length(b)) > most then false
        when levenshtein(a, b) > 2 * most then false
        else damerau_levenshtein(a, b) <= most end
    """,
)
_FEW_EDITS: Final = re.compile(r"damerau_levenshtein\((\w+), (\w+)\) <= (\d+)")
_MANY_EDITS: Final = re.compile(r"damerau_levenshtein\((\w+), (\w+)\) > (\d+)")


def create_macros(bench: duckdb.DuckDBPyConnection) -> None:
    """The functions `quick` writes, for the length of the bench's session."""
    for macro in _MACROS:
        bench.execute(macro)


def quick(condition: str) -> str:
    """The same condition, sooner answered. It is true for the same pairs; where it was null it may be false.

    Args:
        condition: SQL over the columns of two records, as in `model.COMPARISONS`.
    """
    text = _FEW_EDITS.sub(r"edits_within(\1, \2, \3)", condition)
    text = _MANY_EDITS.sub(r"(not edits_within(\1, \2, \3))", text).replace("list_has_any(", "in_common(")
    asked = _split_at_and(text)
    nested = asked[-1]
    for one in reversed(asked[:-1]):
        nested = f"case when {one} then ({nested}) else false end"
    return nested


def _split_at_and(condition: str) -> list[str]:
    """The parts of `a and b and c`, or the whole where it is not made of `and`s alone."""
    words, depth, parts = re.split(r"(\band\b|\bor\b|\bcase\b|\bbetween\b|[()'])", condition), 0, [""]
    quoted = False
    for word in words:
        if word == "'":
            quoted = not quoted
        depth += 0 if quoted else (word == "(") - (word == ")")
        if depth == 0 and not quoted and word in ("or", "case", "between"):
            return [condition]
        if depth == 0 and not quoted and word == "and":
            parts.append("")
        else:
            parts[-1] += word
    return [part.strip() for part in parts]
