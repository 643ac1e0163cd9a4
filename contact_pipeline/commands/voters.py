"""`contact-pipeline voters …`: load a state's voter file, see what is loaded and what changed, look a voter up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contact_pipeline.commands.common import (
    FAILED,
    HELD,
    CommandError,
    print_json,
    progress_bar,
    table,
    with_home,
    with_json,
)
from contact_pipeline.config import Settings

if TYPE_CHECKING:
    import duckdb

STATE = click.option("--state", callback=lambda _c, _p, value: _state(value), help="Two letters, for example FL.")


def _state(value: str | None) -> str | None:
    if value is None:
        return None
    if len(value) != 2 or not value.isalpha():
        raise click.BadParameter(f"'{value}' is not a state's two letters, for example FL")
    return value.upper()


@click.group()
def voters() -> None:
    """The voter file: reference data beside the people, never people by itself."""


@voters.command("load")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--state", required=True, callback=lambda _c, _p, value: _state(value), help="Whose voters: FL, GA, …")
@click.option("--layout", help="Say the layout instead of having it recognised: i360, l2, rnc, florida.")
@click.option("--table", "table_name", help="The table, where an SQLite or DuckDB file has several.")
@click.option("--full", is_flag=True, help="Take the files as the whole state, however few voters they have.")
@with_json
@with_home
def load(
    paths: tuple[Path, ...],
    state: str,
    layout: str | None,
    table_name: str | None,
    full: bool,
    as_json: bool,
    settings: Settings,
) -> None:
    """Load all of a state's voters from CSV, TSV, Parquet, SQLite or DuckDB files, or a folder of them.

    They take the place of the state's voters loaded before; what changed is told. A file that is refused, held or the
    same as before changes nothing.
    """
    from contact_pipeline.landing.outcomes import LedgerImbalanceError
    from contact_pipeline.sources.voter_file.building import Loading
    from contact_pipeline.sources.voter_file.load import load_voters

    loading = Loading(
        settings.voters, state, settings.clock(), layout=layout, table=table_name, full=full,
        smallest_share=settings.drop_guard,
    )  # fmt: skip
    try:
        report = load_voters(_files_of(paths), loading, progress=_progress()).as_json()
    except LedgerImbalanceError as error:
        raise CommandError(str(error)) from error
    if as_json:
        print_json(report)
    else:
        _tell(report)
    if report["status"] in ("refused", "held"):
        raise SystemExit(FAILED if report["status"] == "refused" else HELD)


def _progress() -> Callable[[str, int, int], None]:
    """The bar, in megabytes."""
    bar = progress_bar("voters")
    return lambda step, done, total: bar(step, -(-done // 1_000_000), -(-total // 1_000_000))


def _files_of(paths: tuple[Path, ...]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        files += sorted(p for p in path.iterdir() if p.is_file() and p.name[0] != ".") if path.is_dir() else [path]
    if not files:
        raise CommandError("There are no files in " + ", ".join(map(str, paths)))
    return files


def _tell(report: dict[str, Any]) -> None:
    click.echo(f"{report['state']}: {report['status']}. {report['message']}")
    for reject in report["rejects"][:10]:
        name = report["files"][reject["file"] - 1]["file"]
        click.echo(f"  {name}, line {reject['line']}: {reject['reason']}")
    if report["repeated"]:
        click.echo(f"  {report['repeated']:,} rows repeat an id; the row updated last was taken.")
    if report["same_person"]:
        click.echo(f"  {report['same_person']:,} pairs of ids look like one person who moved: table same_person.")


@voters.command("status")
@with_json
@with_home
def status(as_json: bool, settings: Settings) -> None:
    """What is loaded, state by state, and what the newest files changed."""
    from contact_pipeline.sources.voter_file.find import loads

    with _opened(settings) as connection:
        found = loads(connection)
    if as_json:
        print_json({"file": str(settings.voters), "states": found})
        return
    headers = ["state", "voters", "exempt", "put aside", "loaded", "layout", "changes"]
    click.echo(table(headers, [_load_line(load) for load in found]))


def _load_line(load: dict[str, Any]) -> tuple[object, ...]:
    changes = ", ".join(f"{count:,} {change}" for change, count in load["changes"].items())
    return (
        load["voter_state"], load["voters"], load["protected"], load["quarantined"],
        f"{load['loaded_at']:%Y-%m-%d %H:%M}", load["layout"], changes,
    )  # fmt: skip


@voters.command("changes")
@STATE
@click.option("--kind", help="Only: new, purged, reissued, reused, moved, renamed, protected, unprotected.")
@click.option("--limit", default=20, show_default=True, help="How many at the most.")
@with_json
@with_home
def changes(state: str | None, kind: str | None, limit: int, as_json: bool, settings: Settings) -> None:
    """What changed between a state's newest file and the one before, voter by voter."""
    from contact_pipeline.sources.voter_file.find import changes as find_changes

    with _opened(settings) as connection:
        found = find_changes(connection, state=state, kind=kind, limit=limit)
    if as_json:
        print_json({"changes": found})
        return
    click.echo(
        table(["state", "change", "voter", "formerly", "before", "after"], [tuple(row.values()) for row in found])
    )


