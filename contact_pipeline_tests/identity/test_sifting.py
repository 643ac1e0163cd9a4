"""Promises about speed: what is left out or asked sooner never changes an answer."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.identity import scoring
from contact_pipeline.identity.blocking import build_candidates
from contact_pipeline.identity.features import FREQUENCY_COLUMNS, build_frequencies, lay_out, open_bench
from contact_pipeline.identity.glances import SIGHTS
from contact_pipeline.identity.model import COMPARISONS, REVIEW_THRESHOLD
from contact_pipeline.identity.outlines import draw_outlines, outlines_of_pairs
from contact_pipeline.identity.parameters import Model, default_model
from contact_pipeline.identity.prediction import weight_of
from contact_pipeline.identity.quick_conditions import create_macros, quick
from contact_pipeline.identity.scoring import score_pairs, splink_settings
from contact_pipeline_tests.identity.people import Town, row, table


@pytest.fixture(scope="module")
def bench(town: Town) -> Iterator[duckdb.DuckDBPyConnection]:
    """The town laid out, with its candidate pairs."""
    with duckdb.connect(":memory:") as given_town:
        opened = open_bench()
        records = lay_out(given_town, table(given_town, town.rows), opened)
    build_frequencies(opened, records, {})
    build_candidates(opened, "candidate")
    yield opened
    opened.close()


def _records(bench: duckdb.DuckDBPyConnection) -> int:
    count: int = bench.sql("select count(*) from record").fetchall()[0][0]
    return count


@pytest.mark.parametrize("probability", [REVIEW_THRESHOLD, 0.05, 0.999])
@pytest.mark.parametrize("trained", [True, False])
def test_no_pair_that_reaches_the_threshold_is_sifted_out(
    bench, model: Model, probability: float, trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "FEW_PAIRS", 0)
    lowest, used = weight_of(probability), model if trained else default_model()
    score_pairs(bench, used, "candidate", "every", records=_records(bench))
    score_pairs(bench, used, "candidate", "sifted", records=_records(bench), lowest_weight=lowest)
    expected = bench.execute(f"select * from every where match_weight >= {lowest!r} order by all").fetchall()
    assert bench.execute("select * from sifted order by all").fetchall() == expected
    assert 100 < len(expected) < bench.sql("select count(*) from candidate").fetchall()[0][0] / 2


def test_names_are_called_unlike_only_where_they_are() -> None:
    rng = Random(7)
    words = {"".join(rng.choices("abcde", k=rng.randint(1, 8))) for _ in range(150)} | {"al", "ann lee", "x-y", "zoë"}
    names = sorted(words) + [word[:-1] + "z" for word in sorted(words) if len(word) > 3]
    rows = [row(f"r{number}", first_name=name, last_name=rng.choice(names)) for number, name in enumerate(names)]
    with duckdb.connect(":memory:") as connection, duckdb.connect(":memory:") as bench:
        build_frequencies(bench, lay_out(connection, table(connection, rows), bench), {})
        draw_outlines(bench)
        bench.execute(
            "create table candidate as select l.record_number as join_key_l, r.record_number as join_key_r "
            "from record as l, record as r where l.record_number < r.record_number"
        )
        sights = ", ".join(f"{sql} as {name}" for name, sql in SIGHTS.items())
        bench.execute(
            f"create table seen as select {sights}, join_key_l, join_key_r "
            f"from ({outlines_of_pairs('candidate', 'join_key_l, join_key_r')})"
        )

        def similarity(one: str, other: str) -> str:
            return f"jaro_winkler_similarity(l.{one}, r.{other})"

        wrong, unlike, pairs = bench.execute(
            f"""
            select count(*) filter (
                first_unlike and {similarity("first_name", "first_name")} >= 0.8
                or last_unlike and {similarity("last_name", "last_name")} >= 0.8
                or in_place and least(
                    {similarity("first_name", "last_name")}, {similarity("last_name", "first_name")}) >= 0.88
            ), count(*) filter (first_unlike), count(*)
            from seen join record as l on l.record_number = join_key_l join record as r on r.record_number = join_key_r
            """
        ).fetchall()[0]
    assert wrong == 0
    assert pairs / 5 < unlike < pairs


def test_pairs_scored_batch_by_batch_are_scored_alike(bench, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    score_pairs(bench, model, "candidate", "at_once", records=_records(bench))
    monkeypatch.setattr(scoring, "BATCH", 1500)
    score_pairs(bench, model, "candidate", "in_batches", records=_records(bench))
    (differing,) = bench.execute("select count(*) from (from at_once except from in_batches)").fetchall()[0]
    counts = [bench.execute(f"select count(*) from {table}").fetchall() for table in ("candidate", "in_batches")]
    assert differing == 0
    assert counts[0] == counts[1] > [(3000,)]


def test_weights_are_those_of_splink_with_the_conditions_as_the_model_states_them(bench, model: Model) -> None:
    from splink import DuckDBAPI, Linker

    plain = splink_settings(model, _records(bench))
    for comparison, stated in zip(COMPARISONS, plain["comparisons"], strict=True):
        blank, *levels = stated["comparison_levels"]
        blank["sql_condition"] = comparison.blank
        for level, written in zip(comparison.levels, levels, strict=True):
            written["sql_condition"] = level.sql
    api = DuckDBAPI(bench)
    linker = Linker(api.register("record"), plain, log_level=None, validate_settings=False)
    for column in FREQUENCY_COLUMNS:
        linker.table_management.register_term_frequency_lookup(api.register(f"frequency_{column}"), column)
    linker.table_management.register_blocked_pairs_for_predict(api.register("candidate"))
    splink = linker.inference.predict(warning_mode="never").physical_name
    score_pairs(bench, model, "candidate", "ours", records=_records(bench))
    levels = [f"gamma_{comparison.name}" for comparison in COMPARISONS]
    pairs = bench.execute(
        f"""
        select count(*), count(*) filter (abs(splink.match_weight - ours.stranger_weight) <= 1e-6),
            {", ".join(f"count(*) filter (splink.{level} is distinct from ours.{level})" for level in levels)}
        from {splink} as splink full join ours using (record_number_l, record_number_r)
        """
    ).fetchall()[0]
    assert pairs[0] == pairs[1] > 3000
    assert set(pairs[2:]) == {0}


_WORD = st.text(alphabet="abé1", max_size=7)
_WORDS = st.none() | st.lists(_WORD, max_size=3)
_CONDITIONS = (
    "damerau_levenshtein(a_l, a_r) <= 1",
    "damerau_levenshtein(a_l, a_r) <= 2",
    "coalesce(damerau_levenshtein(a_l, a_r) > 1, true)",
    "damerau_levenshtein(a_l, a_r) > 1 and a_l <> a_r",
    "list_has_any(b_l, b_r)",
    "not list_has_any(b_l, b_r)",
    "a_l = a_r and list_has_any(b_l, b_r) and length(a_l) > 1",
    "a_l = ' and ' or a_l = a_r and list_has_any(b_l, b_r)",
    "(a_l = a_r or len(b_l) = 0) and a_r <> ' or ('",
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(st.none() | _WORD, st.none() | _WORD, _WORDS, _WORDS), min_size=1, max_size=30))
def test_a_quick_condition_holds_for_the_same_pairs(rows) -> None:
    with duckdb.connect(":memory:") as connection:
        create_macros(connection)
        connection.execute("create table pair (a_l varchar, a_r varchar, b_l varchar[], b_r varchar[])")
        connection.executemany("insert into pair values (?, ?, ?, ?)", rows)
        for condition in _CONDITIONS:
            asked = ", ".join(f"case when {sql} then 1 else 0 end" for sql in (condition, quick(condition)))
            for plain, quicker in connection.execute(f"select {asked} from pair").fetchall():
                assert plain == quicker, condition
