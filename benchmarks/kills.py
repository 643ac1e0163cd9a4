"""Kills: a run is killed at random moments and run again; it must then hold what a run that nobody killed holds.

    python -m benchmarks.kills --kills 30
    python -m benchmarks.kills --kills 8 --contacts 40156 --real-clock
    python -m benchmarks.kills --kills 10 --in-a-row 3
    python -m benchmarks.kills --kills 10 --second

Each kill starts from the same fresh home: `contact-pipeline` runs as a process of its own against simulated platforms
served from here, its process group gets SIGKILL, and a second run goes to its end. Every table, PID, event, issue,
export, manifest line and file is then compared with those of an unkilled run. It prints a line a kill and exits with 1
if one differed. Moments are spread evenly over the run's whole work, each at random within its share; work is measured
in processor seconds, since a busy machine stretches every run differently.
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from contact_pipeline.config import Settings
from contact_pipeline_tests.homes import NOW, TODAY, settle
from contact_pipeline_tests.recovery import (
    Content,
    Ended,
    content_of_home,
    differences,
    fresh_copy,
    last_step,
    platforms_for_children,
    run_command,
    work_done,
)

SMALL = 1_600
STARTING = 0.8
"""Share of the time before a run touches its home that gets no kills: nothing has begun there."""


EVIDENCE = ("First Name", "Last Name", "Primary Email", "Primary Phone", "Date of Birth")
"""What `--second` changes in some contacts: every fifth loses it, every seventh has it from the contact before."""

LONGEST_WAIT = 0.05
"""Seconds, at most, from reaching a moment to the kill."""


@dataclass(frozen=True)
class Trial:
    """The home each kill starts from, how it is run, and what an unkilled run gave.

    Attributes:
        begins: processor seconds it had used when it first touched its home, or little less.
        ends: processor seconds it used in all.
        seconds: how long it took.
    """

    template: Settings
    command: tuple[str, ...]
    times: bool
    expected: Content
    begins: float
    ends: float
    seconds: float


def prepare(folder: Path, contacts: int, *, real_clock: bool, shuffle: int | None = None) -> Settings:
    """A home with an invented campaign, its export waiting in the inbox, and no run yet.

    Args:
        folder: where the home is made, as `template`.
        contacts: size of the campaign.
        real_clock: whether its runs will use the real clock.
        shuffle: puts the rows into another order, always the same for one number.
    """
    from contact_pipeline.sandbox.campaign import invent, shuffled, write_sandbox
    from contact_pipeline.sandbox.demo import prepare_home

    home = folder / "template"
    home.mkdir(parents=True)
    settings = Settings(home=home)
    few = contacts <= SMALL
    campaign = (
        invent(7, today=TODAY, contacts=contacts, mentors=160, former_mentors=40)
        if few
        else invent(1, today=TODAY, contacts=contacts)
    )
    write_sandbox(campaign if shuffle is None else shuffled(campaign, shuffle), settings.sandbox)
    prepared = prepare_home(settings, today=TODAY, say=lambda _: None)
    if not real_clock:
        settle(prepared)
    return prepared


def finish_and_drop_changes(settings: Settings, folder: Path, *, real_clock: bool) -> Settings:
    """Let a first run end, then drop an export in which people fall apart and grow together: old PIDs are at stake."""
    require_success(run_command(["run", "--home", str(settings.home)], log=folder / "first.log"))
    (export,) = (settings.sandbox / "drop" / "givebutter").iterdir()
    with export.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    own = [header.index(name) for name in EVIDENCE]
    for number, row in enumerate(rows[1:], start=1):
        for place in own:
            if number % 5 == 0:
                row[place] = ""
            elif number % 7 == 0:
                row[place] = rows[number - 1][place]
    with (settings.inbox / "givebutter" / f"changed-{export.name}").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    if not real_clock:
        settle(settings)
    return settings


class Work:
    """A switch that never kills: it notes how much work a run had done when it first touched its home, and in all."""

    def __init__(self, home: Path) -> None:
        self._history = home / "dagster" / "history"
        self._known = self._runs()
        self.before = 0.0
        self.all = 0.0

    def __call__(self, process_id: int) -> bool:
        """Look; never says that it is time."""
        self.all = max(self.all, work_done(process_id))
        if self._runs() == self._known:
            self.before = self.all
        return False

    def _runs(self) -> set[str]:
        return {path.name for path in self._history.rglob("*.db")}


class Kill:
    """A switch that kills once a run has done so much work, a moment later: waits for the disk do no work."""

    def __init__(self, work: float, wait: float) -> None:
        self._work = work
        self._wait = wait
        self._reached: float | None = None

    def __call__(self, process_id: int) -> bool:
        """Whether it is time."""
        now = time.monotonic()
        if self._reached is None and work_done(process_id) >= self._work:
            self._reached = now
        return self._reached is not None and now - self._reached >= self._wait


def unkilled(template: Settings, folder: Path, command: tuple[str, ...], *, times: bool) -> Trial:
    """Run twice without a kill; gives what both made and how long the second took.

    Raises:
        RuntimeError: a run failed, or the two differ: then nothing could be said about kills.
    """
    settings = fresh_copy(template, folder / "unkilled")
    require_success(run_command([*command, "--home", str(settings.home)], log=folder / "unkilled.log"))
    content = content_of_home(settings, times=times)
    timed = fresh_copy(template, folder / "timed")
    watch = Work(timed.home)
    again = run_command([*command, "--home", str(timed.home)], log=folder / "timed.log", kill_when=watch)
    require_success(again)
    differ = differences(content_of_home(timed, times=times), content)
    if differ:
        raise RuntimeError("Two runs that nobody killed differ:\n" + "\n".join(differ))
    return Trial(template, command, times, content, watch.before * STARTING, watch.all, again.seconds)


def require_success(ended: Ended) -> None:
    """Raises a RuntimeError with the end of what it printed if the run failed by itself."""
    if ended.code != 0:
        raise RuntimeError(f"A run that nobody killed ended with {ended.code}:\n{ended.printed[-3000:]}")


def moments(trial: Trial, kills: int, chooser: random.Random) -> list[float]:
    """One moment in each of `kills` equal shares of the run's work, in random order (processor seconds)."""
    share = (trial.ends - trial.begins) / kills
    found = [trial.begins + share * (number + chooser.random()) for number in range(kills)]
    chooser.shuffle(found)
    return found


