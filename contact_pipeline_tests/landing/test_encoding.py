"""Encodings: found where they can be, refused where they cannot be what somebody says."""

from __future__ import annotations

import pytest

from contact_pipeline.landing.encoding import decide_encoding
from contact_pipeline.landing.outcomes import Refused

NAMES = "id,name\n1,José Muñoz\n2,Zoë O’Brien\n3,François Müller\n4,ÉMILE\n"
RUSSIAN = "id,имя,город\n1,Иван Петров,Москва\n2,Ольга Сидорова,Киев\n"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("ascii", "utf-8"),
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("utf-32-be", "utf-32-be"),
        ("cp1252", "cp1252"),
        ("mac_roman", "mac_roman"),
    ],
)
def test_every_usual_encoding_of_names_is_found(written: str, found: str) -> None:
    data = NAMES.encode(written, "ignore")
    decided = decide_encoding(data)
    assert decided.name == found
    assert data.decode(decided.name) == data.decode(written).removeprefix("\ufeff")
    assert decided.evidence


@pytest.mark.parametrize("name", ["José", "Muñoz", "Zoë", "Müller", "O’Brien", "Françoise", "ÉMILE", "Søren"])
def test_one_accent_in_a_short_list_reads_as_the_commonest_encoding(name: str) -> None:
    assert decide_encoding(f"id,name\n1,{name}\n".encode("cp1252")).name == "cp1252"


def test_an_old_dos_list_is_told_from_a_windows_one() -> None:
    assert decide_encoding("id,name\n1,José\n2,Peña\n3,Müller\n".encode("cp850")).name == "cp850"


def test_cyrillic_is_left_to_statistics() -> None:
    assert decide_encoding(RUSSIAN.encode("cp1251")).name == "cp1251"
    assert decide_encoding(RUSSIAN.encode("utf-16-le")).name == "utf-16-le"


def test_a_few_broken_bytes_do_not_turn_a_utf8_file_into_another() -> None:
    data = NAMES.encode() + b"5,Jos\xe9\n"
    assert decide_encoding(data).name == "utf-8"
    assert decide_encoding(NAMES.encode() + "é".encode()[:1]).name == "utf-8"


def test_what_somebody_says_wins_when_the_file_can_be_that() -> None:
    assert decide_encoding(NAMES.encode("cp1252"), "mac_roman").name == "mac_roman"
    assert decide_encoding(NAMES.encode("utf-16-be"), "utf16").name == "utf-16-be"
    assert decide_encoding(NAMES.encode("utf-16-le"), "utf-16-le").name == "utf-16-le"
    assert decide_encoding(NAMES.encode("utf-8-sig"), "UTF-8").name == "utf-8-sig"


@pytest.mark.parametrize(
    ("data", "asked"),
    [
        (NAMES.encode("cp1252"), "utf-8"),
        (NAMES.encode("cp1252"), "ascii"),
        (NAMES.encode("cp1252"), "utf-16"),
        (NAMES.encode("cp1252"), "cp037"),
        (NAMES.encode("utf-16-le"), "utf-16-be"),
        (NAMES.encode("utf-16"), "cp1252"),
        (NAMES.encode("utf-8-sig"), "cp1252"),
        (NAMES.encode(), "klingon"),
        (NAMES.encode(), "rot13"),
        (NAMES.encode(), "punycode"),
        (NAMES.encode(), ""),
    ],
)
def test_an_encoding_the_file_cannot_be_in_is_refused_with_advice(data: bytes, asked: str) -> None:
    with pytest.raises(Refused, match=r"Leave the encoding out|Use a name such as"):
        decide_encoding(data, asked)


def test_binary_data_is_no_text() -> None:
    with pytest.raises(Refused, match="NUL"):
        decide_encoding(b"id,name\n" + bytes(100))
    with pytest.raises(Refused, match="binary"):
        decide_encoding(bytes(range(1, 32)) * 40)
