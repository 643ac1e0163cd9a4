"""Promises about linking in steps: whatever arrived when, changed or went, the pairs are those of one full run."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_pipeline.identity.clustering import cluster
from contact_pipeline.identity.features import build_frequencies, lay_out, open_bench, population
from contact_pipeline.identity.incremental import MOST_SHARE, LinkReport, link
from contact_pipeline.identity.link_state import STATE_COLUMNS, State
from contact_pipeline.identity.parameters import Model, default_model
from contact_pipeline.identity.prediction import predict
from contact_pipeline_tests.identity.people import Town, invent_town, row, table

STATE = State("link_")
TABLES = ("evidence", "pair", *(f"link_{name}" for name in STATE_COLUMNS))
THRESHOLD = 0.2


def link_rows(
    connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], model: Model, *, most_share: float = MOST_SHARE
) -> LinkReport:
    """Put the rows in the place of the evidence, and link them with what the connection remembers."""
    table(connection, rows)
    remembered: dict[str, Any] = {"state": STATE, "made_with": "1", "most_share": most_share}
    return link(connection, "evidence", model, "pair", threshold=THRESHOLD, threads=2, **remembered)


def expected(rows: list[dict[str, Any]], model: Model) -> list[list[Any]]:
    """Pairs, clusters and refusals of one full run."""
    with duckdb.connect(":memory:") as connection:
        predict(connection, table(connection, rows), model, "pair", threshold=THRESHOLD, threads=2)
        return found(connection, model)


def found(connection: duckdb.DuckDBPyConnection, model: Model) -> list[list[Any]]:
    """Pairs as they lie, clusters and refusals."""
    cluster(connection, "evidence", "pair", target="person", refused="refused", threshold=0.5, model=model)
    return [connection.execute(f"from {name}").fetchall() for name in ("pair", "person order by all", "refused")]


@pytest.fixture(scope="module")
def linked(town: Town, model: Model) -> Linked:
    """Three hundred records of the town, linked once: what was remembered, and what one full run gives."""
    rows = town.rows[:300]
    with duckdb.connect(":memory:") as connection:
        link_rows(connection, rows, model)
        kept = {name: connection.sql(f"from {name}").to_arrow_table() for name in TABLES}
    return Linked(rows, kept, expected(rows, model))


@dataclass(frozen=True)
class Linked:
    """Some rows, the tables after linking them, and pairs, clusters and refusals of a full run."""

    rows: list[dict[str, Any]]
    tables: dict[str, pa.Table]
    expected: list[list[Any]]

    def restore(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Give the connection the evidence, the pairs and what was remembered."""
        for name, kept in self.tables.items():
            connection.register("kept", kept)
            connection.execute(f"create table {name} as from kept")
            connection.unregister("kept")


_FEW = st.integers(0, 3)
_PERSON = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from(["ann", "anna", "bob", "robert", "carla", "", None]),
        "last_name": st.sampled_from(["lee", "leigh", "hart clark", "clark", None]),
        "canonical_names": st.sampled_from([None, ["bob", "robert"]]),
        "phones": st.lists(_FEW.map(lambda number: f"+1404555010{number}"), max_size=2, unique=True),
        "emails": st.lists(_FEW.map(lambda number: f"clark{number}@d{number}.example.org"), max_size=2, unique=True),
        "external_ids": st.lists(_FEW.map(lambda number: f"mentor:{number}"), max_size=1),
        "company": st.sampled_from([None, "acme"]),
        "zip5": st.sampled_from(["30601", "30602", None]),
        "street_number": st.sampled_from(["1", "2", None]),
        "street_name": st.sampled_from(["oak st", "elm st", None]),
        "birth_year": st.sampled_from([None, 1960, 1961, 1990]),
    }
)
"""Few values, so that blocks fill up, phones become an office's and names become common as records come and go."""


