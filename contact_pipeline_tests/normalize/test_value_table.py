"""Value tables do not depend on the order of their values, on threads, or on chance."""

import random
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import duckdb
import pytest

from contact_pipeline.normalize import (
    build_address_values,
    build_date_values,
    build_email_values,
    build_multi_values,
    build_name_values,
    build_phone_values,
)
from contact_pipeline.normalize.address_values import RAW_COLUMNS as ADDRESS_COLUMNS
from contact_pipeline.normalize.name_values import RAW_COLUMNS as NAME_COLUMNS
from contact_pipeline_tests.normalize.tables import write_texts

Build = Callable[[duckdb.DuckDBPyConnection, str, str], None]

BUILDERS: dict[str, tuple[Build, Sequence[str], list[Sequence[str | None]]]] = {
    "phone": (build_phone_values, ["raw"], [("813-555-01%02d", ), ("+44 20 7946 09%02d",), ("%02d",)]),
    "email": (build_email_values, ["raw"], [("m%02d@example.org",), ("M%02d@gmial.com",), ("m%02d",)]),
    "multi": (build_multi_values, ["raw"], [("813-555-01%02d / 813-555-0143",), ("n%02d",)]),
    "date": (partial(build_date_values, today=date(2026, 5, 1)), ["raw"], [("3/9/19%02d",), ("%02d",)]),
    "name": (build_name_values, NAME_COLUMNS, [("Dr", "ANN", None, "Lee %02d", ""), (None, "Lee, Al", "", None, None)]),
    "address": (build_address_values, ADDRESS_COLUMNS, [("4%02d Heron Ln", None, "Tampa", "FL", "33602", None)]),
}  # fmt: skip


def numbered(patterns: list[Sequence[str | None]]) -> list[tuple[str | None, ...]]:
    """Each pattern a hundred times with its number filled in; rows without one repeat."""
    return [
        tuple(cell % number if cell and "%" in cell else cell for cell in pattern)
        for pattern in patterns
        for number in range(100)
    ]


@pytest.mark.parametrize("kind", BUILDERS)
def test_shuffled_values_and_other_threads_give_the_same_table(
    connection: duckdb.DuckDBPyConnection, kind: str
) -> None:
    build, columns, patterns = BUILDERS[kind]
    rows = numbered(patterns)
    build(connection, write_texts(connection, columns, rows), "first_built")
    connection.execute("set threads = 1")
    random.Random(3).shuffle(rows)
    build(connection, write_texts(connection, columns, rows), "built_again")
    first = connection.execute("from first_built").fetchall()
    assert first
    assert connection.execute("from built_again").fetchall() == first


@pytest.mark.parametrize("kind", BUILDERS)
def test_no_values_give_an_empty_table(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    build, columns, _ = BUILDERS[kind]
    build(connection, write_texts(connection, columns, []), "built")
    assert connection.execute("from built").fetchall() == []


@pytest.mark.parametrize("kind", BUILDERS)
def test_a_builder_replaces_its_table_inside_a_transaction_and_leaves_nothing_else(
    connection: duckdb.DuckDBPyConnection, kind: str
) -> None:
    build, columns, patterns = BUILDERS[kind]
    source = write_texts(connection, columns, numbered(patterns))
    connection.execute("create schema contacts")
    connection.execute("begin")
    for _ in range(2):
        build(connection, source, "contacts.built")
    connection.execute("commit")
    tables = connection.execute("select table_name from duckdb_tables() order by all").fetchall()
    assert tables == [("built",), ("written",)]
    assert connection.execute("select view_name from duckdb_views() where not internal").fetchall() == []


def test_rows_arrive_whole_when_they_fill_several_chunks(connection: duckdb.DuckDBPyConnection) -> None:
    raws = [(f"value {number}",) for number in range(120_001)]
    build_date_values(connection, write_texts(connection, ["raw"], raws), "built", today=date(2026, 5, 1))
    assert connection.execute("select count(*), count(distinct raw) from built").fetchall() == [(120_001, 120_001)]