@voters.command("find")
@click.argument("query")
@STATE
@click.option("--limit", default=20, show_default=True, help="How many voters at the most.")
@with_json
@with_home
def find(query: str, state: str | None, limit: int, as_json: bool, settings: Settings) -> None:
    """Find voters by id or by name: 104559901, 'Quintero, Mari' or 'Mari Quintero'."""
    from contact_pipeline.sources.voter_file.find import find_voters

    with _opened(settings) as connection:
        found = find_voters(connection, query, state=state, limit=limit)
    if as_json:
        print_json({"query": query, "voters": found})
        return
    if not found:
        click.echo("No voter found.")
        return
    click.echo(table(["state", "id", "name", "born", "where", "party"], [_voter_line(voter) for voter in found]))


def _voter_line(voter: dict[str, Any]) -> tuple[object, ...]:
    parts = (voter["first_name"], voter["middle_name"], voter["last_name"], voter["name_suffix"])
    name = "(exempt)" if voter["protected"] else " ".join(filter(None, parts))
    where = ", ".join(filter(None, (voter["address"], voter["city"], voter["zip"])))
    return voter["voter_state"], voter["voter_id"], name, voter["date_of_birth"], where, voter["registered_party"]


@voters.command("match")
@with_json
@with_home
def match(as_json: bool, settings: Settings) -> None:
    """How many people are linked to a voter, by what spoke for it, and how sure, as last published."""
    from contact_pipeline.identity.voter_summary import match_counts
    from contact_pipeline.warehouse.publish import NothingPublishedError, open_published

    try:
        with open_published(settings.published) as connection:
            found = match_counts(connection)
    except NothingPublishedError as error:
        raise CommandError(str(error)) from error
    if as_json:
        print_json(found)
        return
    if found["voter_file"] is None:
        click.echo("The published people were not matched: there was no voter file. Drop one into inbox/voters/, or:")
        click.echo("contact-pipeline voters load FILE")
        return
    click.echo(f"{found['linked']:,} of {found['people']:,} people are linked to a voter ({found['voter_file']}).")
    click.echo(table(["by", "band", "people"], [tuple(row.values()) for row in found["links"]]))
    click.echo(f"In doubt: {found['in_doubt']:,}. Given ids that contradict the name: {found['contradicted_ids']:,}.")


@contextmanager
def _opened(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    from contact_pipeline.sources.voter_file.store import NoVotersError, open_voters

    try:
        with open_voters(settings.voters) as connection:
            yield connection
    except NoVotersError as error:
        raise CommandError(str(error)) from error
