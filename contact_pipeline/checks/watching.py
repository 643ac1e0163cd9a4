"""Checks of what no table holds: how old each source's content is, and whether calls stay within their budgets.

They read the ledger and the manifest, never the warehouse, so they also speak up while nothing new arrives and no
refresh runs.
"""

import dagster as dg

from contact_pipeline.assets.workspace import Workspace
from contact_pipeline.landing.overview import EntityLine, SourceLines, overview

WATCHED = ("stale", "very old", "of unknown age")
"""Ages one is warned of (`landing/freshness.toml`)."""

ASSET = dg.AssetKey(["landing", "batch"])


def old_content(found: list[SourceLines]) -> list[tuple[str, EntityLine]]:
    """Entities whose content is not fresh: those that are polled, and files that are expected again and again."""
    return [
        (f"{source.source}.{line.entity}", line)
        for source in found
        for line in source.entities
        if line.age in WATCHED and (line.configured or line.every_minutes is None)
    ]


@dg.asset_check(
    asset=ASSET,
    name="content_is_fresh",
    description="What is known of every source is at most a day old, told by its content (decision 38).",
    blocking=False,
)
def content_is_fresh(workspace: Workspace) -> dg.AssetCheckResult:
    """Warn of sources whose content is stale or very old."""
    settings = workspace.settings()
    now = settings.clock()
    old = old_content(overview(settings))
    lines = ["| entity | age | as of |", "|---|---|---|"]
    for key, line in old:
        as_of = line.known.as_of if line.known is not None else None
        lines.append(f"| {key} | {line.age} | {as_of:%Y-%m-%d %H:%M} |" if as_of else f"| {key} | {line.age} | |")
    return dg.AssetCheckResult(
        passed=not old,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "violations": len(old),
            "as of": now.isoformat(),
            "old content": dg.MetadataValue.md("\n".join(lines)),
        },
    )


@dg.asset_check(
    asset=ASSET,
    name="calls_stay_within_budget",
    description="No platform's calls come near its budget, nor will they at the present rhythm.",
    blocking=False,
)
def calls_stay_within_budget(workspace: Workspace) -> dg.AssetCheckResult:
    """Warn before a budget is exceeded: from four fifths of it, or where the forecast is above it."""
    found = overview(workspace.settings())
    warnings = {one.source: one.calls.warning for one in found if one.calls is not None and one.calls.warning}
    return dg.AssetCheckResult(
        passed=not warnings,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"violations": len(warnings), **warnings},
    )


SOURCE_CHECKS = [content_is_fresh, calls_stay_within_budget]
