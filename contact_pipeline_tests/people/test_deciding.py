"""What was decided and taken back leaves everything as it was: people, links, fields, issues, rows that go out.

The runs are the real ones, on the small invented campaign.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner, Result

from contact_pipeline.cli import main
from contact_pipeline.config import Settings
from contact_pipeline_tests.homes import content_of, copy_home, run, warehouse_of

TABLES = (
    "people.person", "people.crosswalk", "people.field_value", "people.consent", "people.participation",
    "exports.givebutter_row", "exports.givebutter_hold",
)  # fmt: skip
AGAIN = ("run", "--select", "identity.decision", "--select", "identity.cluster", "--select", "people.crosswalk")
WHY = ("--reason", "asked them", "--actor", "mia")


def call(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--home", str(settings.home)], catch_exceptions=False)


def said(settings: Settings, *words: str) -> dict[str, Any]:
    result = call(settings, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)  # type: ignore[no-any-return]


def rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with warehouse_of(settings) as connection:
        return list(connection.execute(sql).fetchall())


def refreshed(settings: Settings) -> Settings:
    _, outcome = run(settings)
    assert outcome.success, outcome.errors
    return settings


def state(settings: Settings) -> dict[str, list[tuple[Any, ...]]]:
    still_open = "select code, subject, detail, person_id from people.issue where closed_at is null order by all"
    return {**content_of(settings, TABLES), "issues": rows(settings, still_open)}


OPEN_PAIRS = (
    "select person_l, person_r from people.review where kind = 'in doubt' "
    "qualify count(*) over (partition by group_id) = 1 order by in_season desc, position"
)


@pytest.fixture(scope="module")
def decided(finished_home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Settings]]:
    """The home before, and a copy in which a file of decisions was said and followed by a run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTACT_PIPELINE_NOW", "2026-11-21T12:00:00+00:00")
        settings = copy_home(finished_home, tmp_path_factory.mktemp("decided") / "data")
        joined, kept_apart, *_ = rows(settings, OPEN_PAIRS)
        ((parted, contact),) = rows(
            settings,
            "select person_id, max(contact_id) from people.crosswalk group by 1 having count(*) = 2 order by 1 limit 1",
        )
        file = settings.home / "decisions.csv"
        lines = [
            "decision,a,b,reason", f"same,{','.join(joined)},called", f"different,{','.join(kept_apart)},",
            f"different,{parted},{contact},cousins", f"voter,{parted},fl:0012,he said so", "perhaps,A,B,", ",,,",
            "same,NOBODY,givebutter.contacts:1,",
        ]  # fmt: skip
        file.write_text("\r\n".join(lines), encoding="utf-8")
        result = call(settings, "decide", "--file", str(file), *WHY, "--json")
        (settings.home / "answer.json").write_text(result.stdout)
        assert result.exit_code == 1
        yield finished_home, refreshed(settings)


def test_every_line_of_a_file_is_answered_for(decided: tuple[Settings, Settings]) -> None:
    answer = json.loads((decided[1].home / "answer.json").read_text())
    assert (answer["seen"], answer["decided"], answer["stood already"], answer["refused"]) == (6, 4, 0, 2)
    assert [a["line"] for a in answer["answers"] if a["outcome"] == "refused"] == [6, 8]
    assert answer["bulk"] == "B1"


def test_the_next_run_follows_what_was_decided_and_lets_go_of_those_it_held(decided: tuple[Settings, Settings]) -> None:
    before, after = decided
    joined, kept_apart, *_ = rows(before, OPEN_PAIRS)
    today = dict(rows(after, "select contact_id, person_id from people.crosswalk"))
    was = dict(rows(before, "select contact_id, person_id from people.crosswalk"))
    assert len({today[contact] for contact, pid in was.items() if pid in joined}) == 1
    assert len({today[contact] for contact, pid in was.items() if pid in kept_apart}) == 2
    names = ", ".join(f"'{pid}'" for pid in (*joined, *kept_apart))
    under_review = f"exports.givebutter_hold where code in ('under_review', 'kept_apart') and person_id in ({names})"
    assert rows(before, f"select count(*) > 0 from {under_review}") == [(True,)]
    assert rows(after, f"select count(*) from {under_review}") == [(0,)]


