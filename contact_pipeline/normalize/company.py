"""Employers: one key per company however its legal form is written.

Comparing keys belongs to `identity`. A word that stands where an employer should but names none (`retired`, `self`)
gives no key.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from contact_pipeline.normalize.fold import fold
from contact_pipeline.normalize.reference_data import reference_rows
from contact_pipeline.normalize.value_table import parsed_table

if TYPE_CHECKING:
    import duckdb

COMPANY_CAP = 200
"""Longest company read, in characters."""


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(row["word"] for row in reference_rows("company_words") if row["kind"] == kind)


def company_key(text: str | None) -> str | None:
    """Folded words without legal form, leading "the" and marks; None where no company is named.

    `The Acme Co., Inc.` and `ACME` give `acme`, `Smith & Sons LLC` gives `smith and sons`, `Retired` gives None.
    """
    if text is None or len(text) > COMPANY_CAP:
        return None
    plain = re.sub(r"[.'’]", "", fold(text)).replace("&", " and ").replace("+", " and ")
    words = re.findall(r"[^\W_]+", plain)
    while len(words) > 1 and words[-1] in _words("legal_form"):
        words.pop()
    if len(words) > 1 and words[0] == "the":
        words.pop(0)
    key = " ".join(words)
    return key if key and key not in _words("nobody") and any(letter.isalpha() for letter in key) else None


def build_company_values(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Build the table of distinct written employers.

    Args:
        connection: A DuckDB connection that may write `target`.
        source: A select with one text column, `raw`. NULLs are left out.
        target: Table to create or replace: raw, company_key (NULL where no company is named); sorted by raw.
    """
    import pyarrow as pa

    schema = pa.schema([("raw", pa.string()), ("company_key", pa.string())])
    distinct = f"select distinct raw from ({source}) where raw is not null"
    with parsed_table(connection, "company_read", distinct, schema, lambda raw: (raw, company_key(raw))) as read:
        connection.execute(f"create or replace table {target} as select * from {read} order by raw")
