"""Commands that change something: ingest, run, demo, ui, doctor."""

from __future__ import annotations

import difflib
import os
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contact_pipeline.commands.common import (
    FAILED,
    HELD,
    CommandError,
    HeldError,
    print_json,
    progress_bar,
    say,
    with_home,
    with_json,
)
from contact_pipeline.config import Settings
from contact_pipeline.sources.entities import FILE_ENTITIES

if TYPE_CHECKING:
    from contact_pipeline.ledger.syncs import SyncKind

REPOSITORY = Path(__file__).parents[2]


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", required=True, type=click.Choice(sorted(FILE_ENTITIES)), help="Where the files come from.")
@click.option("--encoding", help="Say the encoding instead of having it decided, for example cp1252.")
@click.option("--delimiter", help="Say the delimiter: , ; | or tab.")
@click.option("--sheet", help="The sheet of a workbook to read; otherwise the first one that holds something.")
@click.option("--mapping", "preset", help="How a list's columns are read: a preset (contact-pipeline mapping presets).")
@click.option("--no-header", is_flag=True, help="The files have no header row; columns are column_1, column_2, …")
@click.option("--partial", "full", flag_value=False, default=None, type=bool, help="The file holds a part of the list.")
@click.option("--full", "full", flag_value=True, type=bool, help="The file is the whole list, however small.")
@click.option("--no-run", is_flag=True, help="Stop after the raw tables.")
@with_json
@with_home
def ingest(
    paths: tuple[Path, ...],
    source: str,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    preset: str | None,
    no_header: bool,
    full: bool | None,
    no_run: bool,
    as_json: bool,
    settings: Settings,
) -> None:
    """Take files, or every file of a folder, and run the pipeline on. One result per file."""
    results = _ingest_all(
        settings, _files_of(paths), source, encoding, delimiter, sheet, preset, no_header, full, as_json
    )
    statuses = {result["status"] for result in results}
    if not no_run and statuses & {"landed", "unchanged"}:
        refresh(settings, quiet=True)
    if "refused" in statuses or any(_nothing_accepted(result) for result in results):
        raise SystemExit(FAILED)
    if "held" in statuses:
        raise SystemExit(HELD)


def _nothing_accepted(result: dict[str, Any]) -> bool:
    """Whether a file landed of which not one record could be taken."""
    return result["status"] == "landed" and bool(result["seen"]) and not result["accepted"]


