"""Commands that read: people, lookup, issues, status, explain, rows, lineage.

They read the published snapshot, also while a run writes; only `rows` reads the warehouse and waits its turn.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import click
import duckdb

from contact_pipeline.commands.common import FAILED, CommandError, print_json, say, table, with_home, with_json
from contact_pipeline.config import Settings
from contact_pipeline.warehouse.publish import NothingPublishedError, open_published


@click.group()
def people() -> None:
    """Look people up."""


@people.command("find")
@click.argument("query")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many people at the most.")
@with_json
@with_home
def find(query: str, limit: int, as_json: bool, settings: Settings) -> None:
    """Find people by name, phone, e-mail, PID or the id of a source record."""
    from contact_pipeline.people.find import find_people

    try:
        with open_published(settings.published) as connection:
            found = find_people(connection, query, region=settings.region, limit=limit)
    except NothingPublishedError as error:
        raise CommandError(str(error)) from error
    if as_json:
        print_json({"query": query, "taken_for": found.taken_for, "people": found.people})
        return
    if not found.people:
        click.echo(f"Nobody found; the query was taken for a {found.taken_for}.")
        return
    headers = ["PID", "name", "phone", "e-mail", "where", "contacts", "from"]
    click.echo(table(headers, [_person_line(person) for person in found.people]))
    if len(found.people) == limit:
        click.echo(f"Only the first {limit} are shown; say more, or raise --limit.")


@people.command("show")
@click.argument("person")
@click.option("--all", "losers_too", is_flag=True, help="Values that lost too.")
@with_json
@with_home
def show(person: str, losers_too: bool, as_json: bool, settings: Settings) -> None:
    """One person's values: where each comes from and why it was chosen. PERSON is a PID or the id of a record."""
    from contact_pipeline.people.showing import UnknownPersonError, values_of

    try:
        with open_published(settings.published) as connection:
            person_id, found = values_of(connection, person)
    except (NothingPublishedError, UnknownPersonError) as error:
        raise CommandError(str(error)) from error
    shown = [one for one in found if losers_too or one.rank == 1 or one.decision_id is not None]
    if as_json:
        print_json({"person_id": person_id, "values": [one.as_json() for one in shown]})
        return
    rows = [("" if one.rank == 1 else "lost", one.field, one.value, one.origin, one.why) for one in shown]
    click.echo(table(["", f"field of {person_id}", "value", "from", "because"], rows))


def _person_line(person: dict[str, Any]) -> tuple[object, ...]:
    name = " ".join(filter(None, (person["first_name"], person["last_name"], person["suffix"])))
    where = ", ".join(filter(None, (person["city"], person["state"])))
    sources = ", ".join(person["sources"])
    return person["person_id"], name, person["phone"], person["email"], where, person["contacts"], sources


@click.command()
@click.option("--email", help="An e-mail address.")
@click.option("--phone", help="A phone number in any spelling.")
@with_json
@with_home
def lookup(email: str | None, phone: str | None, as_json: bool, settings: Settings) -> None:
    """Every record of every source that carries an e-mail address or a phone number, as it was sent."""
    from contact_pipeline.landing.outcomes import LandingDamagedError
    from contact_pipeline.landing.store import LandingStore
    from contact_pipeline.people.lookup import NotAKeyError
    from contact_pipeline.people.lookup import lookup as records_with

    if email is None and phone is None:
        raise click.UsageError("Give --email, --phone, or both.")
    store = LandingStore(settings.landing)
    try:
        with open_published(settings.published) as connection:
            found = records_with(connection, store, email=email, phone=phone, region=settings.region)
    except NotAKeyError as error:
        raise click.UsageError(str(error)) from error
    except (NothingPublishedError, LandingDamagedError) as error:
        raise CommandError(str(error)) from error
    if as_json:
        print_json({"records": [record.as_json() for record in found]})
        return
    for record in found:
        click.echo(f"{record.source_name} ({record.source}.{record.entity}, record {record.record_id})")
        click.echo(table(["", ""], [(name, value) for name, value in record.fields.items() if value]))
    click.echo(f"{len(found):,} records.")


