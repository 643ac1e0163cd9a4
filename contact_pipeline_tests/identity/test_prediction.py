from __future__ import annotations

import pytest

from contact_pipeline.identity.blocking import build_candidates, rule_name
from contact_pipeline.identity.explanation import RecordUnknown, explain
from contact_pipeline.identity.features import lay_out, open_bench
from contact_pipeline.identity.model import BLOCKING
from contact_pipeline.identity.prediction import PAIR_COLUMNS, predict, weight_of
from contact_pipeline_tests.identity.people import row, table


def test_pairs_have_the_documented_columns_in_a_fixed_order(connection, town, model) -> None:
    predict(connection, table(connection, town.rows), model, "pair")
    assert [column[0] for column in connection.sql("describe pair").fetchall()] == list(PAIR_COLUMNS)
    ids = connection.sql("select record_id_l, record_id_r from pair").fetchall()
    assert ids == sorted(ids)
    assert all(left < right for left, right in ids)


def test_what_explain_says_is_what_a_run_decided(connection, town, model) -> None:
    evidence = table(connection, town.rows)
    predict(connection, evidence, model, "pair", threshold=0.01)
    rows = connection.sql("select record_id_l, record_id_r, match_weight from pair using sample 5 (reservoir, 3)")
    for left, right, weight in rows.fetchall():
        told = explain(connection, evidence, model, right, left)
        assert told.match_weight == pytest.approx(weight, abs=1e-5)
        for rival, prior in (("stranger", told.stranger_prior), ("housemate", told.housemate_prior)):
            total = prior + sum(getattr(field, f"{rival}_weight") for field in told.fields)
            assert total >= told.match_weight - 0.01


def test_explain_knows_how_many_use_a_domain_that_nothing_else_ties_to_the_two(connection, town, model) -> None:
    known = {"last_name": "marlowe", "phones": ["+14045550142"]}
    pair = [row(f"x{n}", first_name="xenia", emails=[f"x{n}@acme.example.org"], **known) for n in (1, 2)]
    staff = [
        row(f"y{n}", first_name=f"yd{n}", last_name=f"ye{n}", emails=[f"y{n}@acme.example.org"]) for n in range(40)
    ]
    for others, finding in ((staff, "different e-mails"), (staff[:3], "e-mails of one domain that few people use")):
        evidence = table(connection, [*town.rows, *pair, *others])
        told = explain(connection, evidence, model, "x1", "x2")
        assert finding in [field.finding for field in told.fields]
        predict(connection, evidence, model, "pair", threshold=0.001)
        weight = connection.sql("select match_weight from pair where record_id_l = 'x1' and record_id_r = 'x2'")
        assert weight.fetchall() == [(pytest.approx(told.match_weight, abs=1e-5),)]


def test_a_pair_that_was_never_compared_is_explained_too(connection, town, model) -> None:
    rows = [*town.rows, row("x1", first_name="ada", last_name="norley"), row("x2", first_name="hugo", zip5="99999")]
    told = explain(connection, table(connection, rows), model, "x1", "x2")
    assert told.meet_by is None
    assert "No blocking rule" in told.sentence


def test_an_unknown_record_is_named(connection, town, model) -> None:
    with pytest.raises(RecordUnknown, match="nobody"):
        explain(connection, table(connection, town.rows), model, town.rows[0]["record_id"], "nobody")


def test_linking_only_across_files_never_pairs_one_file_with_itself(connection, model) -> None:
    person = {"first_name": "quorra", "last_name": "wendelbrook", "emails": ["q@example.org"]}
    rows = [row(f"r{number}", **person, source_dataset=name) for number, name in enumerate(["f", "f", "g"])]
    assert predict(connection, table(connection, rows), model, "pair", threshold=0.5, link_only=True) == 2
    assert predict(connection, table(connection, rows), model, "pair", threshold=0.5) == 3


@pytest.mark.parametrize(
    ("left", "right", "rule"),
    [
        ({"phones": ["+14045550101", "+14045550102"]}, {"phones": ["+14045550102"]}, "phone"),
        ({"emails": ["a@example.org"]}, {"emails": ["b@example.org", "a@example.org"]}, "e-mail"),
        ({"external_ids": ["mentor:1"]}, {"external_ids": ["mentor:1"]}, "external id"),
        ({"first_name": "a", "last_name": "b"}, {"first_name": "b", "last_name": "a"}, "both names"),
        (
            {"last_name": "hart clark", "first_name": "deb"},
            {"last_name": "clark", "first_name": "deb"},
            "part of the last name and first name",
        ),
    ],
)
def test_records_meet_by(connection, left, right, rule) -> None:
    bench = open_bench()
    lay_out(connection, table(connection, [row("a", **left), row("b", **right)]), bench)
    assert build_candidates(bench, "candidate") == 1
    assert rule_name(bench.sql("select match_key from candidate").fetchall()[0][0]) == rule


def test_an_identifier_thousands_share_is_no_reason_to_compare(connection) -> None:
    rows = [row(f"r{number:05d}", first_name=f"n{number}", phones=["+10000000000"]) for number in range(3000)]
    bench = open_bench()
    lay_out(connection, table(connection, rows), bench)
    assert build_candidates(bench, "candidate") == 0


def test_no_rule_lets_a_block_grow_without_end() -> None:
    assert max(rule.most for rule in BLOCKING) <= 100


@pytest.mark.parametrize("probability", [0, 1, -0.2, 1.5])
def test_a_threshold_outside_zero_to_one_is_refused(probability) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        weight_of(probability)
