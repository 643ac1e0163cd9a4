"""The corpus: lists as people send them map themselves, and none of them wrongly without a word."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from contact_pipeline_tests.sources.list_file.corpus.files import DAMAGES, corpus_files
from contact_pipeline_tests.sources.list_file.corpus.judging import FileJudged, Judged, judged_half
from contact_pipeline_tests.sources.list_file.corpus.layouts import Layout
from contact_pipeline_tests.sources.list_file.corpus.layouts_fresh import fresh_layouts
from contact_pipeline_tests.sources.list_file.corpus.layouts_held_out import held_out_layouts
from contact_pipeline_tests.sources.list_file.corpus.layouts_open import open_layouts

Half = Callable[[], list[Layout]]


@cache
def verdicts(half: Half) -> list[FileJudged]:
    return judged_half(corpus_files(half()))


@pytest.mark.parametrize("half", [open_layouts, held_out_layouts, fresh_layouts])
def test_most_columns_are_right_and_none_is_silently_wrong(half: Half) -> None:
    columns = [column for file in verdicts(half) for column in file.columns]
    right = sum(1 for column in columns if column.verdict == "right")
    assert right >= 0.95 * len(columns)
    assert [told(column) for column in columns if column.verdict.startswith("silent")] == []


def told(column: Judged) -> str:
    return f"{column.file}, {column.header!r}: {column.said.field} ({column.said.confidence}), not {column.expected}"


def test_few_lists_ask_a_human() -> None:
    judged = [file for half in (open_layouts, held_out_layouts) for file in verdicts(half)]
    held = [file.name for file in judged if file.held]
    assert len(held) <= 0.05 * len(judged), held


def test_the_corpus_has_two_hundred_files_and_every_damage_many_times() -> None:
    files = [*corpus_files(open_layouts()), *corpus_files(held_out_layouts())]
    assert len({file.name for file in files}) >= 200
    assert all(sum(1 for file in files if file.damage == damage) >= 6 for damage in DAMAGES)
