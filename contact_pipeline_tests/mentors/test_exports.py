"""Promises of the season's two files: who is in them, who is not, why, and how they pass the freshness gate."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contact_pipeline.cli import main
from contact_pipeline.config import Settings
from contact_pipeline.definitions import build_definitions
from contact_pipeline.ledger.exports import exports, manifest_of
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline_tests.homes import NOW, copy_home
from contact_pipeline_tests.mentors.test_edge_cases import altered, rebuild

pytestmark = pytest.mark.usefixtures("fixed_clock")
TWO_DAYS_LATER = datetime.fromisoformat(NOW).replace(day=22, tzinfo=UTC).isoformat()


def export(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(main, ["--home", str(settings.home), "export", *words])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def texts(settings: Settings, out: Path, *words: str) -> dict[str, str]:
    """Message by mentor id."""
    done = export(settings, "sms", "--out", str(out), *words)
    assert done.exit_code == 0, done.output
    return {row["Mentor ID"]: row["Message"] for row in rows(out / "sms-messages.csv")}


def held(out: Path, target: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows(out / f"{target}-held.csv"):
        found.setdefault(row["Mentor ID"], set()).add(row["Why"])
    return found


@pytest.fixture(scope="module")
def own(season: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy whose ledger may remember what these tests export."""
    return copy_home(season, tmp_path_factory.mktemp("exports") / "data")


def test_texts_say_the_preferred_name_and_the_exact_amount(own: Settings, tmp_path: Path) -> None:
    sent = texts(own, tmp_path)
    assert sent["1001"] == "Hi Ada! You raised $74.99 of $75: $0.01 to go."
    assert sent["2345"] == "Hi Lena! You raised $1,012.50, thank you. Only your training is left."
    reminded = texts(own, tmp_path, "--message", "reminder")
    assert reminded["1013"].endswith("You raised $30.10 of $75 so far.")


def test_one_text_goes_to_a_number_and_the_other_mentor_is_named(own: Settings, tmp_path: Path) -> None:
    sent = texts(own, tmp_path)
    numbers = [row["Phone Number"] for row in rows(tmp_path / "sms-messages.csv")]
    assert len(numbers) == len(set(numbers)) == len(sent)
    assert "1002" in sent
    assert "1003" not in sent
    assert held(tmp_path, "sms")["1003"] == {"number_taken"}


def test_landlines_opt_outs_silence_and_doubt_get_no_text(own: Settings, tmp_path: Path) -> None:
    sent = texts(own, tmp_path)
    why = held(tmp_path, "sms")
    assert why["1017"] == {"no_mobile"}
    assert "opted_out" in why["1005"] & why["1021"]
    assert why["1015"] == {"no_consent"}
    assert {"contact_in_doubt"} <= why["1008"] & why["1009"]
    assert not sent.keys() & {"1017", "1005", "1021", "1015", "1008", "1009"}


def test_texts_can_be_chosen_by_status_and_shift(own: Settings, tmp_path: Path) -> None:
    assert texts(own, tmp_path, "--status", "needs_training").keys() == {"1010", "2345"}
    assert texts(own, tmp_path, "--shift", "Option 9").keys() == {"1020"}
    unknown = export(own, "sms", "--out", str(tmp_path), "--message", "hello")
    assert unknown.exit_code == 1
    assert "It has: reminder, status" in unknown.output


def test_the_import_file_holds_what_changes_with_the_reason(own: Settings, tmp_path: Path) -> None:
    done = export(own, "givebutter", "--out", str(tmp_path), "--reasons", "--json")
    assert done.exit_code == 0, done.output
    manifest = json.loads(done.output)
    file = {row["Contact External ID"]: row for row in rows(tmp_path / "givebutter-import.csv")}
    assert manifest["counts"]["rows"] == len(file)
    why: dict[str, set[str]] = {}
    for line in rows(tmp_path / "givebutter-reasons.csv"):
        why.setdefault(line["Mentor ID"], set()).add(line["Column"])
    assert {"Contact External ID", "Tags", "📆 Shift Preference"} <= why["1010"]
    assert why["1003"] == {"Givebutter Contact ID"}, "a new contact is its own reason"
    assert why.keys() == file.keys()


def test_a_note_goes_with_a_file_once_until_the_contact_was_read_again(season: Settings, tmp_path: Path) -> None:
    settings = copy_home(season, tmp_path / "data")
    first, second = tmp_path / "first", tmp_path / "second"
    assert export(settings, "givebutter", "--out", str(first)).exit_code == 0
    assert export(settings, "givebutter", "--out", str(second)).exit_code == 0
    noted = {row["Contact External ID"]: row["Notes"] for row in rows(first / "givebutter-import.csv")}
    assert noted["1010"] == "Mentor 1010 of 2026"
    assert not any(row["Notes"] for row in rows(second / "givebutter-import.csv"))


