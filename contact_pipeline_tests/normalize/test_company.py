from __future__ import annotations

import duckdb
import pytest

from contact_pipeline.normalize.company import COMPANY_CAP, build_company_values, company_key
from contact_pipeline.normalize.reference_data import reference_rows


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("The Acme Co., Inc.", "acme"),
        ("ACME", "acme"),
        ("Smith & Sons, L.L.C.", "smith and sons"),
        ("Muñoz Construction LLC", "munoz construction"),
        ("Inc.", "inc"),
        ("Retired", None),
        ("self-employed", None),
        ("N/A", None),
        ("12345", None),
        ("  ", None),
        (None, None),
        ("x" * (COMPANY_CAP + 1), None),
    ],
)
def test_a_company_has_one_key_however_its_legal_form_is_written(written: str | None, key: str | None) -> None:
    assert company_key(written) == key


def test_every_word_for_nobodys_employer_gives_no_key() -> None:
    words = [row["word"] for row in reference_rows("company_words") if row["kind"] == "nobody"]
    assert words
    assert [word for word in words if company_key(word.upper()) is not None] == []


def test_the_table_holds_each_written_employer_once() -> None:
    with duckdb.connect() as connection:
        given = "select unnest(['Acme LLC', 'Retired', 'Acme LLC', null]) as raw"
        build_company_values(connection, given, "company_value")
        rows = connection.sql("select * from company_value").fetchall()
    assert rows == [("Acme LLC", "acme"), ("Retired", None)]
