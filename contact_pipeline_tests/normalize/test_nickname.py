"""Nickname sets."""

import duckdb
import pytest

from contact_pipeline.normalize.nickname import build_nicknames, canonical_names, nickname_sets, share_a_nickname
from contact_pipeline.normalize.reference_data import reference_rows

PAIRS = [
    ("bob", "robert"), ("bob", "rob"), ("katie", "katherine"), ("pepe", "jose"), ("paco", "francisco"),
    ("lupe", "guadalupe"), ("izzy", "isabel"), ("mo", "mohammed"), ("beth", "elizabeth"), ("kate", "katie"),
    ("chuy", "jesus"), ("nacho", "ignacio"), ("lupita", "guadalupe"), ("pancho", "paco"), ("beto", "humberto"),
    ("chayo", "rosario"), ("meche", "mercedes"), ("chiquinho", "francisco"), ("ze", "jose"), ("manno", "emmanuel"),
    ("fanfan", "francois"), ("beppe", "giuseppe"), ("kolya", "nikolai"), ("abe", "avraham"), ("topher", "christopher"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_a_nickname_meets_its_name(one: str, other: str) -> None:
    assert share_a_nickname(one, other)


def test_different_names_do_not_meet() -> None:
    assert not share_a_nickname("robert", "katherine")
    assert not share_a_nickname("zzyx", "robert")


@pytest.mark.parametrize(("one", "other"), [("juan", "john"), ("guillermo", "william"), ("jose", "joseph")])
def test_a_translation_is_another_name(one: str, other: str) -> None:
    assert not share_a_nickname(one, other)


def test_a_name_without_nicknames_stands_for_itself() -> None:
    assert canonical_names("zzyx") == ("zzyx",)
    assert canonical_names("") == ()
    assert not share_a_nickname("", "")


def test_every_extra_nickname_meets_its_name() -> None:
    sets = nickname_sets()
    for row in reference_rows("nickname_extras"):
        assert row["canonical"] in sets[row["nickname"].replace("ñ", "n")]


def test_the_table_holds_every_set_with_the_name_itself(connection: duckdb.DuckDBPyConnection) -> None:
    build_nicknames(connection, "built")
    rows = connection.execute("select name_key, canonical_names from built").fetchall()
    assert {name: tuple(names) for name, names in rows} == nickname_sets()
    assert all(name in names for name, names in rows)
