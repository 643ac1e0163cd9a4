"""What a file is when it is not a CSV: known beginnings, each with what to do about it.

Recognising other kinds of file by their first bytes belongs here. Judging text does not.
"""

from __future__ import annotations

import re

from contact_pipeline.landing.outcomes import Refused

_SAVE_AS = "Open it in the program it came from and save or export it as CSV."
_EXPORT_ITSELF = (
    "Send the platform's own CSV export: a spreadsheet program drops leading zeros and rewrites dates. If it is an "
    "archive, unpack it first."
)
_NEWER = "Open it in Excel, remove the password if it has one, and save it as an Excel workbook (.xlsx) or as CSV."

BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook (.xlsx)", _EXPORT_ITSELF),
    (b"PK\x05\x06", "an empty zip archive", _SAVE_AS),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file (.xls, .doc), or a workbook with a password", _NEWER),
    (b"%PDF", "a PDF", _SAVE_AS),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"BZh", "a bzip2 archive", "Unpack it first."),
    (b"\xfd7zXZ\x00", "an xz archive", "Unpack it first."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"(\xb5/\xfd", "a zstd archive", "Unpack it first."),
    (b"SQLite format 3\x00", "an SQLite database", _SAVE_AS),
    (b"PAR1", "a Parquet file", _SAVE_AS),
    (b"\x89PNG", "a picture", "Send the list itself, as CSV."),
    (b"\xff\xd8\xff", "a picture", "Send the list itself, as CSV."),
    (b"GIF8", "a picture", "Send the list itself, as CSV."),
    (b"{\\rtf", "a rich-text document", _SAVE_AS),
    (b"\x7fELF", "a program", "Send the list itself, as CSV."),
    (b"MZ\x90", "a program", "Send the list itself, as CSV."),
)
"""First bytes, what the file is, what to do."""

_MARKUP = re.compile(r"<(?:!doctype|html|head|body|\?xml|!--|div|table|rss|svg)\b", re.IGNORECASE)
_JSON = re.compile(r'\{\s*(?:"[^"\n]{0,200}"\s*:|\}\s*\Z)|\[\s*(?:[\[{\]]|"[^"\n]{0,200}"\s*[,\]]|-?\d+\s*[,\]])')
_VCARD = re.compile(r"BEGIN:V(?:CARD|CALENDAR)", re.IGNORECASE)


def refuse_other_kinds(beginning: bytes) -> None:
    """Refuse what is plainly no text.

    Raises:
        Refused: The bytes begin like an archive, a workbook, a picture, a database or a program.
    """
    for magic, name, advice in BEGINNINGS:
        if beginning.startswith(magic):
            raise Refused(f"This is not a CSV file but {name}. {advice}")


def refuse_other_texts(beginning: str) -> None:
    """Refuse text that is written in another format.

    Raises:
        Refused: The text begins like a web page, XML, JSON or a vCard.
    """
    text = beginning.lstrip("\ufeff \t\r\n")
    if _MARKUP.match(text):
        raise Refused(
            "This is not a CSV file but a web page or XML; a download often gives one when the login has expired. "
            "Log in and export the file again."
        )
    if _JSON.match(text):
        raise Refused("This is not a CSV file but JSON. Export the list as CSV.")
    if _VCARD.match(text):
        raise Refused("This is not a CSV file but a vCard or calendar. Export the contacts as CSV.")
