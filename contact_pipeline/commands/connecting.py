"""The command `connect`: from a key to the first reading."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contact_pipeline.commands.common import CommandError, print_json, say, table, with_home, with_json
from contact_pipeline.commands.credentials import asked_value
from contact_pipeline.config import SETTINGS_FILE, Settings

if TYPE_CHECKING:
    from contact_pipeline.connecting.connecting import Tried
    from contact_pipeline.connecting.discovery import Discovery, Found

CONNECTABLE = ("givebutter", "jotform", "airtable", "listomatic", "contactics")


@click.command()
@click.argument("source", type=click.Choice(CONNECTABLE))
@click.option(
    "--campaign", "chosen", multiple=True, metavar="CODE", help="Givebutter: the campaign whose members are read."
)
@click.option(
    "--form", "chosen", multiple=True, metavar="[NAME=]ID", help="Jotform: a form to read, as signups=ID; repeatable."
)
@click.option("--table", "chosen", multiple=True, metavar="[NAME=]ID", help="Airtable: a table to read; repeatable.")
@click.option("--contacts/--no-contacts", default=None, help="Givebutter: read all contacts over the API too, or not.")
@click.option(
    "--webhooks/--no-webhooks",
    default=None,
    help="Airtable: watch the bases, so that a quiet reading costs one call a base; the token needs webhook:manage.",
)
@click.option("--url", default="", help="The platform's address, where it is not the usual one.")
@click.option("--client-id", default="", help="Contactics: the program's public id.")
@click.option("--allow-host", "allowed_host", default="", metavar="HOST", help="A further host the key may be sent to.")
@click.option("--from-variable", metavar="VARIABLE", help="Take a new key from this environment variable.")
@click.option("--new-key", is_flag=True, help="Ask for a new key although one is known.")
@click.option("--yes", is_flag=True, help="Take what is proposed, without asking.")
@with_json
@with_home
def connect(
    source: str,
    chosen: tuple[str, ...],
    contacts: bool | None,
    webhooks: bool | None,
    url: str,
    client_id: str,
    allowed_host: str,
    from_variable: str | None,
    new_key: bool,
    yes: bool,
    as_json: bool,
    settings: Settings,
    alone: bool = True,
) -> None:
    """Try a platform's key, see what the account holds, and choose what is read.

    The key is asked for without echo (or taken from standard input) where none is known, and kept encrypted once the
    platform has accepted it. With --json and nothing chosen it only tells what there is.
    """
    from contact_pipeline.connecting.choice import ChoiceError, changes_for
    from contact_pipeline.connecting.connecting import Address, addressed, finish, try_platform, watch_bases
    from contact_pipeline.connecting.settings_file import SettingsFileError
    from contact_pipeline.ledger.ledger import LedgerError
    from contact_pipeline.mentors.season import SeasonError
    from contact_pipeline.sources.errors import SourceError

    address = Address(url, client_id, allowed_host)
    try:
        settings = addressed(source, settings, address)
        tried = try_platform(source, settings, _new_key(source, settings, from_variable, new_key))
        if not as_json:
            click.echo(f"{tried.discovery.account}.")
        picked = _picked(tried.discovery, chosen, yes=yes, ask=not as_json)
        changes = {**address.changes(source, Settings(home=settings.home)), **changes_for(source, picked)}
        if source == "givebutter" and contacts is not None:
            changes[("givebutter", "contacts")] = contacts
        bases = sorted({one.base for one in picked if one.base})
        if bases and _wants_webhooks(webhooks, ask=not (as_json or yes or chosen)):
            watched = watch_bases(settings, tried.new_key, bases)
            changes |= watched.changes
            tried = replace(tried, calls=tried.calls + watched.calls)
            if watched.refusal:
                click.echo(f"Without webhooks: {watched.refusal}", err=True)
        decided = bool(picked) or not tried.discovery.found or contacts is not None
        written = finish(source, settings, tried, changes) if decided else []
    except (SourceError, ChoiceError, SettingsFileError, SeasonError, LedgerError) as error:
        raise CommandError(str(error)) from error
    _tell(source, settings, tried, picked, (written or [settings.home / SETTINGS_FILE]) if decided else [], as_json)
    if alone and decided and not as_json:
        _tell_next(settings)


def _new_key(source: str, settings: Settings, from_variable: str | None, wanted: bool) -> str | None:
    """A key to try, where none is known or a new one is wanted."""
    from contact_pipeline.credentials import checked_value, keys_of

    name = getattr(settings, source).credential
    if from_variable:
        return checked_value(name, os.environ.get(from_variable, ""))
    if wanted or not keys_of(settings).get(name):
        return checked_value(name, asked_value(name))
    return None


def _picked(discovery: Discovery, chosen: Sequence[str], *, yes: bool, ask: bool) -> list[Found]:
    """What is to be read: named on the command line, proposed, or chosen by number."""
    from contact_pipeline.connecting.choice import ChoiceError, by_numbers, by_words, proposed

    found = discovery.found
    if chosen:
        return by_words(found, chosen)
    if not found:
        return []
    if yes:
        if not proposed(found):
            held = ", ".join(f"{one.id} ({one.title})" for one in found[:10])
            raise ChoiceError(f"Nothing the account holds is proposed by itself. Name what is to be read: {held}")
        return proposed(found)
    if not ask:
        return []
    rows = [
        (str(n), "*" if one.proposed else "", one.title, one.id, one.name, one.detail) for n, one in enumerate(found, 1)
    ]
    click.echo(table(["", "", found[0].kind, "id", "read as", ""], rows))
    while True:
        text = click.prompt(
            "Which? Numbers with commas, Enter for those with *, 0 for none", default="", show_default=False
        )
        try:
            return by_numbers(found, text)
        except ChoiceError as error:
            say(str(error))


def _wants_webhooks(said: bool | None, *, ask: bool) -> bool:
    """Whether to watch the bases: a webhook is made in the account, so nobody's silence is a yes."""
    if said is not None or not ask:
        return bool(said)
    return click.confirm(
        "Watch these bases by webhook? A quiet reading then costs one call a base, not one for each 100 records; "
        "the token needs webhook:manage"
    )


