"""Promises of the status table: every combination of tasks has the status the season's rules say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import duckdb
import pytest

from contact_pipeline.mentors.status import CONDITIONS, status_rules
from contact_pipeline.mentors.tables import write_status_rules
from contact_pipeline.warehouse.models import all_models


def expected(setup: bool, member: bool, raised: bool, trained: bool, dropped: bool) -> str:
    """Document 2's rule with needs_training (decision 34), written out once more."""
    if dropped:
        return "dropped"
    if raised and trained:
        return "complete"
    if member:
        return "needs_training" if raised else "needs_fundraising"
    return "needs_page" if setup else "needs_setup"


COMBINATIONS = list(product((False, True), repeat=5))


@pytest.fixture(scope="module")
def statuses() -> Iterator[dict[tuple[bool, ...], str]]:
    """The status the SQL gives each combination."""
    with duckdb.connect() as connection:
        connection.execute("create schema mentors")
        write_status_rules(connection)
        connection.execute(
            "create table mentors.task (person_id varchar, season varchar, setup_done boolean, "
            "campaign_member boolean, fundraised_done boolean, training_done boolean, dropped boolean)"
        )
        for number, combination in enumerate(COMBINATIONS):
            connection.execute(
                "insert into mentors.task values (?, '2026', ?, ?, ?, ?, ?)", [str(number), *combination]
            )
        step = next(cte for cte in all_models()["mentors.roster"].expression.ctes if cte.alias == "status")
        rows = connection.execute(step.this.sql(dialect="duckdb")).fetchall()
        yield {COMBINATIONS[int(person)]: status for person, _, status in rows}


@pytest.mark.parametrize("combination", COMBINATIONS, ids=lambda one: "".join("01"[flag] for flag in one))
def test_every_combination_of_tasks_has_its_status(
    statuses: dict[tuple[bool, ...], str], combination: tuple[bool, bool, bool, bool, bool]
) -> None:
    assert statuses[combination] == expected(*combination)


def test_the_rules_are_words_of_the_table_and_the_last_takes_everybody() -> None:
    for rule in status_rules():
        assert rule.keys() <= {"status", *CONDITIONS}
    assert status_rules()[-1].keys() == {"status"}
