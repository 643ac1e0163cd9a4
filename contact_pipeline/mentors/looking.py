"""Mentors as people look at them: a list by status, one mentor whole, how many have a contact.

Reading the published tables belongs here; printing belongs to the command.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import duckdb

LISTED = (
    "person_id", "mentor_id", "preferred_name", "last_name", "status", "amount_raised", "shift_preference",
    "givebutter_contact_id", "in_doubt", "contact_deleted",
)  # fmt: skip


class NoSuchMentorError(LookupError):
    """Nobody, or more than one mentor of the season, is called so; the message says which."""


def _dicts(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    cursor = connection.execute(sql, list(values))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def current_season(connection: duckdb.DuckDBPyConnection) -> str:
    """The season of the settings, as published."""
    return str(connection.execute("select season from mentors.season where current").fetchall()[0][0])


def mentors_listed(
    connection: duckdb.DuckDBPyConnection, *, season: str, statuses: Sequence[str] = (), limit: int | None = None
) -> list[dict[str, Any]]:
    """The season's mentors by mentor id (columns LISTED, and `conflicts`: how many), those of the statuses or all."""
    return _dicts(
        connection,
        f"select {', '.join(LISTED)}, "
        "(select count(*) from sync.conflict as c where c.person_id = m.person_id) as conflicts "
        "from mentors.mentor as m where season = ? "
        "and (len(?::varchar[]) = 0 or list_contains(?::varchar[], status)) "
        f"order by mentor_key nulls last, person_id{f' limit {limit}' if limit else ''}",
        [season, list(statuses), list(statuses)],
    )


def coverage_of(connection: duckdb.DuckDBPyConnection, season: str) -> dict[str, Any] | None:
    """The season's row of `mentors.coverage`; None where it has no mentors."""
    found = _dicts(connection, "select * from mentors.coverage where season = ?", [season])
    return found[0] if found else None


def mentor_whole(connection: duckdb.DuckDBPyConnection, wanted: str, *, season: str) -> dict[str, Any]:
    """One mentor by mentor id, PID or e-mail: mentor, tasks, contacts with their evidence, texts, holds, issues.

    Raises:
        NoSuchMentorError: nobody or several are meant.
    """
    person_id = find_mentor(connection, wanted, season=season)
    about = [person_id, season]
    return {
        "mentor": _dicts(connection, "select * from mentors.mentor where person_id = ? and season = ?", about)[0],
        "task": _dicts(connection, "select * from mentors.task where person_id = ? and season = ?", about)[0],
        "contacts": _dicts(
            connection,
            "select * from mentors.contact_match where person_id = ? and season = ? "
            "order by chosen desc, evidence desc, contact_id",
            about,
        ),
        "texts": _dicts(
            connection,
            "select template, text from mentors.text where person_id = ? and season = ? order by template",
            about,
        ),
        "held from givebutter": _dicts(
            connection,
            "select code, detail from exports.givebutter_hold where person_id = ? order by code",
            [person_id],
        ),
        "held from sms": _dicts(
            connection, "select code, detail from exports.sms_hold where person_id = ? order by code", [person_id]
        ),
        "issues": _dicts(
            connection,
            "select code, severity, detail from people.issue where person_id = ? and closed_at is null order by code",
            [person_id],
        ),
    }


def find_mentor(connection: duckdb.DuckDBPyConnection, wanted: str, *, season: str) -> str:
    """The PID of the one mentor of a season that is meant: by mentor id in any spelling, by PID, or by e-mail.

    Raises:
        NoSuchMentorError: nobody or several are meant.
    """
    key = re.sub(r"^(MN)?0*", "", re.sub(r"[^A-Za-z0-9]", "", wanted).upper())
    found = connection.execute(
        "select distinct m.person_id from mentors.mentor as m "
        "left join people.crosswalk as x on m.person_id = x.person_id "
        "left join contacts.email as e on x.contact_id = e.contact_id and e.valid "
        "where m.season = ? and (m.mentor_key = ? or m.person_id = upper(?) or e.email = lower(?)) order by all",
        [season, key or None, wanted.strip(), wanted.strip()],
    ).fetchall()
    if len(found) == 1:
        return str(found[0][0])
    if found:
        people = ", ".join(person for (person,) in found)
        raise NoSuchMentorError(f"Several mentors of {season} are meant by that: {people}. Give the PID.")
    raise NoSuchMentorError(f"No mentor of {season} has that mentor id, PID or e-mail address.")
