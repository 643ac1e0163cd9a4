"""Promises about the season's edge cases: each is a mentor of the season in small, and keeps one of them."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contact_pipeline.config import Settings
from contact_pipeline.warehouse.models import all_models, run_model
from contact_pipeline_tests.homes import warehouse_of


def ask(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with warehouse_of(settings) as connection:
        return connection.execute(sql).fetchall()


def contact_of(settings: Settings, mentor_id: str) -> str | None:
    sql = f"select givebutter_contact_id from mentors.mentor where mentor_id = '{mentor_id}'"
    return ask(settings, sql)[0][0]  # type: ignore[no-any-return]


def holds(settings: Settings, target: str, mentor_id: str) -> set[str]:
    sql = f"select code from exports.{target}_hold where mentor_id = '{mentor_id}'"
    return {code for (code,) in ask(settings, sql)}


def issues(settings: Settings, code: str) -> list[str]:
    return [
        subject for (subject,) in ask(settings, f"select subject from people.issue where code = '{code}' order by 1")
    ]


def row_of(settings: Settings, mentor_id: str) -> dict[str, str]:
    with (settings.exports / "givebutter" / "givebutter-import.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [row for row in csv.DictReader(file) if row["Contact External ID"] == mentor_id]
    assert len(found) == 1, f"mentor {mentor_id} stands {len(found)} times in the file"
    return found[0]


def test_siblings_who_share_a_phone_are_two_people_and_only_one_gets_the_contact(season: Settings) -> None:
    assert contact_of(season, "1002") == "5002"
    assert contact_of(season, "1003") is None
    assert "phone:+14045550102" in issues(season, "shared_phone")
    assert row_of(season, "1003")["Givebutter Contact ID"] == ""


def test_a_deleted_contact_keeps_its_link_and_holds_the_mentor(season: Settings) -> None:
    assert contact_of(season, "1004") == "5004"
    assert holds(season, "givebutter", "1004") == {"contact_deleted"}
    assert issues(season, "contact_deleted") == ["contact:givebutter.contacts:5004"]
    assert not ask(season, "select 1 from exports.givebutter_row where \"Givebutter Contact ID\" = '5004'")


def test_of_three_contacts_the_best_serves_and_all_three_are_told(season: Settings) -> None:
    assert contact_of(season, "1005") == "5007"
    told = ask(season, "select detail from people.issue where code = 'duplicate_contact'")
    assert [detail for (detail,) in told] == ["3 Givebutter contacts: 5005, 5006, 5007"]


def test_an_opt_out_on_one_of_three_contacts_counts_for_all(season: Settings) -> None:
    assert row_of(season, "1005")["Phone Subscription Status"] == "no"
    assert row_of(season, "1005")["Email Subscription Status"] == "yes"
    assert "opted_out" in holds(season, "sms", "1005")


def test_donors_who_match_no_mentor_are_no_issue_and_nobodys_contact(season: Settings) -> None:
    donors = "givebutter_contact_id between '6000' and '6011'"
    assert not ask(season, f"select 1 from mentors.contact_match where {donors}")
    assert not ask(season, "select 1 from people.issue where subject like '%contacts:60%'")
    assert ask(season, "select count(*) from contacts.contact where record_id between '6000' and '6011'") == [(12,)]


def test_two_mentors_on_one_contact_get_it_neither_until_someone_decides(season: Settings) -> None:
    assert contact_of(season, "1008") is contact_of(season, "1009") is None
    assert issues(season, "multiple_mentors_one_contact") == ["contact:givebutter.contacts:5008|mentors"]
    for mentor_id in ("1008", "1009"):
        assert "contact_in_doubt" in holds(season, "givebutter", mentor_id) & holds(season, "sms", mentor_id)


def test_a_wrong_external_id_is_told_and_put_right_by_the_file(season: Settings) -> None:
    assert contact_of(season, "1010") == "5010"
    assert row_of(season, "1010")["Givebutter Contact ID"] == "5010"
    assert "givebutter.contacts:5010|external_id" in issues(season, "external_id_mismatch")


def test_mixed_up_mentor_ids_lose_to_name_phone_and_email(season: Settings) -> None:
    assert (contact_of(season, "1011"), contact_of(season, "1012")) == ("5011", "5012")
    assert row_of(season, "1011")["Givebutter Contact ID"] == "5011"
    assert row_of(season, "1012")["Givebutter Contact ID"] == "5012"


def test_an_external_id_we_wrote_for_somebody_else_holds_both_and_is_one_issue(
    season: Settings, tmp_path: Path
) -> None:
    """Our ledger says that contact 5011 was given the id of Gina, whose name, phone and e-mail it does not have."""
    with altered(season, tmp_path) as connection:
        connection.execute(
            "insert into identity.written_external_id select '1012', m.person_id, m.person_id, '5011', 'givebutter', "
            "timestamptz '2026-01-01', timestamptz '2026-01-01' from mentors.mentor as m where m.mentor_id = '1012'"
        )
        rebuild(connection, "mentors.", "issues.external_id_of_another", "exports.givebutter_candidate")
        matched = (
            "select mentor_id, givebutter_contact_id from mentors.mentor where mentor_id in ('1011', '1012') order by 1"
        )
        assert connection.execute(matched).fetchall() == [("1011", None), ("1012", None)]
        assert connection.execute("select subject from issues.external_id_of_another").fetchall() == [
            ("contact:givebutter.contacts:5011|external_id",)
        ]


def test_an_external_id_of_an_earlier_season_that_we_wrote_is_an_alias(season: Settings, tmp_path: Path) -> None:
    assert "givebutter.contacts:5016|external_id" in issues(season, "external_id_mismatch")
    with altered(season, tmp_path) as connection:
        connection.execute(
            "insert into identity.written_external_id select '1234', m.person_id, m.person_id, '5016', 'givebutter', "
            "timestamptz '2025-09-01', timestamptz '2025-09-01' from mentors.mentor as m where m.mentor_id = '2345'"
        )
        rebuild(connection, "mentors.", "issues.external_id_mismatch")
        told = [
            subject for (subject,) in connection.execute("select subject from issues.external_id_mismatch").fetchall()
        ]
        assert "givebutter.contacts:5016|external_id" not in told
    assert row_of(season, "2345")["Givebutter Contact ID"] == "5016"


def test_a_returning_mentor_keeps_the_contact_and_its_old_tags_under_a_new_id(season: Settings) -> None:
    row = row_of(season, "2345")
    assert row["Tags"].split(", ") == ["Mentor 2026: needs training", "Mentors 2025", "Mentors 2026"]


def test_only_our_own_tags_are_taken_away(season: Settings) -> None:
    tags = row_of(season, "1001")["Tags"].split(", ")
    assert tags == ["Mentor 2026: needs fundraising", "Mentors 2025", "Mentors 2026", "gala"]


def test_a_campaign_member_without_contact_is_a_mentor_who_waits(season: Settings) -> None:
    assert contact_of(season, "1014") is None
    assert len(issues(season, "member_without_contact")) == 1
    assert ask(season, "select status, amount_raised from mentors.mentor where mentor_id = '1014'") == [
        ("needs_fundraising", Decimal("12.50"))
    ]


def test_a_prefix_that_holds_a_full_name_leaves_as_a_first_name(season: Settings) -> None:
    assert row_of(season, "1013")["Prefix"] == "Hal"
    assert issues(season, "full_name_in_prefix") == ["givebutter.contacts:5013|prefix"]


def test_a_mentor_id_is_one_whatever_its_shape_and_a_missing_one_is_never_invented(season: Settings) -> None:
    assert ask(season, "select mentor_key from mentors.mentor where mentor_id = 'MN 0262'") == [("262",)]
    assert row_of(season, "0262")["Givebutter Contact ID"] == "5019", "Givebutter's own spelling of the same id stays"
    assert ask(season, "select mentor_id from mentors.mentor where givebutter_contact_id = '5018'") == [(None,)]
    assert len(issues(season, "missing_mentor_id")) == 1


def test_an_answer_that_is_no_option_holds_the_mentor(season: Settings) -> None:
    with (season.exports / "givebutter" / "givebutter-held.csv").open(encoding="utf-8-sig", newline="") as file:
        held = {row["Mentor ID"]: row["Why"] for row in csv.DictReader(file)}
    assert held["1020"] == "option_unknown"


def test_coverage_is_a_sentence_and_adds_up(season: Settings) -> None:
    assert ask(season, "select mentors, with_contact, waiting, in_doubt, sentence from mentors.coverage") == [
        (19, 13, 6, 2, "13 of 19 mentors have a contact id; 6 wait for the next export; 2 are in doubt")
    ]


@pytest.mark.parametrize(
    ("mentor_id", "raised", "done"),
    [("1001", "74.99", False), ("1010", "75.00", True), ("1013", "30.10", False), ("2345", "1012.50", True)],
)
def test_amounts_are_exact_to_the_cent(season: Settings, mentor_id: str, raised: str, done: bool) -> None:
    facts = "select t.amount_raised, t.fundraised_done from mentors.task t join mentors.mentor m using (person_id)"
    sql = f"{facts} where m.mentor_id = '{mentor_id}'"
    assert ask(season, sql) == [(Decimal(raised), done)]


def test_a_training_list_says_who_was_trained_and_whom_it_does_not_know(season: Settings) -> None:
    asked = "select m.mentor_id, t.training_done from mentors.mentor m join mentors.task t using (person_id)"
    assert dict(ask(season, f"{asked} where m.mentor_id in ('1001', '1010', '1013')")) == {
        "1001": False,
        "1010": False,
        "1013": True,
    }
    told = ask(season, "select detail from people.issue where code = 'trained_unknown'")
    assert [detail.partition(", ")[2] for (detail,) in told] == ["line 4: no mentor has that mentor id"]


BATCH = "insert into landing.batch by name select * replace ({}) from landing.batch where batch_id = '{}'"


def test_a_training_list_closes_what_was_wrong_in_the_one_of_its_name_and_tells_what_trains_nobody(
    season: Settings, tmp_path: Path
) -> None:
    with altered(season, tmp_path) as connection:

        def told() -> list[str]:
            rebuild(connection, "issues.trained_unknown")
            rows = connection.execute("select detail from issues.trained_unknown order by 1").fetchall()
            return [detail for (detail,) in rows]

        assert told() == ["Training list room.csv, line 4: no mentor has that mentor id"]
        (first,) = connection.execute("select batch_id from landing.batch where source = 'training'").fetchall()[0]
        connection.execute(BATCH.format("'again' as batch_id, sequence + 100 as sequence", first))
        early = "timestamptz '2026-01-01'"
        for line, key, listed_at in ((2, "'1013'", "now()"), (3, "'1001'", early), (4, "null", "now()")):
            columns = "batch_id, line, mentor_key, done, listed_at"
            connection.execute(
                f"insert into mentors.training_list ({columns}) values ('again', {line}, {key}, true, {listed_at})"
            )
        assert told() == [
            "Training list room.csv, line 3: that mentor signed up after the list was made",
            "Training list room.csv, line 4: neither a mentor id nor an e-mail address",
        ]
        connection.execute(BATCH.format("'other' as batch_id, 'names.csv' as file_name", first))
        assert told()[0] == "Training list names.csv names nobody: no column is called mentor id or e-mail"


def altered(settings: Settings, folder: Path) -> duckdb.DuckDBPyConnection:
    """A copy of the home's warehouse that may be changed."""
    copy = folder / "warehouse.duckdb"
    copy.write_bytes(settings.warehouse.read_bytes())
    connection = duckdb.connect(str(copy))
    connection.execute("set timezone = 'UTC'")
    return connection


def rebuild(connection: duckdb.DuckDBPyConnection, *tables: str) -> None:
    """Run the models that begin so, in order."""
    for model in all_models().values():
        if model.table.startswith(tables):
            run_model(connection, model)
