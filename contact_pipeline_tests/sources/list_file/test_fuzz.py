"""Hostile columns and cells: the mapping and the splitters take them all (`make fuzz` goes on for longer)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.sources.list_file.suggest import suggest
from contact_pipeline_tests.sources.list_file.fuzz import CELL_READINGS, try_cell, try_columns

ANY_TEXT = st.text(st.characters(), max_size=60)
CELLS = st.lists(st.one_of(st.none(), ANY_TEXT), min_size=3, max_size=3)


@pytest.mark.parametrize("seed", range(60))
def test_hostile_columns_are_mapped_or_kept(seed: int) -> None:
    try_columns(random.Random(seed))


def test_hostile_cells_are_split_and_read() -> None:
    for seed in range(1_500):
        try_cell(random.Random(seed))


@settings(max_examples=150)
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


@settings(max_examples=150)
@given(text=st.text(st.characters(), max_size=300))
def test_any_cell_is_split_and_read(text: str) -> None:
    for reading in CELL_READINGS:
        reading(text)
