"""The forms of a workspace as tables: which form is which, whose season, which question says what.

Configuration turned into rows belongs here, so that the SQL can join it. Fetching belongs to the client.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import duckdb

QUESTIONS = Path(__file__).with_name("questions.toml")

OWN_ENTITIES = ("signups", "setups")
"""Forms that are an entity of their own; every other one is among `further_forms`."""

PERSON_ROLES = frozenset(
    {"full_name", "first_name", "last_name", "preferred_name", "email", "school_email", "phone", "birth_date",
     "address", "mentor_id"}
)  # fmt: skip
"""Roles that say who somebody is: who answers a form with one of them becomes a contact."""


class QuestionRole(NamedTuple):
    """What one question of one form is for.

    Attributes:
        form: the workspace's name of the form.
        entity: the entity its submissions are.
        question: the question's unique name.
        role: what it says; empty where somebody said that it is of no use.
        of_person: whether the role says who somebody is.
        configured: whether the workspace said so, not the shipped list.
    """

    form: str
    entity: str
    question: str
    role: str
    of_person: bool
    configured: bool


def form_of_season(season: str, form: str) -> str:
    """What a form of an earlier season is called: `2025/signups`."""
    return f"{season}/{form}"


def purpose_of(form: str) -> str:
    """What a form is for, whatever its season: `signups` of `2025/signups`."""
    return form.rpartition("/")[2]


def entity_of(form: str) -> str:
    """The entity that holds a form's submissions."""
    return purpose_of(form) if purpose_of(form) in OWN_ENTITIES else "further_forms"


def question_roles(own: Mapping[str, Mapping[str, str]]) -> list[QuestionRole]:
    """Every known question with its role, by form; the workspace's `own` win over the shipped ones."""
    shipped = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))
    found = []
    for form in dict.fromkeys((*shipped, *own)):
        said = own.get(form, {})
        roles: dict[str, str] = {**shipped.get(purpose_of(form), {}), **said}
        for name, role in sorted(roles.items()):
            found.append(QuestionRole(form, entity_of(form), name, role, role in PERSON_ROLES, name in said))
    return found


def write_forms(
    connection: duckdb.DuckDBPyConnection,
    *,
    forms: Mapping[str, str],
    season: str,
    time_zone: str,
    consent_asked: bool,
    earlier: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> None:
    """Rebuild `contacts.form`: one row per form with its entity, id, season, clock and whether it asks for consent.

    `earlier` are the forms of other seasons, by season: their answers stay, under names of their own (`2025/signups`).
    """
    connection.execute(
        "create or replace table contacts.form (form varchar, entity varchar, form_id varchar, season varchar, "
        "time_zone varchar, consent_asked boolean, current boolean)"
    )
    rows = [
        (form, entity_of(form), form_id.strip(), season, time_zone, consent_asked, True)
        for form, form_id in forms.items()
    ]
    rows += [
        (form_of_season(year, form), entity_of(form), form_id.strip(), year, time_zone, False, False)
        for year, its_forms in earlier.items()
        for form, form_id in its_forms.items()
        if form_id.strip()
    ]
    if rows:
        connection.executemany("insert into contacts.form values (?, ?, ?, ?, ?, ?, ?)", rows)


def write_questions(connection: duckdb.DuckDBPyConnection, own: Mapping[str, Mapping[str, str]]) -> None:
    """Rebuild `contacts.question`: one row per form and question name with its role (columns: `QuestionRole`)."""
    connection.execute(
        "create or replace table contacts.question (form varchar, entity varchar, question varchar, role varchar, "
        "of_person boolean, configured boolean)"
    )
    connection.executemany("insert into contacts.question values (?, ?, ?, ?, ?, ?)", question_roles(own))
