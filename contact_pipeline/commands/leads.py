"""Legacy lead files, and taking any file's records out again: `leads scan`, `leads take`, `withdraw`, `restore`.

Only arguments and printing belong here; looking is `sources.lead_file`'s, landing and withdrawing `landing`'s.
"""

from __future__ import annotations

from pathlib import Path

import click

from contact_pipeline.commands.common import CommandError, print_json, table, with_home, with_json
from contact_pipeline.config import Settings

REASON = click.option("--reason", default="", help="Why; it stands in the manifest. No names of people.")
SHOWN = 50
"""Problems printed for people; --json has them all."""


@click.group()
def leads() -> None:
    """Legacy JSON lead files: see what is there, then take it.

    \b
    leads scan FOLDER     what each file holds, and every doubtful value with its place; changes nothing
    leads take FOLDER     copies the files into landing (the backup, with SHA-256); the next run makes contacts of them
    withdraw BATCH        takes a file's records out again; restore BATCH brings them back
    """  # noqa: D301


@leads.command("scan")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@with_json
@with_home
def scan(paths: tuple[Path, ...], settings: Settings, as_json: bool) -> None:
    """Look into lead files; exit 1 when one of them cannot be read at all."""
    from contact_pipeline.sources.lead_file.checking import lead_files, look_at

    found = [look_at(path, region=settings.region) for path in lead_files(paths)]
    if as_json:
        print_json({"files": [file.as_json() for file in found]})
    else:
        click.echo(
            table(
                ("file", "records", "accepted", "set aside", "understood", "not understood", "sha256"),
                [
                    (f.file, f.seen, f.accepted, f.quarantined, len(f.fields), ", ".join(f.unknown), f.sha256[:12])
                    for f in found
                ],
            )
        )
        problems = [(Path(f.file).name, p.position, p.field, p.value, p.advice) for f in found for p in f.problems]
        if problems:
            click.echo(table(("file", "record", "field", "value", "what to do"), problems[:SHOWN]))
        if len(problems) > SHOWN:
            click.echo(f"  … and {len(problems) - SHOWN:,} more: --json shows all.")
    if any(file.seen == 0 for file in found):
        raise CommandError("At least one file holds no record that can be read; see what to do above.")


@leads.command("take")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@with_json
@with_home
def take(paths: tuple[Path, ...], settings: Settings, as_json: bool) -> None:
    """Copy lead files into landing; they stay where they are. The next run loads them."""
    from contact_pipeline.landing.store import LandingStore
    from contact_pipeline.sources.entities import LEADS_PEOPLE
    from contact_pipeline.sources.lead_file.checking import lead_files

    store = LandingStore(settings.landing)
    arrivals = [store.land_file(path, LEADS_PEOPLE, now=settings.clock()) for path in lead_files(paths)]
    told = [
        {"file": a.file, "status": a.status, "batch_id": a.batch_id, "sha256": a.sha256, "message": a.message}
        | ({} if a.batch is None else {name: getattr(a.batch, name) for name in ("seen", "accepted", "quarantined")})
        for a in arrivals
    ]
    if as_json:
        print_json({"files": told})
    else:
        click.echo(
            table(("file", "status", "batch", "message"), [(a.file, a.status, a.batch_id, a.message) for a in arrivals])
        )
    if any(arrival.status == "refused" for arrival in arrivals):
        raise CommandError("At least one file was refused; the others were taken.")


@click.command()
@click.argument("batch_id")
@REASON
@with_home
def withdraw(batch_id: str, reason: str, settings: Settings) -> None:
    """Take the records of one file out of everything with the next run; the bytes stay, restore brings them back.

    PIDs of people who vanish are kept for them. Who opts out of messages in it stays opted out.
    """
    from contact_pipeline.landing.withdrawing import NotWithdrawnError, withdraw_batch

    try:
        batch = withdraw_batch(settings, batch_id, reason=reason)
    except NotWithdrawnError as error:
        raise CommandError(str(error)) from error
    click.echo(f"{batch.file_name} ({batch.accepted:,} records) no longer counts from the next run on.")


@click.command()
@click.argument("batch_id")
@REASON
@with_home
def restore(batch_id: str, reason: str, settings: Settings) -> None:
    """Let a withdrawn file count again with the next run, as old as it was."""
    from contact_pipeline.landing.withdrawing import NotWithdrawnError, restore_batch

    try:
        batch = restore_batch(settings, batch_id, reason=reason)
    except NotWithdrawnError as error:
        raise CommandError(str(error)) from error
    click.echo(f"{batch.file_name} ({batch.accepted:,} records) counts from the next run on.")
