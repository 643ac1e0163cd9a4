"""Promises of the command line: names, JSON keys and exit codes, which others script."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from contact_pipeline.cli import COMMANDS, main
from contact_pipeline.config import Settings
from contact_pipeline_tests.homes import copy_home, warehouse_of

LIST = "Name,E-mail,Phone,City,State,Zip\r\nMarisol Quintero,mari@example.org,813-555-0142,Tampa,FL,33602\r\n"
INGEST_KEYS = [
    "file", "batch_id", "sha256", "status", "message", "encoding", "delimiter", "header", "seen", "accepted",
    "quarantined", "blank", "rejects", "seconds", "peak_mb",
]  # fmt: skip


def call(*words: str, home: Path | None = None, stdin: str | None = None) -> Result:
    arguments = [*words, "--home", str(home)] if home is not None else list(words)
    return CliRunner().invoke(main, arguments, input=stdin, catch_exceptions=False)


def json_lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def a_list(folder: Path, text: str = LIST, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_every_command_has_its_own_name_and_a_line_of_help() -> None:
    overview = call("--help").stdout
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        assert command.name == name
        assert command.get_short_help_str(60)[:20] in overview


def test_asking_for_one_command_imports_no_other() -> None:
    asked = "import sys; from contact_pipeline.cli import main; main(['people', '--help'], standalone_mode=False)"
    heavy = "print([name for name in ('sqlalchemy', 'dagster', 'splink', 'httpx') if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", f"{asked}\n{heavy}"], capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "[]"


def test_ingest_answers_with_exactly_the_agreed_keys(tmp_path: Path, home: Path) -> None:
    result = call("ingest", str(a_list(tmp_path)), "--source", "list", "--no-run", "--json", home=home)
    assert result.exit_code == 0, result.output
    (answer,) = json_lines(result)
    assert list(answer) == INGEST_KEYS
    assert (answer["status"], answer["seen"], answer["accepted"]) == ("landed", 1, 1)


def test_the_same_file_again_is_unchanged(tmp_path: Path, home: Path) -> None:
    path = a_list(tmp_path)
    first = json_lines(call("ingest", str(path), "--source", "list", "--no-run", "--json", home=home))[0]
    again = json_lines(call("ingest", str(path), "--source", "list", "--no-run", "--json", home=home))[0]
    assert again["status"] == "unchanged"
    assert again["batch_id"] == first["batch_id"]


def test_a_damaged_row_is_named_by_line_and_the_rest_is_taken(tmp_path: Path, home: Path) -> None:
    path = a_list(tmp_path, LIST + "Ann,Banks\r\nDelroy Banks,delroy@example.org,,Miami,FL,33101\r\n")
    (answer,) = json_lines(call("ingest", str(path), "--source", "list", "--no-run", "--json", home=home))
    assert (answer["seen"], answer["accepted"], answer["quarantined"]) == (3, 2, 1)
    (reject,) = answer["rejects"]
    assert (reject["line"], reject["raw"]) == (3, "Ann,Banks")
    assert "2 cells" in reject["reason"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.csv", b""), ("book.xlsx", b"PK\x03\x04" + b"\0" * 64), ("page.html", b"<html><body>no</body></html>")],
)
def test_what_is_no_list_is_refused_with_exit_code_one(tmp_path: Path, home: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    result = call("ingest", str(tmp_path / name), "--source", "list", "--no-run", "--json", home=home)
    assert result.exit_code == 1
    (answer,) = json_lines(result)
    assert answer["status"] == "refused"
    assert answer["message"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, home: Path) -> None:
    result = call("ingest", str(tmp_path / "gone.csv"), "--source", "list", "--no-run", "--json", home=home)
    assert result.exit_code == 1
    assert json_lines(result)[0]["status"] == "refused"


def test_a_shrunken_givebutter_export_is_held_with_exit_code_three(finished_home: Settings, tmp_path: Path) -> None:
    settings = copy_home(finished_home, tmp_path / "held")
    export = next((settings.sandbox / "drop" / "givebutter").iterdir()).read_bytes().split(b"\r\n")
    short = tmp_path / "contacts-2026-11-20-9.csv"
    short.write_bytes(b"\r\n".join(export[:40]) + b"\r\n")
    result = call("ingest", str(short), "--source", "givebutter", "--no-run", "--json", home=settings.home)
    assert result.exit_code == 3
    assert json_lines(result)[0]["status"] == "held"
    with warehouse_of(settings) as connection:
        held = connection.execute("select count(*) from landing.batch where entity = 'contacts'").fetchall()[0][0]
    assert held == 1
    confirmed = call(
        "ingest", str(short), "--source", "givebutter", "--partial", "--no-run", "--json", home=settings.home
    )
    assert confirmed.exit_code == 0
    assert json_lines(confirmed)[0]["status"] == "landed"


def test_rows_gives_the_accepted_rows_back_in_file_order(tmp_path: Path, home: Path) -> None:
    text = LIST + '"Banks, Delroy",,"(813) 555-0150",Miami,FL,02134\r\n'
    path = a_list(tmp_path, text)
    batch = json_lines(call("ingest", str(path), "--source", "list", "--no-run", "--json", home=home))[0]["batch_id"]
    out = tmp_path / "rows.csv"
    told = json_lines(call("rows", batch, "--out", str(out), "--json", home=home))[0]
    assert told["rows"] == 2
    with out.open(encoding="utf-8", newline="") as stream:
        assert list(csv.reader(stream)) == list(csv.reader(io.StringIO(text, newline="")))


def test_rows_of_an_unknown_batch_is_an_error_not_a_traceback(tmp_path: Path, home: Path) -> None:
    call("ingest", str(a_list(tmp_path)), "--source", "list", "--no-run", "--json", home=home)
    result = call("rows", "nothing", home=home)
    assert result.exit_code == 1
    assert "nothing" in result.output


def test_normalise_adds_its_four_keys_to_what_it_was_given() -> None:
    lines = '{"field": "phone", "value": "(813) 555-0142", "region": "US"}\n{"field": "zip", "value": "2134"}\n'
    phone, zip_code = json_lines(call("normalise", stdin=lines))
    assert list(phone) == ["field", "value", "region", "normalised", "valid", "reason", "parts"]
    assert (phone["normalised"], phone["valid"]) == ("+18135550142", True)
    assert zip_code["field"] == "zip"


def test_normalise_goes_on_after_a_broken_line_and_fails_at_the_end() -> None:
    result = call("normalise", stdin='nonsense\n{"field": "state", "value": "Florida"}\n')
    assert result.exit_code == 1
    assert json_lines(CliRunner().invoke(main, ["normalise"], input="nonsense\n"))[0]["valid"] is False
    assert '"FL"' in result.stdout


def test_link_writes_clusters_and_pairs_for_any_csv(tmp_path: Path) -> None:
    rows = "id,given,family,mail\n1,Marisol,Quintero,mari@example.org\n2,Marisol,Quintero,mari@example.org\n3,Bo,Lee,\n"
    path = a_list(tmp_path, rows, "a.csv")
    maps = [f"--map={pair}" for pair in ("first_name=given", "last_name=family", "email=mail")]
    result = call("link", str(path), "--id", "id", *maps, "--out", str(tmp_path / "out"), "--json")
    assert result.exit_code == 0, result.output
    with (tmp_path / "out" / "clusters.csv").open(newline="") as stream:
        clusters = list(csv.DictReader(stream))
    assert [list(row) for row in clusters[:1]] == [["file", "record_id", "person_id"]]
    person = {row["record_id"]: row["person_id"] for row in clusters}
    assert person["1"] == person["2"] != person["3"]
    with (tmp_path / "out" / "pairs.csv").open(newline="") as stream:
        header = next(csv.reader(stream))
    assert header[:4] == ["record_id_l", "record_id_r", "match_weight", "match_probability"]


def test_a_mapping_that_is_none_is_wrong_usage(tmp_path: Path) -> None:
    result = call("link", str(a_list(tmp_path)), "--id", "Name", "--map", "nonsense", "--out", str(tmp_path / "out"))
    assert result.exit_code == 2


def test_people_are_found_by_name_phone_mail_pid_and_record(finished_home: Settings) -> None:
    with warehouse_of(finished_home) as connection:
        pid, last, phone, email, record = connection.execute(
            "select p.person_id, p.last_name, p.phone, p.email, x.record_id from people.person p "
            "join people.crosswalk x using (person_id) where p.phone is not null and p.email is not null "
            "and p.last_name is not null "
            "and x.entity = 'contacts' order by 1 limit 1"
        ).fetchall()[0]
    for query in (last, phone, email, pid, record):
        (found,) = json_lines(call("people", "find", query, "--limit", "500", "--json", home=finished_home.home))
        assert pid in [person["person_id"] for person in found["people"]], query


def test_status_issues_and_doctor_speak_json(finished_home: Settings) -> None:
    status = json_lines(call("status", "--json", home=finished_home.home))[0]
    assert set(status) == {"published", "up_to_date", "waiting", "sources", "people", "issues", "held"}
    issues = json_lines(call("issues", "--json", "--limit", "3", home=finished_home.home))[0]
    assert issues["total"] >= len(issues["issues"]) == 3
    findings = json_lines(call("doctor", "--json", home=finished_home.home))[0]
    assert all(finding["ok"] for finding in findings), findings


def test_explain_says_why_two_records_are_one_person(finished_home: Settings) -> None:
    with warehouse_of(finished_home) as connection:
        a, b = connection.execute(
            "select record_id_l, record_id_r from identity.pair order by match_weight desc limit 1"
        ).fetchall()[0]
    told = json_lines(call("explain", a, b, "--json", home=finished_home.home))[0]
    assert told["same_person"]
    assert told["match_probability"] > 0.99
    assert "sentence" in told
    text = call("explain", a, b, home=finished_home.home)
    assert "bits" in text.output.lower()
    assert call("explain", a, "nobody", home=finished_home.home).exit_code == 1


def test_explain_shows_what_holds_one_persons_records_together(finished_home: Settings, tmp_path: Path) -> None:
    with warehouse_of(finished_home) as connection:
        person, records = connection.execute(
            "select person_id, list(contact_id order by contact_id) from people.crosswalk group by 1 "
            "having count(*) >= 3 order by 1 limit 1"
        ).fetchall()[0]
    told = json_lines(call("explain", person, "--json", home=finished_home.home))[0]
    assert told["records"] == records
    one, other = told["bridge"]["sides"]
    assert sorted([*one, *other]) == records
    assert "Weakest bridge" in call("explain", records[0], home=finished_home.home).stdout
    chart = tmp_path / "pair.html"
    assert call("explain", *records[:2], "--chart", str(chart), home=finished_home.home).exit_code == 0
    assert chart.stat().st_size > 0
    assert call("explain", person, "--chart", str(chart), home=finished_home.home).exit_code == 2


def test_lineage_leads_from_a_person_back_to_the_raw_tables(finished_home: Settings) -> None:
    (told,) = json_lines(call("lineage", "people.person.phone", "--json", home=finished_home.home))
    assert "contacts.phone_value" in {step["table"] for step in told["lineage"]}


def test_before_the_first_run_readers_say_what_to_do(home: Path) -> None:
    home.mkdir()
    result = call("people", "find", "smith", home=home)
    assert result.exit_code == 1
    assert "contact-pipeline run" in result.output


def test_the_installed_command_ends_with_two_on_wrong_usage() -> None:
    command = Path(sys.executable).with_name("contact-pipeline")
    done = subprocess.run(
        [command, "ingest", "x.csv"], capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "100"}
    )
    assert done.returncode == 2
    assert "--source" in done.stderr


def test_the_home_said_wins_over_the_variable_in_either_place(
    finished_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACT_PIPELINE_HOME", str(tmp_path / "other"))
    said = str(finished_home.home)
    for words in (["--home", said, "status", "--json"], ["status", "--json", "--home", said]):
        assert json_lines(call(*words))[0]["published"] is not None
    assert json_lines(call("status", "--json"))[0]["published"] is None


def test_a_home_that_is_not_there_is_said_so_and_not_made(home: Path) -> None:
    for words in (["rows", "x"], ["status", "--rejects", "x"], ["doctor"], ["issues"]):
        result = call(*words, home=home)
        assert result.exit_code == 1, words
        assert "Traceback" not in result.output
    assert not home.exists()


def test_a_run_whose_platforms_failed_says_so_with_its_exit_code(
    finished_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GIVEBUTTER_API_KEY", "JOTFORM_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    settings = copy_home(finished_home, tmp_path / "home")
    (settings.sandbox / "campaign.json").unlink()  # a demo's home would be served by the simulators
    result = call("run", "--json", home=settings.home)
    (answer,) = json_lines(result)
    assert result.exit_code == 1
    assert set(answer["failed"]) >= {"landing.givebutter_members", "landing.jotform_signups"}
    assert not answer["changed"]
    assert "readings failed" in result.stderr


def test_settings_that_cannot_be_read_are_told_in_words_and_without_their_values(home: Path) -> None:
    """A key written there by mistake would otherwise stand in every log."""
    home.mkdir()
    (home / "contact_pipeline.toml").write_text(
        '[jotform]\napi_key = "invented-key"\nwarn_below = 7\n', encoding="utf-8"
    )
    result = call("sources", home=home)
    assert result.exit_code == 1
    assert "jotform.api_key: there is no such setting" in result.stderr
    assert "jotform.warn_below: Input should be less than or equal to 1" in result.stderr
    assert "invented-key" not in result.output
    with pytest.raises(ValueError, match="api_key") as refusal:
        Settings(home=home)
    assert "invented-key" not in str(refusal.value)
