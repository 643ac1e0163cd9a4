"""A whole season by one call: weeks of life, readings, files out and in, and the verdict at the end.

The rhythm of a week belongs here: people act, we read, rebuild and write, the file is imported, its failed rows come
back. What happens is `story`'s, what must hold is `verdict`'s.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from contact_pipeline.sandbox.season.play import Stage, stage
from contact_pipeline.sandbox.season.story import Story
from contact_pipeline.sandbox.season.verdict import Verdict, judge_files, judge_season
from contact_pipeline.sandbox.simulators.givebutter_import import ImportManner

HARSH = ImportManner(merges_on_create=False, replaces_tags=True)
"""The Givebutter that forgives least: it merges nothing by itself and takes away tags a row does not name."""


@dataclass(frozen=True)
class Week:
    """How one week went.

    Attributes:
        number: from 1.
        happened: what people did, by kind.
        file: rows of our file by what Givebutter did with them.
        mentors: mentors by status after the week.
        waiting: open issues by severity.
        seconds: of processor time.
    """

    number: int
    happened: dict[str, int]
    file: dict[str, int]
    mentors: dict[str, int]
    waiting: dict[str, int]
    seconds: float


@dataclass
class Season:
    """A season that was played.

    Attributes:
        weeks: how each went.
        verdict: what went wrong; nothing should have.
        outcomes: rows of all files by what the next reading proved (`exports.outcome`).
    """

    weeks: list[Week] = field(default_factory=list)
    verdict: Verdict = field(default_factory=Verdict)
    outcomes: dict[str, int] = field(default_factory=dict)


def play_season(
    home: Path, *, mentors: int, weeks: int, seed: int = 1, told: Callable[[Week], None] = lambda week: None
) -> Season:
    """Play a season in a new home.

    Args:
        home: an empty or missing folder.
        mentors: how many sign up.
        weeks: how many weeks it lasts.
        seed: chooses who there is and what happens.
        told: called after each week.
    """
    season = Season()
    with stage(home, seed=seed) as scene:
        story = Story(scene.world, mentors, weeks)
        story.before()
        for number in range(1, weeks + 1):
            began = time.process_time()
            story.week(number)
            done = _office_hours(scene, season.verdict)
            season.weeks.append(_told(scene, number, story, done, time.process_time() - began))
            told(season.weeks[-1])
            scene.clock.pass_time(days=6)
        scene.read()
        scene.drop_export()
        scene.refresh()
        judge_season(scene, story.edited, season.verdict)
        season.outcomes = dict(scene.ask("select outcome, count(*) from exports.outcome group by 1 order by 1"))
    return season


def _office_hours(scene: Stage, verdict: Verdict) -> dict[str, int]:
    """What the team does at the end of a week: read, rebuild, look at the files, import ours."""
    scene.clock.pass_time(hours=12)
    scene.read()
    scene.refresh()
    judge_files(scene, verdict)
    scene.clock.pass_time(hours=12)
    done = scene.import_file(HARSH)
    return dict(Counter(row.what for row in done.rows))


def _told(scene: Stage, number: int, story: Story, file: dict[str, int], seconds: float) -> Week:
    mentors = dict(scene.ask("select status, count(*) from mentors.mentor group by 1 order by 1"))
    issues = "select severity, count(*) from people.issue where closed_at is null group by 1 order by 1"
    return Week(number, dict(story.happened), file, mentors, dict(scene.ask(issues)), round(seconds, 1))
