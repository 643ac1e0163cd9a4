"""Assets of the voter file, and of matching contacts to it.

Loading is in no refresh: reference data has a database file and a rhythm of its own. Matching is part of the refresh:
it attaches the newest finished load read-only, and gives empty tables where there is none. Each asset is one call into
`sources.voter_file` or `identity.voter_match`.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from contact_pipeline.assets.landing import is_quiet
from contact_pipeline.assets.python_table import GATE, Extra, table_asset
from contact_pipeline.assets.report import SAMPLE_ROWS, asset_key, described
from contact_pipeline.assets.style import OWNER, group_of, tags_of
from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.config import Settings
from contact_pipeline.sources.voter_file.building import Loading
from contact_pipeline.sources.voter_file.given import SOURCES as GIVEN_IN
from contact_pipeline.sources.voter_file.inbox import take_state, waiting_states
from contact_pipeline.sources.voter_file.load import LoadReport
from contact_pipeline.sources.voter_file.store import newest, open_voters
from contact_pipeline.warehouse.fingerprint import code_version

VOTER = "voters.voter"
EVIDENCE = "identity.evidence"


@dg.asset(
    key=asset_key(VOTER),
    description="One row per voter of the newest load of every state, with what changed since the load before.",
    group_name=group_of(VOTER),
    kinds={"duckdb", "python"},
    owners=[OWNER],
    tags=tags_of(VOTER),
    output_required=False,
)
def voter(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[dg.MaterializeResult[None]]:
    """Load every state that waits; a refused one fails the run, after the others were loaded."""
    started = time.monotonic()
    settings = workspace.settings()
    reports = [
        take_state(
            waiting,
            Loading(settings.voters, waiting.state, settings.clock(), smallest_share=settings.drop_guard),
            progress=told_progress(waiting.state, context.log.info),
        )
        for waiting in waiting_states(settings.inbox, default_state=settings.voters_state)
    ]
    if any(report.status == "loaded" for report in reports) or not is_quiet(context):
        yield dg.MaterializeResult(metadata=described_voters(settings, reports, time.monotonic() - started))
    refused = [f"{report.state}: {report.message}" for report in reports if report.status in ("refused", "held")]
    if refused:
        raise dg.Failure(description=" ".join(refused), allow_retries=False)


def told_progress(state: str, log: Callable[[str], None]) -> Callable[[str, int, int], None]:
    """Log lines for a load: one per step and per tenth of it."""
    seen: set[tuple[str, int]] = set()

    def tell(step: str, done: int, total: int) -> None:
        tenth = done * 10 // max(total, 1)
        if (step, tenth) not in seen:
            seen.add((step, tenth))
            log(f"{state}: {step}, {tenth * 10} %")

    return tell


def described_voters(settings: Settings, reports: list[LoadReport], seconds: float) -> dict[str, Any]:
    """Rows, columns, a masked sample, and per state what the load did."""
    metadata: dict[str, Any] = {
        "dagster/row_count": 0,
        "seconds": round(seconds, 3),
        "loads": dg.MetadataValue.json([load_line(report) for report in reports]),
        "peak MB": max((report.peak_mb for report in reports), default=0.0),
    }
    if newest(settings.voters) is None:
        return metadata
    with open_voters(settings.voters) as connection:
        columns = {row[0]: row[1] for row in connection.execute("describe voter").fetchall()}
        rows = connection.execute(f"select * from voter limit {SAMPLE_ROWS}").fetchall()
        count = connection.execute("select count(*) from voter").fetchall()[0][0]
    return {**metadata, "dagster/row_count": count, **described(VOTER, columns, rows)}


def load_line(report: LoadReport) -> dict[str, Any]:
    """A load in counts; its message too, which names files and numbers but no voter."""
    told = report.as_json()
    kept = ("state", "status", "message", "seen", "accepted", "quarantined", "blank", "voters", "protected",
            "repeated", "changes", "steps", "seconds", "peak_mb")  # fmt: skip
    return {name: told[name] for name in kept}


def _evidence(workspace: Workspace) -> Path | None:
    """The newest load in normal form, made on the first run after a load; None where nothing was loaded."""
    from contact_pipeline.identity.voter_evidence import ensure_voter_evidence

    settings = workspace.settings()
    if newest(settings.voters) is None:
        return None
    return ensure_voter_evidence(settings.voters, log=lambda _: None)


def _setting(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    from contact_pipeline.identity.voter_match import write_setting

    settings = workspace.settings()
    write_setting(
        connection, settings.voters, link_threshold=settings.voter_link_threshold,
        sure_threshold=settings.voter_sure_threshold,
    )  # fmt: skip
    loaded = newest(settings.voters)
    return {"voter file": loaded.name if loaded is not None else "none"}


def _choice(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    from contact_pipeline.ledger.contact_decisions import active_voter_choices

    ledger = workspace.ledger()
    try:
        choices = active_voter_choices(ledger)
    finally:
        ledger.close()
    connection.register("voter_choices", choices)
    connection.execute("create or replace table identity.voter_choice as select * from voter_choices")
    connection.unregister("voter_choices")
    return {"choices": choices.num_rows}


def _chosen(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.identity.voter_match import write_chosen

    write_chosen(connection, _evidence(workspace))


def _given(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    from contact_pipeline.sources.voter_file.given import write_given_voter_ids

    write_given_voter_ids(connection, default_state=workspace.settings().voters_state)


def _near(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    from contact_pipeline.identity.voter_match import write_near

    voters = _evidence(workspace)
    made_with = f"{code_version()} {voters.name if voters is not None else 'no voters'}"
    return {"contacts looked at": write_near(connection, voters, evidence=EVIDENCE, made_with=made_with)}


def _pair(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> Extra:
    from contact_pipeline.identity.voter_match import write_pairs

    return {"pairs": write_pairs(connection, _evidence(workspace), evidence=EVIDENCE)}


def _namesake(connection: duckdb.DuckDBPyConnection, _: Workspace) -> None:
    """Written together with the pairs; this only reports it."""
    connection.execute("select 1 from identity.voter_namesake limit 1")


def voter_assets() -> list[dg.AssetsDefinition]:
    """The loaded file, and what the SQL models of the match stand on."""
    return [
        voter,
        table_asset(
            "contacts.given_voter_id",
            _given,
            reads=[entity.table for entity in GIVEN_IN],
            description="One row per contact that carries a voter id: the id with its state, not yet judged.",
        ),
        table_asset(
            "identity.voter_setting",
            _setting,
            reads=[GATE],
            description="The one row of what voter links are made with: both thresholds and the voter file in use.",
        ),
        table_asset(
            "identity.voter_choice",
            _choice,
            reads=[GATE],
            description="One row per contact and voter a human decided about: this voter, or not this voter.",
        ),
        table_asset(
            "identity.chosen_voter",
            _chosen,
            reads=["identity.voter_choice", "identity.voter_setting"],
            description="One row per voter a human chose for somebody: whether the file holds it, and what it says.",
        ),
        table_asset(
            "identity.voter_near",
            _near,
            reads=[EVIDENCE, "identity.voter_setting"],
            description="One row per contact and voter who share a voter id, last name and house, or name and city.",
        ),
        table_asset(
            "identity.voter_pair",
            _pair,
            reads=[EVIDENCE, "identity.voter_near", "identity.voter_tier"],
            description="One row per contact and voter who may be one person, with the weight of every comparison.",
        ),
        table_asset(
            "identity.voter_namesake",
            _namesake,
            reads=["identity.voter_pair"],
            description="One row per contact: how many voters of the whole file have its names.",
        ),
    ]
