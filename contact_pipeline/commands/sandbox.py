"""Commands of the sandbox: the invented campaign, the simulated platforms, and what people do in Givebutter's pages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from contact_pipeline.commands.common import CommandError, print_json, with_home, with_json
from contact_pipeline.config import Settings


@click.group()
def sandbox() -> None:
    """The invented campaign and the simulated platforms."""


@sandbox.command("write")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", default=1, show_default=True)
@click.option("--contacts", default=40_156, show_default=True)
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The campaign's today (default: the real one).")
@with_json
def sandbox_write(folder: Path, seed: int, contacts: int, today: datetime | None, as_json: bool) -> None:
    """Invent a campaign and write its files: drop/, older/, api/, truth/."""
    from contact_pipeline.sandbox.campaign import invent, write_sandbox

    day = today.date() if today else datetime.now(UTC).date()
    try:
        campaign = invent(seed, today=day, contacts=contacts)
    except ValueError as error:
        raise CommandError(str(error)) from error
    write_sandbox(campaign, folder)
    if as_json:
        print_json({"folder": str(folder), "seed": seed, "counts": campaign.counts()})
    else:
        click.echo(f"Written to {folder}: " + ", ".join(f"{n:,} {what}" for what, n in campaign.counts().items()))


@sandbox.command("serve")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--port", default=8765, show_default=True)
@with_home
def sandbox_serve(folder: Path | None, port: int, settings: Settings) -> None:
    """Serve the simulated platforms on 127.0.0.1 until interrupted (FOLDER: see `sandbox write`)."""
    from contact_pipeline.sandbox.simulators.data import SANDBOX_KEY
    from contact_pipeline.sandbox.simulators.server import RunningSimulators, run_forever

    def announce(running: RunningSimulators) -> None:
        click.echo(f"CONTACT_PIPELINE_GIVEBUTTER__BASE_URL={running.givebutter_url}")
        click.echo(f"CONTACT_PIPELINE_JOTFORM__BASE_URL={running.jotform_url}")
        click.echo(f"{settings.givebutter.credential}={SANDBOX_KEY}")
        click.echo(f"{settings.jotform.credential}={SANDBOX_KEY}")

    try:
        run_forever(folder or settings.sandbox, port, announce=announce)
    except OSError as error:
        raise CommandError(str(error)) from error


_URL = click.option(
    "--url", help="Of running simulators (`sandbox serve`); else the home's sandbox folder is used at rest."
)


@sandbox.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--errors", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the file of failed rows."
)
@_URL
@with_json
@with_home
def sandbox_import(file: Path, errors: Path | None, url: str | None, as_json: bool, settings: Settings) -> None:
    """Import FILE into the simulated Givebutter, as a person does in its contacts' page."""
    told = _import_running(url, file) if url else _import_at_rest(settings, file)
    failed = told.pop("errors_file")
    place = errors or file.with_name(f"{file.stem}-errors.csv")
    if failed:
        place.write_text(failed, encoding="utf-8", newline="")
    if as_json:
        print_json({**told, "errors": str(place) if failed else None})
        return
    click.echo(", ".join(f"{count:,} {what}" for what, count in told.items()))
    if failed:
        click.echo(f"The rows that failed, with why: {place}")


def _import_running(url: str, file: Path) -> dict[str, Any]:
    import httpx

    answer = httpx.post(f"{url.rstrip('/')}/_simulator/givebutter/import", content=file.read_bytes(), timeout=120)
    if answer.status_code != 200:
        raise CommandError(str(answer.json().get("message")) if answer.content else "The simulators did not take it.")
    told: dict[str, Any] = answer.json()
    return told


def _import_at_rest(settings: Settings, file: Path) -> dict[str, Any]:
    from contact_pipeline.sandbox.simulators.admin import told_import
    from contact_pipeline.sandbox.simulators.data import keep_contacts
    from contact_pipeline.sandbox.simulators.givebutter_import import import_csv

    book, households = _book(settings)
    try:
        told = told_import(import_csv(book, file.read_bytes()))
    except ValueError as error:
        raise CommandError(str(error)) from error
    keep_contacts(settings.sandbox, book.rows, households)
    return told


def _book(settings: Settings) -> tuple[Any, list[dict[str, Any]]]:
    """The sandbox folder's contacts and households."""
    from contact_pipeline.sandbox.simulators.data import SimulatorData
    from contact_pipeline.sandbox.simulators.givebutter_contacts import ContactBook

    try:
        data = SimulatorData.from_folder(settings.sandbox)
    except FileNotFoundError as error:
        raise CommandError(str(error)) from error
    return ContactBook(data.contacts, settings.clock, fields=data.custom_fields), data.households


@sandbox.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_URL
@with_home
def sandbox_export(file: Path, url: str | None, settings: Settings) -> None:
    """Write "Export All Contacts" of the simulated Givebutter to FILE: put it into inbox/givebutter/ of a home."""
    if url:
        import httpx

        data = httpx.get(f"{url.rstrip('/')}/_simulator/givebutter/export", timeout=120).content
    else:
        from contact_pipeline.sandbox.simulators.givebutter_export import export_csv

        data = export_csv(*_book(settings))
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(data)
    part.replace(file)
    click.echo(f"Written: {file}")
