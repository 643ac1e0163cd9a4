"""The issue registry: what kinds of issue there are, and today's finds brought together.

Codes, severities, titles and actions are data in `registry.toml`; finding them is SQL in `dbt_like_sql/issues/`;
remembering when each was first and last seen is the ledger's.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

REGISTRY = Path(__file__).with_name("registry.toml")


@dataclass(frozen=True)
class IssueKind:
    """One kind of issue: `code` is the name of its SQL file."""

    code: str
    severity: str
    title: str
    action: str


@cache
def issue_kinds() -> dict[str, IssueKind]:
    """Every kind by its code."""
    words = tomllib.loads(REGISTRY.read_text(encoding="utf-8"))
    return {code: IssueKind(code, **fields) for code, fields in words.items()}


def issues_found(connection: duckdb.DuckDBPyConnection) -> Any:
    """Everything the issue models found, as one Arrow table with the columns the ledger's registry takes.

    Columns: fingerprint, code, severity, subject, title, detail, action, person_id. The fingerprint is a hash of code
    and subject, so the same trouble has the same fingerprint in every run (decision 66).
    """
    parts = [
        f"select '{kind.code}' as code, '{kind.severity}' as severity, {_text(kind.title)} as title, "
        f"{_text(kind.action)} as action, subject, person_id, detail from issues.{kind.code}"
        for kind in issue_kinds().values()
    ]
    return connection.sql(
        "select sha256(code || chr(31) || subject) as fingerprint, code, severity, subject, title, detail, action, "
        f"person_id from ({' union all '.join(parts)}) order by fingerprint"
    ).to_arrow_table()


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
