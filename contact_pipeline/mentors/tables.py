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
        "external_id_kind varchar, name_column varchar, consent_asked boolean, current boolean)"
    )
    connection.executemany(
        "insert into mentors.season values (?, ?, ?, ?, ?, ?, ?)",
        [
            (s.season, s.givebutter_campaign or None, s.goal, s.external_id, s.name_column, s.consent_asked, last)
            for s in seasons
            for last in (s is seasons[-1],)
        ],
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

    Columns: person_id, season, template (`status_text` or `message.<name>`), text.
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
    return {"status_text": status_text, **messages}


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
