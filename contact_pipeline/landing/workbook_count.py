"""A workbook's own XML: how many rows hold something, and what calamine does not hand on.

The independent count of a sheet's rows (for the ledger, as `count` is for text) belongs here, together with the cells
whose text only the XML has: errors, and whole numbers longer than a float. Reading all other cells is calamine's.
Only patterns over bytes are used, no XML parser: nothing is expanded, fetched or resolved.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from contact_pipeline.landing.outcomes import Refused

WORKBOOK_PART = "xl/workbook.xml"
RELATIONS_PART = "xl/_rels/workbook.xml.rels"
STRINGS_PART = "xl/sharedstrings.xml"
PIECE = 1 << 20
INDEX_CAP = 4 << 20
"""Bytes of the workbook's list of sheets; a thousand sheets need a tenth."""

_TAG = r"<(?:\w+:)?"
_ELEMENT = r"\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?"
ROW = re.compile(f"{_TAG}row{_ELEMENT}row\\s*>)".encode(), re.DOTALL)
CELL = re.compile(f"{_TAG}c{_ELEMENT}c\\s*>)".encode(), re.DOTALL)
STRING = re.compile(f"{_TAG}si{_ELEMENT}si\\s*>)".encode(), re.DOTALL)
VALUE = re.compile(f"{_TAG}(?:v|t){_ELEMENT}(?:v|t)\\s*>)".encode(), re.DOTALL)
PLAIN = re.compile(rf"{_TAG}t\b[^>]*>\s*[^<&_\s\x80-\xff]".encode("latin-1"))
"""The beginning of a shared string that surely shows something, as nearly all do."""
PHONETIC = re.compile(f"{_TAG}rPh{_ELEMENT}rPh\\s*>)".encode(), re.DOTALL)
SHEET = re.compile(f"{_TAG}sheet\\b([^>]*)>".encode())
RELATION = re.compile(f"{_TAG}Relationship\\b([^>]*)>".encode())
ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
PARTICULAR = re.compile(rb"""\bt\s*=\s*["']e["']|>\s*-?[0-9]{16,}\s*<""")
LONG_NUMBER = re.compile(r"-?[0-9]{16,}")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass
class SheetCount:
    """What the XML of one sheet says.

    Attributes:
        filled: Rows with a cell that is not blank.
        last: The number of the last of them, from 1; 0 when there is none.
        exact: The text of errors (`#N/A`) and of whole numbers of 16 digits and more, by row and column from 1.
    """

    filled: int = 0
    last: int = 0
    exact: dict[tuple[int, int], str] = field(default_factory=dict)


def count_sheet(path: Path, sheet: str) -> SheetCount:
    """Count one sheet's rows.

    Args:
        path: The workbook.
        sheet: The sheet's name.

    Raises:
        Refused: The sheet's part lies outside of the archive, is missing, or declares a document type.
    """
    with zipfile.ZipFile(path) as archive:
        parts = {name.lower(): name for name in archive.namelist()}
        part = _part_of(archive, parts, sheet)
        blank = _blank_strings(archive, parts)
        return _count(archive, part, blank)


def _count(archive: zipfile.ZipFile, part: str, blank: set[int]) -> SheetCount:
    found = SheetCount()
    number = 0
    for attributes, body in _elements(archive, part, ROW, b"</sheetData>"):
        number = int(_attributes(attributes).get("r", number + 1))
        if not body:
            continue
        if PARTICULAR.search(body):
            found.exact |= {(number, column): text for column, text in _exact(body)}
        if any(_holds_something(cell.group(1), cell.group(2), blank) for cell in CELL.finditer(body)):
            found.filled += 1
            found.last = max(found.last, number)
    return found


def _holds_something(attributes: bytes, body: bytes | None, blank: set[int]) -> bool:
    if not body:
        return False
    text = _text(body)
    if _attributes(attributes).get("t") == "s":
        return bool(text.strip()) and int(text) not in blank
    return bool(text.strip())


