"""Hostile files, columns and cells: splitter, mapper and normalisers take them all (`make fuzz` goes on for longer)."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.sources.list_file.suggest import suggest
from contact_pipeline_tests.sources.list_file.fuzz import TARGETS, trouble_with

SECONDS = float(os.environ.get("FUZZ_SECONDS", "0.5"))
"""Processor time each target is tried for; FUZZ_SECONDS says otherwise."""

ANY_TEXT = st.text(st.characters(), max_size=60)
CELLS = st.lists(st.one_of(st.none(), ANY_TEXT), min_size=3, max_size=3)


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_hostile_crashes_or_hangs(target: str) -> None:
    tried, _, trouble = trouble_with(target, SECONDS)
    assert trouble is None
    assert tried > 0


@settings(max_examples=100)
@given(
    names=st.lists(ANY_TEXT, min_size=3, max_size=3, unique=True),
    rows=st.lists(CELLS, max_size=12),
    header=st.booleans(),
)
def test_any_text_makes_a_suggestion_for_every_column(
    names: list[str], rows: list[list[str | None]], header: bool
) -> None:
    found = suggest(names, rows, header=header)
    assert [column.column for column in found.columns] == names
    assert all(0 <= column.confidence <= 1 for column in found.columns)
    single = [field for field in found.mapping().values() if field in ("full_name", "city", "zip", "birth_date")]
    assert len(single) == len(set(single)), "never two columns onto one field"
