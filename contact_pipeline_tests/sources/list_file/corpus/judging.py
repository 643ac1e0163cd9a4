"""Judging a mapping on the corpus: each file is read as landing reads it, each column held against the right answers.

Run as a program it prints the table of what failed (`make report-mapping`).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from contact_pipeline.commands.common import table
from contact_pipeline.landing.list_sample import sample_of_file
from contact_pipeline.sources.list_file.suggest import TAKE, ColumnSuggestion, suggest
from contact_pipeline_tests.sources.list_file.corpus.files import CorpusFile, corpus_files, single_files
from contact_pipeline_tests.sources.list_file.corpus.layouts_apart import apart_layouts
from contact_pipeline_tests.sources.list_file.corpus.layouts_fresh import fresh_layouts
from contact_pipeline_tests.sources.list_file.corpus.layouts_held_out import held_out_layouts
from contact_pipeline_tests.sources.list_file.corpus.layouts_more import more_layouts
from contact_pipeline_tests.sources.list_file.corpus.layouts_open import open_layouts


@dataclass(frozen=True)
class Judged:
    """One column's verdict: `right`; `asked` (wrong or missing, but the file waits or the column is in doubt); `silent`
    (taken as a field it is not); `missed` (a field, kept as it is without a word of doubt)."""

    file: str
    header: str
    expected: str
    said: ColumnSuggestion
    verdict: str


@dataclass(frozen=True)
class FileJudged:
    """One file's verdict: its columns, and whether it would wait for a human."""

    name: str
    held: bool
    columns: tuple[Judged, ...]


def judge(file: CorpusFile, folder: Path) -> FileJudged:
    """What the mapping makes of one file; columns without a single cell are not judged: nothing of theirs is mapped."""
    path = folder / file.name
    path.write_bytes(file.content)
    sample = sample_of_file(path)
    assert len(sample.columns) == len(file.right), f"{file.name}: the columns were read otherwise"
    found = suggest(sample.columns, sample.rows, header=sample.header)
    held = bool(found.problems)
    columns = tuple(
        Judged(file.name, header, "|".join(sorted(right)), said, verdict(right, said, held))
        for header, right, said in zip(file.headers, file.right, found.columns, strict=True)
        if said.filled or said.damaged
    )
    return FileJudged(file.name, held, columns)


def verdict(right: frozenset[str], said: ColumnSuggestion, held: bool) -> str:
    """One column's verdict; see `Judged`."""
    if (said.field or "-") in right:
        return "right"
    if said.field is not None and said.confidence >= TAKE and said.doubt is None:
        return "silent" if not held else "silent in a held file"
    return "asked" if said.field is not None or said.doubt or held else "missed"


def judged_half(files: Iterable[CorpusFile]) -> list[FileJudged]:
    """The verdicts on a half of the corpus."""
    with tempfile.TemporaryDirectory() as folder:
        return [judge(file, Path(folder)) for file in files]


def summary(name: str, judged: list[FileJudged]) -> str:
    """One half in figures."""
    columns = [column for file in judged for column in file.columns]
    counts = {kind: sum(1 for c in columns if c.verdict == kind) for kind in KINDS}
    share = counts["right"] / len(columns)
    return (
        f"{name}: {len(judged)} files, {len(columns):,} columns, {share:.2%} right; "
        + ", ".join(f"{kind} {counts[kind]}" for kind in KINDS[1:])
        + f"; {sum(1 for file in judged if file.held)} files wait for a human"
    )


KINDS = ("right", "asked", "missed", "silent", "silent in a held file")


PARTS: dict[str, Callable[[], Iterable[CorpusFile]]] = {
    "open half": lambda: corpus_files(open_layouts()),
    "held-out half": lambda: corpus_files(held_out_layouts()),
    "fresh": lambda: corpus_files(fresh_layouts()),
    "more": lambda: single_files(more_layouts()),
    "kept apart": lambda: single_files(apart_layouts()),
}
"""The parts of the corpus by name."""


def main() -> None:
    """Print what failed, and both halves in figures; with `open`, only the open half's failures."""
    only = sys.argv[1:]
    lines = []
    for name, files in PARTS.items():
        if only and not name.startswith(only[0]):
            continue
        judged = judged_half(files())
        failed = [c for file in judged for c in file.columns if c.verdict != "right"]
        rows = [
            (
                c.file,
                c.header.strip(),
                c.expected,
                c.said.field or "-",
                f"{c.said.confidence:.2f}",
                c.verdict,
                c.said.why[:60],
            )
            for c in failed
        ]
        print(table(("file", "column", "right", "said", "sure", "verdict", "why"), rows))  # noqa: T201
        lines.append(summary(name, judged))
        lines += [f"  held: {file.name}" for file in judged if file.held] if only else []
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    main()
