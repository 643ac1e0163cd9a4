"""The commands `sync` and `setup`: read now, what was read and by whom, and a season's first steps."""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext, redirect_stdout
from datetime import datetime
from typing import Any

import click

from contact_pipeline.commands.common import CommandError, print_json, table, with_home, with_json
from contact_pipeline.commands.connecting import connect
from contact_pipeline.commands.running import fetch, refresh
from contact_pipeline.config import Settings
from contact_pipeline.warehouse.publish import NothingPublishedError, open_published


@click.group()
def sync() -> None:
    """Read every platform now, and what was read, when, and by whom."""


@sync.command("run")
@click.option("--quiet", is_flag=True, help="Rebuild only if something is new, as the schedules do.")
@click.option("--beyond-budget", is_flag=True, help="Read also what the budgets of calls have no room for.")
@with_json
@with_home
def sync_run(quiet: bool, beyond_budget: bool, as_json: bool, settings: Settings) -> None:
    """Read every configured platform, take the inbox, rebuild, and say what to do next."""
    from contact_pipeline.ledger.syncs import SyncKind
    from contact_pipeline.sync.next_steps import next_steps

    started = time.monotonic()
    failed = fetch(settings, beyond_budget=beyond_budget)
    changed = refresh(settings, quiet=quiet, kind=SyncKind.PERIODIC if quiet else SyncKind.ON_DEMAND)
    steps = next_steps(settings)
    if as_json:
        seconds = round(time.monotonic() - started, 1)
        print_json({"changed": changed, "failed": failed, "seconds": seconds, "next": steps})
    else:
        click.echo("\n".join(["Done." if changed else "Nothing is new; no table was rewritten.", *steps]))
    if failed:
        raise CommandError(f"{len(failed)} readings failed, as told above: {', '.join(failed)}. The rest was read.")


@sync.command("log")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many, the newest first.")
@with_json
@with_home
def log(limit: int, as_json: bool, settings: Settings) -> None:
    """Syncs and files that left, the newest first: what started them, how long they took, what they did."""
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.ledger.syncs import sync_log

    if not settings.home.is_dir():
        raise CommandError(f"There is no home folder {settings.home}.")
    ledger = open_ledger(settings)
    try:
        lines = sync_log(ledger).to_pylist()
    finally:
        ledger.close()
    shown = [{**line, "seconds": _seconds(line)} for line in lines[:limit]]
    if as_json:
        print_json({"total": len(lines), "syncs": shown})
        return
    rows = [
        (f"{one['started_at']:%Y-%m-%d %H:%M}", one["kind"], one["status"], one["triggered_by"], one["seconds"],
         one["processed"], one["inserted"], one["updated"], one["failed"], one["matched"], one["new_contact_ids"],
         one["conflicts"], one["duplicates"], one["message"])
        for one in shown
    ]  # fmt: skip
    headers = ["started (UTC)", "kind", "status", "by", "seconds", "processed", "inserted", "updated", "failed",
               "matched", "new contacts", "conflicts", "duplicates", ""]  # fmt: skip
    click.echo(table(headers, rows))
    click.echo(f"{len(shown):,} of {len(lines):,} shown.")


def _seconds(line: dict[str, Any]) -> int | None:
    started, ended = line["started_at"], line["ended_at"]
    if not isinstance(started, datetime) or not isinstance(ended, datetime):
        return None
    return round((ended - started).total_seconds())


@sync.command("files")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many, the newest first.")
@with_json
@with_home
def files(limit: int, as_json: bool, settings: Settings) -> None:
    """Exports of Givebutter that were dropped: contacts, mentors matched, new contact ids, duplicates, age."""
    try:
        with open_published(settings.published) as snapshot:
            cursor = snapshot.execute("select * from sync.file_log order by arrived_at desc, batch_id")
            names = [column[0] for column in cursor.description or []]
            found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except NothingPublishedError as error:
        raise CommandError(str(error)) from error
    if as_json:
        print_json({"total": len(found), "files": found[:limit]})
        return
    rows = [
        (f"{one['arrived_at']:%Y-%m-%d %H:%M}", one["file_name"], one["accepted"], one["mentors_matched"],
         one["new_contact_ids"], one["duplicates"], one["age_hours"])
        for one in found[:limit]
    ]  # fmt: skip
    headers = ["arrived (UTC)", "file", "contacts", "mentors", "new contact ids", "duplicates", "age in hours"]
    click.echo(table(headers, rows))


