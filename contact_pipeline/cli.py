"""The command line `contact-pipeline …`: one list of commands, thin.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 held for a decision.
"""

from __future__ import annotations

from pathlib import Path

import click

from contact_pipeline.commands import (
    conflicts,
    connecting,
    credentials,
    deciding,
    imports,
    leads,
    mapping,
    models,
    opting_out,
    outcomes,
    pids,
    pushing,
    reading,
    rules,
    running,
    sandbox,
    sources,
    syncing,
    tools,
    voters,
)
from contact_pipeline.config import HOME_VARIABLE


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="contact-pipeline")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar=HOME_VARIABLE,
    help=f"Data folder of the workspace; {HOME_VARIABLE} names it otherwise (default: data).",
)
def main(home: Path | None) -> None:
    """One list of people out of every place a campaign keeps them.

    \b
    Start with:   contact-pipeline demo
    Then:         contact-pipeline status · people find smith · issues · export givebutter --out out/

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 held for a decision.
    """  # noqa: D301


running.export.add_command(outcomes.outcome)
syncing.sync.add_command(pushing.push)
syncing.sync.add_command(pushing.probe)

for command in (
    running.demo,
    running.run,
    syncing.setup,
    syncing.sync,
    running.ingest,
    running.export,
    running.ui,
    sandbox.sandbox,
    running.doctor,
    reading.status,
    reading.people,
    reading.lookup,
    reading.issues,
    reading.explain,
    reading.print_rows,
    reading.lineage,
    tools.normalise,
    tools.link,
    voters.voters,
    deciding.decide,
    deciding.undo,
    conflicts.conflicts,
    deciding.decisions,
    deciding.review,
    pids.pid,
    pids.changes,
    pids.churn,
    models.model,
    connecting.connect,
    sources.sources,
    credentials.credentials,
    leads.leads,
    leads.withdraw,
    leads.restore,
    mapping.mapping,
    rules.rules,
    opting_out.opt_outs,
    imports.imports,
):
    main.add_command(command)