def _files_of(paths: tuple[Path, ...]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        files += sorted(p for p in path.iterdir() if p.is_file() and p.name[0] != ".") if path.is_dir() else [path]
    if not files:
        raise CommandError("There are no files in " + ", ".join(map(str, paths)))
    return files


def _ingest_all(
    settings: Settings,
    files: list[Path],
    source: str,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    preset: str | None,
    no_header: bool,
    full: bool | None,
    as_json: bool,
) -> list[dict[str, Any]]:
    from contact_pipeline.commands.deciding import who
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.landing.ingest import ingest_file
    from contact_pipeline.landing.list_gate import ListGate
    from contact_pipeline.landing.store import LandingStore
    from contact_pipeline.warehouse.connection import WarehouseBusyError, open_warehouse

    results: list[dict[str, Any]] = []
    ledger = open_ledger(settings)
    try:
        with open_warehouse(settings.warehouse, wait_seconds=settings.lock_wait_seconds, log=say) as connection:
            for file in files:
                result = ingest_file(
                    connection,
                    LandingStore(settings.landing),
                    file,
                    FILE_ENTITIES[source],
                    now=settings.clock(),
                    encoding=encoding,
                    delimiter=delimiter,
                    header=False if no_header else None,
                    sheet=sheet,
                    full=full,
                    drop_guard=settings.drop_guard,
                    gate=ListGate(ledger, settings.clock(), preset=preset, actor=who(None), shown_as=str(file)),
                ).as_json()
                results.append(result)
                _tell_ingested(result, as_json)
    except WarehouseBusyError as error:
        raise CommandError(str(error)) from error
    finally:
        ledger.close()
    return results


def _tell_ingested(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(result)
        return
    batch = f" (batch {result['batch_id']})" if result["batch_id"] else ""
    click.echo(f"{result['file']}: {result['status']}{batch}. {result['message']}")
    for reject in (result["rejects"] or [])[:10]:
        column = f", column {reject['column']}" if reject["column"] else ""
        click.echo(f"  line {reject['line']}{column}: {reject['reason']}")
    if len(result["rejects"] or []) > 10:
        click.echo(f"  … all {len(result['rejects'])}: contact-pipeline status --rejects {result['batch_id']}")


def refresh(settings: Settings, *, quiet: bool, select: tuple[str, ...] = (), kind: SyncKind | None = None) -> bool:
    """Run the refresh; gives whether anything was materialised. Raises CommandError when it failed."""
    from contact_pipeline.automation.running import run_job

    outcome = run_job("refresh", settings, quiet=quiet, progress=progress_bar("Refreshing"), select=select, kind=kind)
    for step, message in outcome.errors:
        say(f"{step} failed: {message.splitlines()[0] if message else 'see the run in Dagster'}")
    if any(step == "people.crosswalk" for step, _ in outcome.errors) and _change_waits(settings):
        raise HeldError("The run waits for a yes; the last snapshot stands. Look with: contact-pipeline churn")
    if not outcome.success:
        raise CommandError(
            f"The run failed; nothing was published and the last snapshot stands. Details: run {outcome.run_id} in "
            "Dagster (contact-pipeline ui)."
        )
    return bool(outcome.materialised)


def _change_waits(settings: Settings) -> bool:
    """Whether a run stopped because it would have moved too many people."""
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.ledger.churn import waiting_change

    ledger = open_ledger(settings)
    try:
        return waiting_change(ledger) is not None
    finally:
        ledger.close()


def fetch(settings: Settings, *, beyond_budget: bool = False) -> list[str]:
    """Run the fetches; a source that fails is told, and the others go on. Gives the readings that failed."""
    from contact_pipeline.automation.running import run_job

    outcome = run_job("fetch", settings, quiet=True, progress=progress_bar("Fetching"), beyond_budget=beyond_budget)
    for step, message in outcome.errors:
        say(f"{step} failed: {message.splitlines()[0] if message else 'see the run in Dagster'}")
    return [step for step, _ in outcome.errors]


@click.command()
@click.option("--select", multiple=True, metavar="TABLE", help="Only these tables, for example people.person.")
@click.option("--force", is_flag=True, help="Rebuild even when nothing is new.")
@click.option("--beyond-budget", is_flag=True, help="Read also what the budgets of calls have no room for.")
@with_json
@with_home
def run(select: tuple[str, ...], force: bool, beyond_budget: bool, as_json: bool, settings: Settings) -> None:
    """Fetch from every configured platform, take the inbox, and rebuild what is new.

    A platform that fails stops no other and not the rebuilding; the exit code is then 1. In a demo's home the
    platforms are the simulated ones.
    """
    started, seen = time.monotonic(), _last_import(settings)
    _check_tables(select)
    failed = [] if select else _fetch_here(settings, beyond_budget)
    changed = refresh(settings, quiet=not (force or select), select=select)
    seconds = round(time.monotonic() - started, 1)
    tell_dropped(settings, seen)
    if as_json:
        print_json({"changed": changed, "failed": failed, "seconds": seconds})
    else:
        click.echo("Done." if changed else "Nothing is new; no table was rewritten.")
    if failed:
        raise CommandError(
            f"{len(failed)} readings failed, as told above: {', '.join(failed)}. The rest was read and published."
        )


def _last_import(settings: Settings) -> int:
    """Number of the last thing that became of an import; 0 where none was made."""
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.ledger.imports import import_events

    with closing(open_ledger(settings)) as ledger:
        return max((event["event_id"] for event in import_events(ledger)), default=0)


def tell_dropped(settings: Settings, seen: int) -> None:
    """Say which lists were taken after the event `seen`, and what the inbox still holds and why, as the notes say."""
    from contact_pipeline.imports.history import history
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.landing.inbox import waiting_files
    from contact_pipeline.ledger.imports import import_events

    with closing(open_ledger(settings)) as ledger:
        new = [event for event in import_events(ledger) if event["event_id"] > seen and event["kind"] == "applied"]
        taken = [one for one in history(ledger) if one.import_id in {event["import_id"] for event in new}]
    for one in taken:
        refused = f"; {one.refused:,} refused: {one.reports[-1]}" if one.refused and one.reports else ""
        say(f"{one.file_name}: {one.accepted:,} of {one.rows:,} rows taken as import {one.import_id}{refused}")
    for file in waiting_files(settings.inbox):
        if file.note.exists():
            say(f"inbox/{file.source}/{file.note.read_text(encoding='utf-8')}")
        else:
            say(f"inbox/{file.source}/{file.path.name} waits for the next run.")


def _fetch_here(settings: Settings, beyond_budget: bool) -> list[str]:
    """`fetch`; the simulated platforms are served meanwhile where the home is a demo's and names no others."""
    from contact_pipeline.sandbox.demo import is_demo_home, simulated_platforms

    if not is_demo_home(settings) or settings.givebutter.credential in os.environ:
        return fetch(settings, beyond_budget=beyond_budget)
    with simulated_platforms(settings):
        return fetch(Settings(home=settings.home), beyond_budget=beyond_budget)


def _check_tables(select: tuple[str, ...]) -> None:
    """Every selected table must be one a refresh makes; a near one is named otherwise."""
    if not select:
        return
    from contact_pipeline.automation.running import refreshed_tables

    known = refreshed_tables()
    for name in select:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3)
            raise click.BadParameter(f"there is no table {name}. {'Near: ' + ', '.join(near) if near else ''}")


@click.command()
@click.option(
    "--season", is_flag=True, help="Play a whole mentor season instead, files back and forth, in a home of its own."
)
@click.option("--mentors", type=click.IntRange(1, 2_000), default=120, show_default=True, help="With --season.")
@click.option("--weeks", type=click.IntRange(1, 30), default=8, show_default=True, help="With --season.")
@click.option("--seed", type=int, default=1, show_default=True, help="With --season: another season.")
@with_json
@with_home
def demo(season: bool, mentors: int, weeks: int, seed: int, as_json: bool, settings: Settings) -> None:
    """Invent a campaign, serve it from simulated platforms, run everything, and say what was found."""
    if season:
        from contact_pipeline.commands.playing import play

        named = settings.home if settings.home != Path("data") else Path("data/season")
        play(named, mentors=mentors, weeks=weeks, seed=seed, as_json=as_json)
        return
    from contact_pipeline.sandbox.demo import NotADemoHomeError, prepare_home, simulated_platforms
    from contact_pipeline.sandbox.summary import as_text, summary

    started = time.monotonic()
    yesterday = (settings.clock() - timedelta(days=1)).date()
    try:
        settings = prepare_home(settings, today=yesterday, say=say)
    except NotADemoHomeError as error:
        raise CommandError(str(error)) from error
    with simulated_platforms(settings):
        settings = Settings(home=settings.home)
        fetch(settings)
        changed = refresh(settings, quiet=True)
    told = summary(settings, changed=changed, seconds=time.monotonic() - started)
    if as_json:
        print_json(told)
    else:
        click.echo(as_text(told))


@click.command()
@click.option("--port", default=3000, show_default=True)
@with_home
def ui(port: int, settings: Settings) -> None:
    """Open Dagster's UI, schedules and sensors on 127.0.0.1 (and the simulated platforms, if this is a demo's home)."""
    from contextlib import nullcontext

    from contact_pipeline.automation.running import dagster_home
    from contact_pipeline.automation.serving import serve_ui
    from contact_pipeline.sandbox.demo import is_demo_home, simulated_platforms

    home = settings.home.resolve()
    os.environ.update({"CONTACT_PIPELINE_HOME": str(home), "DAGSTER_HOME": str(dagster_home(settings))})
    say(f"Dagster's UI: http://127.0.0.1:{port} (Ctrl-C ends it)")
    with simulated_platforms(settings) if is_demo_home(settings) else nullcontext():
        raise SystemExit(serve_ui(REPOSITORY / "workspace.yaml", port))


@click.command()
@with_json
@with_home
def doctor(as_json: bool, settings: Settings) -> None:
    """Check the home folder: stores, keys, batches, snapshot."""
    from contact_pipeline.credentials import keys_of
    from contact_pipeline.landing.doctor import examine

    findings = examine(settings, keys_of(settings))
    if as_json:
        print_json([finding.__dict__ for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{'ok  ' if finding.ok else 'BAD '} {finding.what}: {finding.detail}")
    if not all(finding.ok for finding in findings):
        sys.exit(FAILED)
