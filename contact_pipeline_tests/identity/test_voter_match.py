"""Promises of the voter match: who is linked by which tier, who is asked about, and who is left alone."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contact_pipeline.checks.build import all_checks
from contact_pipeline.identity.model import COMPARISONS
from contact_pipeline.identity.voter_scoring import CORROBORATING
from contact_pipeline.warehouse.models import all_models, run_model
from contact_pipeline_tests.identity.voters import a_state, a_warehouse, add_contact, choose, links, match

MARI = "104559901,MARISOL,A,QUINTERO,,1988-03-09,410 HERON LN,,TAMPA,FL,33602,8135550142"
SAM_SENIOR = "104559902,SAMUEL,,OKAFOR,SR,1951-02-02,12 OSPREY ST,,MIAMI,FL,33125,"
SAM_JUNIOR = "104559903,SAMUEL,,OKAFOR,JR,1980-05-05,12 OSPREY ST,,MIAMI,FL,33125,"
JOHNS = [
    f"10456{number:04},JOHN,,SMITH,,19{40 + number % 60}-0{1 + number % 9}-11,{number} OAK ST,,TOWN{number},FL,34471,"
    for number in range(40)
]
ROBERT = "104559904,ROBERT,,LINDQVIST,,1970-01-01,5 CEDAR CT,,OCALA,FL,34471,"
TWO_INGAS = (
    "104559907,INGA,,SOLBERG,,1988-03-09,410 PELICAN LN,,TAMPA,FL,33602,",
    "104559908,INGA,,SOLBERG,,1988-03-09,7 EGRET WAY,,NAPLES,FL,34102,",
)
WANDA = "104559909,WANDA,,KOWAL,,1970-01-01,88 BAY DR,APT 4B,MIAMI,FL,33139,"
EXEMPT = "104559906,NILS,,HOLGERSSON,,1970-01-01,*** Protected ***,,,FL,,"


@pytest.fixture(scope="module")
def voters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One file with everybody of these stories in it."""
    lines = (MARI, SAM_SENIOR, SAM_JUNIOR, ROBERT, *TWO_INGAS, WANDA, EXEMPT, *JOHNS)
    return a_state(tmp_path_factory.mktemp("state"), *lines)


def a_contact(name: str = "one", **given: Any) -> dict[str, Any]:
    return {"record_id": name, **given}


def marisol(name: str = "one", **given: Any) -> dict[str, Any]:
    return a_contact(name, **{"first_name": "marisol", "last_name": "quintero", **given})


AT_HOME = {"street_number": "410", "street_name": "heron ln", "city": "tampa", "state": "FL", "zip5": "33602"}


def test_a_given_voter_id_that_fits_the_name_links(voters: Path) -> None:
    warehouse = a_warehouse(marisol(voter_ids=["FL:104559901"]))
    match(warehouse, voters)
    assert links(warehouse, "voter_id, match_type, band") == {"one": ("104559901", "voter id", "sure")}


def test_a_given_voter_id_of_somebody_else_is_asked_about_and_links_nobody(voters: Path) -> None:
    """Typed ids are wrong often enough (decision 14)."""
    contact = a_contact(first_name="delroy", last_name="banks", birth_year=1960, voter_ids=["FL:104559901"])
    warehouse = a_warehouse(contact)
    match(warehouse, voters)
    assert links(warehouse) == {}
    found = warehouse.execute("select subject, person_id from issues.voter_id_contradicts_name").fetchall()
    assert found == [("voter_id:one|FL:104559901", "one")]


@pytest.mark.parametrize(
    ("person", "voter_id", "asked"),
    [
        ({}, "104559901", None),
        ({"first_name": "mari", "canonical_names": ["mari", "marisol"]}, "104559901", None),
        ({"birth_year": 1989}, "104559901", None),
        ({"first_name": None, "last_name": None}, "104559901", None),
        ({"birth_year": 1960}, "104559901", "FL:104559901 has another birth year in the voter file"),
        ({}, "104559904", "FL:104559904 has another name in the voter file"),
        ({}, "104559999", "FL:104559999 is in no loaded voter file"),
    ],
)  # fmt: skip
def test_a_chosen_voter_who_looks_like_somebody_else_is_linked_and_asked_about(
    voters: Path, person: dict[str, Any], voter_id: str, asked: str | None
) -> None:
    """One digit mistyped, and a stranger's votes would be hers without a word."""
    warehouse = a_warehouse(marisol(**person))
    choose(warehouse, "one", voter_id)
    match(warehouse, voters)
    assert links(warehouse, "voter_id, band") == {"one": (voter_id, "sure")}
    found = warehouse.execute("select detail from issues.chosen_voter_contradicts").fetchall()
    assert found == ([(asked,)] if asked else [])


