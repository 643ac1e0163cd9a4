"""Commands for credentials: set, list, remove, rotate. A value is never an argument and is never printed."""

from __future__ import annotations

import os
import sys

import click

from contact_pipeline.commands.common import CommandError, print_json, say, table, with_home, with_json
from contact_pipeline.config import Settings
from contact_pipeline.credentials import CredentialError, CredentialStore, checked_name


def asked_value(name: str) -> str:
    """A key typed without echo, or the first line of standard input where that is no terminal."""
    if sys.stdin.isatty():
        return str(click.prompt(f"{name} (nothing is shown while you type or paste)", hide_input=True, err=True))
    return sys.stdin.readline()


@click.group()
def credentials() -> None:
    """Keep the platforms' keys, encrypted, in the home.

    \b
    A key is looked up by its name: first the environment variable of that name, then here.
    Names are those the settings give as `credential`: GIVEBUTTER_API_KEY, JOTFORM_API_KEY, …
    """  # noqa: D301


@credentials.command("set")
@click.argument("name")
@click.option("--from-variable", metavar="VARIABLE", help="Take the value from this environment variable.")
@click.option("--forget-old", is_flag=True, help="Do not keep the replaced value until the new one has worked.")
@with_home
def set_credential(name: str, from_variable: str | None, forget_old: bool, settings: Settings) -> None:
    """Keep a key: typed without echo, or piped in as one line."""
    try:
        checked_name(name)
        value = os.environ.get(from_variable, "") if from_variable else asked_value(name)
        replaced = CredentialStore(settings.home).set(name, value, settings.clock(), keep_old=not forget_old)
    except CredentialError as error:
        raise CommandError(str(error)) from error
    click.echo(f"{name} is kept." if not replaced else f"{name} is replaced.{_about_the_old(forget_old)}")
    if os.environ.get(name, "").strip():
        say(f"The environment variable {name} is set too, and wins over it.")


def _about_the_old(forget_old: bool) -> str:
    return "" if forget_old else " The one before it is used where this one is not accepted, until it has worked once."


@credentials.command("list")
@with_json
@with_home
def list_credentials(as_json: bool, settings: Settings) -> None:
    """The names that are known, and since when; never a value."""
    try:
        kept = CredentialStore(settings.home).read()
    except CredentialError as error:
        raise CommandError(str(error)) from error
    platforms = (settings.givebutter, settings.jotform, settings.airtable, settings.listomatic, settings.contactics)
    names = sorted({*kept, *(platform.credential for platform in platforms)})
    lines = [
        {
            "name": name,
            "from": "environment" if os.environ.get(name, "").strip() else "store" if name in kept else None,
            "set_at": kept[name].set_at if name in kept else None,
            "previous_kept": name in kept and kept[name].previous is not None,
        }
        for name in names
    ]
    if as_json:
        print_json({"credentials": lines})
        return
    headers = ["name", "from", "set", "the one before"]
    rows = [
        (x["name"], x["from"] or "not set", x["set_at"], "kept until this one works" if x["previous_kept"] else "")
        for x in lines
    ]
    click.echo(table(headers, rows))


@credentials.command("remove")
@click.argument("name")
@with_home
def remove_credential(name: str, settings: Settings) -> None:
    """Forget a key, and the one before it."""
    try:
        found = CredentialStore(settings.home).remove(checked_name(name))
    except CredentialError as error:
        raise CommandError(str(error)) from error
    if not found:
        raise CommandError(f"No credential {name} is kept here: contact-pipeline credentials list")
    click.echo(f"{name} is forgotten. It still works at the platform until it is deleted there.")


@credentials.command("rotate")
@with_home
def rotate_credentials(settings: Settings) -> None:
    """Encrypt everything kept here with a new key; the platforms' keys themselves stay as they are."""
    store = CredentialStore(settings.home)
    try:
        count = store.rotate()
    except CredentialError as error:
        raise CommandError(str(error)) from error
    click.echo(f"{count} credentials are encrypted with a new key ({store.place_of_key() or 'none was needed'}).")
