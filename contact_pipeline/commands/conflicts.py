"""The command `conflicts`: fields in which Givebutter and we differ, and what a human says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from contact_pipeline.commands.common import CommandError, print_json, table, with_home, with_json
from contact_pipeline.commands.deciding import stores, who, with_reason
from contact_pipeline.config import Settings

if TYPE_CHECKING:
    from contact_pipeline.sync.conflicts import Choice, Conflict

OWN_VALUE = "\0"
"""What --lock says without a value: ours."""


@click.group(invoke_without_command=True)
@click.option("--field", help="Only this field, for example phone.")
@click.option("--all", "put_off_too", is_flag=True, help="Those too that were put off.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at the most.")
@with_json
@with_home
@click.pass_context
def conflicts(
    context: click.Context, field: str | None, put_off_too: bool, limit: int, as_json: bool, settings: Settings
) -> None:
    """Fields in which Givebutter says something else than we do: both values, what both last had, what to do."""
    from contact_pipeline.sync.conflicts import open_conflicts

    if context.invoked_subcommand is not None:
        return
    with stores(settings) as (ledger, snapshot):
        found = open_conflicts(snapshot, ledger, field=field, put_off_too=put_off_too)
    if as_json:
        print_json({"total": len(found), "conflicts": [one.as_json() for one in found[:limit]]})
        return
    rows = [
        (one.id, one.mentor_id, one.person_id, one.field, one.ours, one.theirs, one.base, one.owner, one.changed_by)
        for one in found[:limit]
    ]
    headers = ["", "mentor", "PID", "field", "ours", "Givebutter", "both had", "owner", "changed by"]
    click.echo(table(headers, rows))
    for advice in dict.fromkeys(one.advice for one in found[:limit]):
        click.echo(f"  → {advice}")
    click.echo(f"{min(limit, len(found)):,} of {len(found):,} conflicts shown.")
    if found:
        click.echo(f"Resolve with: contact-pipeline conflicts resolve {found[0].id} --keep-ours --reason …")


@conflicts.command("resolve")
@click.argument("ids", nargs=-1)
@click.option("--keep-ours", is_flag=True, help="Ours is right; our next file puts Givebutter right.")
@click.option("--accept-theirs", is_flag=True, help="Givebutter is right; it holds until the form says something new.")
@click.option(
    "--lock", is_flag=False, flag_value=OWN_VALUE, default=None, metavar="[VALUE]",
    help="This value (ours where none is given) holds whatever either side says later.",
)  # fmt: skip
@click.option("--later", is_flag=True, help="Ask again when it changes.")
@click.option("--all", "everything", is_flag=True, help="Every open conflict, of --field where it is given.")
@click.option("--field", help="With --all: only this field.")
@click.option("--dry-run", is_flag=True, help="Only say which.")
@with_reason
@with_json
@with_home
def resolve(
    ids: tuple[str, ...],
    keep_ours: bool,
    accept_theirs: bool,
    lock: str | None,
    later: bool,
    everything: bool,
    field: str | None,
    dry_run: bool,
    reason: str,
    actor: str | None,
    as_json: bool,
    settings: Settings,
) -> None:
    """Say which side is right. IDS as `conflicts` shows them; several are undone by one name."""
    from contact_pipeline.ledger.settling import settle
    from contact_pipeline.sync.conflicts import ConflictError, chosen, open_conflicts, settlement

    choice = _choice(keep_ours, accept_theirs, lock, later)
    if bool(ids) == everything:
        raise click.UsageError("Name conflicts by their ids, or give --all.")
    if not reason.strip() and not dry_run:
        raise click.UsageError("A decision needs a reason: --reason.")
    value = None if lock in (None, OWN_VALUE) else lock
    with stores(settings) as (ledger, snapshot):
        try:
            there = open_conflicts(snapshot, ledger, field=field, put_off_too=bool(ids))
            picked = there if everything else chosen(there, ids)
            answers = [settlement(one, choice, value=value, region=settings.region) for one in picked]
        except ConflictError as error:
            raise CommandError(f"{error} Nothing was written.") from error
        numbers, bulk = (
            settle(ledger, answers, now=settings.clock(), actor=who(actor), reason=reason)
            if answers and not dry_run
            else ([], None)
        )
    _tell(picked, choice, numbers, bulk, as_json)


def _choice(keep_ours: bool, accept_theirs: bool, lock: str | None, later: bool) -> Choice:
    given: list[Choice] = []
    if keep_ours:
        given.append("keep-ours")
    if accept_theirs:
        given.append("accept-theirs")
    if lock is not None:
        given.append("lock")
    if later:
        given.append("later")
    if len(given) != 1:
        raise click.UsageError("Say one of --keep-ours, --accept-theirs, --lock [VALUE], --later.")
    return given[0]


def _tell(picked: list[Conflict], choice: Choice, numbers: list[int], bulk: str | None, as_json: bool) -> None:
    if as_json:
        print_json(
            {"choice": choice, "conflicts": [one.fingerprint for one in picked], "decisions": numbers, "bulk": bulk}
        )
        return
    for one in picked[:50]:
        click.echo(f"{one.id} {one.field} of {one.person_id}: {choice}")
    if not numbers:
        click.echo(f"{len(picked):,} conflicts. Nothing was written.")
        return
    undone = bulk or str(numbers[0])
    click.echo(f"{len(numbers):,} decisions written. Undo with: contact-pipeline undo {undone}")
    click.echo("Follow them with: contact-pipeline run")
