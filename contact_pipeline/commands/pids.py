"""Commands about PIDs: what became of one, which changed, and a change that waits for a yes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import click

from contact_pipeline.commands.common import HELD, CommandError, print_json, table, with_home, with_json
from contact_pipeline.commands.deciding import who, with_reason
from contact_pipeline.config import Settings

if TYPE_CHECKING:
    from contact_pipeline.ledger import Ledger


def _end_of(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    """A date means its last moment (UTC), a date with a time that moment."""
    return None if text is None else _moment(text, time.max)


def _start_of(_context: click.Context, _option: click.Parameter, text: str | None) -> datetime | None:
    """A date means its first moment (UTC), a date with a time that moment."""
    return None if text is None else _moment(text, time.min)


def _moment(text: str, of_the_day: time) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"'{text}' is no date such as 2026-11-20, nor a date with a time") from error
    if len(text) <= len("2026-11-20"):
        moment = datetime.combine(moment, of_the_day)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


@contextmanager
def _ledger(settings: Settings) -> Iterator[Ledger]:
    from contact_pipeline.landing.arriving import open_ledger

    if not settings.home.is_dir():
        raise CommandError(f"There is no home folder {settings.home}.")
    ledger = open_ledger(settings)
    try:
        yield ledger
    finally:
        ledger.close()


@click.command("pid")
@click.argument("pid")
@click.option(
    "--as-of", callback=_end_of, metavar="DATE", help="As it was at the end of that day, or at that time (UTC)."
)
@with_json
@with_home
def pid(pid: str, as_of: datetime | None, as_json: bool, settings: Settings) -> None:
    """What became of a PID: who stands for it, its contacts, and all that happened to it."""
    from contact_pipeline.ledger.pids import UnknownPidError, contacts_of, events, read_pid, resolve

    try:
        with _ledger(settings) as ledger:
            stands = resolve(ledger, pid, as_of=as_of)
            contacts = contacts_of(ledger, stands, as_of=as_of)
            history = events(ledger, of=read_pid(pid)).to_pylist()
    except (ValueError, UnknownPidError) as error:
        raise CommandError(str(error)) from error
    shown = [event for event in history if as_of is None or event["happened_at"] <= as_of]
    if as_json:
        print_json(
            {"pid": read_pid(pid), "stands_for_it": stands, "as_of": as_of, "contacts": contacts, "history": shown}
        )
        return
    asked = read_pid(pid)
    state = f"part of {stands}" if stands != asked else "in use" if contacts else "without contacts"
    click.echo(f"{asked} {'is' if as_of is None else 'was'} {state}.")
    click.echo(table(["on", "what", "with", "by", "because"], [_event_line(event) for event in shown]))
    click.echo(f"Contacts ({len(contacts):,}): {', '.join(contacts) or 'none'}")


def _event_line(event: dict[str, Any]) -> tuple[object, ...]:
    return f"{event['happened_at']:%Y-%m-%d}", event["kind"], event["other_pid"], event["actor"], event["reason"]


@click.command("changes")
@click.option("--since", callback=_start_of, metavar="DATE", help="Only what changed on that day or later (UTC).")
@with_json
@with_home
def changes(since: datetime | None, as_json: bool, settings: Settings) -> None:
    """Which PIDs changed, when, why, by whom, and which past exports carried them."""
    from contact_pipeline.ledger.changes import pid_changes
    from contact_pipeline.ledger.exports import exports

    with _ledger(settings) as ledger:
        found = pid_changes(ledger, since=since).to_pylist()
        files = {row["export_id"]: f"{row['target']}: {row['file_name']}" for row in exports(ledger).to_pylist()}
    for change in found:
        change["old_exports"] = [{"export_id": n, "file": files[n]} for n in change["old_exports"]]
        change["new_exports"] = [{"export_id": n, "file": files[n]} for n in change["new_exports"]]
    if as_json:
        print_json({"total": len(found), "changes": found})
        return
    rows = [
        (f"{c['changed_at']:%Y-%m-%d}", c["kind"], c["old_pid"], c["new_pid"], _carriers(c["old_exports"]),
         c["actor"], c["reason"])
        for c in found
    ]  # fmt: skip
    click.echo(table(["on", "what", "old PID", "new PID", "in past exports", "by", "because"], rows))
    click.echo(f"{len(found):,} changes. All exports of each: --json")


def _carriers(exports: list[dict[str, Any]]) -> str:
    """How many past exports carried the old PID, and the newest of them."""
    if not exports:
        return "none"
    newest = max(exports, key=lambda one: one["export_id"])["file"]
    return newest if len(exports) == 1 else f"{newest} and {len(exports) - 1:,} before"


@click.group(invoke_without_command=True)
@with_json
@with_home
@click.pass_context
def churn(context: click.Context, as_json: bool, settings: Settings) -> None:
    """The change of PIDs a run stopped at, because it would move more people than `churn_budget` allows.

    Exit codes: 0 nothing waits, 3 something does.
    """
    if context.invoked_subcommand is not None:
        return
    from contact_pipeline.ledger.churn import waiting_change

    with _ledger(settings) as ledger:
        waiting = waiting_change(ledger)
    if as_json:
        print_json({"waiting": waiting.as_json() if waiting else None})
    elif waiting is None:
        click.echo("No change waits.")
    else:
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in waiting.counts.items())
        click.echo(f"{waiting.moved:,} of {waiting.people:,} people would change their PID: {kinds}. For example:")
        names = _names(settings)
        examples = [
            (e["kind"], e["pid"], e["other_pid"], names.get(str(e["pid"])) or names.get(str(e["other_pid"])))
            for e in waiting.examples
        ]
        click.echo(table(["what", "PID", "with", "who"], examples))
        click.echo("If it is right: contact-pipeline churn agree --reason …, then contact-pipeline run")
    if waiting is not None:
        raise SystemExit(HELD)


def _names(settings: Settings) -> dict[str, str]:
    """The people of the snapshot by PID; none before the first one."""
    from contact_pipeline.warehouse.publish import NothingPublishedError, open_published

    try:
        with open_published(settings.published) as snapshot:
            return dict(
                snapshot.sql(
                    "select person_id, nullif(concat_ws(' ', first_name, last_name, suffix), '') from people.person"
                ).fetchall()
            )
    except NothingPublishedError:
        return {}


@churn.command("agree")
@with_reason
@with_json
@with_home
def agree(reason: str, actor: str | None, as_json: bool, settings: Settings) -> None:
    """Let exactly the change through that waits; any other one asks again."""
    from contact_pipeline.ledger.churn import waiting_change
    from contact_pipeline.ledger.decisions import agree_to_change

    if not reason.strip():
        raise click.UsageError("Say why: --reason.")
    with _ledger(settings) as ledger:
        waiting = waiting_change(ledger)
        if waiting is None:
            raise CommandError("No change waits for a yes.")
        number = agree_to_change(ledger, waiting.fingerprint, now=settings.clock(), actor=who(actor), reason=reason)
    if as_json:
        print_json({"decision": number, "agreed": waiting.as_json()})
    else:
        click.echo(f"Decision {number}: {waiting.moved:,} people may move. Go on with: contact-pipeline run")