def _exact(body: bytes) -> Iterator[tuple[int, str]]:
    column = 0
    for cell in CELL.finditer(body):
        attributes = _attributes(cell.group(1))
        column = _column(attributes["r"]) if "r" in attributes else column + 1
        kind, text = attributes.get("t", "n"), _text(cell.group(2) or b"").strip()
        if kind == "e" or (kind == "n" and LONG_NUMBER.fullmatch(text)):
            yield column, text


def _column(place: str) -> int:
    """`AB12` is in column 28."""
    column = 0
    for letter in place.upper():
        if not "A" <= letter <= "Z":
            break
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _text(body: bytes) -> str:
    """The text of a cell or shared string; formulas and phonetic hints are no part of it."""
    joined = b"".join(found.group(2) or b"" for found in VALUE.finditer(PHONETIC.sub(b"", body)))
    text = html.unescape(joined.decode("utf-8", "replace")) if b"&" in joined else joined.decode("utf-8", "replace")
    return ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


def _blank_strings(archive: zipfile.ZipFile, parts: dict[str, str]) -> set[int]:
    """The places of the shared strings that show nothing."""
    if STRINGS_PART not in parts:
        return set()
    strings = _elements(archive, parts[STRINGS_PART], STRING, b"</sst>")
    return {place for place, (_, body) in enumerate(strings) if not PLAIN.match(body) and not _text(body).strip()}


def _elements(
    archive: zipfile.ZipFile, part: str, pattern: re.Pattern[bytes], end: bytes
) -> Iterator[tuple[bytes, bytes]]:
    """Attributes and content of each element, the part being read piece by piece."""
    with archive.open(part) as stream:
        waiting = stream.read(PIECE)
        _refuse_document_type(waiting)
        while waiting:
            position = 0
            for found in pattern.finditer(waiting):
                position = found.end()
                yield found.group(1), found.group(2) or b""
            if end in waiting[position:]:
                return
            piece = stream.read(PIECE)
            waiting = waiting[position:] + piece if piece else b""


def _part_of(archive: zipfile.ZipFile, parts: dict[str, str], sheet: str) -> str:
    """The archive's part that holds a sheet.

    Raises:
        Refused: There is none, or the workbook says that it lies elsewhere.
    """
    relation = next(
        (
            _named(attributes, "id")
            for attributes in _index(archive, parts, WORKBOOK_PART, SHEET)
            if attributes.get("name") == sheet
        ),
        None,
    )
    for attributes in _index(archive, parts, RELATIONS_PART, RELATION):
        if relation is not None and attributes.get("Id") == relation:
            if attributes.get("TargetMode", "").lower() == "external":
                raise Refused("The workbook's sheet lies in another file. Copy its values into a new workbook.")
            target = attributes.get("Target", "").replace("\\", "/")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if part.lower() in parts:
                return parts[part.lower()]
    raise Refused(
        f"The workbook is damaged: the content of its sheet {sheet!r} is missing. Open it in Excel and save it again."
    )


def _index(
    archive: zipfile.ZipFile, parts: dict[str, str], part: str, pattern: re.Pattern[bytes]
) -> list[dict[str, str]]:
    if part not in parts:
        return []
    with archive.open(parts[part]) as stream:
        content = stream.read(INDEX_CAP)
    _refuse_document_type(content)
    return [_attributes(found.group(1)) for found in pattern.finditer(content)]


def _refuse_document_type(content: bytes) -> None:
    if b"<!DOCTYPE" in content[:PIECE] or b"<!ENTITY" in content[:PIECE]:
        raise Refused("The workbook declares XML entities, which no spreadsheet program writes. It was not read.")


def _attributes(content: bytes) -> dict[str, str]:
    found = ((name, double or single) for name, double, single in ATTRIBUTE.findall(content))
    return {name.decode(): html.unescape(value.decode("utf-8", "replace")) for name, value in found}


def _named(attributes: dict[str, str], name: str) -> str | None:
    """An attribute whatever its prefix."""
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), None)
