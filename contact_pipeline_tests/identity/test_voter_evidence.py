"""Promises of the voters in normal form: read as a contact would be, made once per load, gone with it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from contact_pipeline.identity import voter_evidence
from contact_pipeline.identity.canonical import CANONICAL_COLUMNS, normalised_evidence
from contact_pipeline.identity.voter_evidence import VOTER_COLUMNS, ensure_voter_evidence, evidence_file
from contact_pipeline.sandbox.voters import write_voters
from contact_pipeline.sources.voter_file.building import Loading
from contact_pipeline.sources.voter_file.load import load_voters
from contact_pipeline.sources.voter_file.store import NoVotersError, newest
from contact_pipeline_tests.identity.voters import a_state

COMPARED = (
    "first_name", "middle_name", "last_name", "suffix", "birth_date", "street_number", "street_name", "unit", "city",
    "zip5",
)  # fmt: skip
SENT = {
    "first_name": "first_name", "middle_name": "middle_name", "last_name": "last_name", "suffix": "name_suffix",
    "birth_date": "date_of_birth", "address_line_1": "address", "address_line_2": "address_line_2", "city": "city",
    "zip": "zip", "country": "'US'",
}  # fmt: skip
ODD = (
    "100000001,DR. MARIA,,DEL CARMEN-LÓPEZ,,1970-01-01,410B NE 2nd Ave Apt 3,,ST. PETERSBURG,FL,33701,(727) 555-0142",
    '100000002,JOHN,Q,"O\'NEIL, JR",,1970-01-01,PO BOX 77,,MIAMI,FL,33125-1234,17275550143',
    "100000003,ANNE MARIE,,VAN DER BERG,III,1970-01-01,1/2 OAK ST,# 4B,TAMPA,FL,33602,n/a",
    "100000004,LEE,,SMITH,,,12-14 HERON LN,,,FL,,727555014",
)


def read(voters: Path, columns: str = "*") -> dict[str, dict[str, Any]]:
    """The evidence by voter id."""
    evidence = ensure_voter_evidence(voters, log=lambda _: None)
    with duckdb.connect(str(evidence), read_only=True) as connection:
        result = connection.execute(f"select {columns} from voter")
        names = [column[0] for column in result.description]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    return {row["voter_id"]: row for row in rows}


def as_contacts(voters: Path) -> dict[str, dict[str, Any]]:
    """The same voters, read as if they were contacts."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{newest(voters)}' as voters (read_only)")
        columns = ", ".join(f"{SENT.get(name, 'null')}::varchar as {name}" for name in CANONICAL_COLUMNS)
        connection.execute(
            f"create table canonical as select voter_id as record_id, 'voters' as source_dataset, {columns} "
            "from voters.voter where not protected"
        )
        normalised_evidence(connection, "canonical", "evidence", today=date(2026, 11, 20))
        rows = connection.execute(f"select record_id, {', '.join(COMPARED)} from evidence").fetchall()
    return {row[0]: dict(zip(COMPARED, row[1:], strict=True)) for row in rows}


def loaded(folder: Path, sent: Path, state: str = "FL") -> Path:
    report = load_voters([sent], Loading(folder / "voters.duckdb", state, datetime(2026, 7, 1, tzinfo=UTC), full=True))
    assert report.status == "loaded", report.message
    return folder / "voters.duckdb"


@pytest.mark.parametrize("layout", ["i360", "florida"])
def test_a_voter_is_read_as_a_contact_of_the_same_words_would_be(tmp_path: Path, layout: Any) -> None:
    sent = tmp_path / "fl.tsv"
    write_voters(sent, 1_500, seed=9, kind="tsv", layout=layout)
    voters = loaded(tmp_path, sent)
    found, expected = read(voters), as_contacts(voters)
    assert found.keys() == expected.keys()
    for voter_id, voter in found.items():
        assert {name: voter[name] for name in COMPARED} == expected[voter_id]


def test_odd_names_and_streets_are_read_whole(tmp_path: Path) -> None:
    voters = a_state(tmp_path, *ODD, crowd=False)
    found, expected = read(voters), as_contacts(voters)
    for voter_id, voter in found.items():
        assert {name: voter[name] for name in COMPARED} == expected[voter_id], voter_id
    assert found["100000002"]["suffix"] == "jr"
    assert found["100000002"]["zip5"] == "33125"


def test_phones_have_their_country_code_and_what_is_no_number_is_none(tmp_path: Path) -> None:
    found = read(a_state(tmp_path, *ODD, crowd=False), "voter_id, phone_1")
    assert [found[f"10000000{number}"]["phone_1"] for number in (1, 2, 3, 4)] == [17275550142, 17275550143, None, None]


def test_it_is_made_once_per_load_and_goes_with_the_load(tmp_path: Path) -> None:
    voters = a_state(tmp_path, *ODD)
    said: list[str] = []
    first = ensure_voter_evidence(voters, log=said.append)
    assert ensure_voter_evidence(voters, log=said.append) == first
    assert len(said) == 1
    a_state(tmp_path, *ODD[:2])
    assert not first.exists()
    assert ensure_voter_evidence(voters, log=said.append) != first
    left = {path.name for path in tmp_path.iterdir() if "evidence" in path.name}
    assert left == {evidence_file(voters).name}


def test_evidence_of_older_rules_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voters = a_state(tmp_path, *ODD)
    with monkeypatch.context() as patch:
        patch.setattr(voter_evidence, "_rules", lambda: "00000000")
        older = ensure_voter_evidence(voters, log=lambda _: None)
    newer = ensure_voter_evidence(voters, log=lambda _: None)
    assert newer.exists()
    assert not older.exists()


def test_exempt_voters_have_no_row_and_the_rest_is_counted(tmp_path: Path) -> None:
    exempt = "100000009,NILS,,HOLGERSSON,,1970-01-01,*** Protected ***,,,FL,,"
    voters = a_state(tmp_path, *ODD, exempt, crowd=False)
    assert set(read(voters)) == {f"10000000{number}" for number in (1, 2, 3, 4)}
    with duckdb.connect(str(evidence_file(voters)), read_only=True) as connection:
        assert connection.execute("select state, voters from counted").fetchall() == [("FL", 4)]
        assert list(VOTER_COLUMNS) == [row[0] for row in connection.execute("describe voter").fetchall()]


def test_without_a_load_it_is_said_how_to_load_one(tmp_path: Path) -> None:
    with pytest.raises(NoVotersError, match="voters load"):
        ensure_voter_evidence(tmp_path / "voters.duckdb", log=lambda _: None)
