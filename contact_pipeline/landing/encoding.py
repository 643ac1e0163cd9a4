"""Which encoding a file is written in, and how that is known.

Byte-order marks, UTF-8, UTF-16 and UTF-32 without a mark belong here; older encodings are told apart in `letters`.
The order of evidence: a person's word, a mark, the pattern of NUL bytes, valid UTF-8, mostly valid UTF-8, spelling.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from contact_pipeline.landing.letters import likely_encoding
from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.landing.text import DECODE_ERRORS, UNDECODABLE, Bytes

PIECE = 1 << 20
SAMPLE = 1 << 16

MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks, the longer ones first: UTF-32's little-endian mark begins with UTF-16's."""

MOST_BROKEN = 0.5
FEW_BROKEN = 2_000
"""An encoding that was asked for is refused when more than this share of what is not ASCII cannot be decoded, and that
is more than one byte in so many."""

_UTF8_LETTERS = re.compile("[\u00c0-\u017f\u2010-\u2026\u20ac\U00010000-\U0010ffff]")
_ABOVE_ASCII = re.compile("[^\x00-\x7f]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x7f-\x9f]")


class Encoding(NamedTuple):
    """A codec's name that decodes the whole file, whether the file begins with a mark, and why we think so."""

    name: str
    bom: bool
    evidence: str


def decide_encoding(data: Bytes, asked: str | None = None) -> Encoding:
    """The encoding of a file.

    Args:
        data: All its bytes; not empty.
        asked: An encoding somebody asked for, which is checked instead of guessed.

    Raises:
        Refused: The file holds binary data, or cannot be what was asked for.
    """
    mark, marked = _mark(data)
    if asked is not None:
        return _checked(data, asked, marked)
    if marked:
        return Encoding(marked, True, f"begins with the byte-order mark {mark.hex(' ')}")
    wide = _wide_encoding(data[:SAMPLE])
    if wide:
        return Encoding(wide, False, "every other byte is NUL, as in text of this encoding")
    _refuse_binary(data)
    return _narrow_encoding(data)


def _mark(data: Bytes) -> tuple[bytes, str | None]:
    for mark, name in MARKS:
        if data[: len(mark)] == mark and not (name == "utf-32" and len(data) % 4):
            return mark, name
    return b"", None


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark, by where the NUL bytes of its ASCII characters stand."""
    whole = sample[: len(sample) // 4 * 4] if len(sample) >= 8 else sample
    if len(whole) < 4:
        return None
    nul = [_share_of_nul(whole[place::4]) for place in range(4)]
    patterns = {
        "utf-32-le": (nul[3] > 0.95 and nul[2] > 0.9 and nul[1] > 0.5 and nul[0] < 0.05),
        "utf-32-be": (nul[0] > 0.95 and nul[1] > 0.9 and nul[2] > 0.5 and nul[3] < 0.05),
        "utf-16-le": (min(nul[1], nul[3]) > 0.15 and max(nul[0], nul[2]) < 0.02),
        "utf-16-be": (min(nul[0], nul[2]) > 0.15 and max(nul[1], nul[3]) < 0.02),
    }
    found = next((name for name, fits in patterns.items() if fits), None)
    if found is None:
        return None
    text = codecs.getincrementaldecoder(found)(DECODE_ERRORS).decode(whole)
    return found if len(UNDECODABLE.findall(text)) <= len(text) * 0.01 else None


def _share_of_nul(part: bytes) -> float:
    return part.count(0) / len(part) if part else 0.0


def _refuse_binary(data: Bytes) -> None:
    """Refuse data with more control bytes than any text has.

    Raises:
        Refused: More than a tenth of the bytes are NUL, or the beginning holds many control bytes.
    """
    nul = sum(data[start : start + PIECE].count(0) for start in range(0, len(data), PIECE))
    if nul > len(data) * 0.1:
        raise Refused(
            "This is not readable text: a large part of it is empty (NUL) bytes. It may be a broken copy or another "
            "kind of file. Copy or export it again."
        )
    sample = data[:SAMPLE]
    control = sum(sample.count(code) for code in range(32) if code not in (0, 9, 10, 11, 12, 13, 26, 27))
    if control > len(sample) * 0.05 and control > 8:
        raise Refused("This is not readable text but binary data. Export the list as CSV.")


def _narrow_encoding(data: Bytes) -> Encoding:
    if _is_strict(data, "utf-8"):
        return Encoding("utf-8", False, "all bytes are valid UTF-8")
    characters, letters, broken = _utf8_evidence(data)
    if characters >= broken or letters * 5 >= broken > 0:
        why = f"{characters} characters are valid UTF-8, {broken} bytes are not and their records are rejected"
        return Encoding("utf-8", False, why)
    name, evidence = likely_encoding(data)
    return Encoding(name, False, evidence)


def _is_strict(data: Bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for start in range(0, len(data), PIECE):
            decoder.decode(data[start : start + PIECE])
        decoder.decode(b"", True)
    except UnicodeError:
        return False
    return True


def _utf8_evidence(data: Bytes) -> tuple[int, int, int]:
    """Characters above ASCII that are valid UTF-8, those of them that names and notes often hold, and broken bytes.

    Two letters of an older encoding are seldom a valid pair by chance, and hardly ever one that means a Latin letter.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(DECODE_ERRORS)
    characters = letters = broken = 0
    for start in range(0, len(data) + PIECE, PIECE):
        text = decoder.decode(data[start : start + PIECE], start >= len(data))
        if not text.isascii():
            wrong = len(UNDECODABLE.findall(text))
            broken += wrong
            characters += len(_ABOVE_ASCII.findall(text)) - wrong
            letters += len(_UTF8_LETTERS.findall(text))
    return characters, letters, broken


