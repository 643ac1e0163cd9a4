"""A small invented town for identity tests: evidence rows and the truth about them, from a seed.

Households hold the cases that break matchers: spouses, twins, fathers and sons of one name, children with a parent's
phone. Some people have a second record, changed in one way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb
import pyarrow as pa

from contact_pipeline.identity.evidence import EVIDENCE_COLUMNS, create_evidence

_FIRST = """
ada ben cora dan ella finn gina hugo iris jack kate leo mara nick olga paul rosa sam tara ugo vera walt xena yves zoe
amir bea carl dora emil fay gus hana igor june kurt lena max nina otto
"""
FIRST = tuple(_FIRST.split())
LAST = [stem + end for stem in ("bren", "cal", "dor", "fen", "hol", "kes", "mar", "nor", "tal", "wen") for end in
        ("ford", "ley", "man", "ridge", "son", "ton", "well", "wick")]  # fmt: skip
STREETS = ("oak st", "elm ave", "pine rd", "lake dr", "hill ct", "mill ln", "bay st", "fern way")
PLACES = tuple((f"town{number}", f"30{number:03d}") for number in range(60))
NICKNAMES = {"kate": "katherine", "ben": "benjamin", "dan": "daniel", "nick": "nicholas", "sam": "samuel"}


@dataclass
class Town:
    """Evidence rows and, for every record id, person and household."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    truth: list[tuple[str, str, str]] = field(default_factory=list)


def row(record_id: str, **values: Any) -> dict[str, Any]:
    """One evidence row; what is not given is blank."""
    blank: dict[str, Any] = dict.fromkeys(EVIDENCE_COLUMNS)
    blank |= {"record_id": record_id, "source_dataset": "town", "canonical_names": None}
    blank |= {name: [] for name in ("phones", "emails", "external_ids", "voter_ids", "season_ids")}
    blank |= values
    if blank["birth_date"] is not None and blank["birth_year"] is None:
        blank["birth_year"] = blank["birth_date"].year
    return blank


def table(connection: duckdb.DuckDBPyConnection, rows: list[dict[str, Any]], name: str = "evidence") -> str:
    """Write evidence rows to a table."""
    create_evidence(connection, name)
    if rows:
        connection.register("rows_given", pa.Table.from_pylist(rows, schema=_schema()))
        connection.execute(f"insert into {name} select * from rows_given")
        connection.unregister("rows_given")
    return name


def write_truth(connection: duckdb.DuckDBPyConnection, town: Town, name: str = "truth") -> str:
    """Write a town's truth to a table (record_id, person, household)."""
    connection.execute(f"create or replace table {name} (record_id varchar, person varchar, household varchar)")
    connection.executemany(f"insert into {name} values (?, ?, ?)", town.truth)
    return name


def invent_town(seed: int, households: int) -> Town:
    """Invent households of every kind, and second records of a third of the people."""
    rng, town = Random(seed), Town()
    kinds = (_spouses, _twins, _father_and_son, _parent_and_child, _alone, _alone)
    for number in range(households):
        home = _home(rng, number)
        for member, person in enumerate(kinds[number % len(kinds)](rng, home)):
            key = f"p{number:05d}{member}"
            _record(town, rng, f"a{key}", key, f"h{number}", person)
            if rng.random() < 0.35:
                _record(town, rng, f"b{key}", key, f"h{number}", _changed(rng, person))
    return town


def _home(rng: Random, number: int) -> dict[str, Any]:
    city, zip5 = rng.choice(PLACES)
    return {
        "street_number": str(rng.randrange(1, 9000)),
        "street_name": rng.choice(STREETS),
        "unit": None if rng.random() < 0.7 else str(rng.randrange(1, 40)),
        "city": city,
        "zip5": zip5,
        "state": "GA",
        "last_name": rng.choice(LAST),
        "phone": f"+1404{2_000_000 + number * 37}",
    }