def _tell(
    source: str, settings: Settings, tried: Tried, picked: Sequence[Found], written: Sequence[Path], as_json: bool
) -> None:
    from contact_pipeline.connecting.season_file import overruled

    places = ", ".join(map(str, written))
    if as_json:
        found: list[dict[str, Any]] = [
            {"kind": one.kind, "id": one.id, "title": one.title, "name": one.name, "detail": one.detail,
             "proposed": one.proposed, "roles": one.roles, "base": one.base}
            for one in tried.discovery.found
        ]  # fmt: skip
        print_json(
            {"source": source, "account": tried.discovery.account, "calls": tried.calls, "found": found,
             "chosen": [one.id for one in picked], "written": places or None,
             "next": _following(settings) if written else None}
        )  # fmt: skip
        return
    for one in picked:
        said = ", ".join(f"{name} = {role}" for name, role in one.roles.items())
        click.echo(f"Reads {one.title or one.id}{f' as {one.name}' if one.name else ''}{f' ({said})' if said else ''}.")
    if not written:
        click.echo("Nothing was chosen, so nothing was written.")
        return
    click.echo(f"Written to {places} ({tried.calls} calls were made). Other field names and roles: correct them there.")
    for contradiction in overruled(Settings(home=settings.home)):
        say(f"Note: {contradiction}.")


def _tell_next(settings: Settings) -> None:
    if not (settings.home / "ledger.sqlite").exists():
        click.echo(
            f'PIDs will be tied to the workspace name "{settings.workspace}": change it before the first run, in '
            f"{settings.home / SETTINGS_FILE}."
        )
    click.echo(f"Next: {_following(settings)}")


def _following(settings: Settings) -> str:
    return f"contact-pipeline run --home {settings.home}"
