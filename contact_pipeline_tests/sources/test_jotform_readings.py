"""Promises about Jotform from reading to reading: cheap windows, whole forms, the quota, questions that change."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest

from contact_pipeline.automation.cadence import due_entities
from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import FetchOutcome, fetch_entity, open_ledger
from contact_pipeline.landing.load import load_pending
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.landing.tables import create_raw_table, create_tables
from contact_pipeline.ledger.fetches import last_fetches
from contact_pipeline.sandbox.simulators import Fault, Form, RunningSimulators, SimulatorData, SimulatorOptions, serve
from contact_pipeline.sources import http
from contact_pipeline.sources.airtable.roles import write_roles
from contact_pipeline.sources.entities import (
    ENTITIES,
    JOTFORM_FURTHER_FORMS,
    JOTFORM_QUESTIONS,
    JOTFORM_SETUPS,
    JOTFORM_SIGNUPS,
    Entity,
)
from contact_pipeline.sources.errors import QuotaExhausted, SourceUnavailable
from contact_pipeline.sources.jotform.forms import write_forms, write_questions
from contact_pipeline.warehouse.models import all_models, run_model
from contact_pipeline_tests.sources.helpers import FORM, KEY, FakeClock, submissions

SETUPS, TRAINING, OPINION = "251330000000346", "251330000000777", "251330000000888"
EASTERN = ZoneInfo("America/New_York")
Json = dict[str, Any]


def day(number: int) -> str:
    """The wall clock of a sign-up, one a day."""
    return f"{datetime(2026, 4, 1, 8) + timedelta(days=number):%Y-%m-%d %H:%M:%S}"  # noqa: DTZ001


class Account:
    """A simulated account, a home that reads it, and a clock both go by."""

    def __init__(self, running: RunningSimulators, home: Path, clock: FakeClock) -> None:
        self.running = running
        self.home = home
        self.clock = clock
        self.jotform: Json = {"forms": {"signups": {"id": FORM}}}

    @property
    def settings(self) -> Settings:
        return Settings(
            home=self.home,
            now=self.clock.now(),
            jotform={"base_url": self.running.jotform_url, **self.jotform},  # type: ignore[arg-type]
        )

    @property
    def rows(self) -> list[Json]:
        """The sign-ups as the account holds them."""
        return self.running.jotform.forms[FORM].submissions

    def later(self, **span: float) -> None:
        self.clock.sleep(timedelta(**span).total_seconds())

    def read(self, entity: Entity = JOTFORM_SIGNUPS) -> FetchOutcome:
        return fetch_entity(entity, self.settings, log=lambda _: None)

    def asked(self) -> list[str]:
        """What was asked since the last look: the path's last part, and `window` where a filter was sent."""
        requests = self.running.journal.requests("jotform")
        self.running.journal.clear()
        return [
            "window" if "filter=" in request.query else request.path.rsplit("/", 1)[-1].replace(FORM, "count")
            for request in requests
        ]

    def send(self, number: int, made: str | datetime | None = None, **fields: Any) -> Json:
        """Somebody fills in the sign-up form, now unless told otherwise."""
        moment = made if made is not None else self.clock.now()
        wall = moment if isinstance(moment, str) else f"{moment.astimezone(EASTERN):%Y-%m-%d %H:%M:%S}"
        row = {**submissions(1)[0], "id": str(6_200_000_000_000_000_000 + number), "created_at": wall, **fields}
        self.rows.append(row)
        return row

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """An answer out of tables built from what landed."""
        with closing(tables(self.settings)) as connection:
            return connection.execute(sql).fetchall()

    def known(self) -> set[str]:
        return {row[0] for row in self.ask("select record_id from contacts.jotform_submission where form = 'signups'")}

    def issues(self, code: str, form: str = "training") -> list[str]:
        """What is told of one form."""
        found = self.ask(f"select detail from issues.{code} where detail like 'Form {form}: %' order by 1")
        return [row[0] for row in found]