def test_a_given_voter_id_with_another_birth_year_does_not_link_a_father_to_his_son(voters: Path) -> None:
    contact = a_contact(first_name="samuel", last_name="okafor", birth_year=1980, voter_ids=["FL:104559902"])
    warehouse = a_warehouse(contact)
    match(warehouse, voters)
    assert links(warehouse).get("one") != "104559902"


def test_name_and_address_link_the_only_voter_of_that_name_there(voters: Path) -> None:
    warehouse = a_warehouse(marisol(**AT_HOME))
    match(warehouse, voters)
    assert links(warehouse, "match_type, band") == {"one": ("name and address", "sure")}


def test_a_nickname_at_the_address_links_too(voters: Path) -> None:
    home = {"street_number": "5", "street_name": "cedar ct", "city": "ocala", "zip5": "34471"}
    warehouse = a_warehouse(
        a_contact(first_name="bob", last_name="lindqvist", canonical_names=["bob", "robert"], **home)
    )
    match(warehouse, voters)
    assert links(warehouse, "match_type") == {"one": "name and address"}


def test_another_flat_of_the_building_is_another_address_and_the_same_flat_is_found_in_any_case(voters: Path) -> None:
    home = {
        "first_name": "wanda",
        "last_name": "kowal",
        "street_number": "88",
        "street_name": "bay dr",
        "zip5": "33139",
    }
    warehouse = a_warehouse(a_contact("same", unit="4B", **home), a_contact("other", unit="7C", **home))
    match(warehouse, voters)
    assert warehouse.execute("select record_id, tier from identity.voter_tier").fetchall() == [
        ("same", "name and address")
    ]


def test_father_and_son_of_one_name_at_one_address_are_not_settled_by_the_address(voters: Path) -> None:
    home = {"street_number": "12", "street_name": "osprey st", "city": "miami", "zip5": "33125"}
    nameless = a_contact("unknown", first_name="samuel", last_name="okafor", **home)
    junior = a_contact("junior", first_name="samuel", last_name="okafor", suffix="jr", **home)
    born = a_contact("born", first_name="samuel", last_name="okafor", birth_date=date(1951, 2, 2), **home)
    warehouse = a_warehouse(nameless, junior, born)
    match(warehouse, voters)
    found = links(warehouse)
    assert found == {"junior": "104559903", "born": "104559902"}


@pytest.mark.parametrize("agrees", [{}, {"birth_year": 1988}, {"phones": ["+18135550142"]}])
def test_name_and_city_link_only_with_another_agreeing_field(voters: Path, agrees: dict[str, Any]) -> None:
    warehouse = a_warehouse(marisol(city="tampa", state="FL", **agrees))
    match(warehouse, voters)
    tiers = warehouse.execute("select tier from identity.voter_tier").fetchall()
    assert tiers == ([("name and city",)] if agrees else [])
    assert bool(links(warehouse)) == bool(agrees), "name and city alone never link (decision 5)"


def test_a_namesake_makes_a_name_alone_worthless(voters: Path) -> None:
    warehouse = a_warehouse(a_contact(first_name="john", last_name="smith"))
    match(warehouse, voters)
    assert links(warehouse) == {}
    best = warehouse.execute("select coalesce(max(probability), 0) from identity.voter_candidate").fetchall()
    assert best[0][0] < 0.1
    assert warehouse.execute("select namesakes from identity.voter_namesake").fetchall() == [(40,)]


def test_somebody_who_is_not_in_the_file_is_not_linked_to_a_namesake_elsewhere(voters: Path) -> None:
    """Unique in the file is not unique in the world (decision 7)."""
    elsewhere = {"street_number": "9", "street_name": "gator rd", "city": "naples", "zip5": "34102"}
    warehouse = a_warehouse(marisol(**elsewhere))
    match(warehouse, voters)
    assert links(warehouse) == {}


def test_one_who_moved_is_found_by_birth_date_and_phone(voters: Path) -> None:
    elsewhere = {"street_number": "9", "street_name": "gator rd", "city": "naples", "zip5": "34102"}
    warehouse = a_warehouse(marisol(birth_date=date(1988, 3, 9), phones=["+18135550142"], **elsewhere))
    match(warehouse, voters)
    assert links(warehouse, "match_type, band") == {"one": ("evidence", "sure")}