@st.composite
def _histories(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    """Up to four states of a list: records arrive, change and go."""
    people = draw(st.lists(_PERSON, min_size=8, max_size=90))
    rows = {f"r{number:03d}": person for number, person in enumerate(people)}
    rng, steps = Random(draw(st.integers(0, 10**6))), draw(st.integers(1, 3))
    arrived = {key: rng.randrange(steps + 1) if rng.random() < 0.2 else 0 for key in rows}
    history = []
    for step in range(steps + 1):
        for key in [key for key in rows if step and rng.random() < 0.05]:
            rows[key] = rows[key] | {"first_name": rng.choice(["ann", "dora"]), "phones": ["+14045550101"]}
        for key in [key for key in rows if step and rng.random() < 0.05]:
            arrived[key] = rng.choice([step + 1, 99])
        history.append([row(key, **rows[key]) for key in rows if arrived[key] <= step])
    return history


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(history=_histories())
def test_linking_in_steps_gives_the_pairs_and_people_of_one_full_run(history) -> None:
    model = default_model()
    with duckdb.connect(":memory:") as connection:
        for rows in history:
            link_rows(connection, rows, model, most_share=2)
        assert found(connection, model) == expected(history[-1], model)


def test_what_is_remembered_does_not_depend_on_what_came_first(town: Town, model: Model) -> None:
    def remembered(*steps: list[dict[str, Any]]) -> list[list[Any]]:
        with duckdb.connect(":memory:") as connection:
            for rows in steps:
                link_rows(connection, rows, model, most_share=2)
            return [connection.execute(f"from link_{name} order by all").fetchall() for name in STATE_COLUMNS]

    assert remembered(town.rows[:300], town.rows[50:400], town.rows[:350]) == remembered(town.rows[:350])


@pytest.mark.parametrize("seed", range(2))
def test_a_town_that_arrives_in_steps_is_linked_as_if_at_once(model: Model, seed: int) -> None:
    rng, rows = Random(seed), invent_town(seed=20 + seed, households=200).rows
    rng.shuffle(rows)
    later, gone, first = rows[:20], rows[20:30], rows[30:]
    changed = {one["record_id"]: one | {"phones": ["+14045550199"], "first_name": "marisol"} for one in first[:15]}
    second = [changed.get(one["record_id"], one) for one in first] + later[:12]
    steps = [
        first + gone,
        second,
        [one for one in second + later[12:] if one["record_id"] not in set(list(changed)[:5])],
    ]
    with duckdb.connect(":memory:") as connection:
        reports = [link_rows(connection, step, model, most_share=2) for step in steps]
        assert found(connection, model) == expected(steps[-1], model)
        assert len(connection.execute("from pair").fetchall()) > 40
    assert [report.everything_because is None for report in reports] == [False, True, True]
    assert reports[1].changed == 15 + 12 + 10
    assert reports[1].changed < reports[1].relinked < reports[1].records


def test_a_block_that_fills_up_lets_go_of_pairs_only_it_brought_together(connection) -> None:
    homes = [
        row(f"h{n}", first_name="ann", last_name="lee", street_number="1", street_name="oak st", unit=str(n % 2))
        for n in range(6)
    ]
    others = [row(f"o{n:04d}", first_name=f"x{n}", last_name=f"y{n}") for n in range(100)]
    model = default_model()
    steps = [homes[:4] + others, homes + [row(f"h9{n}", first_name="ann", last_name="lee") for n in range(12)] + others]
    for rows in [*steps, steps[0]]:
        link_rows(connection, rows, model, most_share=2)
        assert found(connection, model) == expected(rows, model)


@pytest.mark.parametrize("learned", [True, False])
def test_a_list_that_has_grown_a_lot_weighs_less_and_is_linked_as_if_at_once(town: Town, model: Model, learned) -> None:
    used = model if learned else default_model()
    rows = (town.rows + invent_town(seed=31, households=1300 - len(town.rows) // 3).rows)[:1400]
    rows = [one | {"record_id": f"r{number:05d}"} for number, one in enumerate(rows)]
    with duckdb.connect(":memory:") as connection:
        link_rows(connection, rows[:950], used, most_share=2)
        report = link_rows(connection, rows, used, most_share=2)
        assert report.everything_because is None
        assert population(report.records) > population(950)
        assert found(connection, used) == expected(rows, used)
        assert link_rows(connection, rows[:950], used, most_share=2).everything_because is not None
        assert found(connection, used) == expected(rows[:950], used)


def test_a_name_learned_keeps_its_share_until_it_is_twice_as_common(connection) -> None:
    learned = {"first_name": {"ann": 0.25, "bob": 0.01}}
    rows = [row(f"r{n:04d}", first_name="ann" if n % 3 else "bob", last_name="lee") for n in range(900)]
    with open_bench() as bench:
        records = lay_out(connection, table(connection, rows), bench)
        build_frequencies(bench, records, learned)
        found_now = dict(bench.execute("select first_name, tf_first_name from frequency_first_name").fetchall())
        last = dict(bench.execute("from frequency_last_name").fetchall())
    assert found_now == {"ann": 0.25, "bob": 2**-4}
    assert last["lee"] > 0.1, "a name no model ever saw does not pass for rare"


def test_an_unchanged_list_is_not_compared_again(connection, linked: Linked, model: Model) -> None:
    linked.restore(connection)
    report = link_rows(connection, list(reversed(linked.rows)), model)
    assert (report.changed, report.relinked, report.everything_because) == (0, 0, None)
    assert found(connection, model) == linked.expected


@pytest.mark.parametrize("lost", TABLES[1:])
def test_what_is_lost_is_made_again(connection, linked: Linked, model: Model, lost: str) -> None:
    linked.restore(connection)
    connection.execute(f"drop table {lost}")
    link_rows(connection, linked.rows, model)
    assert found(connection, model) == linked.expected


def test_pairs_somebody_else_changed_are_not_built_upon(connection, linked: Linked, model: Model) -> None:
    linked.restore(connection)
    connection.execute("update pair set match_weight = 99 where record_id_l = (select min(record_id_l) from pair)")
    report = link_rows(connection, linked.rows, model)
    assert report.everything_because == "the pairs are not those of the last run"
    assert found(connection, model) == linked.expected


def test_another_model_links_everything_again(connection, linked: Linked, model: Model) -> None:
    linked.restore(connection)
    for made_with, everything in (("1", False), ("2", True)):
        report = link(
            connection, "evidence", model, "pair", state=STATE, made_with=made_with, threshold=THRESHOLD, threads=2
        )
        assert (report.everything_because is not None) is everything


def test_nothing_is_left_behind_but_the_pairs_and_what_is_remembered(connection, town: Town, linked, model) -> None:
    linked.restore(connection)
    link_rows(connection, town.rows[:310], model)
    tables = {name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()}
    assert tables == set(TABLES)


def test_an_empty_list_has_no_pairs(connection, model: Model) -> None:
    for rows in ([], [row("a")], []):
        assert link_rows(connection, rows, model).pairs == 0