def _checked(data: Bytes, asked: str, marked: str | None) -> Encoding:
    """The encoding asked for, when the file can be read with it.

    Raises:
        Refused: No such encoding, or the file does not fit it.
    """
    name = _text_codec(asked)
    if marked and name == marked.removesuffix("-sig"):
        name = marked
    elif marked and not _same_family(name, marked, data):
        raise Refused(f"The file begins with the mark of {marked.removesuffix('-sig')}, not of {asked}. {_LEAVE_OUT}")
    elif not marked and name in ("utf-16", "utf-32"):
        name = _wide_encoding(data[:SAMPLE]) or name
        if name in ("utf-16", "utf-32"):
            raise Refused(f"The file does not fit {asked}: it has neither its mark nor its NUL bytes. {_LEAVE_OUT}")
    above, broken = _fit(data, name)
    if broken > above * MOST_BROKEN and broken * FEW_BROKEN > len(data):
        raise Refused(f"The file does not fit {asked}: {broken:,} bytes have no meaning in it. {_LEAVE_OUT}")
    if not _reads_as_text(data, name):
        raise Refused(f"The file does not fit {asked}: what comes out is not text. {_LEAVE_OUT}")
    return Encoding(name, bool(marked), f"asked for as {asked!r}" + (f"; {broken} bytes do not fit" if broken else ""))


def _same_family(name: str, marked: str, data: Bytes) -> bool:
    little = data[:2] == codecs.BOM_UTF16_LE
    return name == marked or name == f"{marked}-{'le' if little else 'be'}"


def _reads_as_text(data: Bytes, name: str) -> bool:
    """Whether the beginning, decoded, is text: few control characters, and some of the ASCII every list has."""
    text = codecs.getincrementaldecoder(name)(DECODE_ERRORS).decode(data[:SAMPLE])
    control = len(_CONTROL.findall(text))
    plain = len(text) - len(_ABOVE_ASCII.findall(text))
    return control <= max(8, len(text) * 0.05) and plain > len(text) * 0.01


_LEAVE_OUT = "Leave the encoding out to have it found, or name another."


def _text_codec(asked: str) -> str:
    try:
        found = codecs.lookup(asked.strip())
        "".encode(found.name)
        codecs.getincrementaldecoder(found.name)
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise Refused(
            f"There is no text encoding called {asked!r}. Use a name such as utf-8, utf-16, cp1252 or mac_roman."
        ) from error
    if found.name in ("undefined", "idna", "punycode", "unicode-escape", "unicode_escape", "raw-unicode-escape"):
        raise Refused(f"{asked!r} is not an encoding of files. Use a name such as utf-8, utf-16, cp1252 or mac_roman.")
    return found.name if found.name.startswith("utf") else asked.strip().lower()


def _fit(data: Bytes, name: str) -> tuple[int, int]:
    """Characters above ASCII, and those of them that stand for bytes the encoding does not know."""
    decoder = codecs.getincrementaldecoder(name)(DECODE_ERRORS)
    above = broken = 0
    for start in range(0, len(data) + PIECE, PIECE):
        text = decoder.decode(data[start : start + PIECE], start >= len(data))
        if not text.isascii():
            above += len(_ABOVE_ASCII.findall(text))
            broken += len(UNDECODABLE.findall(text))
    return above, broken