def test_the_band_between_the_thresholds_is_probable_and_asked_about(voters: Path) -> None:
    warehouse = a_warehouse(marisol(voter_ids=["FL:104559901"]))
    match(warehouse, voters)
    warehouse.execute("update identity.voter_candidate set probability = 0.8")
    for table in ("people.voter_claim", "people.person_voter_match", "issues.voter_in_doubt"):
        run_model(warehouse, all_models()[table])
    assert links(warehouse, "band") == {"one": "probable"}
    assert warehouse.execute("select person_id, detail like '%probable%' from issues.voter_in_doubt").fetchall() == [
        ("one", True)
    ]


def test_two_people_never_share_a_voter(voters: Path) -> None:
    one = marisol("one", birth_date=date(1988, 3, 9), phones=["+18135550142"], **AT_HOME)
    other = marisol("other", **AT_HOME)
    warehouse = a_warehouse(one, other)
    match(warehouse, voters)
    assert len(links(warehouse)) == 1
    (loser,) = {"one", "other"} - set(links(warehouse))
    doubts = warehouse.execute("select person_id, detail from issues.voter_in_doubt").fetchall()
    assert [(person, "another person fits" in detail) for person, detail in doubts] == [(loser, True)]


def test_a_persons_contacts_that_point_to_two_voters_link_to_neither(voters: Path) -> None:
    inga = {"first_name": "inga", "last_name": "solberg"}
    here = a_contact("here", street_number="410", street_name="pelican ln", zip5="33602", **inga)
    there = a_contact("there", street_number="7", street_name="egret way", zip5="34102", **inga)
    warehouse = a_warehouse(here, there, people={"here": "P", "there": "P"})
    match(warehouse, voters)
    assert links(warehouse) == {}
    assert warehouse.execute("select person_id from issues.voter_in_doubt").fetchall() == [("P",)]


def test_what_a_human_chose_is_linked_whatever_the_evidence_and_by_whom_is_kept(voters: Path) -> None:
    warehouse = a_warehouse(a_contact(first_name="delroy", last_name="banks"))
    choose(warehouse, "one", "104559901")
    match(warehouse, voters)
    told = links(warehouse, "voter_id, match_type, band, score, matched_by, verified_by")
    assert told == {"one": ("104559901", "decision", "sure", 1.0, "dana", "dana")}
    assert warehouse.execute("select count(*) from issues.voter_in_doubt").fetchall() == [(0,)]


def test_a_humans_choice_takes_the_voter_from_the_one_who_fits_better(voters: Path) -> None:
    warehouse = a_warehouse(marisol("one", **AT_HOME), marisol("chosen"))
    choose(warehouse, "chosen", "104559901")
    match(warehouse, voters)
    assert links(warehouse) == {"chosen": "104559901"}


def test_not_this_voter_holds_for_all_of_the_persons_contacts_and_frees_the_next(voters: Path) -> None:
    warehouse = a_warehouse(marisol("one", **AT_HOME), marisol("two", **AT_HOME), people={"one": "P", "two": "P"})
    choose(warehouse, "one", "104559901", "not_voter")
    match(warehouse, voters)
    assert links(warehouse) == {}


@pytest.mark.parametrize(("newest", "linked"), [("voter", {"P": "104559901"}), ("not_voter", {})])
def test_of_two_choices_that_merged_people_bring_along_the_newest_holds_and_the_other_is_shown(
    voters: Path, newest: str, linked: dict[str, str]
) -> None:
    warehouse = a_warehouse(marisol("one", **AT_HOME), marisol("two", **AT_HOME), people={"one": "P", "two": "P"})
    older = {"voter": "not_voter", "not_voter": "voter"}[newest]
    choose(warehouse, "one", "104559901", older, decision_id=1)
    choose(warehouse, "two", "104559901", newest, decision_id=2)
    match(warehouse, voters)
    assert links(warehouse) == linked
    assert violations(warehouse) == 0
    assert contradictions(warehouse) == ["decision:1"]


def test_a_voter_given_to_somebody_else_since_leaves_an_issue_with_the_first_choice(voters: Path) -> None:
    warehouse = a_warehouse(marisol("one"), marisol("two"))
    choose(warehouse, "one", "104559901", decision_id=1)
    assert (match(warehouse, voters), contradictions(warehouse)) == (2, [])
    choose(warehouse, "two", "104559901", decision_id=2)
    warehouse.execute("update identity.voter_choice set decided_at = decided_at + interval 1 day where decision_id = 2")
    match(warehouse, voters)
    assert links(warehouse) == {"two": "104559901"}
    assert contradictions(warehouse) == ["decision:1"]


