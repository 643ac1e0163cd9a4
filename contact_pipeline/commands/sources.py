"""The command `sources`: how each platform is read, how old it is, what it costs."""

from __future__ import annotations

from datetime import datetime, timedelta

import click

from contact_pipeline.commands.common import CommandError, print_json, table, with_home, with_json
from contact_pipeline.config import Settings
from contact_pipeline.landing.calls import Calls
from contact_pipeline.landing.overview import EntityLine, SourceLines, overview


@click.command()
@with_json
@with_home
def sources(as_json: bool, settings: Settings) -> None:
    """Where people come from: what is read how often, how old it is, and calls against the budget.

    \b
    Cadence and budgets are set in contact_pipeline.toml:
      [jotform]
      every_minutes = { signups = 30 }
      calls_per_day = 1000
    """  # noqa: D301
    from contact_pipeline.ledger.ledger import LedgerError

    now = settings.clock()
    try:
        found = overview(settings)
    except LedgerError as error:
        raise CommandError(str(error)) from error
    if as_json:
        print_json({"now": now.isoformat(), "sources": [source.as_json(now) for source in found]})
        return
    rows = [(source.source, *_cells(line, now)) for source in found for line in source.entities]
    headers = ["source", "entity", "read", "content", "newest change", "last attempt", "calls", "next"]
    click.echo(table(headers, rows))
    for source in found:
        if source.calls is not None and any(line.configured for line in source.entities):
            click.echo(_spending(source, source.calls, now))
    if not any(line.configured for source in found for line in source.entities):
        click.echo("Nothing is polled yet: contact-pipeline connect SOURCE")


def _cells(line: EntityLine, now: datetime) -> tuple[object, ...]:
    read = "dropped files" if line.every_minutes is None else "no"
    if line.configured:
        read = f"every {span(timedelta(minutes=line.every_minutes or 0))}"
    known = line.known
    content = f"{ago(known.as_of, now)} ({line.age})" if known is not None else "none"
    changed = ago(known.newest_change, now) if known is not None else ""
    due = "" if line.next_due is None else "now" if line.next_due <= now else f"in {span(line.next_due - now)}"
    return line.entity, read, content, changed, line.last_outcome or "", line.last_calls, due


def _spending(source: SourceLines, calls: Calls, now: datetime) -> str:
    budget = calls.budget
    parts = [f"{source.source}: {_against(budget.used_day, budget.per_day)} calls in 24 hours"]
    parts.append(f"{_against(budget.used_month, budget.per_month)} in 30 days")
    parts.append(f"about {calls.forecast:,.0f} a day at this rhythm")
    text = ", ".join(parts) + "."
    exceeded = budget.exceeded_in(calls.forecast)
    if exceeded is not None:
        text += f" The budget is exceeded {'now' if not exceeded else f'in {span(exceeded)}'}."
    if calls.warning:
        text += f" Warning: {calls.warning}."
    if source.closed_until is not None:
        text += f" The platform answers again in {span(source.closed_until - now)}."
    return text


def _against(used: int, most: int | None) -> str:
    return f"{used:,}" if most is None else f"{used:,} of {most:,}"


def ago(moment: datetime | None, now: datetime) -> str:
    """A past moment as people say it: `3 hours ago`; `unknown` where there is none."""
    return "unknown" if moment is None else f"{span(now - moment)} ago"


def span(length: timedelta) -> str:
    """A length of time in its largest fitting unit: `15 min`, `3.5 hours`, `12 days`."""
    minutes = max(0.0, length / timedelta(minutes=1))
    if minutes < 90:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.1f} hours" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days"
