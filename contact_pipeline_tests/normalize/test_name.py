"""What one written name means, and that the table says the same."""

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_pipeline.normalize.name import (
    IS_TEST,
    NAME_CAP,
    OVER_CAP,
    UNKNOWN_SUFFIX,
    Name,
    WrittenName,
    affixes,
    parse_name,
    plain_part,
)
from contact_pipeline.normalize.name_values import DISPLAY_COLUMNS, KEY_COLUMNS, RAW_COLUMNS, build_name_values
from contact_pipeline_tests.normalize.tables import write_texts

SHOWN = {
    "all capitals": (WrittenName(first="JOHN", last="O'BRIEN"), ("John", None, "O'Brien", None)),
    "all small": (WrittenName(first="maria", last="de la cruz"), ("Maria", None, "de la Cruz", None)),
    "particles": (WrittenName(first="JAN", last="VAN DER BERG"), ("Jan", None, "van der Berg", None)),
    "hyphens": (WrittenName(first="JEAN-LUC", last="GARCÍA-LÓPEZ"), ("Jean-Luc", None, "García-López", None)),
    "Mc": (WrittenName(first="RONALD", last="MCDONALD"), ("Ronald", None, "McDonald", None)),
    "mixed case stays": (WrittenName(first="DeShawn", last="MacLeod"), ("DeShawn", None, "MacLeod", None)),
    "initials as a first name": (WrittenName(first="CJ", last="SMITH"), ("CJ", None, "Smith", None)),
    "glued suffix": (WrittenName(first="Robert", last="SMITH JR."), ("Robert", None, "Smith", "Jr.")),
    "suffix column": (WrittenName(first="Ann", last="Lee", suffix="iii"), ("Ann", None, "Lee", "III")),
    "suffix in the middle": (WrittenName(first="Bob", middle="Jr", last="Lee"), ("Bob", None, "Lee", "Jr.")),
    "degree": (WrittenName(first="Ann", last="Lee, M.D., Ph.D."), ("Ann", None, "Lee", "MD, PhD")),
    "last, first": (WrittenName(last="Smith, John A"), ("John", "A", "Smith", None)),
    "last, first in the first cell": (WrittenName(first="Smith, Jr., John"), ("John", None, "Smith", "Jr.")),
    "full name in one cell": (WrittenName(first="John A Smith III"), ("John", "A", "Smith", "III")),
    "full name with particles": (WrittenName(first="Maria de la Cruz"), ("Maria", None, "de la Cruz", None)),
    "Do is a family name": (WrittenName(first="Mai", last="Do"), ("Mai", None, "Do", None)),
    "Stewart and Steiner are whole": (WrittenName(first="Stewart", last="Steiner"), ("Stewart", None, "Steiner", None)),
    "Junior is a family name": (WrittenName(first="Rui", last="Silva Junior"), ("Rui", None, "Silva Junior", None)),
    "only a suffix stays a name": (WrittenName(first="Jr", last="Walker"), ("Jr", None, "Walker", None)),
    "title in the first cell": (WrittenName(first="Dr. Mary Ann", last="Lee"), ("Mary Ann", None, "Lee", None)),
    "invisible marks": (WrittenName(first="\u202eAnn\u200b", last="Lee\x00"), ("Ann", None, "Lee", None)),
}  # fmt: skip


@pytest.mark.parametrize(("written", "shown"), SHOWN.values(), ids=SHOWN)
def test_a_name_is_taken_apart(written: WrittenName, shown: tuple[str | None, ...]) -> None:
    name = parse_name(written)
    assert (name.first_name, name.middle_name, name.last_name, name.suffix) == shown
    assert not name.junk


JUNK = {
    "a test": WrittenName(first="Test", last="User"),
    "words for nothing": WrittenName(first="N/A", last="Unknown"),
    "only a title": WrittenName(first="Mr"),
    "a generated name": WrittenName(first="F.25.12345"),
    "an address": WrittenName(first="mari@example.org"),
    "marks": WrittenName(first=".", last="-"),
    "digits": WrittenName(first="123", last="456"),
}


@pytest.mark.parametrize("written", JUNK.values(), ids=JUNK)
def test_a_name_that_names_nobody_is_junk_with_a_reason(written: WrittenName) -> None:
    name = parse_name(written)
    assert name.junk
    assert name.reason


def test_a_placeholder_beside_a_real_name_is_left_out_and_said() -> None:
    name = parse_name(WrittenName(first="Unknown", last="Smith"))
    assert (name.first_name, name.last_key, name.junk) == (None, "smith", False)
    assert name.reason == "first name left out: a word for no name"


