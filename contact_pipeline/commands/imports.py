"""Imports of anyone's list: `imports plan`, `show`, `report`, `fix`, `apply`, `undo`, `redo`, `list`.

Only arguments and printing belong here; the work is `contact_pipeline.imports`'.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from contact_pipeline.commands.common import CommandError, HeldError, print_json, table, with_home, with_json
from contact_pipeline.config import Settings

ACTOR = click.option("--actor", default=None, help="Who says so (default: the user of this machine).")
SHOWN = 20


@click.group()
def imports() -> None:
    """Look at anyone's list before it counts, correct it, apply it, take it back.

    \b
    imports plan FILE            what would become of every row; changes nothing
    imports show ID --rows       row by row: what, whom, why
    imports report ID            the refused rows as a workbook, to be corrected there
    imports fix ID --set 12:email=ana@example.org
    imports apply ID             lands the accepted rows as one batch, and runs
    imports undo ID              takes it back, at any age
    """  # noqa: D301


@contextmanager
def _told() -> Iterator[None]:
    """Errors of imports as the command line tells them."""
    from contact_pipeline.imports.applying import NotApplied
    from contact_pipeline.imports.plan import ImportsError
    from contact_pipeline.landing.outcomes import Held, Refused

    try:
        yield
    except (Held, NotApplied) as error:
        raise HeldError(str(error)) from error
    except (Refused, ImportsError) as error:
        raise CommandError(str(error)) from error


@imports.command("plan")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="list", show_default=True, help="The inbox's folder it would be dropped into.")
@click.option("--preset", help="How its columns are read; without it the preset that fits them.")
@click.option("--policy", help="fill (blanks), update (known people), upsert (both), skip (known people).")
@click.option("--sheet", help="The sheet of a workbook.")
@ACTOR
@with_json
@with_home
def plan(
    file: Path,
    source: str,
    preset: str | None,
    policy: str | None,
    sheet: str | None,
    actor: str | None,
    settings: Settings,
    as_json: bool,
) -> None:
    """Look at a list: what would become of every row. Exit 3 when its columns are in doubt.

    A corrected report of an import is taken as corrections of it: only the rows that were changed.
    """
    from contact_pipeline.commands.deciding import who
    from contact_pipeline.imports.planning import plan_import
    from contact_pipeline.imports.returning import take_report

    with _told():
        returned = take_report(settings, file, sheet=sheet, actor=who(actor))
        if returned is not None:
            _tell_returned(returned, as_json)
            return
        made = plan_import(settings, file, source=source, preset=preset, policy=policy, sheet=sheet, actor=who(actor))
    _tell(made, as_json)


def _tell_returned(returned: Any, as_json: bool) -> None:
    if as_json:
        print_json(returned.as_json())
        return
    click.echo(returned.told())
    _tell(returned.plan, as_json)


def _tell(made: Any, as_json: bool) -> None:
    if as_json:
        print_json(made.as_json())
        return
    from contact_pipeline.commands.import_texts import summary

    click.echo(summary(made))


@imports.command("show")
@click.argument("import_id")
@click.option("--rows", "with_rows", is_flag=True, help="Row by row.")
@click.option("--page", default=1, show_default=True)
@click.option("--size", default=SHOWN, show_default=True)
@click.option(
    "--status",
    help="Only rows with this action (create, update, fill, skip, refuse, …), or with a conflict, an error, a warning, "
    "an edit, or a value that it changes, adds, keeps (the policy) or leaves protected (its owner, a lock).",
)
@click.option("--code", help="Only rows with such a finding.")
@click.option("--field", help="Only rows with a finding about this field.")
@with_json
@with_home
def show(
    import_id: str,
    with_rows: bool,
    page: int,
    size: int,
    status: str | None,
    code: str | None,
    field: str | None,
    settings: Settings,
    as_json: bool,
) -> None:
    """An import's summary, or its rows page by page."""
    from contact_pipeline.commands.import_texts import rows_table
    from contact_pipeline.imports.plan import load_plan
    from contact_pipeline.imports.showing import page_of

    with _told():
        if not (with_rows or status or code or field):
            _tell(load_plan(settings, import_id), as_json)
            return
        found = page_of(settings, import_id, number=page, size=size, status=status, code=code, field=field)
    if as_json:
        print_json(found.as_json())
        return
    click.echo(rows_table(found.rows))
    click.echo(f"Page {found.number} of {-(-found.total // found.size) or 1}: {found.total:,} rows in all.")


