"""Commands about the list of opt-outs that outlive their records: opt-outs, opt-outs add, opt-outs lift.

They read and write the ledger only; the next run follows. Addresses are typed in and never shown: the list has hashes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from typing import Any, TypeVar

import click

from contact_pipeline.commands.common import print_json, say, table, with_home, with_json
from contact_pipeline.commands.deciding import who
from contact_pipeline.config import Settings

F = TypeVar("F", bound=Callable[..., Any])


def with_address(command: F) -> F:
    """Add `--email`, `--phone`, `--reason` and `--actor`."""
    for option in (
        click.option("--actor", default=None, help="Who says so (default: the user of this machine)."),
        click.option("--reason", required=True, help="Who asked, when and how; it stands in the ledger for ever."),
        click.option("--phone", help="A phone number in any spelling: text messages."),
        click.option("--email", help="An e-mail address in any spelling."),
    ):
        command = option(command)
    return command


@click.group("opt-outs", invoke_without_command=True)
@with_json
@with_home
@click.pass_context
def opt_outs(context: click.Context, as_json: bool, settings: Settings) -> None:
    """How many opt-outs are remembered, by channel and source; they outlive the records that said them."""
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.ledger.suppression import active_suppressions

    if context.invoked_subcommand is not None:
        return
    with closing(open_ledger(settings)) as ledger:
        lines = active_suppressions(ledger).to_pylist()
    said = {(line["channel"], line["source"], line["contact_id"] or line["address_hash"]) for line in lines}
    counts = Counter((channel, source) for channel, source, _ in said)
    if as_json:
        print_json({"opt_outs": [{"channel": c, "source": s, "records": n} for (c, s), n in sorted(counts.items())]})
    else:
        say(table(("channel", "source", "records"), [(c, s, f"{n:,}") for (c, s), n in sorted(counts.items())]))


@opt_outs.command("add")
@with_address
@with_home
def add(email: str | None, phone: str | None, reason: str, actor: str | None, settings: Settings) -> None:
    """Somebody asked to be left alone: nothing goes to this address from the next run on, whatever a source says."""
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.ledger.suppression import suppress

    with closing(open_ledger(settings)) as ledger:
        for channel, address in _addresses(email, phone, settings):
            suppress(ledger, channel, address, since=settings.clock(), reason=reason, source=f"said by {who(actor)}")
    click.echo("Written down; it holds from the next run on.")


@opt_outs.command("lift")
@with_address
@with_home
def lift(email: str | None, phone: str | None, reason: str, actor: str | None, settings: Settings) -> None:
    """Somebody asked to hear from us again, or a no was none: what was remembered for the address holds no more.

    A record that is still there and says no goes on doing so: correct it where it stands.
    """
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.ledger.suppression import lift as lift_address

    with closing(open_ledger(settings)) as ledger:
        lifted = sum(
            lift_address(
                ledger, channel, address, since=settings.clock(), reason=reason, source=f"said by {who(actor)}"
            )
            for channel, address in _addresses(email, phone, settings)
        )
    click.echo(f"{lifted:,} opt-outs no longer hold, from the next run on.")


def _addresses(email: str | None, phone: str | None, settings: Settings) -> list[tuple[str, str]]:
    """Channel and normal form of what was typed."""
    from contact_pipeline.people.lookup import NotAKeyError, email_key, phone_key

    if email is None and phone is None:
        raise click.UsageError("Give --email, --phone, or both.")
    try:
        found = [] if email is None else [("email", email_key(email))]
        return found if phone is None else [*found, ("sms", phone_key(phone, settings.region))]
    except NotAKeyError as error:
        raise click.UsageError(str(error)) from error