def test_every_level_that_corroborates_is_a_level_of_the_model() -> None:
    known = {comparison.name: {level.name for level in comparison.levels} for comparison in COMPARISONS}
    assert all(set(levels) <= known[name] for name, levels in CORROBORATING.items())


def test_an_exempt_voter_is_linked_by_nothing(voters: Path) -> None:
    warehouse = a_warehouse(a_contact(first_name="nils", last_name="holgersson", voter_ids=["FL:104559906"]))
    match(warehouse, voters)
    assert links(warehouse) == {}


def test_without_a_voter_file_every_table_is_there_and_empty() -> None:
    warehouse = a_warehouse(marisol(**AT_HOME))
    match(warehouse, None)
    tables = ("identity.voter_near", "identity.voter_tier", "identity.voter_pair", "identity.voter_namesake",
              "identity.voter_candidate", "people.voter_claim", "people.person_voter_match")  # fmt: skip
    assert [warehouse.execute(f"select count(*) from {table}").fetchall()[0][0] for table in tables] == [0] * 7
    assert violations(warehouse) == 0


def test_the_link_tells_why(voters: Path) -> None:
    warehouse = a_warehouse(marisol(**AT_HOME))
    match(warehouse, voters)
    details = json.loads(links(warehouse, "details")["one"])
    assert details["contact_id"] == "one"
    assert details["margin"] > 0.9
    assert details["namesakes"] == 1
    assert details["match_weight"] > 0


def test_only_what_passes_the_workspaces_own_threshold_is_linked(voters: Path) -> None:
    warehouse = a_warehouse(marisol(**AT_HOME))
    match(warehouse, voters, link=0.9999999)
    assert links(warehouse) == {}


def test_only_changed_contacts_are_looked_at_and_the_answer_is_that_of_a_full_run(voters: Path, tmp_path: Path) -> None:
    contacts = [
        marisol("one", **AT_HOME),
        marisol("two", birth_date=date(1988, 3, 9)),
        a_contact("three", first_name="john", last_name="smith", birth_date=date(1947, 8, 11), city="town7"),
        a_contact("four", first_name="bob", last_name="lindqvist", canonical_names=["robert"], city="ocala"),
    ]
    step_by_step = a_warehouse(*contacts[:2])
    assert match(step_by_step, voters) == 2
    assert match(step_by_step, voters) == 0
    for contact in contacts[2:]:
        add_contact(step_by_step, contact)
    step_by_step.execute("update identity.evidence set city = 'tampa' where record_id = 'two'")
    assert match(step_by_step, voters) == 3
    at_once = a_warehouse(*contacts)
    at_once.execute("update identity.evidence set city = 'tampa' where record_id = 'two'")
    match(at_once, voters)
    for table in ("identity.voter_near", "identity.voter_pair", "identity.voter_namesake", "identity.voter_candidate"):
        query = f"select * from {table} order by all"
        assert step_by_step.execute(query).fetchall() == at_once.execute(query).fetchall()
    assert match(step_by_step, a_state(tmp_path, MARI)) == 4, "after a new voter file all are looked at again"


def test_a_contact_that_is_gone_leaves_no_row(voters: Path) -> None:
    warehouse = a_warehouse(marisol("one", **AT_HOME), marisol("two", **AT_HOME))
    match(warehouse, voters)
    warehouse.execute("delete from identity.evidence where record_id = 'two'")
    assert match(warehouse, voters) == 0
    assert warehouse.execute("select distinct record_id from identity.voter_pair").fetchall() == [("one",)]


def test_the_checks_pass_and_see_what_must_not_be(voters: Path) -> None:
    warehouse = a_warehouse(marisol("one", **AT_HOME))
    match(warehouse, voters)
    assert violations(warehouse) == 0
    warehouse.execute("insert into people.person_voter_match select * from people.person_voter_match")
    assert violations(warehouse) == 2


def contradictions(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute("select subject from issues.contradicting_decisions order by 1").fetchall()
    return [row[0] for row in rows]


def violations(connection: duckdb.DuckDBPyConnection) -> int:
    checks = [check for check in all_checks() if check.asset == "people.person_voter_match"]
    assert checks
    return sum(int(connection.execute(check.sql).fetchall()[0][0]) for check in checks)
