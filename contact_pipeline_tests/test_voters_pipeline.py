"""Promises of voters through the whole pipeline: a loaded file links people, a human's word holds."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contact_pipeline.automation.running import run_job
from contact_pipeline.cli import main
from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.ledger.contact_decisions import Statement, decide
from contact_pipeline.people.explaining import explain_person
from contact_pipeline.warehouse.publish import open_published
from contact_pipeline_tests.homes import NOW, copy_home, run

pytestmark = pytest.mark.usefixtures("fixed_clock")

HEADER = "svid,first_name,last_name,date_of_birth,address,city,state,zip,cell_phone"
VOTERS = """
select '1000' || lpad(row_number() over (order by person_id)::varchar, 5, '0') as svid, first_name, last_name,
    birth_date, address_line, city, 'FL' as state, zip5, right(phone, 10) as phone, person_id
from people.person
where birth_date is not null and address_line is not null and zip5 is not null and phone is not null and suffix is null
    and last_name is not null
order by person_id limit 60
"""


def asked(settings: Settings, query: str) -> list[tuple[Any, ...]]:
    """Rows of the published snapshot."""
    with open_published(settings.published) as connection:
        rows: list[tuple[Any, ...]] = connection.execute(query).fetchall()
    return rows


def links(settings: Settings) -> dict[str, str]:
    return dict(asked(settings, "select pid, voter_id from people.person_voter_match"))


def counts(settings: Settings) -> dict[str, Any]:
    result = CliRunner().invoke(main, ["--home", str(settings.home), "voters", "match", "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_without_a_voter_file_nobody_is_linked_and_nothing_breaks(finished_home: Settings) -> None:
    assert links(finished_home) == {}
    assert counts(finished_home)["voter_file"] is None


def test_a_dropped_file_links_people_and_what_a_human_says_holds(finished_home: Settings, tmp_path: Path) -> None:
    settings = copy_home(finished_home, tmp_path / "home")
    voters = asked(settings, VOTERS)
    dropped = settings.inbox / "voters" / "fl.csv"
    dropped.parent.mkdir(parents=True)
    dropped.write_text("\n".join([HEADER, *(",".join(map(str, voter[:-1])) for voter in voters)]) + "\n")
    assert run_job("load_voters", settings, quiet=True).success

    _, refreshed = run(settings)
    assert refreshed.success, refreshed.errors
    known = {person: voter_id for voter_id, *_, person in voters}
    linked = links(settings)
    assert len(linked) > 0.8 * len(known)
    assert all(known[person] == voter_id for person, voter_id in linked.items())
    found = counts(settings)
    assert found["linked"] == sum(link["people"] for link in found["links"]) == len(linked)
    assert found["people"] == len(asked(finished_home, "select 1 from people.person")), "no voter became a person"

    denied, given = sorted(linked)[:2]
    assert explain_person(settings, given).voter.voter_id == linked[given]
    contacts = dict(asked(settings, "select person_id, min(contact_id) from people.crosswalk group by 1"))
    ledger = open_ledger(settings)
    try:
        statements = [
            Statement("not_voter", (contacts[denied],), (), "a namesake", voter=f"FL:{linked[denied]}"),
            Statement("voter", (contacts[given],), (), "she told us", voter=f"FL:{linked[given]}"),
        ]
        decide(ledger, statements, now=datetime.fromisoformat(NOW), actor="dana")
    finally:
        ledger.close()
    _, again = run(settings)
    assert again.success, again.errors
    assert denied not in links(settings)
    told = asked(settings, f"select match_type, band, verified_by from people.person_voter_match where pid = '{given}'")
    assert told == [("decision", "sure", "dana")]
    assert len(links(settings)) == len(linked) - 1
