"""Loading a state's voter file: survey, read, judge, compare with the one before, swap.

The order of the steps and the report belong here; each step has a module of its own. Nothing is changed unless all of
it worked: a refused or killed load leaves the voters as they were.
"""

from __future__ import annotations

import hashlib
import resource
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from contact_pipeline.landing.outcomes import Held, Refused
from contact_pipeline.sources.voter_file import store
from contact_pipeline.sources.voter_file.building import Clock, Loading, build
from contact_pipeline.sources.voter_file.layouts import rules
from contact_pipeline.sources.voter_file.survey import Progress, Survey, survey_file


@dataclass(frozen=True)
class LoadReport:
    """The answer to one load; the fields are the keys of `voters load --json`, in order.

    `status` is loaded, unchanged, held or refused. seen = accepted + quarantined + blank; accepted = voters + repeated.
    `changes` is null for a state's first load. `peak_mb` is the most memory the process has held, in MiB.
    """

    state: str
    status: str
    message: str
    load_id: str | None = None
    files: list[dict[str, Any]] = field(default_factory=list)
    seen: int | None = None
    accepted: int | None = None
    quarantined: int | None = None
    blank: int | None = None
    voters: int | None = None
    protected: int | None = None
    repeated: int | None = None
    same_person: int | None = None
    unread_dates: int | None = None
    changes: dict[str, int] | None = None
    rejects: list[dict[str, Any]] = field(default_factory=list)
    steps: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    peak_mb: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The answer as the agreed keys."""
        return asdict(self)


def load_voters(
    paths: Sequence[Path],
    loading: Loading,
    *,
    progress: Progress = lambda _step, _done, _total: None,
    monotonic: Callable[[], float] = time.monotonic,
) -> LoadReport:
    """Load all files of one state in place of those loaded before; other states stay.

    Args:
        paths: The state's file, or all its files (Florida sends one per county).
        loading: See `Loading`; `full` takes a file however few voters it has.
        progress: Told about every step.
        monotonic: Measures seconds.

    Returns:
        The report; a file that is refused or held is a report too, with the reason in `message`.

    Raises:
        LedgerImbalanceError: Not every line is accounted for; nothing was changed.
    """
    clock = Clock(monotonic)
    try:
        with store.loading(loading.voters):
            report = _load(paths, loading, clock, progress)
    except (Refused, Held) as answer:
        status = "held" if isinstance(answer, Held) else "refused"
        report = {"status": status, "message": str(answer)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return LoadReport(
        state=loading.state, **report, steps=clock.steps, seconds=round(clock.total(), 2), peak_mb=round(peak, 1)
    )


def _load(paths: Sequence[Path], loading: Loading, clock: Clock, progress: Progress) -> dict[str, Any]:
    with clock.step("survey"):
        surveys = [survey_file(path, progress=progress) for path in paths]
    _refuse_the_same_twice(surveys)
    load_id = _load_id(surveys, loading)
    current = store.newest(loading.voters)
    if current is not None and _loaded_before(current, loading.state) == load_id:
        return {"status": "unchanged", "message": "The same files were loaded last time.", "load_id": load_id}
    _check_space(surveys, loading)
    name = hashlib.sha256(f"{load_id} {current and current.name}".encode()).hexdigest()[:12]
    built = store.building(loading.voters, name)
    try:
        report = build(built, current, surveys, loading, load_id, clock, progress)
    except BaseException:
        store.sweep(loading.voters)
        raise
    with clock.step("publish"):
        store.publish(loading.voters, built)
    return report


def _refuse_the_same_twice(surveys: list[Survey]) -> None:
    by_hash: dict[str, Survey] = {}
    for survey in surveys:
        other = by_hash.setdefault(survey.sha256, survey)
        if other is not survey:
            raise Refused(f"{survey.path.name} and {other.path.name} hold the same bytes. Load each file once.")


def _load_id(surveys: list[Survey], loading: Loading) -> str:
    """One load of the same bytes by the same rules has one id."""
    parts = [loading.state, loading.layout or "", loading.table or "", rules().text]
    parts += sorted(f"{survey.sha256} {survey.size}" for survey in surveys)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _loaded_before(current: Path, state: str) -> str | None:
    """The id of the state's newest load.

    Raises:
        Refused: What stands there is no voter file of ours, or is damaged.
    """
    import duckdb

    with duckdb.connect() as connection:
        try:
            connection.execute(f"attach '{store.sql_literal(current)}' as voters (read_only)")
            found = connection.execute(
                "select load_id from voters.load where voter_state = $1 order by loaded_at desc limit 1", [state]
            ).fetchall()
        except duckdb.Error as error:
            raise Refused(
                f"{current.name} cannot be read as the voters loaded before ({type(error).__name__}). Move it away, "
                "then load all states again."
            ) from error
    return str(found[0][0]) if found else None


def _check_space(surveys: list[Survey], loading: Loading) -> None:
    """Hold a load for which the disk is too small.

    Raises:
        Held: Less is free than the files take; a load takes about as much, the spilled data included.
    """
    needed = sum(survey.size for survey in surveys)
    free = shutil.disk_usage(loading.voters.parent).free
    if free < needed:
        raise Held(
            f"The load needs about {needed / 1e9:.1f} GB beside {loading.voters}, but {free / 1e9:.1f} GB are free. "
            "Make room, or keep the voters elsewhere (voters_path)."
        )
