"""Commands that need no home: `normalise` and `link`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from contact_pipeline.commands.common import CommandError, print_json, say, table, with_json


@click.command()
@click.option(
    "--json", "as_json", is_flag=True, hidden=True, help="Accepted for uniformity: the output is always JSON."
)
def normalise(as_json: bool) -> None:
    """Read one value per line as JSON and print what it normalises to.

    \b
    Input:  {"field": "phone", "value": "(813) 555-0142", "region": "US"}
    Output: the same with normalised, valid, reason and parts added.
    Fields: phone email name address date zip state.
    """  # noqa: D301
    from contact_pipeline.normalize import normalise as normalise_value

    bad = 0
    today = datetime.now(UTC).date()
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        asked = _asked(line)
        if asked is None:
            bad += 1
            say(f'Line {number} is not a JSON object such as {{"field": "phone", "value": "(813) 555-0142"}}')
            print_json({"line": number, "normalised": None, "valid": False, "reason": "not a JSON object", "parts": {}})
            continue
        region = asked.get("region") or "US"
        result = normalise_value(str(asked.get("field", "")), asked.get("value"), str(region), today=today)
        print_json(
            {
                **asked,
                "normalised": result.normalised,
                "valid": result.valid,
                "reason": result.reason,
                "parts": result.parts,
            }
        )
    if bad:
        raise CommandError(f"{bad} lines could not be read; their numbers are above.")


def _asked(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _mapping(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    from contact_pipeline.identity.canonical import CANONICAL_COLUMNS

    mapping: dict[str, str] = {}
    for value in values:
        canonical, equals, column = value.partition("=")
        if not equals or not canonical.strip() or not column.strip():
            raise click.BadParameter(f"'{value}' should read canonical=column, for example first_name=given_name")
        if canonical.strip() not in CANONICAL_COLUMNS:
            raise click.BadParameter(f"'{canonical.strip()}' is none of: {', '.join(CANONICAL_COLUMNS)}")
        if canonical.strip() in mapping:
            raise click.BadParameter(f"{canonical.strip()} is mapped twice")
        mapping[canonical.strip()] = column.strip()
    return mapping


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--id", "id_column", required=True, help="Column that names a record; unique within a file.")
@click.option(
    "--map", "mapping", multiple=True, required=True, callback=_mapping, metavar="CANONICAL=COLUMN",
    help="Which column holds what, once for each: first_name=given_name. Canonical names: see docs/linking.md.",
)  # fmt: skip
@click.option("--link-only", is_flag=True, help="Compare records of different files only.")
@click.option("--threshold", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.99, show_default=True)
@click.option(
    "--model", "model_path", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A saved model."
)
@click.option("--save-model", type=click.Path(path_type=Path, dir_okay=False), help="Save the model that was used.")
@click.option("--region", default="US", show_default=True, help="Region of phone numbers without a country code.")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the results.")
@with_json
def link(
    files: tuple[Path, ...],
    id_column: str,
    mapping: dict[str, str],
    link_only: bool,
    threshold: float,
    model_path: Path | None,
    save_model: Path | None,
    region: str,
    out: Path,
    as_json: bool,
) -> None:
    """Find who is who in any CSVs of people.

    Writes clusters.csv (file, record_id, person_id) and pairs.csv (record_id_l, record_id_r, match_weight,
    match_probability) into --out. Without --model one is trained on the files themselves.
    """
    from contact_pipeline.identity.link_files import CannotLink, link_files
    from contact_pipeline.identity.parameters import ModelUnreadable

    try:
        report = link_files(
            files,
            id_column=id_column,
            mapping=mapping,
            out=out,
            today=datetime.now(UTC).date(),
            link_only=link_only,
            threshold=threshold,
            model_path=model_path,
            save_model_path=save_model,
            region=region,
            progress=say,
        )
    except (CannotLink, ModelUnreadable) as error:
        raise CommandError(str(error)) from error
    counts = {
        "records": report.records,
        "people": report.people,
        "pairs": report.pairs,
        "joined_pairs": report.joined_pairs,
        "refused": report.refused,
        "trained": report.trained,
        "seconds": report.seconds,
        "clusters": str(report.clusters_path),
        "pairs_file": str(report.pairs_path),
    }
    if as_json:
        print_json(counts)
        return
    click.echo(f"{report.records:,} records are {report.people:,} people. {report.joined_pairs:,} pairs were joined.")
    click.echo(table(["stage", "seconds"], [(stage, f"{seconds:.2f}") for stage, seconds in report.seconds.items()]))
    click.echo(f"Written: {report.clusters_path} and {report.pairs_path}")