def test_old_content_blocks_texts_and_a_reason_lets_them_go_and_is_kept(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACT_PIPELINE_NOW", TWO_DAYS_LATER)
    blocked = export(own, "sms", "--out", str(tmp_path / "a"))
    assert blocked.exit_code == 3
    assert "blocked" in blocked.output
    assert not (tmp_path / "a").exists()
    assert export(own, "sms", "--out", str(tmp_path / "a"), "--override-freshness").exit_code == 2
    why = ("--override-freshness", "--reason", "the event is tonight", "--actor", "ann")
    assert export(own, "sms", "--out", str(tmp_path / "a"), *why).exit_code == 0
    manifest = json.loads((tmp_path / "a" / "sms-manifest.json").read_text(encoding="utf-8"))
    assert manifest["freshness gate"]["override"] == {"actor": "ann", "reason": "the event is tonight"}
    assert remembered(own)["freshness gate"] == manifest["freshness gate"]


def test_a_file_that_lies_in_the_home_is_taken_away_once_it_is_too_old_to_leave(
    season: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = copy_home(season, tmp_path / "data")
    files = [settings.exports / "sms" / "sms-messages.csv", settings.exports / "givebutter" / "givebutter-import.csv"]
    left = []
    for day in (20, 22, 29):
        monkeypatch.setenv("CONTACT_PIPELINE_NOW", datetime.fromisoformat(NOW).replace(day=day).isoformat())
        assert build_definitions(settings).resolve_job_def("old_exports").execute_in_process().success
        left.append([file.exists() for file in files])
    assert left == [[True, True], [False, True], [False, False]]


def test_very_old_contacts_leave_only_with_a_reason(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACT_PIPELINE_NOW", datetime.fromisoformat(NOW).replace(day=29).isoformat())
    blocked = export(own, "givebutter", "--out", str(tmp_path))
    assert blocked.exit_code == 3
    assert "hours old (very old)" in blocked.output
    why = ("--override-freshness", "--reason", "nobody edits there in August", "--actor", "ann")
    assert export(own, "givebutter", "--out", str(tmp_path), *why).exit_code == 0


def test_old_content_is_a_warning_for_contacts(own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACT_PIPELINE_NOW", TWO_DAYS_LATER)
    done = export(own, "givebutter", "--out", str(tmp_path))
    assert done.exit_code == 0
    assert "hours old (stale)" in done.output


def remembered(settings: Settings) -> dict[str, Any]:
    """The manifest of the last SMS file in the ledger."""
    ledger = Ledger.open(settings.ledger_url)
    try:
        return manifest_of(ledger, exports(ledger, target="sms").column("export_id")[-1].as_py())
    finally:
        ledger.close()


def test_the_pipeline_writes_both_files_by_itself(season: Settings) -> None:
    for target in ("givebutter/givebutter", "sms/sms"):
        manifest = json.loads((season.exports / f"{target}-manifest.json").read_text(encoding="utf-8"))
        assert manifest["coverage"].startswith("13 of 19 mentors have a contact id")
        assert manifest["freshness gate"]["verdict"] == "allow"


OLDER = """
insert into contacts.givebutter_version by name
select * replace (list_append(emails, 'ada.old@example.org') as emails, modified_at - interval 1 day as modified_at)
from contacts.givebutter_version where record_id = '5001' limit 1
"""
KNOWN = """
insert into people.field_value by name
select * replace ('ada.old@example.org' as value, 2 as rank) from people.field_value
where rank = 1 and field = 'email' and person_id = (select person_id from mentors.mentor where mentor_id = '1001')
"""


def test_an_address_that_somebody_took_off_a_contact_is_not_added_again(season: Settings, tmp_path: Path) -> None:
    with altered(season, tmp_path) as connection:
        written = []
        for change in (KNOWN, OLDER):
            connection.execute(change)
            rebuild(connection, "exports.taken_away", "exports.givebutter_row", "exports.givebutter_change")
            row = 'select "Email Addresses" from exports.givebutter_row where "Contact External ID" = \'1001\''
            why = "select count(*) from exports.givebutter_change where column_name = 'Primary Email' and ours = "
            told = connection.execute(f"{why} 'ada.old@example.org'").fetchall()[0][0]
            written.append((connection.execute(row).fetchall()[0][0], told))
    assert written == [("ada.old@example.org", 1), (None, 0)]