@imports.command("report")
@click.argument("import_id")
@click.option("--format", "form", type=click.Choice(["xlsx", "csv"]), default="xlsx", show_default=True)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The folder (default: here)."
)
@click.option("--all", "every", is_flag=True, help="Every row, not only the refused ones.")
@ACTOR
@with_json
@with_home
def report(
    import_id: str, form: Any, out: Path, every: bool, actor: str | None, settings: Settings, as_json: bool
) -> None:
    """Write an import's rows with what is wrong, to be corrected in a spreadsheet and planned (or dropped) again."""
    from contact_pipeline.commands.deciding import who
    from contact_pipeline.imports.people_file import TooLargeForWorkbook
    from contact_pipeline.imports.reports import write_report

    with _told():
        try:
            written = write_report(settings, import_id, out, form=form, refused_only=not every, actor=who(actor))
        except TooLargeForWorkbook as error:
            raise CommandError(str(error)) from error
    if as_json:
        print_json({"files": [str(path) for path in written.files], "rows": written.rows, "problems": written.problems})
        return
    if not written.rows:
        click.echo("No row is refused; --all writes every row.")
        return
    click.echo(f"{written.rows:,} rows with {written.problems:,} problems: {', '.join(map(str, written.files))}")
    click.echo(
        f"Correct the cells, then: contact-pipeline imports plan {written.files[0]}\n"
        "or drop the file into any folder of the inbox. Only the rows you changed are taken."
    )


@imports.command("fix")
@click.argument("import_id")
@click.option("--set", "sets", multiple=True, metavar="ROW:FIELD=VALUE", help="One cell; ROW is a number or 7-12.")
@click.option("--default", "defaults", multiple=True, metavar="FIELD=VALUE", help="Blank cells of a column.")
@click.option("--clear", "clears", multiple=True, metavar="FIELD", help="Every cell of a column.")
@click.option("--map", "maps", multiple=True, metavar="FIELD:OLD=NEW", help="Every cell that says OLD.")
@click.option("--drop", "drops", multiple=True, metavar="ROWS", help="Leave rows out: 7, or 7-12.")
@click.option("--keep", "keeps", multiple=True, metavar="ROWS", help="Take rows in again that were dropped.")
@click.option("--policy", help="Another policy.")
@ACTOR
@with_json
@with_home
def fix(
    import_id: str,
    sets: tuple[str, ...],
    defaults: tuple[str, ...],
    clears: tuple[str, ...],
    maps: tuple[str, ...],
    drops: tuple[str, ...],
    keeps: tuple[str, ...],
    policy: str | None,
    actor: str | None,
    settings: Settings,
    as_json: bool,
) -> None:
    """Correct a plan. The file's own cells stay as they are; who corrected what is kept."""
    from contact_pipeline.commands.deciding import who
    from contact_pipeline.imports.edits import edits_of
    from contact_pipeline.imports.fixing import fix_import

    with _told():
        edits = edits_of(sets=sets, defaults=defaults, clears=clears, maps=maps, drops=drops, keeps=keeps)
        if not edits and policy is None:
            raise click.UsageError("Say what to correct: --set, --default, --clear, --map, --drop, --keep or --policy.")
        made = fix_import(settings, import_id, edits, policy=policy, actor=who(actor))
    _tell(made, as_json)
    if made.status == "applied" and not as_json:
        click.echo(f"Land what was corrected: contact-pipeline imports apply {made.import_id}")


