"""What imports are asked for: `rules show`, `diff`, `try`, `set`, `history`.

Only arguments and printing belong here; what rules say is said in `imports.rules`, who may change them in
`imports.changing_rules`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import tomlkit

from contact_pipeline.commands.common import CommandError, print_json, table, with_home, with_json
from contact_pipeline.commands.deciding import who, with_reason
from contact_pipeline.config import Settings

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def rules() -> None:
    """See and change what the rows of an import are asked for.

    \b
    rules show > rules.toml             the rules that hold, as a file to edit
    rules diff rules.toml               what the file would change
    rules try rules.toml                what it would have refused of every past import
    rules set rules.toml --reason "…"   from now on (administrators only)
    """  # noqa: D301


@rules.command("show")
@click.option("--version", type=int, help="An earlier version, by its number in the history.")
@with_json
@with_home
def show(version: int | None, settings: Settings, as_json: bool) -> None:
    """The rules, as TOML."""
    number, document = _kept(settings, version)
    if as_json:
        print_json({"version": number, "rules": document})
        return
    click.echo(f"# version {number}" if number else "# the rules that come with the program")
    click.echo(tomlkit.dumps(document).rstrip())


@rules.command("diff")
@click.argument("file", type=FILE)
@click.option("--version", type=int, help="Compare with an earlier version instead of the one that holds.")
@with_json
@with_home
def diff(file: Path, version: int | None, settings: Settings, as_json: bool) -> None:
    """What a file would change; nothing is changed."""
    from contact_pipeline.imports.changing_rules import differences

    changes = differences(_kept(settings, version)[1], _read(file).as_json())
    if as_json:
        print_json({"changes": changes})
    else:
        click.echo("\n".join(changes) or "Nothing: the file says what holds already.")


@rules.command("try")
@click.argument("file", type=FILE)
@with_json
@with_home
def try_(file: Path, settings: Settings, as_json: bool) -> None:
    """What a file's rules would have refused of every past import; nothing is changed."""
    from contact_pipeline.imports.trying import try_rules

    found = try_rules(settings, _read(file))
    if as_json:
        print_json({"imports": [one.as_json() for one in found]})
        return
    rows = [
        (one.import_id, one.file_name, one.rows, one.refused_then, one.refused_now, one.newly, one.no_more,
         ", ".join(f"{code}: {count:,}" for code, count in one.codes.items()))
        for one in found
    ]  # fmt: skip
    heads = ("import", "file", "rows", "refused then", "would be", "newly", "no more", "why")
    click.echo(table(heads, rows) if rows else "There is no import to try them on.")
    if rows:
        click.echo(f"These rules would have refused {sum(one.newly for one in found):,} rows more.")


@rules.command("set")
@click.argument("file", type=FILE)
@with_reason
@with_json
@with_home
def set_(file: Path, reason: str, actor: str | None, settings: Settings, as_json: bool) -> None:
    """Make a file's rules the ones that hold from now on. Only an administrator may."""
    from contact_pipeline.imports.changing_rules import NotAllowed, set_rules
    from contact_pipeline.landing.arriving import open_ledger

    wanted, by = _read(file), who(actor)
    ledger = open_ledger(settings)
    try:
        version, changes = set_rules(
            ledger, wanted, administrators=settings.administrators, actor=by, reason=reason, now=settings.clock()
        )
    except NotAllowed as error:
        raise CommandError(str(error)) from error
    finally:
        ledger.close()
    if as_json:
        print_json({"version": version, "changes": changes})
    else:
        click.echo("\n".join([*changes, f"Version {version} holds from now on."]) if changes else "Nothing changed.")


@rules.command("history")
@with_json
@with_home
def history(settings: Settings, as_json: bool) -> None:
    """Every version: since when, by whom, why, and what it changed."""
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.ledger.rules import rules_history

    ledger = open_ledger(settings)
    try:
        found = rules_history(ledger)
    finally:
        ledger.close()
    if as_json:
        names = ("version", "entity", "since", "actor", "reason", "changes", "document")
        print_json({"versions": [{name: getattr(one, name) for name in names} for one in found]})
        return
    rows = [
        (one.version, f"{one.since:%Y-%m-%d %H:%M}", one.actor, one.reason, "; ".join(one.changes)) for one in found
    ]
    shown = table(("version", "since", "by", "why", "what changed"), rows) if rows else ""
    click.echo(shown or "The rules that come with the program hold; nobody has changed them.")


def _read(file: Path) -> Any:
    from contact_pipeline.imports.rules import RulesError, read_rules

    try:
        return read_rules(file)
    except RulesError as error:
        raise CommandError(f"{file.name} holds no rules: {error}") from error


def _kept(settings: Settings, version: int | None) -> tuple[int, dict[str, Any]]:
    """The number and the document of a version, of the one that holds without a number."""
    from contact_pipeline.imports.changing_rules import rules_that_hold
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.ledger.rules import rules_of_version

    ledger = open_ledger(settings)
    try:
        if version is None:
            holding = rules_that_hold(ledger)
            return holding.version, holding.rules.as_json()
        found = rules_of_version(ledger, version)
    finally:
        ledger.close()
    if found is None:
        raise CommandError(f"There is no version {version}. contact-pipeline rules history lists them.")
    return found.version, json.loads(json.dumps(found.document))
