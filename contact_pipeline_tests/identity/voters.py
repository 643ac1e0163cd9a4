"""What the tests of the voter match share: a small voter file, contacts, and what becomes of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from contact_pipeline.identity.evidence import EVIDENCE_COLUMNS
from contact_pipeline.identity.voter_evidence import ensure_voter_evidence
from contact_pipeline.identity.voter_match import write_chosen, write_near, write_pairs, write_setting
from contact_pipeline.sources.voter_file.building import Loading
from contact_pipeline.sources.voter_file.load import load_voters
from contact_pipeline.warehouse.models import all_models, run_model

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
HEADER = (
    "svid,first_name,middle_name,last_name,name_suffix,date_of_birth,address,address_line_2,city,state,zip,cell_phone"
)
CROWD = [
    f"9000{number:05},{first},,{last},,19{40 + number % 60}-03-0{1 + number % 9},{number} PINE ST,,OCALA,FL,34470,"
    for number, (first, last) in enumerate(
        (first, last)
        for first in ("ANNA", "BRUNO", "CLARA", "DAVID", "ELENA", "FRANK", "GRETA", "HUGO", "IRENE", "JONAS")
        for last in ("ABBOT", "BEYER", "CRANE", "DREW", "EVERS", "FLINT", "GRANT", "HALE", "IRWIN", "JUDD")
    )
]
"""A hundred voters who have nothing to do with the story."""


def a_state(folder: Path, *lines: str, crowd: bool = True) -> Path:
    """A loaded voter file of these lines (columns: HEADER), amid the crowd; its path."""
    sent = folder / "fl.csv"
    sent.write_text("\n".join([HEADER, *lines, *(CROWD if crowd else ())]) + "\n")
    voters = folder / "voters.duckdb"
    report = load_voters([sent], Loading(voters, "FL", NOW, full=True))
    assert report.status == "loaded", report.message
    return voters


def a_warehouse(*contacts: dict[str, Any], people: dict[str, str] | None = None) -> duckdb.DuckDBPyConnection:
    """A database with these contacts as evidence; each is a person of its own unless `people` says whose it is."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    for schema in ("identity", "people", "contacts", "issues", "meta"):
        connection.execute(f"create schema {schema}")
    columns = ", ".join(f"{name} {kind}" for name, (kind, _) in EVIDENCE_COLUMNS.items())
    connection.execute(f"create table identity.evidence ({columns})")
    connection.execute("create table people.crosswalk (contact_id varchar, person_id varchar)")
    connection.execute(
        "create table identity.decision (contact_id_l varchar, contact_id_r varchar, kind varchar, decision_id int)"
    )
    connection.execute("create table contacts.contact (contact_id varchar, observed_at timestamptz)")
    connection.execute(
        "create table identity.voter_choice (contact_id varchar, state varchar, voter_id varchar, kind varchar, "
        "decision_id bigint, decided_by varchar, decided_at timestamptz)"
    )
    for contact in contacts:
        add_contact(connection, contact, person=(people or {}).get(contact["record_id"]))
    return connection


def add_contact(connection: duckdb.DuckDBPyConnection, contact: dict[str, Any], *, person: str | None = None) -> None:
    """One contact more."""
    given = {"source_dataset": "list.people", "phones": [], "emails": [], **contact}
    names, marks = ", ".join(given), ", ".join("?" * len(given))
    connection.execute(f"insert into identity.evidence ({names}) values ({marks})", list(given.values()))
    record = contact["record_id"]
    connection.execute("insert into people.crosswalk values (?, ?)", [record, person or record])
    connection.execute("insert into contacts.contact values (?, ?)", [record, NOW])


def choose(
    connection: duckdb.DuckDBPyConnection, contact: str, voter_id: str, kind: str = "voter", *, decision_id: int = 1
) -> None:
    """What a human said."""
    connection.execute(
        "insert into identity.voter_choice values (?, 'FL', ?, ?, ?, 'dana', ?)",
        [contact, voter_id, kind, decision_id, NOW],
    )


def match(connection: duckdb.DuckDBPyConnection, voters: Path | None, *, link: float = 0.75) -> int:
    """All tables of the match, as a refresh makes them; how many contacts were looked at."""
    evidence = ensure_voter_evidence(voters, log=lambda _: None) if voters is not None else None
    write_setting(connection, voters or Path("nowhere"), link_threshold=link, sure_threshold=0.95)
    made_with = evidence.name if evidence is not None else "none"
    looked_at = write_near(connection, evidence, evidence="identity.evidence", made_with=made_with)
    run_model(connection, all_models()["identity.voter_tier"])
    write_pairs(connection, evidence, evidence="identity.evidence")
    for table in ("identity.voter_candidate", "people.voter_claim", "people.person_voter_match"):
        run_model(connection, all_models()[table])
    write_chosen(connection, evidence)
    issues = ("voter_in_doubt", "voter_id_contradicts_name", "chosen_voter_contradicts", "contradicting_decisions")
    for issue in issues:
        run_model(connection, all_models()[f"issues.{issue}"])
    return looked_at


def links(connection: duckdb.DuckDBPyConnection, columns: str = "voter_id") -> dict[str, Any]:
    """Of every linked person one column, or several as a tuple."""
    rows = connection.execute(f"select pid, {columns} from people.person_voter_match order by 1").fetchall()
    return {row[0]: row[1] if len(row) == 2 else row[1:] for row in rows}
