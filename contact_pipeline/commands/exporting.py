"""Commands that write files which leave: `export givebutter`, `export sms`. They read the published snapshot.

What a file holds belongs to `exports/`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import duckdb

from contact_pipeline.commands.common import CommandError, HeldError, print_json, say, table, with_home, with_json
from contact_pipeline.commands.deciding import stores, who
from contact_pipeline.config import Settings
from contact_pipeline.exports.files import ExportFile
from contact_pipeline.exports.gates import Gate, GateClosedError, Override
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.mentors.season import STATUSES

Write = Callable[[duckdb.DuckDBPyConnection, Ledger, Gate, Override | None, datetime], ExportFile]


@click.group()
def export() -> None:
    """Write files that are safe to send back."""


def export_options(command: Any) -> Any:
    """Add what every export takes: where to, whom, and the way past a closed freshness gate."""
    for option in (
        click.option("--actor", default=None, help="Who writes it (default: the user of this machine)."),
        click.option("--reason", default="", help="Why it may leave although it is old; kept in ledger and manifest."),
        click.option("--override-freshness", is_flag=True, help="Write it although what we know is too old."),
        click.option(
            "--shift", "shifts", multiple=True, help="Only mentors of this shift; may be given several times."
        ),
        click.option(
            "--status", "statuses", multiple=True, type=click.Choice(STATUSES), help="Only mentors of this status."
        ),
        click.option(
            "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the files."
        ),
    ):
        command = option(command)
    return with_json(with_home(command))


@export.command("givebutter")
@click.option("--all", "unchanged_too", is_flag=True, help="Also the rows that would change nothing.")
@click.option("--reasons", is_flag=True, help="Also write why each row is in the file, column by column.")
@export_options
def export_givebutter(
    out: Path,
    statuses: tuple[str, ...],
    shifts: tuple[str, ...],
    unchanged_too: bool,
    reasons: bool,
    override_freshness: bool,
    reason: str,
    actor: str | None,
    as_json: bool,
    settings: Settings,
) -> None:
    """Write the Givebutter import file (the rows that change something), who is held back and why, and a manifest."""
    from contact_pipeline.exports.givebutter import Choice, write_givebutter
    from contact_pipeline.exports.recording import notes_sent
    from contact_pipeline.warehouse.fingerprint import code_version

    choice = Choice(statuses, shifts, unchanged_too, reasons)

    def write(
        snapshot: duckdb.DuckDBPyConnection, ledger: Ledger, gate: Gate, override: Override | None, at: datetime
    ) -> ExportFile:
        return write_givebutter(
            snapshot, out, written_at=at, versions={"code": code_version()}, gate=gate, override=override,
            choice=choice, notes_sent=notes_sent(ledger),
        )  # fmt: skip

    written = _export("givebutter", settings, write, _override(override_freshness, reason, actor), who(actor))
    if as_json:
        print_json({**written.manifest, "folder": str(out)})
        return
    counts = written.manifest["counts"]
    click.echo(
        f"{written.path}: {counts['rows']:,} people ({counts['updates']:,} updates, {counts['new contacts']:,} new; "
        f"{counts['nothing to say']:,} more have nothing to change)"
    )
    if reasons:
        click.echo(table(["because of", "people"], sorted(written.manifest["rows by reason"].items())))
    _tell_held(written)


@export.command("sms")
@click.option("--message", default="status", show_default=True, help="Which message of the season's file.")
@export_options
def export_sms(
    out: Path,
    message: str,
    statuses: tuple[str, ...],
    shifts: tuple[str, ...],
    override_freshness: bool,
    reason: str,
    actor: str | None,
    as_json: bool,
    settings: Settings,
) -> None:
    """Write one text per mobile number, the list of mentors who get none and why, and a manifest."""
    from contact_pipeline.exports.sms import SmsChoice, write_sms
    from contact_pipeline.warehouse.fingerprint import code_version

    choice = SmsChoice(message, statuses, shifts)

    def write(
        snapshot: duckdb.DuckDBPyConnection, _: Ledger, gate: Gate, override: Override | None, at: datetime
    ) -> ExportFile:
        return write_sms(
            snapshot, out, written_at=at, versions={"code": code_version()}, gate=gate, override=override, choice=choice
        )

    written = _export("sms", settings, write, _override(override_freshness, reason, actor), who(actor))
    if as_json:
        print_json({**written.manifest, "folder": str(out)})
        return
    click.echo(f"{written.path}: {written.rows:,} texts")
    _tell_held(written)


def _override(wanted: bool, reason: str, actor: str | None) -> Override | None:
    if wanted and not reason.strip():
        raise click.UsageError("--override-freshness needs --reason: it stands in the history for ever.")
    return Override(who(actor), reason.strip()) if wanted else None


def _export(target: str, settings: Settings, write: Write, override: Override | None, actor: str) -> ExportFile:
    """Judge the ages, write, remember."""
    from contact_pipeline.exports.recording import gate_of, record_written

    at = settings.clock()
    with stores(settings) as (ledger, snapshot):
        gate = gate_of(target, settings, ledger, now=at)
        try:
            written = write(snapshot, ledger, gate, override, at)
        except GateClosedError as closed:
            raise HeldError(str(closed)) from closed
        except ValueError as error:
            raise CommandError(str(error)) from error
        record_written(ledger, snapshot, written, at=at, actor=actor)
    if gate.verdict != "allow":
        say(f"Note: {gate.trouble}" + (f" Overridden: {override.reason}" if override else ""))
    return written


def _tell_held(written: ExportFile) -> None:
    click.echo(f"{written.held_path}: {written.manifest['people held']:,} people held back")
    click.echo(table(["held back because", "people"], sorted(written.manifest["held by reason"].items())))
    click.echo(written.manifest["coverage"])
    click.echo(f"{written.manifest_path}: what it was made of")
