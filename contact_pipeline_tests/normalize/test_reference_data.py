"""The tracked word lists hold what their readers expect."""

import re
from collections import Counter

import pytest

from contact_pipeline.normalize.email import domain_hint, junk_kind
from contact_pipeline.normalize.fold import fold
from contact_pipeline.normalize.junk import junk_words
from contact_pipeline.normalize.name import WrittenName, parse_name
from contact_pipeline.normalize.reference_data import reference_rows
from contact_pipeline.normalize.street import address_words, street_key

KEYS = {
    "address_words": ("kind", "written"),
    "company_words": ("kind", "word"),
    "countries": ("written",),
    "email_providers": ("domain",),
    "email_typos": ("typed",),
    "given_names": ("name",),
    "junk_words": ("field", "word"),
    "name_affixes": ("kind", "written"),
    "nickname_extras": ("nickname", "canonical"),
}


@pytest.mark.parametrize("name", KEYS)
def test_no_row_stands_twice_and_every_cell_is_folded(name: str) -> None:
    keys = Counter(tuple(row[column] for column in KEYS[name]) for row in reference_rows(name))
    assert [key for key, count in keys.items() if count > 1] == []
    assert all(cell == cell.strip().lower() and cell for key in keys for cell in key)


def test_every_typing_error_has_a_hint_and_no_domain_hints_at_itself() -> None:
    for row in reference_rows("email_typos"):
        assert domain_hint(row["typed"]) == f"{row['typed']} is probably a typing error for {row['likely']}"
        assert domain_hint(row["likely"]) is None


def test_every_junk_mailbox_and_domain_is_junk() -> None:
    assert all(junk_kind(word, "example.org") for word in junk_words("email_local"))
    assert all(junk_kind("mari", word) for word in junk_words("email_domain"))
    assert junk_kind("mari", "example.org") is None


def test_every_junk_name_is_left_out() -> None:
    for word in junk_words("name"):
        assert parse_name(WrittenName(first=word.upper())).junk


def test_every_street_type_has_a_normal_form_that_is_its_own() -> None:
    for written, normal in address_words("type").items():
        assert street_key(f"Heron {written}") == street_key(f"Heron {normal}") == f"heron {normal}"


def test_endings_are_normal_forms_of_types() -> None:
    assert set(address_words("ending")) <= set(address_words("type").values())


def test_street_words_are_plain() -> None:
    assert all(re.fullmatch("[a-z0-9]+", written) for written in address_words("type"))


def test_folding_takes_accents_off() -> None:
    assert fold("ÅØŁßÇñ") == "aolsscn"