def tables(settings: Settings) -> duckdb.DuckDBPyConnection:
    """The tables that come of Jotform alone."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'; create schema contacts; create schema issues")
    create_tables(connection)
    for known in ENTITIES.values():
        create_raw_table(connection, known)
    load_pending(connection, LandingStore(settings.landing), now=settings.clock())
    forms = settings.jotform.forms
    ids = {name: form.id for name, form in forms.items()}
    write_forms(connection, forms=ids, season="2026", time_zone="America/New_York", consent_asked=True)
    write_questions(connection, {name: form.questions for name, form in forms.items()})
    write_roles(connection, {})
    for table, model in all_models().items():
        if table.startswith(("contacts.jotform_", "contacts.airtable_", "issues.question_", "contacts.gone_answer")):
            run_model(connection, model)
    return connection


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    clock = FakeClock()
    data = SimulatorData(
        forms=[
            Form(FORM, "Mentor sign-up", [{**row, "created_at": day(n)} for n, row in enumerate(submissions(30))]),
            Form(SETUPS, "Set-up", submissions(2, SETUPS)),
            Form(TRAINING, "Training"),
            Form(OPINION, "Opinion"),
        ]
    )
    monkeypatch.setenv("JOTFORM_API_KEY", KEY)
    monkeypatch.setattr(http, "Timekeeper", clock.time_keeper)
    with serve(data, options=SimulatorOptions(now=clock.now, monotonic=clock.monotonic)) as running:
        yield Account(running, tmp_path / "home", clock)


def test_the_first_reading_is_whole_and_a_quiet_one_asks_for_the_count_and_one_window(account: Account) -> None:
    assert account.read().records == 30
    assert account.asked() == ["count", "submissions"]
    account.later(minutes=15)
    quiet = account.read()
    assert (quiet.new, quiet.calls) == (False, 2)
    assert account.asked() == ["count", "window"]


def test_a_new_sign_up_comes_through_a_window_with_the_one_at_its_edge_and_the_others_stay(account: Account) -> None:
    account.read()
    account.later(minutes=15)
    account.send(1)
    fresh = account.read()
    assert (fresh.new, fresh.records, fresh.calls) == (True, 2, 2)
    assert len(account.known()) == 31
    account.later(minutes=15)
    assert account.read().new is False


def test_sign_ups_of_one_second_at_the_edge_of_a_window_are_all_met_and_none_twice(account: Account) -> None:
    account.read()
    account.later(minutes=15)
    made = account.clock.now()
    account.send(1, made)
    account.read()
    account.send(2, made)
    account.send(3, made - timedelta(minutes=9))
    assert account.read().records == 3
    assert len(account.known()) == 33
    assert account.asked().count("submissions") == 1


def test_a_form_that_shrank_is_read_whole_at_once_and_the_deleted_one_is_gone(account: Account) -> None:
    account.read()
    gone = account.rows.pop(3)
    account.later(minutes=15)
    outcome = account.read()
    assert (outcome.new, outcome.records) == (True, 29)
    assert gone["id"] not in account.known()
    told = f"select role, value from contacts.gone_answer where contact_id = 'jotform.signups:{gone['id']}'"
    assert account.ask(told) == [("email", gone["answers"]["4"]["answer"])]
    assert len(account.known()) == 29
    assert account.ask("select count(*) from raw.jotform_signups") == [(59,)]


def test_one_deleted_and_one_sent_between_two_readings_is_seen_at_the_next_one(account: Account) -> None:
    account.read()
    gone = account.rows.pop(3)
    account.send(1)
    for _ in range(2):
        account.later(minutes=15)
        account.read()
    assert gone["id"] not in account.known()
    assert len(account.known()) == 30


def test_a_submission_deleted_and_restored_is_there_again(account: Account) -> None:
    account.read()
    gone = account.rows.pop(3)
    account.later(minutes=15)
    account.read()
    account.rows.append(gone)
    account.later(minutes=15)
    account.read()
    assert gone["id"] in account.known()


def test_one_that_jotform_marks_deleted_is_left_out_and_kept_in_raw(account: Account) -> None:
    account.rows[3]["status"] = "DELETED"
    account.read()
    assert account.rows[3]["id"] not in account.known()
    assert account.ask("select count(*) from raw.jotform_signups") == [(30,)]


def test_an_edit_shows_with_the_next_whole_reading_which_comes_once_a_day(account: Account) -> None:
    account.read()
    account.rows[0]["answers"]["4"]["answer"] = "corrected@example.org"
    account.rows[0]["updated_at"] = "2026-05-12 09:00:00"
    account.later(minutes=15)
    assert account.read().new is False
    account.later(hours=24)
    outcome = account.read()
    assert (outcome.new, outcome.records) == (True, 30)
    answer = f"select answer_text from contacts.jotform_answer where record_id = '{account.rows[0]['id']}'"
    assert account.ask(answer) == [("corrected@example.org",)]


def test_a_whole_reading_that_says_nothing_new_lands_nothing_and_is_not_repeated_for_a_day(account: Account) -> None:
    account.read()
    account.later(minutes=15)
    account.send(1)
    account.read()
    batches = len(LandingStore(account.settings.landing).manifest())
    account.later(hours=24)
    account.asked()
    assert account.read().new is False
    assert account.asked() == ["count", "submissions"]
    assert len(LandingStore(account.settings.landing).manifest()) == batches
    account.later(minutes=15)
    account.read()
    assert account.asked() == ["count", "window"]


@pytest.mark.parametrize("name", ["missing_page", "missing_row"])
def test_a_window_that_leaves_a_sign_up_out_is_given_away_by_the_count(account: Account, name: str) -> None:
    account.read()
    account.later(minutes=15)
    account.send(1)
    account.running.faults.set(Fault(name, 1, 0, "jotform"))
    account.read()
    assert len(account.known()) == 31


def test_a_server_that_reads_the_filter_on_another_clock_hides_nothing(account: Account) -> None:
    account.read()
    account.later(minutes=15)
    account.send(1, account.clock.now() - timedelta(hours=3))
    account.read()
    assert len(account.known()) == 31


def test_a_form_that_lost_most_of_its_answers_is_believed_when_it_says_so_twice(account: Account) -> None:
    account.read()
    rest = account.rows[25:]
    del account.rows[:25]
    account.later(minutes=15)
    outcome = account.read()
    assert "form signups has 5 submissions and had 30" in outcome.message
    assert len(account.known()) == 30
    account.later(hours=24)
    account.read()
    assert account.known() == {row["id"] for row in rest}


def test_a_form_that_was_empty_for_a_moment_loses_nobody(account: Account) -> None:
    account.read()
    rows, account.rows[:] = list(account.rows), []
    account.later(minutes=15)
    account.read()
    account.rows[:] = rows
    account.later(minutes=15)
    account.read()
    assert len(account.known()) == 30


@pytest.mark.parametrize(
    "start",
    [datetime(2026, 11, 1, 3, 30, tzinfo=UTC), datetime(2026, 3, 8, 4, 30, tzinfo=UTC)],
    ids=["clocks go back", "clocks go forward"],
)
def test_a_sign_up_every_ten_minutes_through_a_change_of_clocks_is_met_by_windows_alone(
    account: Account, start: datetime
) -> None:
    account.clock.sleep((start - account.clock.now()).total_seconds())
    account.read()
    account.asked()
    for number in range(36):
        account.later(minutes=10)
        account.send(number)
        if number % 2:
            account.read()
    assert account.known() == {row["id"] for row in account.rows}
    assert set(account.asked()) == {"count", "window"}


@pytest.mark.parametrize("manner", ["quota_429", "quota_403", "quota_200"])
def test_when_the_calls_are_used_up_nobody_asks_before_midnight_in_new_york(account: Account, manner: str) -> None:
    account.jotform["forms"]["setups"] = {"id": SETUPS}
    account.running.faults.set(Fault(manner, 1, 0, "jotform"))
    with pytest.raises(QuotaExhausted, match="midnight in New York"):
        account.read()
    assert len(account.asked()) == 1
    for entity in (JOTFORM_SIGNUPS, JOTFORM_SETUPS, JOTFORM_QUESTIONS):
        with pytest.raises(QuotaExhausted, match="2026-05-13 04:00 UTC"):
            account.read(entity)
    with closing(open_ledger(account.settings)) as ledger:
        assert due_entities("jotform", account.settings, ledger, now=account.clock.now()) == []
    assert account.asked() == []
    account.later(hours=16)
    assert account.read().records == 30
    assert account.read(JOTFORM_SETUPS).records == 2


def test_calls_left_are_remembered_and_few_of_them_are_warned_of(account: Account) -> None:
    first = account.read()
    assert first.calls_left == 9_998
    assert "calls are left" not in first.message
    account.jotform["calls_per_day"] = 100_000
    assert "Only 9,996 of 100,000 calls are left" in account.read().message
    with closing(open_ledger(account.settings)) as ledger:
        (row,) = last_fetches(ledger).to_pylist()
    assert (row["calls_left"], row["whole"]) == (9_996, False)


def question(number: str, name: str, kind: str, text: str = "") -> Json:
    return {number: {"qid": number, "name": name, "order": number, "text": text, "type": kind, "required": "Yes"}}


def answered(form: str, number: int, **answers: Json) -> Json:
    row = {**submissions(1, form)[0], "id": str(6_300_000_000_000_000_000 + number)}
    return {**row, "answers": {key.removeprefix("q"): value for key, value in answers.items()}}


@pytest.fixture
def further(account: Account) -> Account:
    """A training form that asks for people, and one for opinions that does not."""
    account.jotform["forms"] |= {
        "training": {"id": TRAINING, "questions": {"who": "full_name", "mail": "email", "day": "training_day"}},
        "opinion": {"id": OPINION, "questions": {"stars": "rating"}},
    }
    forms = account.running.jotform.forms
    forms[TRAINING].questions = {
        **question("1", "heading", "control_head", "<b>Training</b>"),
        **question("2", "who", "control_fullname", "Your name"),
        **question("3", "mail", "control_email", "E-mail"),
        **question("4", "day", "control_radio", "Which day?"),
        **question("5", "shoes", "control_number", "<p>Shoe size</p>"),
    }
    forms[TRAINING].submissions.append(
        answered(
            TRAINING, 1,
            q2={"name": "who", "type": "control_fullname", "answer": {"first": "Marisol", "last": "Quintero"}},
            q3={"name": "mail", "type": "control_email", "answer": "mari@example.org"},
            q4={"name": "day", "type": "control_radio", "answer": "Monday"},
            q5={"name": "shoes", "type": "control_number", "answer": "38"},
        )
    )  # fmt: skip
    forms[OPINION].questions = question("2", "stars", "control_number", "Stars")
    forms[OPINION].submissions.append(answered(OPINION, 2, q2={"name": "stars", "answer": "5"}))
    return account


def test_people_of_a_further_form_become_contacts_and_opinions_do_not(further: Account) -> None:
    assert further.read(JOTFORM_FURTHER_FORMS).records == 2
    people = further.ask("select contact_id, first_raw, last_raw, emails_raw from contacts.jotform_person")
    assert people == [("jotform.further_forms:6300000000000000001", "Marisol", "Quintero", ["mari@example.org"])]


def test_every_answer_of_every_form_can_be_asked_for_with_or_without_a_role(further: Account) -> None:
    further.read(JOTFORM_FURTHER_FORMS)
    rows = further.ask("select form, question, role, answer_text from contacts.jotform_answer order by 1, 2")
    assert rows == [
        ("opinion", "stars", "rating", "5"),
        ("training", "day", "training_day", "Monday"),
        ("training", "mail", "email", "mari@example.org"),
        ("training", "shoes", None, "38"),
        ("training", "who", "full_name", '{"first":"Marisol","last":"Quintero"}'),
    ]


def test_further_forms_are_read_by_windows_together_and_whole_when_one_of_them_shrank(further: Account) -> None:
    further.read(JOTFORM_FURTHER_FORMS)
    further.asked()
    further.later(minutes=15)
    assert further.read(JOTFORM_FURTHER_FORMS).new is False
    assert further.asked() == [TRAINING, "window", OPINION, "window"]
    further.running.jotform.forms[TRAINING].submissions.append(answered(TRAINING, 3))
    further.running.jotform.forms[OPINION].submissions.append(answered(OPINION, 4))
    further.later(minutes=15)
    further.read(JOTFORM_FURTHER_FORMS)
    further.running.jotform.forms[TRAINING].submissions.pop(0)
    further.later(minutes=15)
    further.read(JOTFORM_FURTHER_FORMS)
    assert further.ask("select form, count(*) from contacts.jotform_submission group by 1 order by 1") == [
        ("opinion", 2),
        ("training", 1),
    ]


def test_a_form_taken_up_later_is_read_whole_and_one_taken_out_is_left_out(further: Account) -> None:
    opinion = further.jotform["forms"].pop("opinion")
    further.read(JOTFORM_FURTHER_FORMS)
    further.jotform["forms"]["opinion"] = opinion
    further.later(minutes=15)
    further.read(JOTFORM_FURTHER_FORMS)
    assert len(further.ask("from contacts.jotform_submission")) == 2
    del further.jotform["forms"]["training"]
    assert len(further.ask("from contacts.jotform_submission")) == 1


def test_two_names_for_one_form_are_refused(account: Account) -> None:
    account.jotform["forms"]["training"] = {"id": FORM}
    with pytest.raises(ValueError, match="two names stand for one form"):
        account.settings  # noqa: B018


def test_questions_land_once_and_again_only_when_one_changed(further: Account) -> None:
    first = further.read(JOTFORM_QUESTIONS)
    assert (first.new, first.calls) == (True, 3)
    further.later(hours=1)
    assert further.read(JOTFORM_QUESTIONS).new is False
    further.running.jotform.forms[TRAINING].questions["4"]["options"] = "Monday|Tuesday"
    further.later(hours=1)
    assert further.read(JOTFORM_QUESTIONS).new is True
    rows = further.ask("select question_text, options from contacts.jotform_question where question = 'day'")
    assert rows == [("Which day?", "Monday|Tuesday")]


def test_the_answer_of_each_form_lies_in_landing_byte_for_byte(further: Account) -> None:
    outcome = further.read(JOTFORM_QUESTIONS)
    store = LandingStore(further.settings.landing)
    batch = store.batch(outcome.batch_id or "")
    assert batch is not None
    pages = [json.loads(page.read_bytes()) for page in sorted(store.path_of(batch).glob("page-*.json"))]
    assert [page["form_id"] for page in pages] == [FORM, TRAINING, OPINION]
    assert pages[1]["answer"]["content"] == further.running.jotform.forms[TRAINING].questions


def changed(further: Account, number: str, **properties: str | None) -> None:
    """A reading, an edit of one question of the training form, and another reading."""
    further.read(JOTFORM_FURTHER_FORMS)
    further.read(JOTFORM_QUESTIONS)
    questions = further.running.jotform.forms[TRAINING].questions
    if properties.get("name", "") is None:
        del questions[number]
    else:
        questions[number] |= properties
    further.later(hours=1)
    further.read(JOTFORM_QUESTIONS)


def test_a_renamed_question_keeps_its_role_by_id_until_somebody_maps_it(further: Account) -> None:
    changed(further, "2", name="who12")
    rows = further.running.jotform.forms[TRAINING].submissions
    name = {"name": "who12", "type": "control_fullname", "answer": {"first": "Ann", "last": "Bell"}}
    rows.append({**answered(TRAINING, 9, q2=name), "created_at": "2026-05-12 09:30:00"})
    further.later(minutes=15)
    further.read(JOTFORM_FURTHER_FORMS)
    assert further.ask("select first_raw from contacts.jotform_person order by 1") == [("Ann",), ("Marisol",)]
    (told,) = further.issues("question_changed")
    assert "Form training: question 2 was who, is now who12: its answers are still read as full_name" in told
    assert 'who12 = "full_name" in [jotform.forms.training.questions]' in told
    assert further.issues("question_missing") == []
    further.jotform["forms"]["training"]["questions"]["who12"] = "full_name"
    assert further.issues("question_changed") == []
    assert len(further.ask("from contacts.jotform_person")) == 2


def test_a_renamed_question_that_somebody_says_is_of_no_use_has_no_role(further: Account) -> None:
    changed(further, "4", name="nightOut")
    further.jotform["forms"]["training"]["questions"]["nightOut"] = ""
    assert further.issues("question_changed") == []
    assert further.ask("select role, mapped_by from contacts.jotform_question where question = 'nightOut'") == [
        (None, "nothing")
    ]


def test_a_role_that_another_question_took_over_is_not_kept_by_the_old_one(further: Account) -> None:
    further.read(JOTFORM_QUESTIONS)
    questions = further.running.jotform.forms[TRAINING].questions
    questions["2"]["name"] = "formerName"
    questions |= question("8", "who", "control_fullname")
    further.later(hours=1)
    further.read(JOTFORM_QUESTIONS)
    rows = further.ask(
        "select question_id, role from contacts.jotform_question where form = 'training' and question_id in ('2', '8')"
        " order by 1"
    )
    assert rows == [("2", None), ("8", "full_name")]
    assert further.issues("question_changed") == []
    assert [told for told in further.issues("question_unmapped") if "formerName" in told]


def test_a_question_that_says_who_somebody_is_and_vanished_is_an_error(further: Account) -> None:
    changed(further, "3", name=None)
    (told,) = further.issues("question_missing")
    assert told == (
        "Form training: no question is read as email; it was mail. Say which one it is now in "
        "[jotform.forms.training.questions]"
    )
    assert len(further.ask("from contacts.jotform_person")) == 1


def test_a_question_renamed_and_of_another_type_has_lost_its_role(further: Account) -> None:
    changed(further, "3", name="address", type="control_address")
    assert ["read as email" in told for told in further.issues("question_missing")] == [True]
    (told,) = further.issues("question_changed")
    assert "question 3 was mail, is now address of another type (control_address)" in told


def test_a_retyped_question_with_a_role_is_told(further: Account) -> None:
    changed(further, "2", type="control_textbox")
    (told,) = further.issues("question_changed")
    assert "question 2 (who) was of type control_fullname, is now control_textbox" in told


def test_a_new_question_without_a_role_is_listed_and_headings_are_not(further: Account) -> None:
    further.read(JOTFORM_QUESTIONS)
    assert further.issues("question_unmapped") == [
        'Form training: question 5 (shoes, "Shoe size") has no role: its answers are kept, and used for nothing'
    ]


def test_a_name_in_the_settings_that_no_question_has_is_told(further: Account) -> None:
    further.jotform["forms"]["training"]["questions"]["telefone"] = "phone"
    further.read(JOTFORM_QUESTIONS)
    assert ["read as phone; it was telefone" in told for told in further.issues("question_missing")] == [True]


def test_a_form_whose_questions_all_vanished_says_so_for_every_role(further: Account) -> None:
    further.read(JOTFORM_FURTHER_FORMS)
    further.read(JOTFORM_QUESTIONS)
    form = further.running.jotform.forms[TRAINING]
    form.questions, form.submissions[:] = question("99", "heading", "control_head"), form.submissions
    further.later(hours=1)
    further.read(JOTFORM_QUESTIONS)
    assert len(further.issues("question_missing")) == 2
    assert len(further.ask("from contacts.jotform_person")) == 1


@pytest.mark.parametrize("fault", ["server_error", "html", "cut", "error_in_200", "reset"])
def test_a_fault_while_questions_are_read_leaves_the_same_questions(further: Account, fault: str) -> None:
    further.running.faults.set(Fault(fault, 1, 1, "jotform"))
    further.read(JOTFORM_QUESTIONS)
    assert len(further.ask("from contacts.jotform_question where form = 'training'")) == 5


def test_questions_that_cannot_be_read_land_nothing(further: Account) -> None:
    further.running.faults.set(Fault("html", 0, 1, "jotform", "/questions"))
    with pytest.raises(SourceUnavailable, match="Nothing was changed"):
        further.read(JOTFORM_QUESTIONS)
    assert LandingStore(further.settings.landing).manifest() == []


def test_a_sign_up_form_on_which_nothing_is_read_as_the_name_is_told_from_the_start(account: Account) -> None:
    account.read(JOTFORM_QUESTIONS)
    (told,) = account.issues("question_missing", "signups")
    assert told.startswith("Form signups: no question is read as full_name. Say which one it is now in")
