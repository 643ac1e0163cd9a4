"""What the voter file's tests share: small invented files, loading them, and reading what came of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contact_pipeline.sandbox.voters import Invented, Kind, Layout, write_voters
from contact_pipeline.sources.voter_file.building import Loading
from contact_pipeline.sources.voter_file.load import LoadReport, load_voters
from contact_pipeline.sources.voter_file.store import open_voters

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
HEADER = "svid,first_name,last_name,name_suffix,date_of_birth,address,city,state,zip,cell_phone,last_updated"
MARI = "104559901,MARISOL,QUINTERO,,1988-03-09,410 HERON LN,TAMPA,FL,33602,8135550142,2026-04-01"
DELROY = "004559902,DELROY,BANKS,,03/09/1961,12 OSPREY ST,MIAMI,FL,33125,3055550199,2026-04-02"


def invented(
    folder: Path, kind: Kind = "csv", rows: int = 4_000, *, layout: Layout = "i360", quarter: int = 0
) -> tuple[Path, Invented]:
    """An invented state file."""
    path = folder / f"fl-{layout}-{quarter}.{kind}"
    return path, write_voters(path, rows, seed=7, kind=kind, layout=layout, quarter=quarter)


def a_file(folder: Path, *lines: str, header: str = HEADER, name: str = "fl.csv", encoding: str = "utf-8") -> Path:
    """A file of the lines given."""
    path = folder / name
    path.write_bytes("".join(f"{line}\n" for line in (header, *lines) if line is not None).encode(encoding))
    return path


def load(home: Path, *paths: Path, state: str = "FL", **given: Any) -> LoadReport:
    """Load files into `<home>/voters.duckdb`."""
    return load_voters(list(paths), Loading(home / "voters.duckdb", state, NOW, **given))


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask the voter file."""
    with open_voters(home / "voters.duckdb") as connection:
        found: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return found


def voters(home: Path, columns: str) -> dict[str, tuple[Any, ...]]:
    """Columns of all voters by id."""
    return {row[0]: row[1:] for row in rows(home, f"select voter_id, {columns} from voter")}


def balanced(report: LoadReport) -> bool:
    """Whether every row is accounted for."""
    assert None not in (report.seen, report.accepted, report.quarantined, report.blank, report.voters, report.repeated)
    return (
        report.seen == report.accepted + report.quarantined + report.blank  # type: ignore[operator]
        and report.accepted == report.voters + report.repeated  # type: ignore[operator]
    )
