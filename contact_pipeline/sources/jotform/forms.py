"""The forms of a workspace as tables: which form is which, whose season, which question says what.

Configuration turned into rows belongs here, so that the SQL can join it. Fetching belongs to the client.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

import duckdb

QUESTIONS = Path(__file__).with_name("questions.toml")


def question_roles(own: Mapping[str, Mapping[str, str]]) -> list[tuple[str, str, str]]:
    """(entity, question name, role) of every known question; the workspace's `own` win over the shipped ones."""
    shipped = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))
    merged = {entity: {**roles, **own.get(entity, {})} for entity, roles in shipped.items()}
    return [(entity, name, role) for entity, roles in merged.items() for name, role in sorted(roles.items())]


def write_forms(
    connection: duckdb.DuckDBPyConnection,
    *,
    forms: Mapping[str, str],
    season: str,
    time_zone: str,
    consent_asked: bool,
) -> None:
    """Rebuild `contacts.form`: one row per entity with its form id, season, clock and whether it asks for consent."""
    connection.execute(
        "create or replace table contacts.form (entity varchar, form_id varchar, season varchar, time_zone varchar, "
        "consent_asked boolean, current boolean)"
    )
    rows = [(entity, form_id, season, time_zone, consent_asked, True) for entity, form_id in forms.items()]
    if rows:  # DuckDB refuses to insert nothing
        connection.executemany("insert into contacts.form values (?, ?, ?, ?, ?, ?)", rows)


def write_questions(connection: duckdb.DuckDBPyConnection, own: Mapping[str, Mapping[str, str]]) -> None:
    """Rebuild `contacts.question`: one row per entity and question name with its role."""
    connection.execute("create or replace table contacts.question (entity varchar, question varchar, role varchar)")
    connection.executemany("insert into contacts.question values (?, ?, ?)", question_roles(own))
