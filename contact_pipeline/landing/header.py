"""Is there a header, and where: header words, and cells no header ever holds.

Recognising header names and data-like cells, and finding the header among the first rows, belong here. What the
columns are then called belongs to `columns`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from contact_pipeline.landing.columns import same_name
from contact_pipeline.landing.records import Record
from contact_pipeline.sources.entities import Entity
from contact_pipeline.sources.list_file.fields import synonyms, words_of

FIRST_ROWS = 20
"""How far down a header is looked for."""
SHORTEST_FOREIGN = 4
"""Letters of a column name in another language: shorter ones (`non`, `ri`) are words of many things."""

COMMON_NAMES = frozenset((
    "id", "uid", "uuid", "number", "row", "voter", "svid", "name", "full name", "fullname", "first", "first name",
    "firstname", "given name", "forename", "last", "last name", "lastname", "surname", "family name", "middle",
    "middle name", "middlename", "middle initial", "mi", "prefix", "suffix", "salutation", "title",
    "preferred name", "preferred first name", "nickname", "maiden name", "contact", "person", "member", "volunteer",
    "mentor", "donor", "email", "e mail", "mail", "email address", "e mail address", "emails", "primary email",
    "additional emails", "phone", "phone number", "telephone", "tel", "mobile", "mobile phone", "cell",
    "cell phone", "cellphone", "fax", "landline", "phones", "primary phone", "additional phones", "sms", "address",
    "street", "street address", "address 1", "address 2", "address1", "address2", "address line 1",
    "address line 2", "addr", "line 1", "line 2", "apt", "unit", "apartment", "house number", "street number",
    "street name", "city", "town", "state", "province", "region", "zip", "zip code", "zipcode", "zip5", "zip4",
    "postal code", "postcode", "country", "county", "precinct", "dob", "date of birth", "birth date", "birthdate",
    "birthday", "birth year", "year of birth", "age", "gender", "sex", "race", "party", "ethnicity", "company",
    "employer", "organization", "organisation", "occupation", "job title", "school", "role", "status", "type",
    "group", "team", "source", "tags", "tag", "notes", "note", "comment", "comments", "date", "date created",
    "created", "created at", "updated", "updated at", "date modified", "last modified", "timestamp", "website",
    "twitter", "linkedin", "facebook", "instagram", "url", "amount", "total", "language", "household", "shift",
    "season", "event",
))  # fmt: skip
"""Names lists of people use for their columns, in the form `_plain` gives."""

_NAME_ENDING = re.compile(r"(?:^| )(?:e ?mail|phone|name|address|zip|id|dob|birthday)(?: \d)?$")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
_NUMBERS = re.compile(r"[+#$(]?\d[\d\s.,:/()+%-]*(?:x\d+)?|\(\d{3}\) ?\d{3}-?\d{4}", re.IGNORECASE)


class Header(NamedTuple):
    """The header's place among the rows (None when there is none), and why we think so."""

    place: int | None
    evidence: str


def known_names(cells: Sequence[str], entity: Entity) -> int:
    """How many cells are names of columns we know."""
    own = {_plain(name) for name in entity.columns}
    return sum(1 for cell in cells if _is_known(cell, own))


def _plain(cell: str) -> str:
    return _NOT_PLAIN.sub(" ", cell[:80].lower()).strip()


def _is_known(cell: str, own: set[str]) -> bool:
    plain = _plain(cell)
    if plain in COMMON_NAMES or plain in own or (len(plain) <= 40 and _NAME_ENDING.search(plain)):
        return True
    foreign = " ".join(words_of(cell[:80]))
    return len(foreign) >= SHORTEST_FOREIGN and foreign in synonyms()


def holds_email(cells: Sequence[str]) -> bool:
    """Whether a cell is an e-mail address: no header holds one."""
    return any("@" in cell and _EMAIL.fullmatch(cell.strip()) for cell in cells if len(cell) <= 320)


def numbers(cells: Sequence[str]) -> int:
    """How many cells are numbers, dates or phone numbers."""
    return sum(1 for cell in cells if len(cell) <= 64 and _NUMBERS.fullmatch(cell.strip()))


def filled(cells: Sequence[str]) -> int:
    """How many cells hold something."""
    return sum(1 for cell in cells if cell.strip())


def missing_required(cells: Sequence[str], entity: Entity) -> list[str]:
    """The entity's required columns that are not among the cells."""
    present = {same_name(cell.lstrip("\ufeff")) for cell in cells}
    return [name for name in entity.required if same_name(name) not in present]


def common_width(rows: Sequence[Record]) -> int:
    """The number of cells most rows have; the larger where two are equally common."""
    widths = Counter(len(row.fields) for row in rows if row.fields and filled(row.fields))
    return max(widths, key=lambda width: (widths[width], width), default=0)


def find_header(rows: Sequence[Record], entity: Entity, asked: bool | None) -> Header:
    """The header among the first rows of a file.

    Args:
        rows: The first records, blank and damaged ones among them.
        entity: Its required columns, where it has any, must be in the header.
        asked: Whether somebody said that there is a header; None to decide.
    """
    if asked is False:
        return Header(None, "no header, as asked")
    usable = [(index, row.fields) for index, row in enumerate(rows) if row.fields and filled(row.fields)]
    if not usable:
        return Header(None, "no row to be a header")
    if entity.required:
        return _with_required(usable[:FIRST_ROWS], entity)
    found = _by_names(usable[:FIRST_ROWS], common_width(rows), entity)
    if found.place is None and asked:
        return Header(usable[0][0], "first row, as asked")
    return found


def _with_required(usable: Sequence[tuple[int, list[str]]], entity: Entity) -> Header:
    for index, cells in usable:
        if not missing_required(cells, entity):
            return Header(index, "holds every required column")
    best = max(usable, key=lambda row: (known_names(row[1], entity), -row[0]))
    return Header(best[0], "the row with the most known column names")


def _by_names(usable: Sequence[tuple[int, list[str]]], width: int, entity: Entity) -> Header:
    for place, (index, cells) in enumerate(usable):
        if holds_email(cells):
            return Header(None, "the first row holds an e-mail address, so it is data")
        known = known_names(cells, entity)
        if _is_group_row(cells, usable[place + 1 : place + 2], width, entity):
            continue
        if known >= 2 or known > numbers(cells):
            return Header(index, f"{known} of {len(cells)} cells are known column names")
        if not _is_title(cells, width):
            if numbers(cells):
                return Header(None, "the first row holds numbers and no known column name, so it is data")
            return Header(index, "the first row holds neither e-mail addresses nor numbers")
    return Header(usable[0][0], "the first row, for want of a better one")


def _is_group_row(cells: Sequence[str], after: Sequence[tuple[int, list[str]]], width: int, entity: Entity) -> bool:
    """Whether the row names groups of columns, as merged cells leave it: half empty, the next row names columns."""
    if width < 3 or filled(cells) > width // 2 or not after:
        return False
    below = after[0][1]
    return (
        filled(below) > filled(cells)
        and not holds_email(below)
        and known_names(below, entity) >= max(2, known_names(cells, entity), numbers(below) + 1)
    )


def _is_title(cells: Sequence[str], width: int) -> bool:
    """Whether the row is a title above the header: one cell or so, in a table with more columns."""
    return width > 1 and filled(cells) <= max(1, width // 4) and (len(cells) < width or width > 2)
