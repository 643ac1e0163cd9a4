"""Invented contacts of people most of whom are in an invented voter file, with the truth of who is who.

Drawing people and writing them down as a campaign would have them belongs here: nicknames, typing errors, moves,
marriages, missing birth dates, people who are not in the file but have namesakes in it. No pipeline code reads it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from contact_pipeline.sandbox.campaign.names import NICKNAMES
from contact_pipeline.sandbox.voters import invent_voters

if TYPE_CHECKING:
    import pyarrow as pa

_SQL = Path(__file__).with_suffix(".sql")

ABSENT_ONE_IN = 5
"""One contact in so many is of a person who is not in the voter file."""

_MACROS = """
create or replace temp macro swapped(word, spot) as
    left(word, spot - 1) || substr(word, spot + 1, 1) || substr(word, spot, 1) || substr(word, spot + 2);
create or replace temp macro replaced(word, spot, letter) as left(word, spot) || letter || substr(word, spot + 2);
create or replace temp macro mistyped(word, n, salt) as
    case when length(word) < 4 then word
         when drawn(n, salt + 1, 3) = 0 then swapped(word, 2 + drawn(n, salt + 2, length(word) - 2))
         when drawn(n, salt + 1, 3) = 1
         then replaced(word, 1 + drawn(n, salt + 2, length(word) - 1), '')
         else replaced(word, 1 + drawn(n, salt + 2, length(word) - 1), chr(97 + drawn(n, salt + 3, 26)::integer)) end;
create or replace temp macro own_number(n) as
    '813' || (220 + drawn(n, 230, 700)) || lpad(drawn(n, 231, 10_000)::varchar, 4, '0');
"""

_DRAWN = f"""
create or replace temp table voter_line as
with wanted as (
    select distinct case when drawn(i, 200 + getvariable('draw'), {ABSENT_ONE_IN}) = 0
                         then getvariable('people') * 3 + i
                         else drawn(i, 300 + getvariable('draw'), getvariable('people')) end as n
    from range(getvariable('contacts')) t(i)
)
select row_number() over (order by n, kind) - 1 as line, n, kind
from wanted cross join (values ('person'), ('mover')) kinds(kind)
where drawn(n, 23, 350) <> 0
"""
"""Exempt voters are left out: nothing of them can be matched."""


def invent_contacts(voters: int, contacts: int, *, seed: int, draw: int = 0) -> pa.Table:
    """Contacts that go with `write_voters(path, voters, seed=seed)`.

    Args:
        voters: Rows of the voter file.
        contacts: About how many contacts; each is of another person.
        seed: The voter file's.
        draw: Another draw is other people.

    Returns:
        record_id, the columns of `identity.canonical`, `voter_id` (as given by the person, sometimes wrong), and the
        truth: `true_voter_id`, `second_voter_id` (of movers the file holds twice), `story`.
    """
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        invent_voters(connection, voters, seed=seed)
        for name, value in {"contacts": contacts, "draw": draw}.items():
            connection.execute(f"set variable {name} = $1", [value])
        names = [name.lower() for name in NICKNAMES]
        connection.execute("set variable nicknames = map($1, $2)", [names, [list(c) for c in NICKNAMES.values()]])
        connection.execute(_MACROS)
        connection.execute(_DRAWN)
        return connection.sql(_SQL.read_text(encoding="utf-8") + " order by record_id").to_arrow_table()
