"""Promises about issues of a season, by kind: open with its cause, closed without it, the same again on its return.

Each case takes the cause away where the kind looks for it, in the tables of a season that ran.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.compute as pc
import pytest

from contact_pipeline.config import Settings
from contact_pipeline.issues.registry import issues_found
from contact_pipeline.ledger.issues import issues, record_issues
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.warehouse.models import all_models, run_model
from contact_pipeline_tests.issues.test_kinds import mapped

DAYS = [datetime(2026, 11, day, tzinfo=UTC) for day in (21, 22, 23)]
ADA = "(select person_id from mentors.mentor where mentor_id = '1001')"
GUS = "(select person_id from mentors.mentor where mentor_id = '1011')"


@dataclass(frozen=True)
class Case:
    """Where a kind's cause lies, what brings it about where the season has none, and what takes it away.

    Attributes:
        table: what is changed.
        cure: takes the cause away.
        cause: brings it about; empty where the season in small has it.
        between: models from the table to the issue.
        beside: a statement about other rows or tables that the cause needs.
    """

    table: str
    cure: str
    cause: str = ""
    between: tuple[str, ...] = ()
    beside: str = ""


def went(outcome: str) -> str:
    """A row of a file that left came to this."""
    return (
        f"insert into exports.outcome by name select 1 as export_id, 1 as row_number, {ADA} as person_id, "
        f"'{outcome}' as outcome, '5001' as contact_id, 'says Givebutter' as detail, true as latest, "
        "false as all_there"
    )


CASES = {
    "missing_mentor_id": Case("people.participation", "set mentor_id = '4711' where mentor_id is null"),
    "duplicate_signup": Case("people.participation", "set signups = 1", f"set signups = 2 where person_id = {ADA}"),
    "shared_phone": Case("contacts.phone", "set valid = false where e164 = '+14045550102'"),
    "shared_email": Case(
        "contacts.email",
        "set email = contact_id || '@example.org' where email = 'both@example.org'",
        "set email = 'both@example.org', valid = true, junk = false "
        "where contact_id in ('givebutter.contacts:5001', 'givebutter.contacts:5011')",
    ),
    "invalid_phone": Case(
        "contacts.phone",
        "set valid = true where contact_id = 'givebutter.contacts:5001'",
        "set valid = false, reason = 'too short' where contact_id = 'givebutter.contacts:5001'",
    ),
    "duplicate_contact": Case("people.crosswalk", f"set person_id = {GUS} where record_id in ('5005', '5006')"),
    "conflicting_value": Case(
        "sync.field_state",
        "set outcome = 'same'",
        f"set outcome = 'conflict', theirs = 'Adah' where person_id = {ADA} and field = 'first_name'",
        ("sync.conflict",),
    ),
    "spelled_otherwise": Case(
        "sync.field_state",
        "set outcome = 'same'",
        f"set outcome = 'ours', changed_by = 'unknown', direction = 'from form', theirs = 'A.' where person_id = {ADA} "
        "and field = 'first_name'",
    ),
    "not_synced_value": Case(
        "sync.platform_value",
        "set value = 'Female' where field = 'gender'",
        f"set field = 'gender', value = 'Male' where person_id = {ADA} and field = 'first_name'",
        beside="insert into sync.form_value by name select 'Female' as value, 'gender' as field, "
        f"* exclude (value, field) from sync.form_value where person_id = {ADA} and field = 'first_name'",
    ),
    "multiple_mentors_one_contact": Case("mentors.contact_match", "set doubt = null"),
    "mentor_id_claimed_twice": Case(
        "people.participation",
        "set mentor_key = '1002' where mentor_id = '1002'",
        "set mentor_key = '1001' where mentor_id = '1002'",
    ),
    "possible_same_person": Case(
        "identity.pair",
        "set record_id_r = record_id_l",
        "set match_probability = 0.9, record_id_l = 'givebutter.contacts:5001', "
        "record_id_r = 'givebutter.contacts:5011' where rowid = (select min(rowid) from identity.pair)",
    ),
    "member_without_contact": Case(
        "people.crosswalk",
        "set person_id = (select person_id from mentors.mentor where mentor_id = '1014') where record_id = '6011'",
    ),
    "external_id_mismatch": Case(
        "contacts.contact", "set external_key = '1010' where contact_id = 'givebutter.contacts:5010'"
    ),
    "external_id_of_another": Case(
        "mentors.contact_match",
        "set doubt = null",
        "set doubt = 'external_id_of_another' where contact_id = 'givebutter.contacts:5011'",
    ),
    "contact_deleted": Case("contacts.givebutter_stale", "set contact_id = 'givebutter.contacts:0'"),
    "opted_out_on_one": Case("contacts.consent", "set status = 'no'"),
    "full_name_in_prefix": Case("contacts.source_record", "set prefix_raw = 'Hal'"),
    "form_of_no_season": Case(
        "contacts.form", "set form_id = substr(form_id, 2)", "set form_id = 'x' || form_id where entity = 'signups'"
    ),
    "trained_unknown": Case("mentors.training_list", "set mentor_key = '1001' where mentor_key = '7777'"),
    "import_row_rejected": Case("exports.outcome", "set outcome = 'updated'", beside=went("rejected")),
    "import_row_merged": Case("exports.outcome", "set latest = false", beside=went("merged")),
    "import_row_unchanged": Case("exports.outcome", "set all_there = true", beside=went("unchanged")),
}  # fmt: skip

NAMED_BY_THE_DOCUMENT = {code for codes in mapped().values() for code in codes}


@pytest.fixture(scope="module")
def tables(season: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The season's warehouse, to be changed and rolled back."""
    copy = tmp_path_factory.mktemp("closing") / "warehouse.duckdb"
    copy.write_bytes(season.warehouse.read_bytes())
    with duckdb.connect(str(copy)) as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


@pytest.mark.parametrize("code", sorted(CASES.keys() | NAMED_BY_THE_DOCUMENT))
def test_an_issue_closes_when_its_cause_is_gone_and_returns_as_the_same(
    tables: duckdb.DuckDBPyConnection, tmp_path: Path, code: str
) -> None:
    case = CASES[code]
    ledger = Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}", workspace="swab", now=DAYS[0])
    tables.begin()
    try:
        if case.beside:
            tables.execute(case.beside)
        if case.cause:
            tables.execute(f"update {case.table} {case.cause}")
        tables.execute(f"create temp table kept as select * from {case.table}")
        opened = told(tables, ledger, code, case, DAYS[0])
        tables.execute(f"update {case.table} {case.cure}")
        left = told(tables, ledger, code, case, DAYS[1])
        tables.execute(f"delete from {case.table}")
        tables.execute(f"insert into {case.table} select * from kept")
        returned = told(tables, ledger, code, case, DAYS[2])
    finally:
        tables.rollback()
        ledger.close()
    gone = opened.keys() - left.keys()
    assert gone, "nothing closed"
    assert returned.keys() == opened.keys()
    assert {returned[key] for key in gone} == {1}, "it did not return as the same issue"
    assert {returned[key] for key in opened.keys() - gone} <= {0}


def told(tables: duckdb.DuckDBPyConnection, ledger: Ledger, code: str, case: Case, now: datetime) -> dict[str, int]:
    """Fingerprints of the kind's open issues after a run, and how often each was reopened."""
    for model in (*case.between, f"issues.{code}"):
        run_model(tables, all_models()[model])
    found = issues_found(tables)
    record_issues(ledger, found.filter(pc.equal(found["code"], code)), now=now, codes={code})
    return {row["fingerprint"]: row["reopened"] for row in issues(ledger, open_only=True).to_pylist()}
