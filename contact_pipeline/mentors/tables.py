"""Seasons and the status table as tables that the SQL of `dbt_like_sql/mentors/` joins; and the texts, filled in.

Configuration turned into rows belongs here, and filling texts, which SQL cannot. Who is a mentor and what they did is
decided in SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from contact_pipeline.mentors.season import Season
from contact_pipeline.mentors.status import CONDITIONS, status_rules


def write_seasons(connection: duckdb.DuckDBPyConnection, seasons: Sequence[Season]) -> None:
    """Rebuild `mentors.season`: one row per season; the last one is the current one."""
    connection.execute(
        "create or replace table mentors.season (season varchar, campaign varchar, goal decimal(18, 2), "
        "external_id_kind varchar, name_column varchar, consent_asked boolean, tag_beginnings varchar[], "
        "current boolean)"
    )
    for season in seasons:
        connection.execute(
            "insert into mentors.season values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                season.season,
                season.givebutter_campaign or None,
                season.goal,
                season.external_id,
                season.name_column,
                season.consent_asked,
                list(season.tags.beginnings(season.season)),
                season is seasons[-1],
            ],
        )


def write_season_tags(connection: duckdb.DuckDBPyConnection, seasons: Iterable[Season]) -> None:
    """Rebuild `mentors.season_tag`: one row per season and status with the tags its mentors have."""
    connection.execute("create or replace table mentors.season_tag (season varchar, status varchar, tags varchar[])")
    for season in seasons:
        for status in season.status_text:
            tags = list(season.tags.of(status, season.season))
            connection.execute("insert into mentors.season_tag values (?, ?, ?)", [season.season, status, tags])


def write_custom_fields(connection: duckdb.DuckDBPyConnection, seasons: Iterable[Season]) -> None:
    """Rebuild `mentors.custom_field`: one row per season and custom field, in the order of the import file."""
    connection.execute(
        "create or replace table mentors.custom_field (season varchar, position integer, title varchar, type varchar, "
        "value_name varchar, options varchar[], owner varchar)"
    )
    for season in seasons:
        for position, field in enumerate(season.custom_fields, start=1):
            connection.execute(
                "insert into mentors.custom_field values (?, ?, ?, ?, ?, ?, ?)",
                [season.season, position, field.title, field.type, field.value, list(field.options), field.owner],
            )


def write_status_rules(connection: duckdb.DuckDBPyConnection) -> None:
    """Rebuild `mentors.status_rule`: one row per rule in order; a condition that is null may be either way."""
    columns = ", ".join(f"{name} boolean" for name in CONDITIONS)
    connection.execute(f"create or replace table mentors.status_rule (position integer, status varchar, {columns})")
    connection.executemany(
        f"insert into mentors.status_rule values (?, ?{', ?' * len(CONDITIONS)})",
        [
            (position, rule["status"], *(rule.get(name) for name in CONDITIONS))
            for position, rule in enumerate(status_rules(), start=1)
        ],
    )


FACTS = (
    "person_id", "season", "status", "preferred_name", "first_name", "last_name", "mentor_id", "shift_preference",
    "partner_preference", "shirt_size", "class_year", "amount_raised", "goal",
)  # fmt: skip


def write_texts(connection: duckdb.DuckDBPyConnection, seasons: Iterable[Season]) -> None:
    """Rebuild `mentors.text`: one row per mentor and text of their season, filled in.

    Columns: person_id, season, template (`status_text`, `note` or `message.<name>`), text.
    """
    by_name = {season.season: season for season in seasons}
    rows = connection.execute(f"select {', '.join(FACTS)} from mentors.roster order by person_id, season").fetchall()
    filled: list[tuple[str, str, str, str]] = []
    for row in rows:
        facts = dict(zip(FACTS, row, strict=True))
        if season := by_name.get(facts["season"]):
            filled += [
                (facts["person_id"], facts["season"], template, text)
                for template, text in texts_of(season, facts).items()
            ]
    columns = list(zip(*filled, strict=True)) or [()] * 4
    names = ["person_id", "season", "template", "text"]
    table = pa.table([pa.array(column, pa.string()) for column in columns], names=names)
    connection.register("filled_texts", table)
    connection.execute("create or replace table mentors.text as select * from filled_texts")
    connection.unregister("filled_texts")


def texts_of(season: Season, facts: dict[str, Any]) -> dict[str, str]:
    """The texts of one mentor by template; `facts` has the columns FACTS of their row."""
    words = words_of(facts)
    status_text = season.status_text[facts["status"]].format_map(words)
    words["status_text"] = status_text
    messages = {f"message.{name}": text.format_map(words) for name, text in season.messages.items()}
    note = {"note": season.note.format_map(words)} if season.note else {}
    return {"status_text": status_text, **note, **messages}


def words_of(facts: dict[str, Any]) -> dict[str, str]:
    """What the placeholders become for one mentor; what is not known becomes nothing."""
    raised, goal = facts["amount_raised"] or Decimal(0), facts["goal"]
    plain = {name: str(facts[name] or "") for name in FACTS if name not in ("person_id", "amount_raised", "goal")}
    return {
        **plain,
        "full_name": " ".join(filter(None, (facts["first_name"], facts["last_name"]))),
        "amount_raised": dollars(raised),
        "amount_missing": dollars(max(goal - raised, Decimal(0))),
        "goal": dollars(goal),
    }


def dollars(amount: Decimal) -> str:
    """An exact amount as people write it: `$75`, `$1,012.50`."""
    text = f"{amount:,.2f}"
    return f"${text.removesuffix('.00')}"
