"""How a file is written: delimiter, header, and files that are no lists at all."""

from __future__ import annotations

import re

import pytest

from contact_pipeline.landing.dialect import Dialect, decide_dialect
from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.sources.entities import GIVEBUTTER_CONTACTS, LIST_PEOPLE, Entity


def dialect(text: str | bytes, entity: Entity = LIST_PEOPLE, **asked: object) -> Dialect:
    return decide_dialect(text.encode() if isinstance(text, str) else text, entity, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_usual_delimiter_is_found(delimiter: str) -> None:
    lines = ["id,first name,city", "1,Ann,Tampa", "2,Bo,Miami"]
    assert dialect("\n".join(line.replace(",", delimiter) for line in lines)).delimiter == delimiter


@pytest.mark.parametrize("delimiter", ["^", "~", "\x1f"])
def test_a_delimiter_nobody_expects_is_found_where_no_other_cuts_the_file(delimiter: str) -> None:
    lines = ["id,first name,city", "1,Ann,Tampa", "2,Bo,Miami"]
    found = dialect("\n".join(line.replace(",", delimiter) for line in lines))
    assert (found.delimiter, len(found.columns)) == (delimiter, 3)
    assert "no usual delimiter cuts the file" in found.evidence["delimiter"]


def test_a_sign_in_a_few_cells_of_one_column_cuts_nothing() -> None:
    assert len(dialect("Notes\nsmile ^^\nplain\nplain\nplain\n").columns) == 1


CASES = {
    "commas inside the cells of a semicolon file": ("id;name;city\n1;Lee, Ann;x\n2;Roe, Bo;y\n", ";", True, 3),
    "a title above the header": ("Volunteers 2026\n\nFirst,Last,Email\nAnn,Lee,a@example.org\n", ",", True, 3),
    "a padded title above the header": ("Volunteers,,,\nFirst,Last,Email,City\nA,B,a@example.org,c\n", ",", True, 4),
    "names over groups of columns": ("Person,,,\nFirst,Last,Email,City\nA,B,a@example.org,c\n", ",", True, 4),
    "merged names over groups of columns": (
        "Contact,,Address,,\nFirst,Email,Street,City,Zip\nA,a@example.org,1 Oak St,Tampa,33602\n",
        ",",
        True,
        5,
    ),
    "no header: an e-mail address in the first row": ("Ann,a@example.org\nBo,b@example.org\n", ",", False, 2),
    "no header: a phone in the first row": ("Ann,Lee,813-555-0101\nBo,Roe,813-555-0102\n", ",", False, 3),
    "a header nobody knows": ("foo,bar\nx,y\n", ",", True, 2),
    "years as column names beside known ones": ("name,email,2024,2025\nAnn,a@example.org,1,2\n", ",", True, 4),
    "one column with a known name": ("Email\na@example.org\n", ",", True, 1),
    "one column of addresses without a header": ("a@example.org\nb@example.org\n", ",", False, 1),
    "one column of names with commas": ("Name\nLee, Ann\nRoe, Bo\n", "\t", True, 1),
    "Excel's own hint": ("sep=;\nid;name\n1;Ann\n", ";", True, 2),
    "single quotes round every cell": ("'id','name'\n'1','Lee, Ann'\n", ",", True, 2),
}


@pytest.mark.parametrize("name", CASES)
def test_a_list_is_read_as_a_person_would_read_it(name: str) -> None:
    text, delimiter, header, columns = CASES[name]
    found = dialect(text)
    assert (found.delimiter, found.header, len(found.columns)) == (delimiter, header, columns)
    assert set(found.evidence) == {"encoding", "delimiter", "header"}


def test_what_somebody_says_about_delimiter_and_header_is_followed() -> None:
    found = dialect("a b;c\nd e;f\n", delimiter="space", header=False)
    assert (found.delimiter, found.header, found.columns) == (" ", False, ("column_1", "column_2"))
    assert dialect("1,2\n3,4\n", header=True).columns == ("1", "2")


def test_a_delimiter_that_cuts_nothing_is_refused_and_the_right_one_named() -> None:
    with pytest.raises(Refused, match="comma would give 3 columns"):
        dialect("id,name,city\n1,Ann,Tampa\n", delimiter=";")
    for senseless in ("", "ab", '"', "\n", "x"):
        with pytest.raises(Refused, match="cannot be a delimiter"):
            dialect("id,name\n1,Ann\n", delimiter=senseless)


NO_LISTS = {
    "empty": (b"", "empty"),
    "blank lines only": (b"\n \n\r\n", "blank lines"),
    "a workbook": (b"PK\x03\x04\x14\x00\x06\x00", "Excel workbook"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1", "old Excel"),
    "a PDF": (b"%PDF-1.7\n", "PDF"),
    "gzip": (b"\x1f\x8b\x08\x00", "gzip"),
    "a web page": (b"<!DOCTYPE html><html><body>Log in</body></html>", "web page"),
    "JSON": (b'{"data": [1, 2]}', "JSON"),
    "a JSON list": (b'[{"id": 1}]', "JSON"),
    "a vCard": (b"BEGIN:VCARD\nFN:Ann\n", "vCard"),
    "a letter": (
        b"Dear friends of the library,\nit has been a long year for all of us and much was done.\n"
        b"We would like to thank you, once more, for what you gave.\n",
        "does not look like a list",
    ),
    "a picture": (b"\x89PNG\r\n\x1a\n", "picture"),
    "too many columns": ((",".join(f"c{n}" for n in range(2_001)) + "\n").encode(), "2,001 columns"),
    "a header that runs into the first record": (
        b"id,first name,city,email1,Ann,x,a@example.org\n2,Bo,y,b@example.org\n",
        "header",
    ),
    "a header with a stray quote": (b'id,"first name,email\n1,Ann,a@example.org\n2,Bo,b@example.org\n', "header"),
}


@pytest.mark.parametrize("name", NO_LISTS)
def test_what_is_no_list_is_refused_saying_what_it_is(name: str) -> None:
    data, message = NO_LISTS[name]
    with pytest.raises(Refused, match=message):
        dialect(data)


def test_an_export_of_something_else_is_refused_with_the_difference() -> None:
    difference = "Missing columns: 'Givebutter Contact ID', 'Last Name'. Unexpected columns: 'Team'"
    with pytest.raises(Refused, match=re.escape(difference)):
        dialect("First Name,Team\nAnn,Blue\n", GIVEBUTTER_CONTACTS)
    with pytest.raises(Refused, match="must name its columns"):
        dialect("1,Ann,Lee\n", GIVEBUTTER_CONTACTS, header=False)


def test_a_delimiter_at_the_end_of_every_record_is_a_column_without_a_name() -> None:
    assert dialect("a,b\n1,2,\n3,4,\n").columns == ("a", "b", "column_3")
    assert dialect("a,b,\n1,2\n3,4\n").columns == ("a", "b")
    assert dialect("a,b\n1,2,\n3,4\n").columns == ("a", "b")
    assert dialect("a,b\n1,2,\n").columns == ("a", "b"), "one record is no evidence"
