"""Promises of the Givebutter import file."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_pipeline.config import Settings
from contact_pipeline.exports.files import csv_bytes
from contact_pipeline.exports.gates import Gate
from contact_pipeline.exports.givebutter import Choice, headers, write_givebutter
from contact_pipeline.exports.lint import CustomColumn
from contact_pipeline.mentors.season import EXAMPLE, read_season
from contact_pipeline_tests.homes import small_campaign, warehouse_of

CUSTOM = {
    field.title: CustomColumn(field.title, field.type, field.options) for field in read_season(EXAMPLE).custom_fields
}
OPEN = Gate("givebutter", "allow", (), "")
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
TEMPLATE_TAIL = ["Email Subscription Status", "Phone Subscription Status", "Address Subscription Status"]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def import_file(finished_home: Settings) -> Path:
    return finished_home.exports / "givebutter" / "givebutter-import.csv"


def test_the_headers_are_the_templates_then_our_custom_fields(import_file: Path) -> None:
    first = import_file.read_bytes().split(b"\r\n", 1)[0].decode("utf-8-sig")
    names = next(csv.reader([first]))
    assert names == headers(CUSTOM)
    assert names[:2] == ["Givebutter Contact ID", "Contact External ID"]
    assert names[33:36] == TEMPLATE_TAIL
    assert names[36:38] == ["📝 Sign Up Complete", "💸 Givebutter Page Setup"]


def test_the_file_is_as_the_official_template_is_to_the_byte(import_file: Path) -> None:
    data = import_file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith(b'"\r\n')
    assert data.count(b"\n") == data.count(b"\r\n")
    with io.StringIO(data.decode("utf-8-sig"), newline="") as stream:
        assert all(line.startswith('"') for line in stream)


def test_nobody_who_opted_out_anywhere_is_subscribed_again(finished_home: Settings, import_file: Path) -> None:
    campaign = small_campaign()
    person_of = {truth.record_key: truth.person for truth in campaign.truth}
    left = {"Engage Email Subscribed": set(), "Engage SMS Subscribed": set(), "Engage Mail Subscribed": set()}
    for row in campaign.contacts:
        for column, people in left.items():
            if row[column] == "no":
                people.add(row["Givebutter Contact ID"])
    assert all(left.values())
    for row in rows_of(import_file):
        for column, theirs in zip(TEMPLATE_TAIL, left, strict=True):
            if row["Givebutter Contact ID"] in left[theirs]:
                assert row[column] == "no"
    with warehouse_of(finished_home) as connection:
        linked = connection.execute(
            'select r."Givebutter Contact ID", x.record_id from exports.givebutter_row r join people.crosswalk x '
            "using (person_id) where x.entity = 'contacts' and r.\"Email Subscription Status\" = 'yes'"
        ).fetchall()
    assert person_of
    assert not [record for _, record in linked if record in left["Engage Email Subscribed"]]


def test_a_contact_id_appears_once_and_a_status_is_never_empty(import_file: Path) -> None:
    rows = rows_of(import_file)
    ids = [row["Givebutter Contact ID"] for row in rows if row["Givebutter Contact ID"]]
    assert len(ids) == len(set(ids)) > 0
    assert {row[column] for row in rows for column in TEMPLATE_TAIL} <= {"yes", "no"}


def test_an_address_goes_whole_or_not_at_all(import_file: Path) -> None:
    whole = ("Address Line 1", "City", "State", "Zip Code", "Country")
    assert {sum(bool(row[column]) for column in whole) for row in rows_of(import_file)} <= {0, 5}


def test_existing_tags_are_kept_beside_ours(finished_home: Settings, import_file: Path) -> None:
    tags_of = {row["Givebutter Contact ID"]: row["Tags"] for row in small_campaign().contacts}
    for row in rows_of(import_file):
        theirs = {tag.strip() for tag in tags_of.get(row["Givebutter Contact ID"], "").split(",") if tag.strip()}
        ours = {tag.strip() for tag in row["Tags"].split(",")}
        assert "Mentors 2026" in ours
        assert {tag for tag in ours if not tag.startswith("Mentor 2026:")} - {"Mentors 2026"} == theirs - {
            "Mentors 2026"
        }


def test_everyone_of_the_season_is_in_the_file_or_held_with_a_reason(
    finished_home: Settings, import_file: Path
) -> None:
    with warehouse_of(finished_home) as connection:
        season = {row[0] for row in connection.execute("select person_id from exports.givebutter_candidate").fetchall()}
        inside = {row[0] for row in connection.execute("select person_id from exports.givebutter_row").fetchall()}
    held_path = import_file.with_name("givebutter-held.csv")
    held = {row["Person"]: row["Why"] for row in rows_of(held_path)}
    assert inside | set(held) == season
    assert not inside & set(held)
    assert all(held.values())


def test_the_manifest_tells_what_the_file_is(import_file: Path) -> None:
    manifest = json.loads(import_file.with_name("givebutter-manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["rows"] == len(rows_of(import_file))
    assert manifest["counts"]["updates"] + manifest["counts"]["new contacts"] == manifest["counts"]["rows"]
    assert {"sha256", "filters", "freshness", "versions", "written_at"} <= set(manifest)


def test_writing_again_gives_the_same_bytes(finished_home: Settings, import_file: Path, tmp_path: Path) -> None:
    with warehouse_of(finished_home) as connection:
        write_givebutter(connection, tmp_path, written_at=AT, versions={}, gate=OPEN, choice=Choice(notes=False))
    assert (tmp_path / "givebutter-import.csv").read_bytes() == import_file.read_bytes()


COLUMNS = headers(CUSTOM)


@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=20),
        min_size=len(COLUMNS),
        max_size=len(COLUMNS),
    )
)
def test_any_cell_comes_back_as_it_went_out(cells: list[str]) -> None:
    row = dict(zip(COLUMNS, cells, strict=True))
    read = list(csv.reader(io.StringIO(csv_bytes(COLUMNS, [row]).decode("utf-8-sig"), newline="")))
    assert read == [COLUMNS, cells]