def _named_workspace(settings: Settings, *, ask: bool) -> str:
    """The name PIDs are tied to by the first reading, given while it can still be given; in words."""
    from contact_pipeline.connecting.settings_file import write_settings

    name = click.prompt("Short name of this campaign", default=settings.workspace) if ask else settings.workspace
    path = write_settings(settings.home, {("workspace",): name})
    return f'The first reading ties PIDs to the workspace name "{name}" for good; it stands in {path}.'


@click.command()
@click.option("--season", help="The season, for example 2026; that of the settings where it is not said.")
@click.option("--campaign", default="", metavar="CODE", help="Givebutter's campaign.")
@click.option("--form", "forms", multiple=True, metavar="NAME=ID", help="A Jotform form: signups=ID, setups=ID.")
@click.option("--givebutter-url", default="", help="Givebutter's address, where it is not the usual one.")
@click.option("--jotform-url", default="", help="Jotform's address, where it is not the usual one.")
@click.option("--again", is_flag=True, help="Choose campaign and forms again although they are known.")
@click.option("--no-run", is_flag=True, help="Stop before the first reading.")
@click.option("--yes", is_flag=True, help="Take what is proposed, without asking.")
@with_json
@with_home
@click.pass_context
def setup(
    context: click.Context,
    season: str | None,
    campaign: str,
    forms: tuple[str, ...],
    givebutter_url: str,
    jotform_url: str,
    again: bool,
    no_run: bool,
    yes: bool,
    as_json: bool,
    settings: Settings,
) -> None:
    """A season's first steps, one after the other: its file, Givebutter, Jotform, the first reading, what to upload.

    It can be stopped anywhere and started again: a step that is done is not done again.
    """
    from contact_pipeline.ledger.syncs import SyncKind
    from contact_pipeline.mentors.season import SeasonError
    from contact_pipeline.sources.errors import SourceError
    from contact_pipeline.sync.checking import check_platforms
    from contact_pipeline.sync.next_steps import next_steps
    from contact_pipeline.sync.setting_up import connected, prepare_season

    said: list[str] = []

    def tell(line: str) -> None:
        said.append(line)
        if not as_json:
            click.echo(line)

    home = settings.home
    wanted = season or (settings.season if yes else click.prompt("Season", default=settings.season))
    try:
        tell(f"1. Season {wanted}: {prepare_season(home, wanted)}.")
        if not (home / "ledger.sqlite").exists():
            tell(f"   {_named_workspace(settings, ask=not yes)}")
    except ValueError as error:
        raise CommandError(str(error)) from error
    given = {"givebutter": ((campaign,) if campaign else (), givebutter_url), "jotform": (forms, jotform_url)}
    for number, (source, (chosen, url)) in enumerate(given.items(), start=2):
        if connected(source, Settings(home=home)) and not (again or chosen):
            tell(f"{number}. {source}: connected already (--again chooses anew).")
            continue
        tell(f"{number}. {source}: which key, and what is read?")
        with redirect_stdout(sys.stderr) if as_json else nullcontext():
            context.invoke(connect, source=source, chosen=chosen, url=url, yes=yes, home=home, alone=False)
        if source == "jotform" and not any(form.startswith("training=") for form in chosen):
            tell("   A form that is sent when a training is done counts as setup --form training=ID.")
    try:
        for line in check_platforms(Settings(home=home)):
            tell(f"   {line}")
    except (SourceError, SeasonError) as error:
        raise CommandError(f"{error} Then start again: contact-pipeline setup --home {home}") from error
    if not no_run:
        tell("4. The first reading.")
        failed = fetch(Settings(home=home))
        refresh(Settings(home=home), quiet=True, kind=SyncKind.SET_UP)
        tell(f"   {len(failed)} readings failed: {', '.join(failed)}." if failed else "   Everything was read.")
    steps = next_steps(Settings(home=home))
    for line in ["5. What to do next", *(f"   - {step}" for step in steps)]:
        tell(line)
    if as_json:
        print_json({"season": wanted, "steps": said, "next": steps})
