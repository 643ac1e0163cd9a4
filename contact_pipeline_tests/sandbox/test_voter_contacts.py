"""Promises of the invented contacts of voters: the truth fits the file, every trouble is there, seeds repeat."""

from __future__ import annotations

import duckdb
import pytest

from contact_pipeline.sandbox.voter_contacts import invent_contacts
from contact_pipeline.sandbox.voters import invent_voters

VOTERS, CONTACTS, SEED = 6_000, 2_000, 5

TROUBLES = {
    "a nickname": "story = 'nickname' and lower(c.first_name) <> lower(v.first_name)",
    "a typing error": "story = 'typo' and lower(c.last_name) <> lower(v.last_name)",
    "another home": "story = 'moved' and c.city <> v.city",
    "another surname": "story = 'married' and lower(c.last_name) <> lower(v.last_name)",
    "no birth date": "c.birth_date is null",
    "a birth year alone": "length(c.birth_date) = 4",
    "no address": "c.city is null",
    "a number the file has": "c.phone = v.cell_phone",
    "a number the file does not have": "c.phone <> v.cell_phone",
    "a voter id that is right": "c.voter_id = v.svid",
    "a voter id of somebody else": "c.voter_id <> v.svid",
}


@pytest.fixture(scope="module")
def met() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    invent_voters(connection, VOTERS, seed=SEED)
    connection.execute("create table v as select * from invented_voter where kind = 'person'")
    contacts = invent_contacts(VOTERS, CONTACTS, seed=SEED)
    connection.register("given", contacts)
    connection.execute("create table c as select * from given")
    return connection


def counted(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(connection.execute(f"select count(*) {query}").fetchall()[0][0])


@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_trouble_is_there(met: duckdb.DuckDBPyConnection, trouble: str) -> None:
    assert counted(met, f"from c join v on true_voter_id = svid where {TROUBLES[trouble]}") >= 1


def test_every_true_voter_is_in_the_file_and_nobody_is_asked_twice(met: duckdb.DuckDBPyConnection) -> None:
    present = counted(met, "from c where true_voter_id is not null")
    assert counted(met, "from c join v on true_voter_id = svid") == present
    assert met.execute("select count(*) - count(distinct record_id) from c").fetchall() == [(0,)]


def test_a_fifth_is_not_in_the_file_and_has_namesakes_there(met: duckdb.DuckDBPyConnection) -> None:
    absent = counted(met, "from c where story = 'not in the file'")
    assert 0.15 < absent / counted(met, "from c") < 0.25
    names = "(select lower(first_name || last_name) from v)"
    assert counted(met, f"from c where true_voter_id is null and lower(first_name || last_name) in {names}") > 0


def test_one_seed_gives_the_same_contacts_and_another_draw_others() -> None:
    one, same, other = (invent_contacts(2_000, 300, seed=SEED, draw=draw) for draw in (1, 1, 2))
    assert one == same
    assert one.column("record_id") != other.column("record_id")
