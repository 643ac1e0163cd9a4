"""`demo --season`: a whole season in the simulators, week by week, and whether anything went wrong."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from contact_pipeline.commands.common import CommandError, print_json, say, table

if TYPE_CHECKING:
    from contact_pipeline.sandbox.season.season import Season, Week


def play(home: Path, *, mentors: int, weeks: int, seed: int, as_json: bool) -> None:
    """Play a season in a new home and tell how it went.

    Raises:
        CommandError: the home holds something already, or something went wrong in the season.
    """
    from contact_pipeline.sandbox.season.season import play_season

    if home.exists() and any(home.iterdir()):
        raise CommandError(
            f"{home} is not empty. A season needs a home of its own: contact-pipeline demo --season --home DIR"
        )
    began, used = time.monotonic(), time.process_time()
    season = play_season(home, mentors=mentors, weeks=weeks, seed=seed, told=_tell)
    seconds = {"seconds": round(time.monotonic() - began, 1), "processor_seconds": round(time.process_time() - used, 1)}
    if as_json:
        verdict = {**season.verdict.counts(), "details": asdict(season.verdict)}
        print_json(
            {
                "weeks": [asdict(week) for week in season.weeks],
                "outcomes": season.outcomes,
                "verdict": verdict,
                **seconds,
            }
        )
    else:
        _print(season, seconds)
    if not season.verdict.clean:
        raise CommandError("Something went wrong in this season, as told above.")


def _tell(week: Week) -> None:
    say(f"Week {week.number}: {_listed(week.happened)}. Our file: {_listed(week.file)}.")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.items()) or "nothing"


def _print(season: Season, seconds: dict[str, float]) -> None:
    rows = [
        (
            week.number,
            _listed(week.happened),
            _listed(week.file),
            _listed(week.mentors),
            sum(week.waiting.values()),
            week.seconds,
        )
        for week in season.weeks
    ]
    click.echo(table(["week", "what people did", "our file in Givebutter", "mentors", "open issues", "CPU s"], rows))
    click.echo(f"Rows of our files, as the next reading proved: {_listed(season.outcomes)}.")
    click.echo(table(["held against the truth", "found"], season.verdict.counts().items()))
    for what, lines in asdict(season.verdict).items():
        for line in lines[:10]:
            click.echo(f"  {what}: {line}")
    click.echo(f"{seconds['seconds']} s, {seconds['processor_seconds']} s of processor time.")
