import csv
import io
import json
from collections import Counter
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contact_pipeline.sandbox.campaign import (
    CUSTOM_FIELDS,
    invent,
    shuffled,
    write_givebutter_export,
    write_sandbox,
    written_campaign,
)
from contact_pipeline.sandbox.campaign.writing import givebutter_export
from contact_pipeline.sources.entities import GIVEBUTTER_COLUMNS_NEW_IN_2026, GIVEBUTTER_CONTACT_COLUMNS
from contact_pipeline_tests.sandbox.campaigns import TODAY, small_campaign, whole_campaign


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


def files_under(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_2026_layout_has_45_base_and_13_custom_columns() -> None:
    header, *rows = read(givebutter_export(small_campaign()))
    assert tuple(header[:45]) == GIVEBUTTER_CONTACT_COLUMNS
    assert header[45:] == [field.title for field in CUSTOM_FIELDS]
    assert len(header) == 58
    assert {len(row) for row in rows} == {58}
    assert len(rows) == 700


def test_one_custom_column_is_titled_like_a_base_column() -> None:
    header = read(givebutter_export(small_campaign()))[0]
    assert [name for name, count in Counter(header).items() if count > 1] == ["Tags"]
    assert {"📝 Sign Up Complete", "Shift?", "$ Goal ", "📱Custom Text Message 1️⃣"} <= set(header)


def test_the_older_layout_lacks_the_six_columns_of_2026() -> None:
    header = read(givebutter_export(small_campaign(), 39))[0]
    assert len(header) == 39 + 13
    assert set(GIVEBUTTER_COLUMNS_NEW_IN_2026).isdisjoint(header)
    assert header[:39] == [name for name in GIVEBUTTER_CONTACT_COLUMNS if name not in GIVEBUTTER_COLUMNS_NEW_IN_2026]


def test_there_is_no_third_layout() -> None:
    with pytest.raises(ValueError, match="45 or 39 base columns, not 40"):
        givebutter_export(small_campaign(), 40)


def test_every_cell_is_quoted_and_every_record_ends_in_crlf() -> None:
    data = givebutter_export(small_campaign())
    assert data.endswith(b'"\r\n')
    records = data.decode().split('"\r\n"')
    assert len(records) == 701
    assert all(record.count('","') == 57 for record in records)


def test_notes_hold_newlines_and_doubled_quotes() -> None:
    data = givebutter_export(whole_campaign())
    notes = [row[GIVEBUTTER_CONTACT_COLUMNS.index("Notes")] for row in read(data)]
    assert any("\n" in note for note in notes)
    assert any("\r\n" in note for note in notes)
    assert b'""Coach""' in data


def test_a_byte_order_mark_is_written_when_asked_for(tmp_path: Path) -> None:
    plain = write_givebutter_export(small_campaign(), tmp_path / "plain.csv").read_bytes()
    marked = write_givebutter_export(small_campaign(), tmp_path / "marked.csv", bom=True).read_bytes()
    assert marked == b"\xef\xbb\xbf" + plain


def test_last_years_export_has_only_the_contacts_of_then() -> None:
    campaign = whole_campaign()
    year_ago = (campaign.now - timedelta(days=365)).strftime("%Y-%m-%d %H:%M:%S")
    header, *rows = read(givebutter_export(campaign, 39))
    created, modified = header.index("Date Created (UTC)"), header.index("Last Modified (UTC)")
    expected = [row for row in campaign.contacts if row["Date Created (UTC)"] <= year_ago]
    assert [row[0] for row in rows] == [row["Givebutter Contact ID"] for row in expected]
    assert 0.5 < len(rows) / len(campaign.contacts) < 0.9
    assert max(row[modified] for row in rows) <= year_ago
    assert all(row[created] <= row[modified] for row in rows)


def test_last_years_export_has_the_values_of_then_where_they_changed() -> None:
    campaign = whole_campaign()
    header, *rows = read(givebutter_export(campaign, 39))
    then = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    now = {row["Givebutter Contact ID"]: row for row in campaign.contacts}
    for column, fewest in (("Primary Phone", 100), ("Address Line 1", 100), ("Primary Email", 50), ("Last Name", 20)):
        changed = [key for key, row in then.items() if row[column] != now[key][column]]
        assert len(changed) >= fewest, column
        assert all(now[key]["Last Modified (UTC)"] > then[key]["Last Modified (UTC)"] for key in changed)


def test_an_export_made_between_two_changes_shows_what_was_true_then() -> None:
    campaign = whole_campaign()
    contact_id, changes = next((k, v) for k, v in campaign.history.items() if v[0].column == "Primary Phone")
    change = changes[0]
    column = GIVEBUTTER_CONTACT_COLUMNS.index("Primary Phone")

    def phone_at(moment: datetime) -> str:
        rows = read(givebutter_export(campaign, 45, moment))
        return next(row[column] for row in rows if row[0] == contact_id)

    current = next(row for row in campaign.contacts if row["Givebutter Contact ID"] == contact_id)["Primary Phone"]
    assert phone_at(change.at - timedelta(seconds=1)) == change.before
    assert phone_at(change.at) == current
    assert change.before != current


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    write_sandbox(small_campaign(), tmp_path / "one")
    again = invent(3, today=TODAY, contacts=700, mentors=160, former_mentors=40)
    write_sandbox(again, tmp_path / "two")
    assert files_under(tmp_path / "one") == files_under(tmp_path / "two")


def test_a_sandbox_holds_a_drop_an_older_export_api_objects_and_the_truth_apart(tmp_path: Path) -> None:
    campaign = small_campaign()
    write_sandbox(campaign, tmp_path)
    files = files_under(tmp_path)
    assert [name for name in files if name.startswith("api/")] == [
        "api/members.json", "api/setups.json", "api/signups.json",
    ]  # fmt: skip
    (drop,) = (name for name in files if name.startswith("drop/givebutter/contacts-2026-09-15-"))
    (older,) = (name for name in files if name.startswith("older/givebutter/contacts-2025-09-15-"))
    assert files[drop] == givebutter_export(campaign)
    assert files[older] == givebutter_export(campaign, 39)
    assert json.loads(files["api/members.json"]) == campaign.members
    assert json.loads(files["api/signups.json"]) == campaign.signups
    header, *truth = read(files["truth/truth.csv"])
    assert header == ["record_key", "person", "household", "case", "origin", "born"]
    assert truth == [[str(value) for value in astuple(told)] for told in campaign.truth]


def test_campaign_json_says_what_was_invented(tmp_path: Path) -> None:
    campaign = small_campaign()
    said = json.loads((write_sandbox(campaign, tmp_path) / "campaign.json").read_text(encoding="utf-8"))
    assert said["seed"] == 3
    assert said["today"] == "2026-09-15"
    assert datetime.fromisoformat(said["now"]) == datetime(2026, 9, 15, 6, tzinfo=UTC)
    assert said["counts"]["contacts"] == 700
    assert said["givebutter_campaign"] == campaign.campaign_code
    assert said["jotform_signup_form"] == campaign.signups[0]["form_id"]
    assert said["jotform_setup_form"] == campaign.setups[0]["form_id"]


def test_a_whole_sandbox_is_left_alone(tmp_path: Path) -> None:
    write_sandbox(small_campaign(), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    write_sandbox(small_campaign(), tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("damage", ["manifest gone", "manifest cut", "file gone", "file cut"])
def test_a_half_written_sandbox_is_detected_and_written_again(tmp_path: Path, damage: str) -> None:
    write_sandbox(small_campaign(), tmp_path)
    whole = files_under(tmp_path)
    manifest, members = tmp_path / "campaign.json", tmp_path / "api" / "members.json"
    if damage == "manifest gone":
        manifest.unlink()
    elif damage == "manifest cut":
        manifest.write_bytes(manifest.read_bytes()[:200])
    elif damage == "file gone":
        members.unlink()
    else:
        members.write_bytes(members.read_bytes()[:200])
    assert written_campaign(tmp_path) is None
    write_sandbox(small_campaign(), tmp_path)
    assert files_under(tmp_path) == whole
    assert written_campaign(tmp_path) is not None


def test_another_campaign_replaces_the_files_of_the_one_before_and_nothing_else(tmp_path: Path) -> None:
    write_sandbox(small_campaign(), tmp_path)
    kept = tmp_path / "drop" / "givebutter" / "mine.csv"
    kept.write_bytes(b"a,b\r\n")
    other = invent(4, today=TODAY, contacts=700, mentors=160, former_mentors=40)
    write_sandbox(other, tmp_path)
    assert len(list((tmp_path / "drop" / "givebutter").glob("contacts-*.csv"))) == 1
    assert kept.exists()
    assert json.loads((tmp_path / "campaign.json").read_text(encoding="utf-8"))["seed"] == 4


def test_a_shuffled_campaign_is_not_taken_for_the_one_already_written(tmp_path: Path) -> None:
    write_sandbox(small_campaign(), tmp_path)
    write_sandbox(shuffled(small_campaign(), 9), tmp_path)
    (drop,) = (tmp_path / "drop" / "givebutter").glob("contacts-*.csv")
    assert drop.read_bytes() == givebutter_export(shuffled(small_campaign(), 9))
