"""How lists are read: `mapping suggest`, `confirm`, `presets`, `show`, `remove`.

Only arguments and printing belong here; recognising columns is `sources.list_file`'s, keeping mappings the ledger's.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from contact_pipeline.commands.common import CommandError, HeldError, print_json, table, with_home, with_json
from contact_pipeline.config import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def mapping() -> None:
    """See and say which column of a list is what.

    \b
    mapping suggest FILE                what each column seems to be, how surely, and why; changes nothing
    mapping confirm FILE                that is right: from now on lists with these columns are taken
    mapping confirm FILE --set "Col=email" --set "Other=keep"
    mapping presets                     what was confirmed, how often it is used
    """  # noqa: D301


@mapping.command("suggest")
@click.argument("file", type=FILE)
@click.option("--mapping", "preset", help="Use this preset instead of the one that fits the columns.")
@with_json
@with_home
def suggest(file: Path, preset: str | None, settings: Settings, as_json: bool) -> None:
    """What each column of a list seems to be. Exit 3 when the list would be held."""
    from contact_pipeline.commands.deciding import who
    from contact_pipeline.landing.confirming import look_at
    from contact_pipeline.landing.outcomes import Refused
    from contact_pipeline.sources.list_file.telling import suggestion_table

    try:
        looked = look_at(settings, file, preset=preset, actor=who(None))
    except Refused as error:
        raise CommandError(str(error)) from error
    if as_json:
        print_json(looked.as_json())
    else:
        click.echo(suggestion_table(looked.decision.suggestion))
    if looked.decision.problems and not as_json:
        raise HeldError("The list would wait: " + "; ".join(looked.decision.problems))
    if looked.decision.problems:
        raise SystemExit(HeldError.exit_code)


@mapping.command("confirm")
@click.argument("what", metavar="FILE|BATCH")
@click.option(
    "--set", "settings_said", multiple=True, metavar="COLUMN=FIELD", help="A column is this field, or `keep`."
)
@click.option(
    "--answer", "answers", multiple=True, metavar="FIELD:WORD=yes|no", help="What a word means: email_consent:unsub=no."
)
@click.option(
    "--value", "values", multiple=True, metavar="FIELD:WORD=VALUE", help="What a word stands for: state:Fla=FL."
)
@click.option("--name", help="What to call the preset (default: the file's name).")
@click.option("--source", help="The inbox's folder such files are dropped into (default: the file's, or list).")
@click.option("--actor", default=None, help="Who says so (default: the user of this machine).")
@with_json
@with_home
def confirm(
    what: str,
    settings_said: tuple[str, ...],
    answers: tuple[str, ...],
    values: tuple[str, ...],
    name: str | None,
    source: str | None,
    actor: str | None,
    settings: Settings,
    as_json: bool,
) -> None:
    """Say that the suggestion is right, with corrections; saves a preset and releases a list that waits."""
    from contact_pipeline.commands.deciding import who
    from contact_pipeline.landing.confirming import confirm_mapping
    from contact_pipeline.landing.outcomes import LandingDamagedError, Refused
    from contact_pipeline.sources.list_file.document import MappingError

    try:
        done = confirm_mapping(
            settings,
            what,
            said=settings_said,
            answers=answers,
            values=values,
            name=name,
            source=source,
            actor=who(actor),
        )
    except (MappingError, Refused, LandingDamagedError, LookupError) as error:
        raise CommandError(str(error.args[0] if error.args else error)) from error
    if as_json:
        print_json(done)
        return
    click.echo(table(("column", "field"), [(c, f or "kept as is") for c, f in done["columns"].items()]))
    click.echo(f"Saved as preset '{done['preset']}'. {done['message']}")


@mapping.command("presets")
@with_json
@with_home
def list_presets(settings: Settings, as_json: bool) -> None:
    """Every preset: where its files come from, how often it was used, and when last."""
    found = _presets(settings)
    if as_json:
        print_json({"presets": [_shown(preset) for preset in found]})
        return
    rows = [
        (p.name, p.source, sum(1 for f in p.mapping["columns"].values() if f), p.uses,
         f"{p.last_used:%Y-%m-%d %H:%M}" if p.last_used else "never", p.actor)
        for p in found
    ]  # fmt: skip
    click.echo(table(("preset", "source", "columns mapped", "used", "last", "by"), rows) if rows else "No presets yet.")


@mapping.command("show")
@click.argument("name")
@with_json
@with_home
def show(name: str, settings: Settings, as_json: bool) -> None:
    """One preset: its columns, and what words mean."""
    preset = next((preset for preset in _presets(settings) if preset.name == name), None)
    if preset is None:
        raise CommandError(f"There is no preset '{name}'. contact-pipeline mapping presets lists them.")
    if as_json:
        print_json(_shown(preset))
        return
    click.echo(table(("column", "field"), [(c, f or "kept as is") for c, f in preset.mapping["columns"].items()]))
    for field, words in (*preset.mapping.get("answers", {}).items(), *preset.mapping.get("values", {}).items()):
        click.echo(f"  {field}: " + ", ".join(f"{word} means {meaning}" for word, meaning in words.items()))


@mapping.command("remove")
@click.argument("name")
@click.option("--actor", default=None, help="Who says so (default: the user of this machine).")
@with_home
def remove(name: str, actor: str | None, settings: Settings) -> None:
    """End a preset. Lists that were taken with it stay as they are."""
    from contact_pipeline.commands.deciding import who
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.ledger.mappings import remove_preset

    ledger = open_ledger(settings)
    try:
        remove_preset(ledger, name, now=settings.clock(), actor=who(actor))
    except LookupError as error:
        raise CommandError(str(error)) from error
    finally:
        ledger.close()
    click.echo(f"Preset '{name}' is removed.")


def _presets(settings: Settings) -> list[Any]:
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.ledger.mappings import presets

    ledger = open_ledger(settings)
    try:
        return list(presets(ledger))
    finally:
        ledger.close()


def _shown(preset: Any) -> dict[str, Any]:
    kept = vars(preset)
    return {
        name: kept[name]
        for name in ("name", "source", "uses", "last_used", "saved_at", "actor", "fingerprint", "mapping")
    }