@click.group(invoke_without_command=True)
@click.option("--code", help="Only issues of this code.")
@click.option("--severity", type=click.Choice(["critical", "error", "warning", "info"]), help="Only these.")
@click.option("--person", help="Only issues of this PID.")
@click.option("--all", "closed_too", is_flag=True, help="Closed and accepted issues too.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at the most.")
@with_json
@with_home
@click.pass_context
def issues(
    context: click.Context,
    code: str | None,
    severity: str | None,
    person: str | None,
    closed_too: bool,
    limit: int,
    as_json: bool,
    settings: Settings,
) -> None:
    """What a human should look at: conflicts, duplicates, invalid values."""
    if context.invoked_subcommand is not None:
        return
    wanted = {"code": code, "severity": severity, "person_id": person}
    conditions = [f"{column} = ?" for column, value in wanted.items() if value] + (
        [] if closed_too else ["closed_at is null", "resolution is null"]
    )
    where = " where " + " and ".join(conditions) if conditions else ""
    values = [value for value in wanted.values() if value]
    try:
        with open_published(settings.published) as connection:
            total = connection.execute(f"select count(*) from people.issue{where}", values).fetchall()[0][0]
            cursor = connection.execute(
                "select fingerprint, code, severity, title, detail, action, person_id, subject, first_seen, last_seen, "
                f"closed_at, resolution from people.issue{where} order by case severity when 'critical' then 0 "
                f"when 'error' then 1 when 'warning' then 2 else 3 end, code, subject limit {int(limit)}",
                values,
            )
            names = [column[0] for column in cursor.description or []]
            found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except NothingPublishedError as error:
        raise CommandError(str(error)) from error
    if as_json:
        print_json({"total": total, "issues": found})
        return
    for issue in found:
        state = " (closed)" if issue["closed_at"] else f" ({issue['resolution']})" if issue["resolution"] else ""
        whose = f": {issue['person_id']}" if issue["person_id"] else ""
        click.echo(
            f"{issue['severity']:8} {issue['title']}{whose} [{issue['code']} {issue['fingerprint'][:10]}]{state}"
        )
        click.echo(f"         {issue['detail']}")
        click.echo(f"         → {issue['action']}")
    click.echo(f"{len(found):,} of {total:,} issues shown.")


@click.command()
@click.option("--rejects", metavar="BATCH", help="Show the quarantined records of this batch.")
@with_json
@with_home
def status(rejects: str | None, as_json: bool, settings: Settings) -> None:
    """Where things stand: sources and their age, people, open issues, people held back."""
    if rejects:
        try:
            _show_rejects(settings, rejects, as_json)
        except NothingPublishedError as error:
            raise CommandError(str(error)) from error
        return
    from contact_pipeline.people.status import status as status_of

    now = status_of(settings, now=settings.clock())
    if as_json:
        print_json(now.as_json())
        return
    if now.published is None:
        click.echo("Nothing has been published yet. Run: contact-pipeline run (or: make demo).")
        return
    state = "up to date" if now.up_to_date else "something new waits for the next run (contact-pipeline run)"
    click.echo(f"Snapshot {now.published['generation']} of {now.published['at']}: {state}.")
    for name in now.waiting:
        click.echo(f"  waiting in the inbox: {name}")
    counts = ("source", "batches", "seen", "accepted", "quarantined", "blank")
    sources = [(*(source[name] for name in counts), _age(source), source["batch_ids"][-1]) for source in now.sources]
    click.echo(table([*counts, "content is", "newest batch"], sources))
    click.echo(", ".join(f"{count:,} {what}" for what, count in now.people.items()))
    click.echo(table(["open issues", "severity", ""], [(i["open"], i["severity"], i["title"]) for i in now.issues]))
    click.echo(table(["held back from the Givebutter file", "people"], [(h["reason"], h["people"]) for h in now.held]))


def _age(source: dict[str, Any]) -> str:
    hours = source["age_hours"]
    if hours is None:
        return "of unknown age"
    age = f"{hours} h old" if hours < 48 else f"{hours / 24:.0f} days old"
    return f"{age}, {source['age']}" if source["age"] in ("stale", "very old") else age


