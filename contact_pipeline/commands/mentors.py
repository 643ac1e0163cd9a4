"""Commands about mentors: list, show, coverage; and what an administrator says: trained, dropped, a new contact.

They read the published snapshot; what is said goes to the ledger.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from contact_pipeline.commands.common import CommandError, print_json, table, with_home, with_json
from contact_pipeline.commands.deciding import stores, who, with_reason
from contact_pipeline.config import Settings
from contact_pipeline.ledger.tasks import Task, say_task
from contact_pipeline.mentors.looking import (
    NoSuchMentorError,
    coverage_of,
    current_season,
    find_mentor,
    mentor_whole,
    mentors_listed,
)
from contact_pipeline.mentors.season import STATUSES


@click.group()
def mentors() -> None:
    """The season's mentors: who, how far, and what is left to do."""


@mentors.command("list")
@click.option("--status", "statuses", multiple=True, type=click.Choice(STATUSES), help="Only of this status.")
@click.option("--season", help="Another season than the current one.")
@with_json
@with_home
def list_mentors(statuses: tuple[str, ...], season: str | None, as_json: bool, settings: Settings) -> None:
    """Mentors with their status, what they raised, and their Givebutter contact."""
    with stores(settings) as (_, snapshot):
        chosen = season or current_season(snapshot)
        found = mentors_listed(snapshot, season=chosen, statuses=statuses)
    if as_json:
        print_json({"season": chosen, "mentors": found})
        return
    headers = ["mentor id", "PID", "name", "status", "raised", "shift", "Givebutter contact"]
    click.echo(table(headers, [_line(mentor) for mentor in found]))
    counts = Counter(mentor["status"] for mentor in found)
    click.echo(", ".join(f"{count:,} {status}" for status, count in sorted(counts.items())) or "No mentors.")


def _line(mentor: dict[str, Any]) -> tuple[object, ...]:
    name = " ".join(filter(None, (mentor["preferred_name"], mentor["last_name"])))
    raised = f"${mentor['amount_raised']}"
    said = (mentor["mentor_id"], mentor["person_id"], name, mentor["status"], raised, mentor["shift_preference"])
    return (*said, _contact(mentor))


def _contact(mentor: dict[str, Any]) -> str:
    if mentor["in_doubt"]:
        return "in doubt"
    count = mentor["conflicts"]
    told = ["deleted"] * mentor["contact_deleted"] + [f"{count} conflict{'s' * (count > 1)}"] * (count > 0)
    return ", ".join([mentor["givebutter_contact_id"] or "none yet", *told])


@mentors.command("show")
@click.argument("mentor")
@click.option("--season", help="Another season than the current one.")
@with_json
@with_home
def show_mentor(mentor: str, season: str | None, as_json: bool, settings: Settings) -> None:
    """One mentor, by mentor id, PID or e-mail: tasks, texts, contacts with what speaks for them, holds, issues."""
    with stores(settings) as (_, snapshot):
        try:
            whole = mentor_whole(snapshot, mentor, season=season or current_season(snapshot))
        except NoSuchMentorError as error:
            raise CommandError(str(error)) from error
    if as_json:
        print_json(whole)
        return
    for title, part in whole.items():
        click.echo(f"{title}:")
        rows = part if isinstance(part, list) else [part]
        if not rows:
            click.echo("  none")
        for row in rows:
            click.echo(table(["", ""], [(name, _shown(value)) for name, value in row.items() if value is not None]))


def _shown(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@mentors.command("coverage")
@click.option("--season", help="Another season than the current one.")
@with_json
@with_home
def coverage(season: str | None, as_json: bool, settings: Settings) -> None:
    """How many mentors have a Givebutter contact id, wait for the next export, or are in doubt."""
    with stores(settings) as (_, snapshot):
        chosen = season or current_season(snapshot)
        found = coverage_of(snapshot, chosen)
    if found is None:
        raise CommandError(f"There are no mentors of {chosen}.")
    if as_json:
        print_json(found)
    else:
        click.echo(found["sentence"])


def _say(task: Task, mentor: str, done: bool, reason: str, actor: str | None, settings: Settings) -> None:
    if not reason.strip():
        raise click.UsageError("--reason is needed: it stands in the history for ever.")
    with stores(settings) as (ledger, snapshot):
        season = current_season(snapshot)
        try:
            person_id = find_mentor(snapshot, mentor, season=season)
        except NoSuchMentorError as error:
            raise CommandError(str(error)) from error
        number = say_task(
            ledger, task, person_id, season, done, now=settings.clock(), actor=who(actor), reason=reason.strip()
        )
    click.echo(f"Decision {number}: it counts from the next run on. Undo: contact-pipeline undo {number}")


@mentors.command("training")
@click.argument("mentor")
@click.option("--done/--not", "done", default=True, help="Whether the mentor is trained.")
@with_reason
@with_home
def training(mentor: str, done: bool, reason: str, actor: str | None, settings: Settings) -> None:
    """Say that a mentor (mentor id, PID or e-mail) is trained, or is not; it wins over forms and lists."""
    _say("training", mentor, done, reason, actor, settings)


@mentors.command("dropped")
@click.argument("mentor")
@click.option("--yes/--not", "dropped", default=True, help="Whether the mentor dropped out.")
@with_reason
@with_home
def drop(mentor: str, dropped: bool, reason: str, actor: str | None, settings: Settings) -> None:
    """Say that a mentor dropped out, or has not."""
    _say("dropped", mentor, dropped, reason, actor, settings)


@mentors.command("new-contact")
@click.argument("mentor")
@click.option("--yes/--not", "anew", default=True, help="Whether a new one is to be made.")
@with_reason
@with_home
def new_contact(mentor: str, anew: bool, reason: str, actor: str | None, settings: Settings) -> None:
    """Say that a mentor's Givebutter contact was deleted on purpose: our next file makes a new one."""
    _say("new_contact", mentor, anew, reason, actor, settings)
