from collections import defaultdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contact_pipeline.sandbox.campaign import SETUP_QUESTIONS, SIGNUP_QUESTIONS, Campaign
from contact_pipeline.sandbox.campaign.jotform import eastern
from contact_pipeline.sources.entities import GIVEBUTTER_MEMBER_COLUMNS, JOTFORM_COLUMNS
from contact_pipeline_tests.sandbox.campaigns import whole_campaign


def submissions() -> list[dict[str, Any]]:
    campaign = whole_campaign()
    return [*campaign.signups, *campaign.setups]


def answered(submission: dict[str, Any]) -> dict[str, Any]:
    given = submission["answers"] or {}
    return {answer["name"]: answer["answer"] for answer in given.values() if "answer" in answer}


def signups_of(campaign: Campaign, case: str) -> dict[str, list[dict[str, Any]]]:
    told = {truth.record_key: truth for truth in campaign.truth}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for signup in campaign.signups:
        truth = told[f"jotform.signups:{signup['id']}"]
        if truth.case == case:
            found[truth.person].append(signup)
    return found


def test_a_member_has_the_keys_of_the_api_and_no_contact_id() -> None:
    for member in whole_campaign().members:
        assert tuple(member) == GIVEBUTTER_MEMBER_COLUMNS
        assert isinstance(member["id"], int)
        assert isinstance(member["raised"], float)


def test_about_half_of_the_members_reached_the_75_dollars() -> None:
    reached = sum(1 for member in whole_campaign().members if float(str(member["raised"])) >= 75)
    assert 0.3 < reached / 490 < 0.6


def test_member_ids_and_submission_ids_are_unique_and_newest_first() -> None:
    campaign = whole_campaign()
    assert len({member["id"] for member in campaign.members}) == 490
    for records in (campaign.signups, campaign.setups):
        ids = [record["id"] for record in records]
        assert ids == sorted(ids, reverse=True)
        assert len(set(ids)) == len(ids)
        assert all(len(one) == 19 and one.isdigit() for one in ids)


def test_a_submission_has_the_fields_of_the_api_with_counters_as_text() -> None:
    for submission in submissions():
        assert tuple(sorted(submission)) == tuple(sorted(JOTFORM_COLUMNS))
        assert submission["new"] in ("0", "1")
        assert submission["flag"] == "0"
        datetime.strptime(submission["created_at"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZoneInfo("America/New_York"))


def test_the_time_of_a_submission_is_new_yorks_wall_clock() -> None:
    assert eastern(datetime.fromisoformat("2026-07-01T02:00:00+00:00")) == "2026-06-30 22:00:00"
    assert eastern(datetime.fromisoformat("2026-01-01T02:00:00+00:00")) == "2025-12-31 21:00:00"


@pytest.mark.parametrize("form", ["signups", "setups"])
def test_every_question_of_the_form_stands_in_every_submission_in_order(form: str) -> None:
    campaign = whole_campaign()
    asked = SIGNUP_QUESTIONS if form == "signups" else SETUP_QUESTIONS
    records: list[dict[str, Any]] = getattr(campaign, form)
    for submission in records:
        if submission["answers"]:
            shown = [(qid, a["name"], a["text"], a["type"]) for qid, a in submission["answers"].items()]
            assert shown == [(question.qid, question.name, question.text, question.type) for question in asked]


def test_an_unanswered_question_has_no_answer_key() -> None:
    unanswered = 0
    for submission in submissions():
        for answer in (submission["answers"] or {}).values():
            unanswered += "answer" not in answer
            assert answer.get("answer", "given") not in ("", None, {}, [])
    assert unanswered > 1000


def test_exactly_one_signup_has_an_empty_list_of_answers() -> None:
    assert [signup["answers"] for signup in whole_campaign().signups].count([]) == 1


def test_signups_answer_in_the_shapes_of_their_question_types() -> None:
    for signup in whole_campaign().signups:
        given = answered(signup)
        if not given:
            continue
        assert {"first", "last"} <= given["fullName"].keys() <= {"first", "middle", "last", "suffix", "prefix"}
        assert given["phone"]["full"].startswith("(")
        assert given["textConsent"] == ["Yes"] if "textConsent" in given else True
        if "birthDate" in given:
            assert given["birthDate"].keys() == {"month", "day", "year"}
        if "address" in given:
            assert given["address"].keys() == {"addr_line1", "addr_line2", "city", "state", "postal", "country"}


def test_nearly_every_signup_has_a_birth_date_and_a_school_address() -> None:
    given = [answered(signup) for signup in whole_campaign().signups]
    assert sum("birthDate" in one for one in given) / 568 > 0.9
    assert sum(one.get("schoolEmail", "").endswith("@uga.example.org") for one in given) / 568 > 0.9


def test_mentor_ids_are_written_with_and_without_letters_and_differ_between_mentors() -> None:
    numbers: dict[str, set[str]] = defaultdict(set)
    campaign = whole_campaign()
    told = {truth.record_key: truth.person for truth in campaign.truth}
    written = []
    for signup in campaign.signups:
        if "mentorId" in (given := answered(signup)):
            written.append(given["mentorId"])
            numbers[given["mentorId"].removeprefix("MN")].add(told[f"jotform.signups:{signup['id']}"])
    assert 40 < sum(number.startswith("MN") for number in written) < 150
    assert all(len(people) == 1 for people in numbers.values())


def test_six_signups_lack_the_mentor_id() -> None:
    people = signups_of(whole_campaign(), "missing_mentor_id")
    assert len(people) == 6
    assert all("mentorId" not in answered(signups[0]) for signups in people.values())


def test_two_signups_of_one_mentor_carry_one_number() -> None:
    people = signups_of(whole_campaign(), "two_signups")
    assert len(people) == 12
    for signups in people.values():
        assert len(signups) == 2
        assert len({answered(signup)["mentorId"].removeprefix("MN") for signup in signups}) == 1


def test_two_mentors_who_share_a_phone_have_different_names_and_numbers() -> None:
    shared: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for signups in signups_of(whole_campaign(), "mentors_sharing_a_phone").values():
        shared[answered(signups[0])["phone"]["full"]].append(answered(signups[0]))
    assert len(shared) == 6
    for one, other in shared.values():
        assert one["mentorId"] != other["mentorId"]
        assert one["fullName"]["first"] != other["fullName"]["first"]


def test_a_member_without_contact_is_in_no_contact_row() -> None:
    campaign = whole_campaign()
    people = {truth.person for truth in campaign.truth if truth.case == "member_without_contact"}
    entities = {truth.record_key.split(":")[0] for truth in campaign.truth if truth.person in people}
    members = [t for t in campaign.truth if t.person in people and t.record_key.startswith("givebutter.members")]
    assert "givebutter.contacts" not in entities
    assert len(members) == 12


def test_a_mistyped_setup_carries_a_number_no_mentor_has() -> None:
    campaign = whole_campaign()
    told = {truth.record_key: truth.case for truth in campaign.truth}
    numbers = {answered(s).get("mentorId", "").removeprefix("MN") for s in campaign.signups}
    wrong = [s for s in campaign.setups if told[f"jotform.setups:{s['id']}"] == "setup_with_wrong_id"]
    assert len(wrong) >= 6
    assert all(answered(setup)["mentorId"] not in numbers for setup in wrong)


def test_those_who_left_in_givebutter_consented_on_the_form() -> None:
    for signups in signups_of(whole_campaign(), "mentor_opted_out").values():
        assert answered(signups[0])["textConsent"] == ["Yes"]
