"""LinkedIn pages: one key per person's page however its address is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from contact_pipeline.normalize.fold import fold
from contact_pipeline.normalize.value_table import parsed_table

if TYPE_CHECKING:
    import duckdb

LINKEDIN_CAP = 500
"""Longest address read, in characters."""

_PAGE = re.compile(r"(?:^|//|\.)linkedin\.com/(?:mwlite/)?(?:in|pub)/([^/?#\s]+)|^/?in/([^/?#\s]+)", re.IGNORECASE)


def linkedin_key(text: str | None) -> str | None:
    """The person's name in the address, folded; None where it is no person's page.

    `https://www.linkedin.com/in/Jane-Doe/?trk=x`, `uk.linkedin.com/in/jane-doe` and `in/jane-doe` give `jane-doe`; the
    page of a company gives None: everyone who works there has it.
    """
    if text is None or len(text) > LINKEDIN_CAP:
        return None
    found = _PAGE.search(text.strip())
    if found is None:
        return None
    return fold(unquote(found[1] or found[2])).strip() or None


def build_linkedin_values(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Build the table of distinct written LinkedIn addresses.

    Args:
        connection: A DuckDB connection that may write `target`.
        source: A select with one text column, `raw`. NULLs are left out.
        target: Table to create or replace: raw, linkedin_key (NULL where it is no person's page); sorted by raw.
    """
    import pyarrow as pa

    schema = pa.schema([("raw", pa.string()), ("linkedin_key", pa.string())])
    distinct = f"select distinct raw from ({source}) where raw is not null"
    with parsed_table(connection, "linkedin_read", distinct, schema, lambda raw: (raw, linkedin_key(raw))) as read:
        connection.execute(f"create or replace table {target} as select * from {read} order by raw")
