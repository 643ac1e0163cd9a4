"""Promises of finding the voters a contact is compared with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from contact_pipeline.identity import voter_blocking
from contact_pipeline.identity.canonical import CANONICAL_COLUMNS, normalised_evidence
from contact_pipeline.identity.voter_blocking import RULES, TIER_RULES, find_pairs
from contact_pipeline.identity.voter_evidence import ensure_voter_evidence
from contact_pipeline.identity.voter_match import voter_bench
from contact_pipeline.sandbox.voter_contacts import invent_contacts
from contact_pipeline.sandbox.voters import write_voters
from contact_pipeline.sources.voter_file.building import Loading
from contact_pipeline.sources.voter_file.load import load_voters

VOTERS, CONTACTS, SEED = 4_000, 400, 5


def test_few_contacts_meet_the_same_voters_by_the_same_rules_as_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = tmp_path / "fl.csv"
    write_voters(sent, VOTERS, seed=SEED)
    voters = tmp_path / "voters.duckdb"
    assert load_voters([sent], Loading(voters, "FL", datetime(2026, 7, 1, tzinfo=UTC))).status == "loaded"
    connection = duckdb.connect()
    connection.register("given", invent_contacts(VOTERS, CONTACTS, seed=SEED, draw=SEED))
    have = {row[0] for row in connection.execute("describe given").fetchall()}
    columns = ", ".join(f"{name if name in have else 'null'}::varchar as {name}" for name in CANONICAL_COLUMNS)
    connection.execute(f"create table sent as select record_id, 'list.people' as source_dataset, {columns} from given")
    normalised_evidence(connection, "sent", "evidence", today=date(2026, 7, 1))
    evidence = ensure_voter_evidence(voters, log=lambda _: None)
    with voter_bench(connection, evidence, evidence="evidence") as bench:
        for rules in (TIER_RULES, RULES):
            find_pairs(bench, rules, "as_few")
            with monkeypatch.context() as patched:
                patched.setattr(voter_blocking, "FEW_CONTACTS", 0)
                find_pairs(bench, rules, "as_many")
            met = dict(bench.execute("select rule, count(*) from as_many group by 1").fetchall())
            assert len(met) > len(rules) / 2, met
            assert not bench.execute(
                "(from as_few except from as_many) union (from as_many except from as_few)"
            ).fetchall()
