"""`export outcome`: what Givebutter did with a file, row by row, as its next reading proved."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from contact_pipeline.commands.common import CommandError, print_json, table, with_home, with_json
from contact_pipeline.config import Settings

TOLD = ("created", "updated", "merged", "rejected", "gone", "unchanged", "superseded", "unknown")
WORDS = {
    "created": "created", "updated": "updated", "merged": "merged by Givebutter", "rejected": "rejected",
    "gone": "gone in Givebutter", "unchanged": "nothing happened", "superseded": "overtaken by a later file",
    "unknown": "cannot be told yet",
}  # fmt: skip


@click.command("outcome")
@click.option("--export", "export_id", type=int, help="Which file, by its number; the last one where left out.")
@with_json
@with_home
def outcome(export_id: int | None, as_json: bool, settings: Settings) -> None:
    """Say row by row what Givebutter did with a file: created, updated, rejected and why, merged, or nothing."""
    exported = _exported(settings)
    if not exported:
        raise CommandError("No file left yet. Write one: contact-pipeline export givebutter --out out/")
    chosen = export_id if export_id is not None else max(exported)
    if chosen not in exported:
        raise CommandError(f"There is no file {chosen}; there are: {', '.join(map(str, sorted(exported)))}")
    rows = _rows(settings, chosen)
    counts = Counter(row["outcome"] for row in rows) or Counter({"unknown": exported[chosen]})
    sentence = f"File {chosen}, {exported[chosen]:,} rows: " + ", ".join(
        f"{counts[what]:,} {WORDS[what]}" for what in TOLD if counts[what]
    )
    if as_json:
        print_json({"export": chosen, "counts": dict(counts), "sentence": sentence, "rows": rows})
        return
    click.echo(f"{sentence}.")
    if not rows:
        click.echo("Nothing was read since it left. Drop a fresh export into the inbox and run: contact-pipeline run")
        return
    shown = [
        (row["row_number"], row["person_id"], WORDS[row["outcome"]], row["contact_id"], row["detail"]) for row in rows
    ]
    click.echo(table(["row", "person", "outcome", "contact", "how we know"], shown))


def _exported(settings: Settings) -> dict[int, int]:
    """Every file for Givebutter by number: how many rows it had."""
    from contact_pipeline.landing.arriving import open_ledger
    from contact_pipeline.ledger.exports import exports

    ledger = open_ledger(settings)
    try:
        known = exports(ledger, target="givebutter").to_pylist()
    finally:
        ledger.close()
    return {row["export_id"]: row["row_count"] for row in known}


def _rows(settings: Settings, export_id: int) -> list[dict[str, Any]]:
    from contact_pipeline.warehouse.publish import NothingPublishedError, open_published

    try:
        with open_published(settings.published) as connection:
            found = connection.execute(
                "select row_number, person_id, outcome, contact_id, external_id, detail from exports.outcome "
                "where export_id = ? order by row_number",
                [export_id],
            )
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except NothingPublishedError as error:
        raise CommandError(str(error)) from error
