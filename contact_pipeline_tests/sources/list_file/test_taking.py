"""A list that is landed as it is: taken where its columns are sure, held where not, and never mapped anew by itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.inbox import waiting_files
from contact_pipeline.landing.list_gate import ListGate
from contact_pipeline.landing.load import load_pending
from contact_pipeline.landing.store import Arrival, LandingStore
from contact_pipeline.ledger.mappings import batch_mappings, fitting_preset, mapping_of, presets
from contact_pipeline.sources.entities import LIST_PEOPLE
from contact_pipeline.sources.list_file.building import write_lists
from contact_pipeline.sources.list_file.document import from_json
from contact_pipeline_tests.commands.test_commands import call, json_lines
from contact_pipeline_tests.landing.workbooks import workbook

SURE = "Full Name,E-mail,Cell,Zip\nAnn Lee,ann@example.org,813-555-0142 / 813-555-0143,33602\n"
UNSURE = 'Owner Name,Owner Phone,Stuff\n"Lee, Ann",813-555-0142,x\n"Ray, Bob",(813) 555-0144,y\n'
NOW = "2026-11-20T12:00:00+00:00"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACT_PIPELINE_NOW", NOW)


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home=home)


def drop(settings: Settings, text: str, name: str = "people.csv", folder: str = "list") -> Path:
    path = settings.inbox / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (settings.clock().timestamp() - 3_600,) * 2)
    return path


def take(settings: Settings) -> list[Arrival]:
    """Land every list that waits, as `contact-pipeline ingest` does."""
    ledger, now, store = open_ledger(settings), settings.clock(), LandingStore(settings.landing)
    arrivals = []
    for file in waiting_files(settings.inbox):
        gate = ListGate(ledger, now=now, source=file.source, shown_as=str(file.path))
        arrivals.append(store.land_file(file.path, LIST_PEOPLE, now=now, gate=gate))
        if arrivals[-1].status in ("landed", "unchanged"):
            file.path.unlink()
    ledger.close()
    return arrivals


def contacts(settings: Settings) -> list[dict[str, Any]]:
    """The rows of contacts.list_person, in a warehouse made from nothing but landing and ledger."""
    connection = duckdb.connect()
    connection.execute("create schema contacts")
    load_pending(connection, LandingStore(settings.landing), settings.clock(), entity=LIST_PEOPLE)
    ledger = open_ledger(settings)
    write_lists(connection, {key: from_json(line.mapping) for key, line in batch_mappings(ledger).items()})
    ledger.close()
    cursor = connection.execute("select * from contacts.list_person order by line")
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def confirm(settings: Settings, *words: str) -> dict[str, Any]:
    result = call("mapping", "confirm", *words, "--json", home=settings.home)
    assert result.exit_code == 0, result.output
    return json_lines(result)[0]


def test_a_sure_list_is_taken_and_its_mapping_kept_with_the_batch(settings: Settings) -> None:
    drop(settings, SURE)
    [arrival] = take(settings)
    assert arrival.status == "landed"
    ledger = open_ledger(settings)
    kept = mapping_of(ledger, str(arrival.batch_id))
    ledger.close()
    assert kept is not None
    assert (kept.how, kept.preset_id) == ("automatic", None)
    assert kept.mapping["columns"] == {"Full Name": "full_name", "E-mail": "email", "Cell": "phone", "Zip": "zip"}
    assert "ann" not in str(kept.columns).lower(), "no value of a person goes into the ledger"
    [row] = contacts(settings)
    assert (row["first_raw"], row["phones_raw"], row["zip_raw"]) == (
        "Ann Lee",
        ["813-555-0142 / 813-555-0143"],
        "33602",
    )


def test_a_list_in_doubt_is_held_with_the_command_that_confirms_it(settings: Settings) -> None:
    path = drop(settings, UNSURE)
    [arrival] = take(settings)
    note = arrival.message
    assert arrival.status == "held"
    assert f"contact-pipeline mapping confirm {path}" in note
    assert "Owner Name" in note
    assert "full_name" in note
    assert "Lee" not in note, "examples are masked"
    assert contacts(settings) == []


def test_a_confirmed_list_is_released_and_the_next_one_like_it_taken(settings: Settings) -> None:
    path = drop(settings, UNSURE)
    take(settings)
    done = confirm(settings, str(path), "--set", "Stuff=tags", "--name", "owners")
    assert done["columns"] == {"Owner Name": "full_name", "Owner Phone": "phone", "Stuff": "tags"}
    assert [row["tags"] for row in contacts(settings)] == [["x"], ["y"]]
    assert [arrival.status for arrival in take(settings)] == ["unchanged"]
    drop(settings, 'STUFF,owner phone,OWNER NAME\nz,813-555-0150,"Fox, Cy"\n', "more.csv")
    [arrival] = take(settings)
    assert arrival.status == "landed", "the same header in another order and case"
    [preset] = json_lines(call("mapping", "presets", "--json", home=settings.home))[0]["presets"]
    assert (preset["name"], preset["uses"]) == ("owners", 2)


def test_a_batch_that_waits_can_be_confirmed_by_its_id(settings: Settings) -> None:
    drop(settings, UNSURE)
    [arrival] = take(settings)
    confirm(settings, str(arrival.batch_id))
    assert [row["first_raw"] for row in contacts(settings)] == ["Lee, Ann", "Ray, Bob"]


def test_a_later_preset_does_not_read_old_batches_anew(settings: Settings) -> None:
    path = drop(settings, UNSURE)
    take(settings)
    confirm(settings, str(path), "--name", "owners")
    before = contacts(settings)
    other = drop(settings, UNSURE.replace("Ann", "Eve").replace("Bob", "Cy"), "other.csv")
    confirm(settings, str(other), "--name", "owners", "--set", "Owner Phone=keep")
    take(settings)
    after = {row["first_raw"]: row["phones_raw"] for row in contacts(settings)}
    assert [after[row["first_raw"]] for row in before] == [row["phones_raw"] for row in before]
    assert (after["Lee, Eve"], after["Ray, Cy"]) == ([], [])
    assert call("mapping", "remove", "owners", home=settings.home).exit_code == 0
    assert {row["first_raw"]: row["phones_raw"] for row in contacts(settings)} == after


def test_a_batch_is_read_anew_only_when_a_human_says_so(settings: Settings) -> None:
    drop(settings, SURE)
    [arrival] = take(settings)
    ledger = open_ledger(settings)
    version = ledger.version()
    confirm(settings, str(arrival.batch_id), "--set", "Zip=keep")
    assert ledger.version() != version, "the next run rebuilds"
    ledger.close()
    assert [row["zip_raw"] for row in contacts(settings)] == [None]


def test_ingest_holds_a_doubtful_list_and_takes_it_with_a_preset(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "owners.csv"
    path.write_text(UNSURE)
    words = ("ingest", str(path), "--source", "list", "--no-run", "--json")
    held = call(*words, home=settings.home)
    assert (held.exit_code, json_lines(held)[0]["status"]) == (3, "held")
    assert "mapping confirm" in json_lines(held)[0]["message"]
    confirm(settings, str(path), "--name", "owners")
    other = tmp_path / "other.csv"
    other.write_text(UNSURE.replace("Stuff", "Shoe size"))
    assert call(*words[:1], str(other), *words[2:], home=settings.home).exit_code == 3
    taken = call(*words[:1], str(other), *words[2:], "--mapping", "owners", home=settings.home)
    assert (taken.exit_code, json_lines(taken)[0]["status"]) == (0, "landed"), taken.output
    unknown = call("ingest", str(tmp_path / "third.csv"), *words[2:], "--mapping", "nobody", home=settings.home)
    assert unknown.exit_code == 1


def test_a_file_of_which_no_record_could_be_taken_is_no_success(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "broken.csv"
    path.write_text("First name,Last name,Email\nAnn,ann@example.org\nBo,bo@example.org\n")
    words = ("ingest", str(path), "--source", "list", "--no-run", "--json")
    taken = call(*words, home=settings.home)
    (result,) = json_lines(taken)
    assert (result["status"], result["accepted"], result["quarantined"], taken.exit_code) == ("landed", 0, 2, 1)


def test_suggest_tells_every_column_and_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(UNSURE)
    told = call("mapping", "suggest", str(path), home=settings.home)
    assert told.exit_code == 3
    assert "Aaa, Aaa" in told.stdout
    assert "Lee" not in told.output
    answer = json_lines(call("mapping", "suggest", str(path), "--json", home=settings.home))[0]
    assert [column["field"] for column in answer["columns"]] == ["full_name", "phone", None]
    assert not settings.landing.exists()


def test_a_mistaken_correction_is_explained(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(UNSURE)
    for said, told in (("Nope=email", "no column 'Nope'"), ("Stuff=shoe", "no field 'shoe'"), ("x", "no column")):
        result = call("mapping", "confirm", str(path), "--set", said, home=settings.home)
        assert (result.exit_code, told in result.output) == (1, True), result.output
    twice = call(
        "mapping", "confirm", str(path), "--set", "Stuff=city", "--set", "Owner Phone=city", home=settings.home
    )
    assert "Only one column can be city" in twice.output
    assert call("mapping", "confirm", "list.people-gone", home=settings.home).exit_code == 1


ANSWERS = """Email,Newsletter,Do Not Text,Unsubscribed
a@example.org,Oui,,
b@example.org,N,X,No
c@example.org,SUBSCRIBED,no,2026-05-01
d@example.org,Maybe later,yes,
"""


def test_answers_in_any_language_are_understood_and_a_no_of_any_column_is_a_no(settings: Settings) -> None:
    confirm(settings, str(drop(settings, ANSWERS)), "--answer", "email_consent:maybe later=no")
    take(settings)
    rows = {row["emails_raw"][0][0]: (row["email_consent_raw"], row["sms_consent_raw"]) for row in contacts(settings)}
    assert rows == {"a": ("yes", None), "b": ("no", "no"), "c": ("no", "no"), "d": ("no", "no")}


STATES = "Email,State,Gender\na@example.org,Fla.,Hombre\nb@example.org,GA,n/d\n"


def test_what_words_stand_for_belongs_to_the_preset_and_is_kept_when_it_is_confirmed_again(settings: Settings) -> None:
    words = ("--value", "state:fla=FL", "--value", "gender:hombre=male", "--value", "gender:n/d=")
    done = confirm(settings, str(drop(settings, STATES)), "--name", "states", *words)
    assert done["values"] == {"state": {"fla": "FL"}, "gender": {"hombre": "male", "n/d": ""}}
    take(settings)
    told = [(row["state_raw"], row["gender"]) for row in contacts(settings)]
    assert told == [("FL", "male"), ("GA", None)]
    other = drop(settings, STATES.replace("@example.org", "@example.net"), "other.csv")
    again = confirm(settings, str(other), "--name", "states", "--value", "state:georgia=GA")
    assert again["values"]["state"] == {"fla": "FL", "georgia": "GA"}
    [preset] = json_lines(call("mapping", "presets", "--json", home=settings.home))[0]["presets"]
    assert (preset["uses"], preset["last_used"][:10]) == (1, NOW[:10])
    assert "georgia means GA" in call("mapping", "show", "states", home=settings.home).output
    for mistake in ("state:Fla", "shoe:a=b", "email_consent:a=yes"):
        result = call("mapping", "confirm", str(other), "--value", mistake, home=settings.home)
        assert (result.exit_code, "is no value mapping" in result.output) == (1, True)


def test_a_preset_that_the_cells_contradict_asks_once_more(settings: Settings) -> None:
    people = "".join(f"Ann Lee{chr(97 + n)},813-555-01{n:02d}\n" for n in range(12))
    confirm(settings, str(drop(settings, f"Who,Reach\n{people}")), "--name", "club")
    assert [arrival.status for arrival in take(settings)] == ["landed"]
    turned = "".join(f"Bob Ray{chr(97 + n)},b{n}@example.org\n" for n in range(12))
    drop(settings, f"Who,Reach\n{turned}", "next.csv")
    [arrival] = take(settings)
    assert arrival.status == "held"
    assert "the preset 'club' says phone, but the cells have another form (email)" in arrival.message


def test_a_preset_whose_columns_are_gone_holds_the_file(settings: Settings, tmp_path: Path) -> None:
    confirm(settings, str(drop(settings, UNSURE)), "--name", "owners")
    path = tmp_path / "other.csv"
    path.write_text("Email,City\na@example.org,Tampa\n")
    result = call(
        "ingest", str(path), "--source", "list", "--mapping", "owners", "--no-run", "--json", home=settings.home
    )
    assert result.exit_code == 3
    assert "expects a column 'Owner Phone'" in json_lines(result)[0]["message"]


HEADLESS = "".join(f"Dorothy Pruitt,{n}@example.org,(813) 555-01{n:02d}\n" for n in range(10, 30))


def test_a_list_without_a_header_maps_by_its_cells(settings: Settings) -> None:
    drop(settings, HEADLESS)
    [arrival] = take(settings)
    assert arrival.status == "landed", arrival.message
    row = contacts(settings)[0]
    assert (row["first_raw"], row["emails_raw"], row["phones_raw"]) == (
        "Dorothy Pruitt", ["10@example.org"], ["(813) 555-0110"],
    )  # fmt: skip


def test_presets_of_lists_without_a_header_are_known_by_what_the_columns_hold(settings: Settings) -> None:
    confirm(settings, str(drop(settings, HEADLESS)), "--name", "names first", "--set", "column_3=keep")
    take(settings)
    other = "".join(f"{n}@example.com,(727) 555-01{n:02d},Naomi Yates\n" for n in range(10, 30))
    drop(settings, other, "other.csv")
    [arrival] = take(settings)
    assert arrival.status == "landed"
    ledger = open_ledger(settings)
    kept = mapping_of(ledger, str(arrival.batch_id))
    ledger.close()
    assert kept is not None
    assert (kept.how, kept.mapping["columns"]["column_1"]) == ("automatic", "email"), "the preset is of another order"


def test_a_workbook_in_doubt_waits_and_is_released(settings: Settings) -> None:
    path = drop(settings, "", "owners.xlsx")
    path.write_bytes(workbook([["Owner Name", "Owner Phone"], ["Lee, Ann", "813-555-0142"]]))
    os.utime(path, (settings.clock().timestamp() - 3_600,) * 2)
    assert [arrival.status for arrival in take(settings)] == ["held"]
    confirm(settings, str(path))
    assert [row["first_raw"] for row in contacts(settings)] == ["Lee, Ann"]


def test_a_user_gets_their_own_preset_before_anothers(settings: Settings) -> None:
    path = drop(settings, UNSURE)
    for actor, field in (("ann", "full_name"), ("bob", "company")):
        confirm(settings, str(path), "--actor", actor, "--name", f"of {actor}", "--set", f"Owner Name={field}")
    ledger = open_ledger(settings)
    mark = presets(ledger)[0].fingerprint
    found = {
        actor: fitting_preset(ledger, source="list", fingerprint=mark, actor=actor) for actor in ("ann", "bob", "cy")
    }
    ledger.close()
    assert {actor: preset and preset.name for actor, preset in found.items()} == {
        "ann": "of ann", "bob": "of bob", "cy": "of bob",
    }  # fmt: skip