def killed_and_run_again(trial: Trial, folder: Path, when: list[Kill]) -> tuple[str, list[str]]:
    """Kill one run after another at these moments, then let one end; gives where the kills hit, and what differs."""
    settings = fresh_copy(trial.template, folder / "killed")
    arguments = [*trial.command, "--home", str(settings.home)]
    hit = []
    for kill in when:
        ended = run_command(arguments, log=folder / "killed.log", kill_when=kill)
        hit.append(last_step(settings.home) if ended.killed else f"after its end ({ended.seconds:.1f} s)")
    require_success(run_command(arguments, log=folder / "again.log"))
    return " · ".join(hit), differences(content_of_home(settings, times=trial.times), trial.expected)


def main() -> int:
    """Read the command line, kill, compare, print; 1 if anything differed."""
    asked = _arguments()
    folder = Path(asked.folder or tempfile.mkdtemp(prefix="kills-"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    template = prepare(folder, asked.contacts, real_clock=asked.real_clock)
    chooser = random.Random(asked.seed)
    bad = 0
    with platforms_for_children(template, now=None if asked.real_clock else NOW):
        if asked.second:
            template = finish_and_drop_changes(template, folder, real_clock=asked.real_clock)
        trial = unkilled(template, folder, tuple(asked.command.split()), times=not asked.real_clock)
        print(
            f"unkilled: {trial.seconds:.1f} s ({trial.begins:.1f} to {trial.ends:.1f} processor seconds), "
            f"{len(trial.expected)} things to compare",
            flush=True,
        )
        times = [moments(trial, asked.kills, chooser) for _ in range(asked.in_a_row)]
        for number, when in enumerate(zip(*times, strict=True), start=1):
            kills = [Kill(moment, chooser.random() * LONGEST_WAIT) for moment in when]
            hit, differ = killed_and_run_again(trial, folder, kills)
            bad += bool(differ)
            at = " ".join(f"{moment:6.2f}" for moment in when)
            print(f"{number:3} killed at {at} s  {'EQUAL' if not differ else 'DIFFERS'}  {hit}", flush=True)
            for line in differ:
                print(f"      {line}", flush=True)
            if differ and asked.keep:
                shutil.copytree(folder / "killed", folder / f"differs-{number}", dirs_exist_ok=True)
    print(f"{asked.kills} runs killed {asked.in_a_row} time(s) each: {asked.kills - bad} equal, {bad} differ")
    if not asked.keep:
        shutil.rmtree(folder)
    return 1 if bad else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=30, help="how many homes are killed and compared")
    parser.add_argument("--in-a-row", type=int, default=1, help="kills of each home before a run may end")
    parser.add_argument("--contacts", type=int, default=SMALL, help="size of the invented campaign")
    parser.add_argument("--command", default="run", help="what is killed: run, or demo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--second", action="store_true", help="kill a second run, which a changed export waits for")
    parser.add_argument("--real-clock", action="store_true", help="no fixed clock; times are not compared")
    parser.add_argument("--folder", help="where to work (default: a temporary folder)")
    parser.add_argument("--keep", action="store_true", help="keep the folder, and a copy of each home that differs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
