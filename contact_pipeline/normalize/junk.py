"""Values that are written but say nothing: placeholders, tests, office addresses.

The lists' reading belongs here; what a caller does with a junk value (hide it, raise an issue) does not.
"""

from __future__ import annotations

from functools import cache

from contact_pipeline.normalize.reference_data import reference_rows


@cache
def junk_words(field: str) -> dict[str, str]:
    """Word → kind for `name` (missing | test), `email_local` (role | placeholder), `email_domain`, `cell` (missing)."""
    return {row["word"]: row["kind"] for row in reference_rows("junk_words") if row["field"] == field}


def is_missing(raw: str | None) -> bool:
    """Whether a cell of any kind is blank or holds a word for nothing (`n/a`, `none`, `-`)."""
    return raw is None or not raw.strip() or raw.strip().lower() in junk_words("cell")
