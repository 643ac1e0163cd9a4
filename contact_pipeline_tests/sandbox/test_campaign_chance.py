from collections import Counter
from datetime import date
from random import Random

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st

from contact_pipeline.sandbox.campaign import names, places, variants
from contact_pipeline.sandbox.campaign.chance import Weighted, misdial, slip
from contact_pipeline.sandbox.campaign.places import PLACES, Address

WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzáñ'", min_size=3, max_size=14)


@given(WORDS, st.integers())
def test_a_slip_always_changes_the_word_but_not_its_first_letter(word: str, seed: int) -> None:
    typed = slip(Random(seed), word)
    assert typed != word
    assert typed[0] == word[0]
    assert abs(len(typed) - len(word)) <= 1


@given(st.integers(min_value=2_012_000_000, max_value=9_899_999_999), st.integers())
def test_a_misdialled_number_is_another_number_of_the_same_length(number: int, seed: int) -> None:
    dialled = misdial(Random(seed), f"+1{number}")
    assert dialled != f"+1{number}"
    assert dialled[:8] == f"+1{number}"[:8]
    assert len(dialled) == 12


@given(st.dates(min_value=date(1930, 1, 1), max_value=date(2010, 12, 31)), st.integers())
def test_a_wrong_birth_date_is_never_the_right_one(born: date, seed: int) -> None:
    assert variants.wrong_birth_date(Random(seed), born, date(2026, 9, 15)) != born


@given(st.integers(min_value=2_012_000_000, max_value=9_899_999_999), st.integers())
def test_a_phone_keeps_its_digits_in_whatever_form_it_is_typed(number: int, seed: int) -> None:
    typed = variants.phone_form(Random(seed), f"+1{number}")
    assert "".join(letter for letter in typed if letter.isdigit())[-10:] == str(number)


@given(st.integers())
def test_a_rewritten_address_keeps_number_unit_and_city(seed: int) -> None:
    rng = Random(seed)
    home = places.home(rng, PLACES[seed % len(PLACES)], unit_share=1.0)
    other = variants.rewritten(rng, home)
    assert other != home
    assert (other.city, other.state, other.zip_code) == (home.city, home.state, home.zip_code)
    assert other.line_1.split()[0] == home.line_1.split()[0]
    assert f"{other.line_1} {other.line_2}".split()[-1].lstrip("#") == variants.bare_unit(home.line_2)


def test_a_home_without_unit_gets_another_street_type() -> None:
    home = Address("12 Oak Street", "", "Athens", "GA", "30601")
    assert variants.rewritten(Random(1), home).line_1 == "12 Oak St"


def test_weights_decide_how_often_something_is_drawn() -> None:
    rng = Random(1)
    drawn = Counter(Weighted([("often", 9), ("rarely", 1)]).draw(rng) for _ in range(5000))
    assert 4300 < drawn["often"] < 4700


def test_surnames_have_a_heavy_tail_led_by_smith() -> None:
    rng = Random(1)
    stock = names.name_stock()
    drawn = Counter(stock.surname(rng)[0] for _ in range(40_000))
    assert drawn.most_common(1)[0][0] == "Smith"
    assert 0.005 < drawn["Smith"] / 40_000 < 0.015
    assert sum(1 for count in drawn.values() if count <= 5) > 2000


def test_every_area_code_belongs_to_the_united_states_and_every_zip_to_the_state() -> None:
    for place in PLACES:
        assert {zip_code[:1] for zip_code in place.zips} == {"3"}
        assert all(("30" <= zip_code[:2] <= "31") == (place.state == "GA") for zip_code in place.zips)
        for code in place.area_codes:
            number = phonenumbers.parse(f"+1{code}2345678")
            assert phonenumbers.is_valid_number(number)
            assert phonenumbers.region_code_for_number(number) == "US"
