from pathlib import Path
from typing import Any

import duckdb
import phonenumbers
import pyarrow as pa
import pytest

from contact_pipeline.sandbox.campaign.scale import COLUMNS, LARGEST, scaled_contacts, write_scaled_contacts


def query(table: pa.Table, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.register("contacts", table)
        rows: list[tuple[Any, ...]] = connection.sql(sql).fetchall()
    return rows


def test_there_are_as_many_contacts_and_people_as_asked_for() -> None:
    table = scaled_contacts(20_000, duplicates=0.12)
    assert tuple(table.column_names) == COLUMNS
    assert all(column.type == pa.string() for column in table.schema)
    assert query(table, "select count(*), count(distinct record_id), count(distinct person) from contacts") == [
        (20_000, 20_000, 17_600)
    ]


def test_without_duplicates_everyone_is_there_once() -> None:
    assert query(scaled_contacts(500, duplicates=0), "select count(distinct person) from contacts") == [(500,)]


def test_the_same_seed_gives_the_same_contacts_and_another_seed_others() -> None:
    assert scaled_contacts(3_000, seed=7).equals(scaled_contacts(3_000, seed=7))
    both = {*scaled_contacts(3_000, seed=7)["person"].to_pylist()} & {
        *scaled_contacts(3_000, seed=8)["person"].to_pylist()
    }
    assert both == set()


def test_the_file_says_what_the_table_says(tmp_path: Path) -> None:
    path = write_scaled_contacts(tmp_path / "contacts.csv", 2_000, seed=5)
    with duckdb.connect() as connection:
        written = connection.read_csv(str(path), all_varchar=True).to_arrow_table()
    assert written.equals(scaled_contacts(2_000, seed=5))


def test_strangers_share_no_email_and_only_couples_share_a_phone() -> None:
    table = scaled_contacts(50_000)
    emails = "select email from contacts where email is not null group by 1 having count(distinct person) > 1"
    phones = """
        select count(distinct person), count(distinct address_line_1)
        from contacts where phone is not null group by phone having count(distinct person) > 1
    """
    assert query(table, emails) == []
    shared = query(table, phones)
    assert len(shared) > 300
    assert {people for people, _ in shared} == {2}


def test_duplicates_differ_in_names_phones_emails_and_homes() -> None:
    table = scaled_contacts(50_000)
    for column, fewest in (("first_name", 500), ("last_name", 300), ("phone", 300), ("email", 200), ("zip", 0)):
        found = query(table, f"select 1 from contacts group by person having count(distinct {column}) > 1")
        assert len(found) >= fewest, column


def test_phones_are_valid() -> None:
    phones = query(scaled_contacts(2_000), "select phone from contacts where phone is not null")
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(str(phone))) for (phone,) in phones)


def test_the_order_of_records_does_not_tell_who_is_who() -> None:
    table = scaled_contacts(20_000, duplicates=0.3)
    near = """
        select count(*) from contacts a join contacts b
        on a.person = b.person and substr(a.record_id, 2)::int + 1 = substr(b.record_id, 2)::int
    """
    assert query(table, near)[0][0] < 20


@pytest.mark.parametrize("count", [0, LARGEST + 1])
def test_an_impossible_count_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 3,000,000 contacts"):
        scaled_contacts(count)


def test_an_impossible_share_of_duplicates_is_refused() -> None:
    with pytest.raises(ValueError, match=r"between 0 and 0\.9"):
        scaled_contacts(10, duplicates=1.5)
