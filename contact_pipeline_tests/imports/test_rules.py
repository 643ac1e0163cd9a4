"""Rules as people write them: what is a rule, what each of them refuses, and that hostile ones cost nothing."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contact_pipeline.imports.checking import CHUNK, check
from contact_pipeline.imports.findings import finding_kinds, finding_schema
from contact_pipeline.imports.rules import RulesError, default_rules, read_rules, rules_from
from contact_pipeline.imports.transforms import transformed

HEADERS = {"zip": "Zip", "email": "E-mail", "state": "State"}


def found(rules: dict[str, Any], rows: list[dict[str, str | None]]) -> list[tuple[int, str, str | None]]:
    """(row, code, field or column) of every finding, for rows given as field → text."""
    connection = connection_with(rows)
    check(connection, rules_from(rules), values=_values(rows), headers=HEADERS)
    return connection.execute(
        'select row_number, code, coalesce(field, "column") from import_finding order by 1, 2'
    ).fetchall()


def _values(rows: list[dict[str, str | None]]) -> dict[str, str]:
    return {name: f'"{name}"' for name in rows[0]}


def connection_with(rows: list[dict[str, str | None]]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    columns = ", ".join(f'"{name}" varchar' for name in rows[0])
    connection.execute(f"create table import_row (row_key varchar, row_number bigint, {columns})")
    marks = ", ".join("?" * (len(rows[0]) + 2))
    lines = [(f"k{place}", place, *row.values()) for place, row in enumerate(rows, start=1)]
    connection.executemany(f"insert into import_row values ({marks})", lines)
    connection.register("empty", finding_schema().empty_table())
    connection.execute("create table import_finding as select * from empty")
    return connection


CASES: list[tuple[str, dict[str, Any], list[dict[str, str | None]], list[tuple[int, str, str | None]]]] = [
    ("a value every row needs", {"fields": {"zip": {"required": True}}}, [{"zip": None}, {"zip": "1"}],
     [(1, "required", "zip")]),
    ("phone or e-mail", {"required": [{"any_of": ["phone", "email"]}]},
     [{"phone": None, "email": "a@example.org"}, {"phone": None, "email": None}], [(2, "required_any", None)]),
    ("a form of the whole value", {"fields": {"zip": {"pattern": r"\d{5}"}}},
     [{"zip": "33602"}, {"zip": "33602-1"}, {"zip": None}, {"zip": "33602\n"}],
     [(2, "pattern", "zip"), (4, "pattern", "zip")]),
    ("allowed values", {"fields": {"state": {"allowed": ["FL", "GA"]}}},
     [{"state": "FL"}, {"state": "TX"}, {"state": None}], [(2, "not_allowed", "state")]),
    ("lengths", {"fields": {"city": {"shortest": 2, "longest": 5}}},
     [{"city": "X"}, {"city": "Tampa"}, {"city": "Orlando"}, {"city": "Çãé"}],
     [(1, "too_short", "city"), (3, "too_long", "city")]),
    ("days", {"fields": {"birth_date": {"at_least": date(1900, 1, 1), "at_most": date(2010, 1, 1)}}},
     [{"birth_date": "1899-12-31"}, {"birth_date": "2010-01-01"}, {"birth_date": "2011"}, {"birth_date": "soon"}],
     [(1, "too_small", "birth_date"), (3, "too_large", "birth_date"), (4, "not_a_date", "birth_date")]),
    ("numbers of a column that is nobody's field", {"columns": {"Amount": {"at_least": 0, "at_most": 1000}}},
     [{"column:Amount": "$1,000.00"}, {"column:Amount": "(5)"}, {"column:Amount": "1e4"}, {"column:Amount": "many"}],
     [(2, "too_small", "Amount"), (3, "too_large", "Amount"), (4, "not_a_number", "Amount")]),
    ("a column the file does not have", {"columns": {"Amount": {"required": True}}}, [{"zip": "33602"}], []),
    ("a field the file does not have", {"fields": {"email": {"required": True}}}, [{"zip": "33602"}],
     [(1, "required", "email")]),
    ("fields that depend on one another",
     {"cross": [{"name": "Florida", "when": [{"field": "state", "is": "FL"}],
                 "then": [{"field": "zip", "matches": "3[234].*"}]}]},
     [{"state": "FL", "zip": "33602"}, {"state": "FL", "zip": "10001"}, {"state": "FL", "zip": None},
      {"state": "NY", "zip": "10001"}, {"state": None, "zip": None}],
     [(2, "condition", "zip"), (3, "condition", "zip")]),
    ("a consequence in two fields",
     {"cross": [{"name": "home", "when": [{"field": "city", "filled": True}],
                 "then": [{"field": "state", "filled": True}, {"field": "zip", "is_not": ["00000"]}]}]},
     [{"city": "Tampa", "state": "FL", "zip": None}, {"city": "Tampa", "state": None, "zip": "1"},
      {"city": "Tampa", "state": "FL", "zip": "00000"}],
     [(2, "condition", None), (3, "condition", None)]),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "rows", "told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_rule_tells_exactly_the_rows_that_break_it(
    rules: dict[str, Any], rows: list[dict[str, str | None]], told: list[tuple[int, str, str | None]]
) -> None:
    assert found(rules, rows) == told


def test_a_finding_says_the_header_what_was_expected_and_what_to_do() -> None:
    rows: list[dict[str, str | None]] = [{"zip": "2134", "email": None}]
    rules = {
        "fields": {"zip": {"pattern": r"\d{5}", "severity": "warning"}, "email": {"required": True, "hint": "Ask."}}
    }
    connection = connection_with(rows)
    check(connection, rules_from(rules), values=_values(rows), headers=HEADERS)
    told = connection.execute("select * exclude (row_key) from import_finding order by code").fetchall()
    kinds = finding_kinds()
    assert told == [
        (1, "Zip", "zip", "pattern", "warning", "2134", r"a value of the form \d{5}", kinds["pattern"].hint),
        (1, "E-mail", "email", "required", "error", None, "a value", "Ask."),
    ]


def test_every_finding_is_kept_whatever_their_number_and_every_chunk_is_looked_at() -> None:
    connection = connection_with([{"zip": "x"}])
    count = CHUNK + 10
    connection.execute("truncate import_row")
    connection.execute(f"insert into import_row select 'k' || i, i, 'x' from range(1, {count + 1}) as t(i)")
    rules = rules_from({"fields": {"zip": {"pattern": r"\d{5}"}, "city": {"required": True}}})
    assert check(connection, rules, values={"zip": "zip"}, headers={}) == 2 * count
    told = connection.execute(
        "select count(distinct row_number), count(distinct row_key), max(row_number) from import_finding"
    ).fetchall()
    assert told == [(count, count, count)]


def test_a_pattern_that_would_take_for_ever_elsewhere_takes_no_time() -> None:
    rows: list[dict[str, str | None]] = [{"zip": "a" * 5_000 + "!"} for _ in range(200)]
    started = time.process_time()
    assert len(found({"fields": {"zip": {"pattern": "(a+)+(a|aa)+"}}}, rows)) == 200
    assert time.process_time() - started < 2


MISTAKES = [
    ("a field nobody knows", {"fields": {"shoe": {"required": True}}}, "no field 'shoe'"),
    ("a rule nobody knows", {"fields": {"zip": {"requird": True}}}, "fields.zip.requird: there is no such rule"),
    ("a pattern that is none", {"fields": {"zip": {"pattern": "("}}}, "is no pattern"),
    ("a pattern that looks around", {"fields": {"zip": {"pattern": "(?=a)b"}}}, "is no pattern"),
    ("a pattern that looks back", {"fields": {"zip": {"pattern": r"(a)\1"}}}, "is no pattern"),
    ("a pattern of a thousand letters", {"fields": {"zip": {"pattern": "a" * 1_000}}}, "500 characters"),
    ("bounds the wrong way round", {"fields": {"zip": {"at_least": 5, "at_most": 1}}}, "at_least is more than at_most"),
    ("a day and a number", {"fields": {"zip": {"at_least": 5, "at_most": date(2020, 1, 1)}}}, "both numbers"),
    ("synonyms of nothing", {"fields": {"zip": {"synonyms": {"FL": ["fla"]}}}}, "not allowed"),
    ("two questions at once", {"cross": [{"name": "x", "when": [{"field": "zip", "is": "1", "filled": True}],
                                          "then": [{"field": "zip", "filled": True}]}]}, "one of: filled, is"),
    ("any of nothing", {"required": [{"any_of": []}]}, "any_of"),
    ("a policy nobody knows", {"duplicate_policy": "overwrite"}, "duplicate_policy"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "told"), [case[1:] for case in MISTAKES], ids=[case[0] for case in MISTAKES])
def test_a_mistake_in_the_document_says_where_and_what(document: dict[str, Any], told: str) -> None:
    with pytest.raises(RulesError, match=told.replace("(", r"\(")):
        rules_from(document)


def test_rules_are_written_as_toml_or_json_and_kept_the_same(tmp_path: Path) -> None:
    toml, kept = tmp_path / "rules.toml", tmp_path / "rules.json"
    toml.write_text('[fields.birth_date]\nat_least = 1900-01-01\n[fields.zip]\npattern = "\\\\d{5}"\n')
    rules = read_rules(toml)
    kept.write_text(json.dumps(rules.as_json()))
    assert read_rules(kept) == rules
    (tmp_path / "bad.toml").write_text("fields = [")
    with pytest.raises(RulesError, match=r"bad\.toml cannot be read"):
        read_rules(tmp_path / "bad.toml")


def test_the_packaged_rules_refuse_a_row_that_names_nobody() -> None:
    rows: list[dict[str, str | None]] = [{"first_name": None, "email": None}, {"first_name": "Ann", "email": None}]
    assert found(default_rules().as_json(), rows) == [(1, "required_any", None)]


TRANSFORMS = [
    ({"transform": ["squeeze", "title"]}, "  ANN   LEE ", "Ann Lee"),
    ({"transform": ["upper"]}, "fl", "FL"),
    ({"allowed": ["FL"], "synonyms": {"FL": ["Florída", "Fla."]}}, "FLORIDA", "FL"),
    ({"allowed": ["FL"], "synonyms": {"FL": ["Florída", "Fla."]}}, "fla", "FL"),
    ({"allowed": ["FL"]}, " fl ", "FL"),
    ({"allowed": ["FL"]}, "Texas", "Texas"),
    ({"values": {"n/a": "", "hombre": "male"}}, "Hombre", "male"),
    ({"values": {"n/a": ""}, "default": "unknown"}, "N/A", "unknown"),
    ({"default": "it's"}, None, "it's"),
    ({}, "   ", None),
]


@pytest.mark.parametrize(("rule", "cell", "becomes"), TRANSFORMS)
def test_a_cell_is_changed_before_it_is_judged(rule: dict[str, Any], cell: str | None, becomes: str | None) -> None:
    document = rules_from({"fields": {"state": rule}})
    sql = transformed(document.fields["state"], "cell")
    assert duckdb.execute(f"select {sql} from (select cast(? as varchar) as cell)", [cell]).fetchall() == [(becomes,)]
