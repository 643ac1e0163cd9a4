"""Commands by which a human says who is who, and takes it back: decide, undo, decisions, review.

They write lines into the ledger only; the next run follows them. Names are shown to whoever asks for the queue, and
nowhere else.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from contact_pipeline.commands.common import FAILED, CommandError, print_json, table, with_home, with_json
from contact_pipeline.config import Settings

if TYPE_CHECKING:
    import duckdb

    from contact_pipeline.ledger import Ledger
    from contact_pipeline.people.deciding import Answer, Wish

F = TypeVar("F", bound=Callable[..., Any])


@contextmanager
def stores(settings: Settings) -> Iterator[tuple[Ledger, duckdb.DuckDBPyConnection]]:
    """The ledger and the published snapshot of a home.

    Raises:
        CommandError: nothing was published there yet.
    """
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.warehouse.publish import NothingPublishedError, open_published

    try:
        with open_published(settings.published) as snapshot:
            ledger = open_ledger(settings)
            try:
                yield ledger, snapshot
            finally:
                ledger.close()
    except NothingPublishedError as error:
        raise CommandError(str(error)) from error


def with_reason(command: F) -> F:
    """Add `--reason` and `--actor`."""
    actor = click.option("--actor", default=None, help="Who says so (default: the user of this machine).")
    reason = click.option("--reason", default="", help="Why; it stands in the history for ever.")
    return actor(reason(command))


def who(actor: str | None) -> str:
    """The actor given, or the user of this machine."""
    return actor or getpass.getuser()


@click.group(invoke_without_command=True)
@click.option(
    "--file", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV file with the columns decision, a, b, reason: one decision a line, all of them undone by one name.",
)  # fmt: skip
@with_reason
@with_json
@with_home
@click.pass_context
def decide(
    context: click.Context, file: Path | None, reason: str, actor: str | None, as_json: bool, settings: Settings
) -> None:
    """Say who is who. A and B are PIDs or contact ids (givebutter.contacts:1).

    \b
    contact-pipeline decide same 7K2Q9M 8M3R1T --reason "called her"
    contact-pipeline decide --file decisions.csv

    Exit codes: 0 all said, 1 something was refused, 2 wrong usage.
    """  # noqa: D301
    from contact_pipeline.people.deciding import WishError, read_wishes

    if context.invoked_subcommand is not None:
        if file is not None:
            raise click.UsageError("Give --file or a decision, not both.")
        return
    if file is None:
        raise click.UsageError("Say same, different, voter, not-voter or confirm, or give --file.")
    try:
        wishes = read_wishes(file.read_text(encoding="utf-8-sig"), reason=reason)
    except (WishError, UnicodeDecodeError) as error:
        raise CommandError(f"{file.name}: {error}") from error
    _carry_out(settings, wishes, actor, as_json, bulk=True)


def _pair_command(kind: str, said: str) -> click.Command:
    """`decide same A B` and its like."""

    @click.command(kind, help=said)
    @click.argument("a")
    @click.argument("b")
    @with_reason
    @with_json
    @with_home
    def command(a: str, b: str, reason: str, actor: str | None, as_json: bool, settings: Settings) -> None:
        from contact_pipeline.people.deciding import Wish

        _carry_out(settings, [Wish(kind, a, b, reason)], actor, as_json)

    return command


decide.add_command(_pair_command("same", "A and B are one person, whatever the score says."))
decide.add_command(_pair_command("different", "A and B are two people, whatever the score says."))
decide.add_command(_pair_command("voter", "The person A is the voter B, for example FL:123."))
decide.add_command(_pair_command("not-voter", "The person A is not the voter B, for example FL:123."))


@decide.command("confirm")
@click.argument("decision")
@with_reason
@with_json
@with_home
def confirm(decision: str, reason: str, actor: str | None, as_json: bool, settings: Settings) -> None:
    """A decision is still right, though what it stood on has changed."""
    from contact_pipeline.people.deciding import Wish

    _carry_out(settings, [Wish("confirm", decision, "", reason)], actor, as_json)


@click.command("accept")
@click.argument("ids", nargs=-1, required=True)
@with_reason
@with_json
@with_home
def accept_issues(ids: tuple[str, ...], reason: str, actor: str | None, as_json: bool, settings: Settings) -> None:
    """Issues that are right as they are: not shown again unless they change or come back. IDS as `issues` shows them.

    `undo` takes it back, by the number of the decision.
    """
    from contact_pipeline.ledger.decisions import UnknownMatterError, resolve_issue, whole_fingerprint

    accepted: list[dict[str, Any]] = []
    with stores(settings) as (ledger, _):
        try:
            wanted = [whole_fingerprint(ledger, given) for given in ids]
        except UnknownMatterError as error:
            raise CommandError(f"{error} Nothing was accepted.") from error
        for fingerprint in wanted:
            decision = resolve_issue(
                ledger, fingerprint, "accepted", now=settings.clock(), actor=who(actor), reason=reason
            )
            accepted.append({"issue": fingerprint, "decision": decision})
    if as_json:
        print_json({"accepted": accepted})
        return
    for one in accepted:
        click.echo(f"Issue {one['issue'][:10]} is accepted (decision {one['decision']}); the next run leaves it out.")


@click.command()
@click.argument("what", nargs=-1)
@click.option(
    "--file", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A text file with one decision, bulk or PID a line.",
)  # fmt: skip
@with_reason
@with_json
@with_home
def undo(
    what: tuple[str, ...], file: Path | None, reason: str, actor: str | None, as_json: bool, settings: Settings
) -> None:
    """Take back decisions (12), a bulk (B3), or the merge that ended a PID (7K2Q9M).

    People, fields and links come back with the next run.
    """
    from contact_pipeline.people.deciding import Wish

    lines = file.read_text(encoding="utf-8-sig").splitlines() if file is not None else []
    wishes = [Wish("undo", each, "", reason) for each in what]
    wishes += [Wish("undo", line.strip(), "", reason, number) for number, line in enumerate(lines, 1) if line.strip()]
    if not wishes:
        raise click.UsageError("Say what to undo: a decision's number, a bulk such as B3, or a PID.")
    _carry_out(settings, wishes, actor, as_json, bulk=len(wishes) > 1)


@click.command("decisions")
@click.option("--all", "taken_back_too", is_flag=True, help="Those that were taken back too, and the taking back.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many, the newest first.")
@with_json
@with_home
def decisions(taken_back_too: bool, limit: int, as_json: bool, settings: Settings) -> None:
    """What humans decided, the newest first."""
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.ledger.decisions import decisions as every_decision

    if not settings.home.is_dir():
        raise CommandError(f"There is no home folder {settings.home}.")
    ledger = open_ledger(settings)
    try:
        lines = every_decision(ledger).to_pylist()
    finally:
        ledger.close()
    gone = {line["withdraws"] for line in lines}
    shown = [
        line for line in reversed(lines)
        if taken_back_too or (line["kind"] != "withdraw" and line["decision_id"] not in gone)
    ]  # fmt: skip
    if as_json:
        told = [{**line, "taken_back": line["decision_id"] in gone} for line in shown[:limit]]
        print_json({"total": len(shown), "decisions": told})
        return
    rows = [
        (f"#{d['decision_id']}", d["kind"], d["subject"], _what(d), d["bulk"],
         f"{d['decided_at']:%Y-%m-%d}", d["actor"], d["reason"])
        for d in shown[:limit]
    ]  # fmt: skip
    click.echo(table(["", "decision", "about", "and", "bulk", "on", "by", "because"], rows))
    click.echo(f"{min(limit, len(shown)):,} of {len(shown):,} decisions shown.")


def _what(decision: dict[str, Any]) -> str:
    """The other side of a decision: a contact, a value of a field, what it takes back."""
    said = decision["other"] or decision["value"] or decision["withdraws"] or ""
    return f"{decision['field']} = {said}" if decision["field"] else str(said)


@click.group(invoke_without_command=True)
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="How many questions at the most.")
@with_json
@with_home
@click.pass_context
def review(context: click.Context, limit: int, as_json: bool, settings: Settings) -> None:
    """People who may be one person: what speaks for it, what against, and what to type. The costliest doubt first."""
    from contact_pipeline.people.deciding import answered_pairs
    from contact_pipeline.people.reviewing import questions

    if context.invoked_subcommand is not None:
        return
    with stores(settings) as (ledger, snapshot):
        every, total = questions(snapshot, answered_pairs(ledger))
    found, obvious = every[:limit], sum(question.obvious for question in every)
    if as_json:
        print_json({"total": total, "questions": [question.as_json() for question in found]})
        return
    for question in found:
        click.echo(f"{question.name_l} ({question.person_l}) and {question.name_r} ({question.person_r})")
        click.echo(f"  {question.sentence}")
        click.echo(f"  At stake: {question.stakes}.")
        for line in question.commands:
            click.echo(f"  → {line}")
    click.echo(f"{len(found):,} of {total:,} questions shown.")
    if found:
        click.echo("More about one: contact-pipeline explain A B")
    if obvious:
        click.echo(f"{obvious:,} of them are obvious: contact-pipeline review accept --obvious --dry-run")


@review.command("accept")
@click.option(
    "--obvious", is_flag=True, required=True, help="Those the queue calls obvious; nothing else can be accepted."
)
@click.option("--dry-run", is_flag=True, help="Only say which.")
@with_reason
@with_json
@with_home
def accept(obvious: bool, dry_run: bool, reason: str, actor: str | None, as_json: bool, settings: Settings) -> None:
    """Accept every obvious question as one person, all of them undone by one name.

    Obvious: at least 0.9 probable, one name or two that stand for one, nothing in common that a third has too, nothing
    against it but that two of one home may bear the two names, no other question about either, no namesake in the ZIP;
    and a birth year in common, or phone and e-mail but not one home, where two names need an e-mail named after one of
    them.
    """
    from contact_pipeline.people.deciding import answered_pairs, obvious_wishes
    from contact_pipeline.people.reviewing import questions

    with stores(settings) as (ledger, snapshot):
        answered = answered_pairs(ledger)
        wishes = list(obvious_wishes(snapshot, answered, reason or "obvious in the review queue"))
        asked = [question for question in questions(snapshot, answered)[0] if question.obvious]
    if not dry_run:
        _carry_out(settings, wishes, actor, as_json, bulk=True)
    elif as_json:
        print_json({"would_accept": [[wish.a, wish.b] for wish in wishes]})
    else:
        for one in asked:
            click.echo(f"would join {one.name_l} ({one.person_l}) and {one.name_r} ({one.person_r})")
            click.echo(f"  {one.sentence}")
        click.echo(f"{len(wishes):,} obvious questions. Nothing was written.")


def _carry_out(
    settings: Settings, wishes: Sequence[Wish], actor: str | None, as_json: bool, *, bulk: bool = False
) -> None:
    """Write the wishes down and answer for every one; exit code 1 where one was refused."""
    from contact_pipeline.people.deciding import carry_out

    with stores(settings) as (ledger, snapshot):
        answers, name = carry_out(
            ledger, snapshot, wishes, now=settings.clock(), actor=who(actor), join_threshold=settings.join_threshold,
            bulk=bulk,
        )  # fmt: skip
    _tell(answers, name, as_json)
    if any(answer.outcome == "refused" for answer in answers):
        raise SystemExit(FAILED)


def _tell(answers: Sequence[Answer], bulk: str | None, as_json: bool) -> None:
    counts = {
        outcome: sum(a.outcome == outcome for a in answers) for outcome in ("decided", "stood already", "refused")
    }
    if as_json:
        print_json({"seen": len(answers), **counts, "bulk": bulk, "answers": [answer.as_json() for answer in answers]})
        return
    for answer in answers:
        if len(answers) == 1 or answer.outcome == "refused":
            where = f"line {answer.line}: " if answer.line else ""
            click.echo(f"{where}{answer.kind} {answer.a} {answer.b}".rstrip() + f": {answer.outcome}. {answer.message}")
    if len(answers) != 1:
        click.echo(
            f"{len(answers):,} seen: " + ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items()) + "."
        )
    if bulk:
        click.echo(f"Undo them all with: contact-pipeline undo {bulk}")
    if counts["decided"]:
        click.echo("Follow it with: contact-pipeline run")