def test_a_test_entry_with_a_real_last_name_is_junk() -> None:
    assert parse_name(WrittenName(first="TEST", last="Smith")).reason == IS_TEST


@pytest.mark.parametrize("first", ['Robert "Bob"', "Robert (Bob)", "Robert “Bob”", "Robert 'Bob'"])
def test_a_nickname_in_quotes_or_brackets_becomes_the_preferred_hint(first: str) -> None:
    name = parse_name(WrittenName(first=first, last="Smith"))
    assert (name.first_name, name.preferred_hint, name.first_key) == ("Robert", "Bob", "robert")


def test_a_prefix_that_is_no_title_is_a_preferred_name() -> None:
    """Decision 27: a season may keep the preferred name in the Prefix column."""
    name = parse_name(WrittenName(prefix="Bobby", first="Robert", last="Smith"))
    assert (name.prefix, name.preferred_hint) == (None, "Bobby")


def test_a_title_is_a_prefix_and_no_preferred_name() -> None:
    name = parse_name(WrittenName(prefix="DR", first="Robert", last="Smith"))
    assert (name.prefix, name.preferred_hint) == ("Dr.", None)


def test_father_and_son_differ_by_their_suffix_key() -> None:
    keys = [parse_name(WrittenName(first="John", last=last)).suffix_key for last in ("Smith Sr", "Smith, Jr.", "Smith")]
    assert keys == ["sr", "jr", ""]


def test_a_degree_is_no_evidence_of_a_generation() -> None:
    assert parse_name(WrittenName(first="Ann", last="Lee MD")).suffix_key == ""


def test_an_unknown_suffix_is_left_out_and_said() -> None:
    name = parse_name(WrittenName(first="Ann", last="Lee", suffix="Esmeralda"))
    assert (name.suffix, name.reason) == (None, UNKNOWN_SUFFIX)


def test_keys_are_folded_and_display_forms_are_not() -> None:
    name = parse_name(WrittenName(first="José", last="Núñez-O'Neil"))
    assert (name.first_name, name.last_name) == ("José", "Núñez-O'Neil")
    assert (name.first_key, name.last_key) == ("jose", "nunez oneil")


def test_a_name_over_the_cap_is_refused_unread() -> None:
    assert parse_name(WrittenName(first="x" * NAME_CAP, last="y")) == Name(junk=True, reason=OVER_CAP)


def test_a_blank_name_is_no_junk() -> None:
    assert parse_name(WrittenName()) == Name()


@pytest.mark.parametrize("kind", ["prefix", "suffix"])
def test_every_affix_in_its_own_column_is_known(kind: str) -> None:
    for word, affix in affixes(kind, own=True).items():
        name = parse_name(WrittenName(first="Ann", last="Lee", **{kind: word.upper() + "."}))
        assert getattr(name, kind) == affix.display
        assert plain_part(word) is None or word not in affixes(kind, own=False)


WORDS = [
    "John", "MARY", "o'brien", "de la Cruz", "Jr", "Jr.", "III", "Dr.", "Smith", "Smith, John", "Test", "n/a", "", "  ",
    None, "Mr", "Do", '"Bob"', "(Bob)", "Núñez", "ß", "İ", "Mary Ann", "J.", "A", "F.25.1", "x@y.org", "\0a",
    "ab\u200bc", "Jean-Luc", "van", "V", "MD, PhD", "Bobby", "'Al'", "ﬁ", "St. John", "x" * 600, " John", "John\t",
    "Unknown", "٣", "JR",
]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.tuples(*[st.sampled_from(WORDS) | st.text(st.characters(codec="utf-8"), max_size=6)] * 5)))
def test_the_table_says_what_a_single_reading_says(
    connection: duckdb.DuckDBPyConnection, written: set[tuple[str | None, ...]]
) -> None:
    build_name_values(connection, write_texts(connection, RAW_COLUMNS, written), "built")
    rows = {row[:5]: row[5:] for row in connection.execute("from built").fetchall()}
    assert rows == {row: _read(row) for row in written}


def _read(row: tuple[str | None, ...]) -> tuple[object, ...]:
    name = parse_name(WrittenName(*(text or "" for text in row)))
    texts = [getattr(name, column) or None for column in (*DISPLAY_COLUMNS, *KEY_COLUMNS)]
    return (*texts, name.junk, name.reason)
