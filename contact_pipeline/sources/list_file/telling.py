"""A suggestion told to people: a table that can be read aloud. Cells are shown by their form alone."""

from __future__ import annotations

from collections.abc import Sequence

from contact_pipeline.sources.list_file.suggest import Suggestion

HEADERS = ("column", "field", "confidence", "why", "example")
LONGEST = 60


def suggestion_rows(suggestion: Suggestion) -> list[tuple[str, str, str, str, str]]:
    """One row per column: column, field or `kept`, confidence, why (and the runners-up of a doubtful one), example."""
    rows = []
    for column in suggestion.columns:
        why = column.doubt or column.why
        if column.others and not column.taken:
            why += "; or " + ", ".join(f"{name} {confidence:.0%}" for name, confidence in column.others)
        if column.damaged:
            why += f"; {column.damaged} cells are damaged"
        mark = "?" if column.doubt else ""
        rows.append(
            (
                _short(column.column),
                (column.field or "kept as is") + mark,
                f"{column.confidence:.0%}",
                why,
                column.example,
            )
        )
    return rows


def suggestion_table(suggestion: Suggestion) -> str:
    """The rows as aligned text."""
    return aligned([HEADERS, *suggestion_rows(suggestion)])


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows of text, their cells one below the other."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