def test_a_change_by_decision_names_the_human_in_the_feed(decided: tuple[Settings, Settings]) -> None:
    joined, *_ = rows(decided[0], OPEN_PAIRS)
    changes = said(decided[1], "changes")["changes"]
    absorbed = [c for c in changes if c["kind"] == "absorbed"]
    assert [{c["old_pid"], c["new_pid"]} for c in absorbed] == [set(joined)]
    assert (absorbed[0]["actor"], absorbed[0]["reason"]) == ("mia", "called (decision 1)")
    assert said(decided[1], "changes", "--since", "2026-11-22")["total"] == 0


def test_an_old_pid_tells_what_became_of_it_today_and_then(decided: tuple[Settings, Settings]) -> None:
    absorbed = next(c for c in said(decided[1], "changes")["changes"] if c["kind"] == "absorbed")
    old, new = absorbed["old_pid"], absorbed["new_pid"]
    assert said(decided[1], "pid", old)["stands_for_it"] == new
    assert said(decided[1], "pid", old, "--as-of", "2026-11-20")["stands_for_it"] == old
    assert call(decided[1], "pid", old, "--as-of", "2020-01-01").exit_code == 1


def test_an_old_pid_is_shown_found_and_explained_as_the_person_it_became(decided: tuple[Settings, Settings]) -> None:
    absorbed = next(c for c in said(decided[1], "changes")["changes"] if c["kind"] == "absorbed")
    old, new = absorbed["old_pid"], absorbed["new_pid"]
    assert said(decided[1], "explain", old)["person"] == new
    assert said(decided[1], "people", "show", old) == said(decided[1], "people", "show", new)
    assert call(decided[1], "people", "find", old).output == call(decided[1], "people", "find", new).output


def test_explaining_a_pair_says_what_a_human_decided_about_it(decided: tuple[Settings, Settings]) -> None:
    _, kept_apart, *_ = rows(decided[0], OPEN_PAIRS)
    told = said(decided[1], "explain", *kept_apart)
    assert (told["band"], told["decided"]) == ("not joined", "a human said they are two people (decision 2)")


def test_a_bulk_taken_back_leaves_everything_as_it_was(decided: tuple[Settings, Settings], tmp_path: Path) -> None:
    before, after = decided
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTACT_PIPELINE_NOW", "2026-11-22T12:00:00+00:00")
        settings = copy_home(after, tmp_path / "undone")
        assert state(settings) != state(before)
        assert said(settings, "undo", "B1", *WHY)["decided"] == 1
        assert state(refreshed(settings)) == state(before)


def test_a_merge_is_undone_by_the_pid_it_ended(decided: tuple[Settings, Settings]) -> None:
    absorbed = next(c for c in said(decided[1], "changes")["changes"] if c["kind"] == "absorbed")
    home = decided[1]
    answer = said(home, "undo", absorbed["old_pid"], *WHY)["answers"][0]
    assert answer["outcome"] == "decided"
    assert 1 not in [d["decision_id"] for d in said(home, "decisions")["decisions"]]