def _person(rng: Random, home: dict[str, Any], born: int, **values: Any) -> dict[str, Any]:
    first = values.get("first_name") or rng.choice(FIRST)
    own = f"+1770{rng.randrange(2_000_000, 9_999_999)}"
    place = {
        name: home[name] for name in ("street_number", "street_name", "unit", "city", "zip5", "state", "last_name")
    }
    return (
        place
        | {
            "first_name": first,
            "canonical_names": [first, NICKNAMES[first]] if first in NICKNAMES else [first],
            "birth_date": date(born, 1, 1) + timedelta(days=rng.randrange(365)),
            "phones": [home["phone"] if rng.random() < 0.6 else own],
            "emails": [f"{first}{rng.randrange(10_000)}@example.org"],
        }
        | values
    )


def _two_names(rng: Random) -> list[str]:
    return rng.sample(FIRST, 2)


def _spouses(rng: Random, home: dict[str, Any]) -> list[dict[str, Any]]:
    born, email = rng.randrange(1940, 1990), [f"family{rng.randrange(10**6)}@example.org"]
    shared = {"emails": email} if rng.random() < 0.5 else {}
    return [_person(rng, home, born + rng.randrange(6), first_name=name, **shared) for name in _two_names(rng)]


def _twins(rng: Random, home: dict[str, Any]) -> list[dict[str, Any]]:
    born = date(rng.randrange(1985, 2008), rng.randrange(1, 13), rng.randrange(1, 28))
    return [
        _person(rng, home, born.year, first_name=name, birth_date=born, phones=[home["phone"]])
        for name in _two_names(rng)
    ]


def _father_and_son(rng: Random, home: dict[str, Any]) -> list[dict[str, Any]]:
    name, born = rng.choice(FIRST), rng.randrange(1940, 1975)
    told_by_suffix = rng.random() < 0.5
    father = _person(rng, home, born, first_name=name, suffix="sr" if told_by_suffix else None)
    son = _person(rng, home, born + rng.randrange(20, 35), first_name=name, suffix="jr" if told_by_suffix else None)
    return [father, son]


def _parent_and_child(rng: Random, home: dict[str, Any]) -> list[dict[str, Any]]:
    born, names = rng.randrange(1955, 1985), _two_names(rng)
    parent = _person(rng, home, born, first_name=names[0], phones=[home["phone"]])
    return [parent, _person(rng, home, born + 28, first_name=names[1], phones=[home["phone"]], birth_date=None)]


def _alone(rng: Random, home: dict[str, Any]) -> list[dict[str, Any]]:
    return [_person(rng, home, rng.randrange(1940, 2005))]


def _changed(rng: Random, person: dict[str, Any]) -> dict[str, Any]:
    first = person["first_name"]
    place = rng.randrange(1, len(first))
    slipped = (
        first[:place] + first[place - 1] + first[place:] if rng.random() < 0.5 else first[:place] + "h" + first[place:]
    )
    moved = {"street_number": str(rng.randrange(1, 9000)), "street_name": rng.choice(STREETS)}
    changes: list[dict[str, Any]] = [
        {"phones": [f"+1678{rng.randrange(2_000_000, 9_999_999)}"]},
        {"emails": [f"new{rng.randrange(10**6)}@example.org"]},
        {"birth_date": None, "birth_year": None},
        {"first_name": slipped, "canonical_names": [slipped]},
        moved,
    ]
    return person | rng.choice(changes)


def _record(town: Town, rng: Random, record_id: str, person: str, household: str, values: dict[str, Any]) -> None:
    town.rows.append(row(record_id, **values))
    town.truth.append((record_id, person, household))


def _schema() -> pa.Schema:
    kinds = {"varchar": pa.string(), "varchar[]": pa.list_(pa.string()), "date": pa.date32(), "integer": pa.int32()}
    return pa.schema([(name, kinds[kind]) for name, (kind, _) in EVIDENCE_COLUMNS.items()])
