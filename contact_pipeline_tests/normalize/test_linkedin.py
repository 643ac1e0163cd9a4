from __future__ import annotations

import duckdb
import pytest

from contact_pipeline.normalize.linkedin import LINKEDIN_CAP, build_linkedin_values, linkedin_key


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("https://www.linkedin.com/in/Jane-Doe-1/?trk=x", "jane-doe-1"),
        ("http://uk.linkedin.com/in/jane-doe-1", "jane-doe-1"),
        ("linkedin.com/in/jane-doe-1/details#top", "jane-doe-1"),
        ("www.linkedin.com/pub/jane-doe/1/2/3", "jane-doe"),
        ("in/jane-doe-1", "jane-doe-1"),
        ("https://www.linkedin.com/in/jos%C3%A9-mu%C3%B1oz", "jose-munoz"),
        ("https://www.linkedin.com/company/acme", None),
        ("https://notlinkedin.com/in/jane", None),
        ("jane doe", None),
        ("", None),
        (None, None),
        ("linkedin.com/in/" + "x" * LINKEDIN_CAP, None),
    ],
)
def test_a_persons_page_has_one_key_and_a_companys_none(written: str | None, key: str | None) -> None:
    assert linkedin_key(written) == key


def test_the_table_holds_each_written_address_once() -> None:
    with duckdb.connect() as connection:
        given = "select unnest(['in/jane', 'linkedin.com/company/x', 'in/jane', null]) as raw"
        build_linkedin_values(connection, given, "linkedin_value")
        rows = connection.sql("select * from linkedin_value").fetchall()
    assert rows == [("in/jane", "jane"), ("linkedin.com/company/x", None)]