@imports.command("apply")
@click.argument("import_id")
@click.option(
    "--valid-only/--all-or-nothing", default=True, show_default=True, help="Whether rows with errors are left out."
)
@click.option("--confirm", is_flag=True, help="Yes, values of known people may be overwritten.")
@click.option("--no-run", is_flag=True, help="Only land it; the next run works it in.")
@ACTOR
@with_json
@with_home
def apply(
    import_id: str,
    valid_only: bool,
    confirm: bool,
    no_run: bool,
    actor: str | None,
    settings: Settings,
    as_json: bool,
) -> None:
    """Land what the plan shows as one batch, and work it in. Exit 3 when it waits for a word."""
    from contact_pipeline.commands.deciding import who
    from contact_pipeline.commands.running import refresh
    from contact_pipeline.imports.applying import BaseMovedError, apply_import

    with _told():
        try:
            done = apply_import(
                settings, import_id, mode="valid" if valid_only else "all", confirm=confirm, actor=who(actor)
            )
        except BaseMovedError as error:
            if as_json:
                print_json({"status": "moved", "message": str(error), "moved": error.moved})
            elif error.moved:
                shown = [(m["row_number"], str(m["before"]), str(m["now"])) for m in error.moved[:SHOWN]]
                click.echo(table(("row", "shown", "now"), shown))
            raise
    if as_json:
        print_json(
            {"status": "applied" if done.landed else "unchanged", "rows": done.rows, "message": done.message,
             "plan": done.plan.as_json()}
        )  # fmt: skip
    else:
        click.echo(done.message)
    if done.landed and not no_run:
        refresh(settings, quiet=True)


@imports.command("undo")
@click.argument("import_id")
@click.option("--reason", default="", help="Why; it stands in the manifest. No names of people.")
@click.option("--no-run", is_flag=True, help="Only say so; the next run takes it out.")
@ACTOR
@with_json
@with_home
def undo(import_id: str, reason: str, no_run: bool, actor: str | None, settings: Settings, as_json: bool) -> None:
    """Take an import back, inserts and updates; what others said since stays. Says what cannot be undone."""
    from contact_pipeline.commands.deciding import who
    from contact_pipeline.commands.import_texts import undone
    from contact_pipeline.commands.running import refresh
    from contact_pipeline.imports.undoing import undo_import

    with _told():
        done = undo_import(settings, import_id, actor=who(actor), reason=reason)
    if as_json:
        print_json(done.as_json())
    else:
        click.echo(undone(done))
    if not no_run:
        refresh(settings, quiet=True)


@imports.command("redo")
@click.argument("import_id")
@click.option("--no-run", is_flag=True, help="Only say so; the next run takes it in.")
@ACTOR
@with_home
def redo(import_id: str, no_run: bool, actor: str | None, settings: Settings) -> None:
    """Let an import that was taken back count again, as old as it was."""
    from contact_pipeline.commands.deciding import who
    from contact_pipeline.commands.running import refresh
    from contact_pipeline.imports.undoing import redo_import

    with _told():
        again = redo_import(settings, import_id, actor=who(actor))
    click.echo(f"{again.import_id} counts again.")
    if not no_run:
        refresh(settings, quiet=True)


@imports.command("list")
@with_json
@with_home
def list_imports(settings: Settings, as_json: bool) -> None:
    """Every import, the newest first, and how imports go."""
    from contact_pipeline.imports.history import figures, history
    from contact_pipeline.landing.arriving import open_ledger

    ledger = open_ledger(settings)
    try:
        found = history(ledger)
        told = figures(ledger, found)
    finally:
        ledger.close()
    if as_json:
        print_json({"imports": [vars(one) for one in found], "figures": told})
        return
    rows = [
        (one.import_id, one.status, one.mode, one.file_name, one.source, one.policy, one.rules_version, one.rows,
         one.accepted, one.refused, {True: "yes", False: "no", None: ""}[one.success], ", ".join(one.top_errors),
         f"{one.planned_at:%Y-%m-%d %H:%M}", one.actor)
        for one in found
    ]  # fmt: skip
    heads = (
        "import", "status", "mode", "file", "source", "policy", "rules", "rows", "accepted", "refused", "success",
        "top errors", "first seen", "by",
    )  # fmt: skip
    click.echo(table(heads, rows) if rows else "No imports yet. contact-pipeline imports plan FILE")
    if told["applied"]:
        click.echo(
            f"{told['succeeded']:,} of {told['applied']:,} applied imports succeeded ({told['success rate']:.0%}; the "
            f"aim is 80 %); {told['rows accepted']:.1%} of their rows were accepted."
        )
