"""Evidence: the one table linking reads, one row per record, normalised values only.

The columns as data and an empty table of them belong here. How raw cells become these values belongs to `normalize`;
what is derived from them for comparing belongs to `features`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import duckdb

EVIDENCE_COLUMNS: Final[dict[str, tuple[str, str]]] = {
    "record_id": ("varchar", "Key of the record; unique in the table."),
    "source_dataset": ("varchar", "Where the record comes from; `link_only` compares across, not within."),
    "first_name": ("varchar", "First name, lower case, accents folded."),
    "middle_name": ("varchar", "Middle name or initial, lower case, accents folded."),
    "last_name": ("varchar", "Last name, lower case, accents folded; parts of a double name apart by a blank."),
    "preferred_name": ("varchar", "The name someone goes by, lower case, accents folded."),
    "canonical_names": ("varchar[]", "The names the first name may stand for; compared as sets, never substituted."),
    "suffix": ("varchar", "`jr`, `sr`, `ii`, `iii`, …"),
    "birth_date": ("date", "Full birth date."),
    "birth_year": ("integer", "Birth year, also where no full date is known."),
    "phones": ("varchar[]", "Phones in E.164, junk removed."),
    "emails": ("varchar[]", "E-mail addresses, lower case, junk removed."),
    "street_number": ("varchar", "House number."),
    "street_name": ("varchar", "Street in normal form, without number and unit."),
    "unit": ("varchar", "Apartment or unit."),
    "city": ("varchar", "City, lower case, accents folded."),
    "state": ("varchar", "Two letters."),
    "zip5": ("varchar", "Five digits, as text."),
    "company": ("varchar", "Employer without its legal form; nobody's employer (`retired`) left out."),
    "external_ids": ("varchar[]", "Strong ids with their kind: `mentor:1234`, `linkedin:…`."),
    "voter_ids": ("varchar[]", "State and voter id: `FL:104559901`. Two of one state are two people."),
    "season_ids": ("varchar[]", "Season and id of a sign-up: `2026:1234`. Two of one season are two people."),
}


def create_evidence(connection: duckdb.DuckDBPyConnection, target: str) -> None:
    """Create or replace `target` as an empty evidence table (columns: `EVIDENCE_COLUMNS`)."""
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in EVIDENCE_COLUMNS.items())
    connection.execute(f"create or replace table {target} ({columns})")


def evidence_columns(prefix: str = "") -> str:
    """The evidence columns as an SQL list, cast to their types, read from `prefix`."""
    return ", ".join(f"{prefix}{name}::{kind} as {name}" for name, (kind, _) in EVIDENCE_COLUMNS.items())
