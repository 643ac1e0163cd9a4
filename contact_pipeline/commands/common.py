"""What all commands share: --home and --json, exit codes, and printing.

Only habits of the command line belong here.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from contact_pipeline import HOME_VARIABLE
from contact_pipeline.config import Settings, problem_of

DONE, FAILED, WRONG_USAGE, HELD = 0, 1, 2, 3
"""Exit codes of every command."""

F = TypeVar("F", bound=Callable[..., Any])


class CommandError(click.ClickException):
    """Something failed; the message says what to do. Exit code 1."""

    exit_code = FAILED

    def show(self, file: Any = None) -> None:
        """Print the message alone: the first word of the trouble is the trouble."""
        click.echo(f"Error: {self.message}", err=True)


class HeldError(CommandError):
    """Something waits for a human's decision; the message says which. Exit code 3."""

    exit_code = HELD


def with_home(command: F) -> F:
    """Add `--home` and give the command its `settings`."""

    @click.option(
        "--home",
        type=click.Path(path_type=Path, file_okay=False),
        default=None,
        help=f"Data folder of the workspace; {HOME_VARIABLE} names it otherwise (default: data).",
    )
    @functools.wraps(command)
    def wrapped(*args: Any, home: Path | None, **kwargs: Any) -> Any:
        context = click.get_current_context()
        chosen = home or context.find_root().params.get("home") or Path("data")
        try:
            settings = Settings(home=chosen)
        except ValueError as error:
            raise CommandError(f"The settings of {chosen} cannot be read: {problem_of(error)}") from error
        return command(*args, settings=settings, **kwargs)

    return wrapped  # type: ignore[return-value]


def with_json(command: F) -> F:
    """Add `--json`, passed on as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs instead of text for people.")(
        command
    )


def print_json(value: Any) -> None:
    """One JSON document on one line; half a surrogate pair, which UTF-8 has no bytes for, is escaped."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        text = json.dumps(value, default=str)
    click.echo(text)


def say(text: str) -> None:
    """A line about progress; it goes to standard error, so that standard output stays clean for programs."""
    click.echo(text, err=True)


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Aligned plain text; numbers to the right."""
    body = [
        ["" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in rows
    ]
    numeric = [all(isinstance(cell, int) for cell in column) for column in zip(*rows, strict=True)] if body else []
    widths = [max(len(line[i]) for line in [list(headers), *body]) for i in range(len(headers))]
    lines = []
    for line in [list(headers), *body]:
        cells = [
            text.rjust(width) if numeric and numeric[i] else text.ljust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def progress_bar(title: str) -> Callable[[str, int, int], None]:
    """A one-line bar on a terminal; a line every tenth of the way elsewhere."""
    shown = {"tenth": -1}

    def tick(step: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            filled = int(30 * done / max(total, 1))
            click.echo(
                f"\r{title} [{'#' * filled}{'.' * (30 - filled)}] {done}/{total} {step:<40.40}", nl=False, err=True
            )
            if done >= total:
                click.echo("", err=True)
        elif done * 10 // max(total, 1) > shown["tenth"]:
            shown["tenth"] = done * 10 // max(total, 1)
            click.echo(f"{title}: {done} of {total} steps", err=True)

    return tick