def test_the_queue_says_why_and_what_to_type_and_drops_what_was_answered(
    finished_home: Settings, tmp_path: Path, fixed_clock: None
) -> None:
    settings = copy_home(finished_home, tmp_path / "queue")
    queue = said(settings, "review", "--limit", "500")
    assert queue["total"] == len(queue["questions"]) == rows(settings, "select count(*) from people.question")[0][0]
    harm = [question["harm"] for question in queue["questions"]]
    assert harm[0] == max(harm)
    first = queue["questions"][0]
    assert "one person" in first["sentence"]
    assert first["commands"][0] == f"contact-pipeline decide same {first['person_l']} {first['person_r']} --reason …"
    said(settings, "decide", "different", first["person_l"], first["person_r"], *WHY)
    assert said(settings, "review")["total"] == queue["total"] - 1
    with duckdb.connect(str(next(settings.published.glob("*.duckdb")))) as snapshot:
        snapshot.execute("update people.review set obvious = position > 2")
    text = call(settings, "review", "--limit", "1").output
    assert "→ contact-pipeline decide different" in text
    turned = said(settings, "decide", "same", first["person_l"], first["person_r"], *WHY)["answers"][0]["message"]
    assert turned.endswith("Until now decision 1 said the opposite.")
    assert f"{queue['total'] - 2} of them are obvious: contact-pipeline review accept --obvious --dry-run" in text


def test_accepting_the_obvious_is_tried_first_and_undone_at_once(
    finished_home: Settings, tmp_path: Path, fixed_clock: None
) -> None:
    settings = copy_home(finished_home, tmp_path / "obvious")
    with duckdb.connect(str(next(settings.published.glob("*.duckdb")))) as snapshot:
        snapshot.execute("update people.review set obvious = position <= 2")
    would = said(settings, "review", "accept", "--obvious", "--dry-run")["would_accept"]
    assert would
    assert said(settings, "decisions")["total"] == 0
    accepted = said(settings, "review", "accept", "--obvious", "--actor", "mia")
    assert (accepted["decided"], accepted["bulk"]) == (len(would), "B1")
    assert said(settings, "review", "accept", "--obvious", "--dry-run")["would_accept"] == []
    said(settings, "undo", "B1", *WHY)
    assert said(settings, "review", "accept", "--obvious", "--dry-run")["would_accept"] == would


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("decide", "same", "7K2Q9M", "8M3R1T"), "needs a reason"),
        (("decide", "same", "nobody", "givebutter.contacts:1", *WHY), "'nobody' is not a PID"),
        (("decide", "voter", "givebutter.contacts:none", "FL:1", *WHY), "no published snapshot"),
        (("decide", "voter", "{contact}", "FL:", *WHY), "names no voter"),
        (("decide", "not-voter", "{contact}", "104559901", *WHY), "names no voter"),
        (("decide", "confirm", "99", *WHY), "No decision stands"),
        (("undo", "99", *WHY), "No decision stands"),
        (("undo", "B9", *WHY), "No decision stands"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_to_do(
    finished_home: Settings, words: tuple[str, ...], told: str
) -> None:
    ((contact,),) = rows(finished_home, "select min(contact_id) from people.crosswalk")
    result = call(finished_home, *(word.format(contact=contact) for word in words))
    assert result.exit_code == 1
    assert told in result.output


def test_a_run_that_would_move_too_many_waits_and_goes_on_when_someone_agrees(
    finished_home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fixed_clock: None
) -> None:
    settings = copy_home(finished_home, tmp_path / "churn")
    monkeypatch.setenv("CONTACT_PIPELINE_CHURN_BUDGET", "0")
    monkeypatch.setenv("CONTACT_PIPELINE_CHURN_AT_LEAST", "0")
    joined, *_ = rows(settings, OPEN_PAIRS)
    said(settings, "decide", "same", *joined, *WHY)
    generation = (settings.published / "current.json").read_text()
    _, outcome = run(settings)
    assert not outcome.success
    assert "people.crosswalk" not in outcome.materialised
    assert (settings.published / "current.json").read_text() == generation
    assert len(rows(settings, f"select distinct person_id from people.crosswalk where person_id in {joined}")) == 2
    assert call(settings, *AGAIN).exit_code == 3
    waits = call(settings, "churn")
    assert (waits.exit_code, "1 absorbed" in waits.output) == (3, True)
    assert said(settings, "churn", "agree", *WHY)["agreed"]["moved"] == 1
    assert call(settings, *AGAIN).exit_code == 0
    assert call(settings, "churn").exit_code == 0
