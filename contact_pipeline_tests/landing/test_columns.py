"""Header cells as column names."""

from __future__ import annotations

import pytest

from contact_pipeline.landing.columns import table_columns, told_apart


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["Tags", "Tags"], ("Tags", "Tags (2)")),
        (["Tags", "Tags", "Tags (2)"], ("Tags", "Tags (3)", "Tags (2)")),
        (["email", "Email", "EMAIL"], ("email", "Email (2)", "EMAIL (3)")),
        (["a", "", "  "], ("a", "column_2", "column_3")),
        (["", "column_1"], ("column_1 (2)", "column_1")),
        (["_line", "x"], ("_line (2)", "x")),
        (["\ufeffid", "🎽 Shirt? "], ("id", "🎽 Shirt? ")),
    ],
)
def test_no_two_columns_share_a_name_and_each_keeps_its_own(cells: list[str], names: tuple[str, ...]) -> None:
    assert told_apart(cells) == names


def test_columns_of_another_spelling_meet_the_table_that_is_there() -> None:
    assert table_columns(("first name ", "EMAIL", "new"), ("First Name",), ("Email",)) == ("First Name", "Email", "new")
    assert table_columns(("First Name", "First Name "), ("First Name",), ()) == ("First Name", "First Name ")
