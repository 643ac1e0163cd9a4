"""The command line `contact-pipeline …`: one list of commands, thin.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 held for a decision.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Final

import click

from contact_pipeline import HOME_VARIABLE

COMMANDS: Final = {
    "demo": "running.demo",
    "run": "running.run",
    "ingest": "running.ingest",
    "export": "exporting.export",
    "mentors": "mentors.mentors",
    "ui": "running.ui",
    "setup": "syncing.setup",
    "sync": "syncing.sync",
    "sandbox": "sandbox.sandbox",
    "doctor": "running.doctor",
    "status": "reading.status",
    "people": "reading.people",
    "lookup": "reading.lookup",
    "issues": "reading.issues",
    "explain": "reading.explain",
    "rows": "reading.print_rows",
    "lineage": "reading.lineage",
    "normalise": "tools.normalise",
    "link": "tools.link",
    "voters": "voters.voters",
    "decide": "deciding.decide",
    "undo": "deciding.undo",
    "decisions": "deciding.decisions",
    "review": "deciding.review",
    "pid": "pids.pid",
    "changes": "pids.changes",
    "churn": "pids.churn",
    "model": "models.model",
    "connect": "connecting.connect",
    "sources": "sources.sources",
    "credentials": "credentials.credentials",
    "leads": "leads.leads",
    "withdraw": "leads.withdraw",
    "restore": "leads.restore",
    "mapping": "mapping.mapping",
    "rules": "rules.rules",
    "opt-outs": "opting_out.opt_outs",
    "imports": "imports.imports",
    "conflicts": "conflicts.conflicts",
}
"""Every command, and where it is: module and name in `contact_pipeline.commands`."""

PARTS: Final = {
    "export": ("outcomes.outcome",),
    "sync": ("pushing.push", "pushing.probe"),
    "issues": ("deciding.accept_issues",),
}
"""Commands of a group that have a module of their own."""


class Commands(click.Group):
    """Imports the command that is asked for, and no other: all of them take a second and more."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command = _command(COMMANDS[cmd_name])
        for part in PARTS.get(cmd_name, ()):
            if isinstance(command, click.Group):
                command.add_command(_command(part))
        return command


def _command(where: str) -> click.Command:
    module, _, name = where.partition(".")
    command: click.Command = getattr(import_module(f"contact_pipeline.commands.{module}"), name)
    return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
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