def _show_rejects(settings: Settings, batch: str, as_json: bool) -> None:
    with open_published(settings.published) as connection:
        known = connection.execute("select 1 from landing.batch where batch_id = ?", [batch]).fetchall()
        if not known:
            raise CommandError(f"No batch '{batch}' is in the snapshot. contact-pipeline status lists them.")
        rows = connection.execute(
            "select line, column_name, reason, raw from landing.reject where batch_id = ? order by line", [batch]
        ).fetchall()
    if as_json:
        print_json(
            {
                "batch_id": batch,
                "rejects": [dict(zip(("line", "column", "reason", "raw"), r, strict=True)) for r in rows],
            }
        )
        return
    if not rows:
        click.echo(f"No quarantined records in batch {batch}.")
    for line, column, reason, raw in rows:
        click.echo(f"line {line}{', column ' + column if column else ''}: {reason}")
        click.echo(f"    {raw[:200]}")


@click.command()
@click.argument("a")
@click.argument("b", required=False)
@click.option(
    "--chart", type=click.Path(path_type=Path, dir_okay=False), help="Also write the pair's waterfall (HTML)."
)
@with_json
@with_home
def explain(a: str, b: str | None, chart: Path | None, as_json: bool, settings: Settings) -> None:
    """Why two records are, or are not, one person; or what holds one person's records together.

    A and B are record ids or PIDs; A alone shows every pair of the person's records and the weakest bridge.
    """
    from contact_pipeline.people.explaining import (
        ToldPerson,
        UnknownRecordError,
        chart_pair,
        explain_person,
        explain_records,
    )

    try:
        told = explain_person(settings, a) if b is None else explain_records(settings, a, b)
    except (NothingPublishedError, UnknownRecordError) as error:
        raise CommandError(str(error)) from error
    if chart is not None and isinstance(told, ToldPerson):
        raise click.UsageError("A chart shows one pair: give two records.")
    if as_json:
        print_json(told.as_json())
    else:
        click.echo(told.as_text())
    if chart is not None and not isinstance(told, ToldPerson):
        say(f"{chart_pair(settings, told, chart)}: how the weight adds up")


@click.command("rows")
@click.argument("batch_id")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; standard output otherwise."
)
@click.option("--json", "as_json", is_flag=True, help="With --out: print the file and its row count as JSON.")
@with_home
def print_rows(batch_id: str, out: Path | None, as_json: bool, settings: Settings) -> None:
    """The accepted rows of a batch as CSV (RFC 4180, UTF-8), header first, in file order."""
    from contact_pipeline.landing.rows import UnknownBatchError
    from contact_pipeline.warehouse.connection import open_warehouse

    if not settings.warehouse.exists():
        raise CommandError(f"{settings.home} holds no batches yet. Take a file with: contact-pipeline ingest")
    try:
        with open_warehouse(settings.warehouse, wait_seconds=settings.lock_wait_seconds, log=say) as connection:
            count = _write_rows(connection, batch_id, out)
    except UnknownBatchError as error:
        raise CommandError(str(error)) from error
    if out is not None and as_json:
        print_json({"batch_id": batch_id, "file": str(out), "rows": count})
    elif out is not None:
        click.echo(f"{count:,} rows written to {out}")


def _write_rows(connection: duckdb.DuckDBPyConnection, batch_id: str, out: Path | None) -> int:
    from contact_pipeline.landing.rows import write_rows

    if out is None:
        stream = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
        try:
            return write_rows(connection, batch_id, stream)
        finally:
            stream.flush()
            stream.detach()
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        count = write_rows(connection, batch_id, file)
    part.replace(out)
    return count


@click.command()
@click.argument("column", metavar="SCHEMA.TABLE.COLUMN")
@with_json
@with_home
def lineage(column: str, as_json: bool, settings: Settings) -> None:
    """Where a column comes from, back to the raw tables: `lineage people.person.phone`."""
    from contact_pipeline.warehouse.tracing import trace

    name, _, field = column.rpartition(".")
    if "." not in name:
        raise click.UsageError("Name the column as schema.table.column, for example people.person.phone.")
    try:
        with open_published(settings.published) as connection:
            steps = trace(connection, name, field)
    except NothingPublishedError as error:
        raise CommandError(str(error)) from error
    if as_json:
        print_json({"column": column, "lineage": [step.__dict__ for step in steps]})
        return
    if not steps:
        click.echo(f"No lineage is known for {column}: it is made in Python, or there is no such column.")
        click.get_current_context().exit(FAILED)
    for step in steps:
        click.echo(f"{'  ' * step.depth}{step.table}.{step.column}")
