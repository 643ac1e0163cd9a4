"""The corpus: lists as people send them map themselves, and none of them wrongly without a word."""

from __future__ import annotations

from functools import cache

import pytest

from contact_pipeline_tests.sources.list_file.corpus.files import DAMAGES, OWN_DAMAGES
from contact_pipeline_tests.sources.list_file.corpus.judging import PARTS, FileJudged, Judged, judged_half


@cache
def verdicts(part: str) -> list[FileJudged]:
    return judged_half(PARTS[part]())


@pytest.mark.parametrize("part", PARTS)
def test_most_columns_are_right_and_none_is_silently_wrong(part: str) -> None:
    columns = [column for file in verdicts(part) for column in file.columns]
    right = sum(1 for column in columns if column.verdict == "right")
    assert right >= 0.95 * len(columns)
    assert [told(column) for column in columns if column.verdict.startswith("silent")] == []


def told(column: Judged) -> str:
    return f"{column.file}, {column.header!r}: {column.said.field} ({column.said.confidence}), not {column.expected}"


def test_few_lists_ask_a_human() -> None:
    judged = [file for part in ("open half", "held-out half") for file in verdicts(part)]
    held = [file.name for file in judged if file.held]
    assert len(held) <= 0.05 * len(judged), held


def test_the_corpus_has_two_hundred_layouts_and_every_damage_many_times() -> None:
    files = [file for part in PARTS.values() for file in part()]
    assert len({file.layout for file in files}) >= 200
    assert len({file.content for file in files}) >= 300
    assert all(sum(1 for file in files if file.damage == damage) >= 6 for damage in DAMAGES)
    assert all(sum(1 for file in files if file.damage == damage) >= 2 for damage in OWN_DAMAGES)
