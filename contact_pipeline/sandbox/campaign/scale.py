"""A million contacts in seconds, with duplicates and their truth: for measuring speed, not for judging accuracy.

Names, streets and places are the campaign's; the traps are few: a slip, a nickname, a changed phone or e-mail, a move,
missing values, couples in one home of whom some share a phone. Everything is made in DuckDB from hashes of row numbers,
so that the result depends neither on threads nor on order.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from contact_pipeline.sandbox.campaign import names, places
from contact_pipeline.sandbox.campaign.chance import pick
from contact_pipeline.sandbox.campaign.population import folded

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

COLUMNS = (
    "record_id", "first_name", "middle_name", "last_name", "suffix", "birth_date", "phone", "email", "address_line_1",
    "address_line_2", "city", "state", "zip", "person",
)  # fmt: skip
"""All text, missing values null. `person` is the truth: records with one value are one person."""

LARGEST = 3_000_000
"""Phones stay unique up to this many contacts."""

_SLOTS = 16_384
"""Weighted lists are laid out in this many slots: a hash picks one, which is quicker than looking weights up."""

_MACROS = f"""
create or replace temp macro part(salt, i) as
    (hash(getvariable('seed') || salt || i) >> 11)::double / 9007199254740992;
create or replace temp macro slot(salt, i) as (hash(getvariable('seed') || salt || i) % {_SLOTS})::integer;
create or replace temp macro phone_of(area, i) as
    '+1' || area || replace((220 + ((i * 3999971 + 11) % 7000000) // 10000)::varchar, '555', '990')
    || lpad((((i * 3999971 + 11) % 7000000) % 10000)::varchar, 4, '0');
create or replace temp macro slipped(word, u, cut) as case
    when length(word) < 4 then word
    when u < 0.4 then left(word, cut) || substr(word, cut + 2, 1) || substr(word, cut + 1, 1) || substr(word, cut + 3)
    when u < 0.7 then left(word, cut) || substr(word, cut + 2)
    else left(word, cut) || substr(word, cut, 1) || substr(word, cut + 1)
end;
"""

_PEOPLE = """
-- One row per person. Every fifth lives with the one before: one home, mostly one surname, sometimes one phone.
create or replace temp table scale_person as
with numbered as (
    select i, if(i % 5 = 1, i - 1, i) as home, part('together', i) as together from range(getvariable('people')) t(i)
),
placed as (
    select
        i, home,
        if(part('gender', home) < 0.53, i = home, i <> home) as is_female,
        if(together < 0.75, home, i) as family,
        if(together < 0.25, home, i) as line,
        slot('place', home) as place_slot, slot('street', home) as street_slot
    from numbered
)
select
    i,
    if(is_female, given.female, given.male) as first_name,
    if(part('has middle', i) < 0.5, if(is_female, second.female, second.male), null) as middle_name,
    family_name.surname as last_name,
    if(not is_female and part('suffix', i) < 0.02, 'Jr', null) as suffix,
    (date '1938-01-01' + (part('born', i) * 24800)::integer)::date as birth_date,
    if(part('has phone', line) < 0.8, phone_of(place.area_code, line), null) as phone,
    if(
        part('has email', i) < 0.85,
        if(is_female, given.female_mail, given.male_mail) || '.' || family_name.surname_mail
        || lower(to_base((i * 7919) % 4000037, 36)) || '@mail.example.org',
        null
    ) as email,
    (1 + (part('house', home) * 9000)::integer)::varchar || ' ' || street.street as address_line_1,
    if(part('unit', home) < 0.25, 'Apt ' || (100 + (part('door', home) * 1900)::integer)::varchar, null)
        as address_line_2,
    place.city, place.state, place.zip, place.area_code
from placed
join scale_slot as given on given.slot = slot('first', i)
join scale_slot as second on second.slot = slot('middle', i)
join scale_slot as family_name on family_name.slot = slot('last', family)
join scale_slot as place on place.slot = place_slot
join scale_slot as street on street.slot = street_slot
"""

_RECORDS = """
-- One row per record: the people themselves, then copies of some of them that differ in one way.
create or replace temp table scale_record as
with numbered as (
    select r, if(r < getvariable('people'), r, (part('who', r) * getvariable('people'))::bigint % getvariable('people'))
        as i, if(r < getvariable('people'), 1.0, part('difference', r)) as difference
    from range(getvariable('records')) t(r)
),
drawn as (
    select *, part('slip', r) as u, 1 + (part('cut', r) * 3)::integer % 3 as cut from numbered
)
select
    r, i as person,
    case when difference < 0.15 then slipped(first_name, u, cut)
         when difference < 0.25 then coalesce(nickname, first_name) else first_name end as first_name,
    if(part('show middle', r) < 0.4, middle_name, null) as middle_name,
    if(difference between 0.25 and 0.40, slipped(last_name, u, cut), last_name) as last_name,
    suffix,
    if(part('show born', r) < 0.45, birth_date::varchar, null) as birth_date,
    if(difference between 0.40 and 0.52 and phone is not null, phone_of(area_code, getvariable('people') + r), phone)
        as phone,
    if(
        difference between 0.52 and 0.62 and email is not null,
        'new' || lower(to_base(r, 36)) || '@post.example.com',
        email
    ) as email,
    if(difference between 0.62 and 0.72, (1 + r % 9000)::varchar || ' Heritage Way', address_line_1) as address_line_1,
    if(difference between 0.62 and 0.72, null, address_line_2) as address_line_2,
    city, state, zip, part('show home', r) < 0.8 as shows_home
from drawn
join scale_person using (i)
left join scale_nickname using (first_name)
"""

_SHOWN = """
-- Records in an order that says nothing about who is who.
select
    'r' || lpad(row_number() over (order by hash(getvariable('seed') || 'order' || r), r)::varchar, 7, '0')
        as record_id,
    first_name, middle_name, last_name, suffix, birth_date, phone, email,
    if(shows_home, address_line_1, null) as address_line_1, if(shows_home, address_line_2, null) as address_line_2,
    if(shows_home, city, null) as city, if(shows_home, state, null) as state, if(shows_home, zip, null) as zip,
    'p' || to_hex(hash(getvariable('seed') || 'person' || person)) as person
from scale_record
order by record_id
"""


def scaled_contacts(count: int, *, seed: int = 1, duplicates: float = 0.12) -> pa.Table:
    """Invent `count` contacts.

    Args:
        count: Rows, at most 3,000,000.
        seed: Chooses the people.
        duplicates: The share of rows that are another row's person again.

    Returns:
        An Arrow table of `COLUMNS`, all text.

    Raises:
        ValueError: `count` or `duplicates` is out of range.
    """
    connection = _connection(count, seed, duplicates)
    try:
        return connection.sql(_SHOWN).to_arrow_table()
    finally:
        connection.close()


def write_scaled_contacts(path: Path, count: int, *, seed: int = 1, duplicates: float = 0.12) -> Path:
    """Write what `scaled_contacts` gives as CSV (UTF-8, header first, missing values empty).

    Raises:
        ValueError: `count` or `duplicates` is out of range.
    """
    connection = _connection(count, seed, duplicates)
    try:
        connection.sql(_SHOWN).write_csv(str(path), header=True)
    finally:
        connection.close()
    return path


def _connection(count: int, seed: int, duplicates: float) -> duckdb.DuckDBPyConnection:
    """A database in memory with the records made."""
    if not 1 <= count <= LARGEST:
        raise ValueError(f"between 1 and {LARGEST:,} contacts can be invented, not {count:,}")
    if not 0 <= duplicates <= 0.9:
        raise ValueError(f"between 0 and 0.9 of the contacts can be duplicates, not {duplicates}")
    import duckdb

    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    connection.execute(f"set variable seed = '{int(seed)} '")
    connection.execute(f"set variable records = {count}")
    connection.execute(f"set variable people = {max(1, count - round(count * duplicates))}")
    connection.register("scale_slot_rows", _slots(seed))
    connection.execute("create temp table scale_slot as select * from scale_slot_rows")
    connection.register("scale_nickname_rows", _nicknames())
    connection.execute("create temp table scale_nickname as select * from scale_nickname_rows")
    for statement in (_MACROS, _PEOPLE, _RECORDS):
        connection.execute(statement)
    return connection


def _slots(seed: int) -> pa.Table:
    """Names, places and streets in `_SLOTS` rows, each as often as its weight wants."""
    import pyarrow as pa

    rng = Random(f"scale {seed}")
    stock = names.name_stock()
    female = [stock.female.draw(rng) for _ in range(_SLOTS)]
    male = [stock.male.draw(rng) for _ in range(_SLOTS)]
    surnames = [stock.surname(rng)[0] for _ in range(_SLOTS)]
    homes = [places.ANYWHERE.draw(rng) for _ in range(_SLOTS)]
    return pa.table(
        {
            "slot": pa.array(range(_SLOTS), pa.int32()),
            "female": female, "female_mail": [folded(name) for name in female],
            "male": male, "male_mail": [folded(name) for name in male],
            "surname": surnames, "surname_mail": [folded(name) for name in surnames],
            "city": [place.city for place in homes], "state": [place.state for place in homes],
            "zip": [pick(rng, place.zips) for place in homes],
            "area_code": [pick(rng, place.area_codes) for place in homes],
            "street": [places.street_name(rng) for _ in range(_SLOTS)],
        }
    )  # fmt: skip


def _nicknames() -> pa.Table:
    import pyarrow as pa

    known = sorted(names.NICKNAMES.items())
    return pa.table({"first_name": [name for name, _ in known], "nickname": [called[0] for _, called in known]})
