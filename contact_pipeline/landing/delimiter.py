"""Which character stands between the cells, and how that is known.

Scoring delimiters and quote marks on a sample belongs here. The header found on the way is decided in `header`.
"""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from contact_pipeline.landing.header import Header, common_width, filled, find_header, known_names
from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.landing.records import Record, split_records
from contact_pipeline.sources.entities import Entity

DELIMITERS = (",", ";", "\t", "|")
SELDOM = ("^", "~", "¦", "§", "\x1f", "\x01")
"""Tried where none of the others cuts the file: they stand in no name and no address, so they are nothing else."""

NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", " ": "space", ":": "colon"}
SPELLED = {"tab": "\t", r"\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|", "bar": "|", "space": " "}

SAMPLE_ROWS = 500
WIDER = 0.3
"""How much each doubling of the number of columns adds: chance gives two columns, seldom seven."""

CLOSE = 0.15
"""Scores nearer than this are close enough to ask for a second opinion."""

CERTAIN = 0.9
"""The share of rows that must fit a delimiter nobody would guess."""

SECOND_OPINION_CHARACTERS = 4_000


class Reading(NamedTuple):
    """The sample as one delimiter cuts it: the rows, the header among them, how many rows are as wide as the header."""

    delimiter: str
    rows: list[Record]
    header: Header
    width: int
    consistency: float
    known: int
    score: float


def spelled_out(delimiter: str) -> str:
    """A delimiter for people: `comma`, `tab`, or the character in quotes."""
    return NAMES.get(delimiter, repr(delimiter))


def checked_delimiter(asked: str) -> str:
    r"""The one character somebody asked for, also by name (`tab`, `\t`).

    Raises:
        Refused: More than one character, or one that ends lines or quotes cells.
    """
    delimiter = SPELLED.get(asked.lower(), asked)
    if len(delimiter) != 1 or delimiter in "\"'\r\n\x00\ufeff" or delimiter.isalnum():
        raise Refused(
            f"{asked!r} cannot be a delimiter. Give one character: a comma, a semicolon, a vertical bar, or `tab`."
        )
    return delimiter


def quote_mark(sample: str) -> str:
    """`'` where the first lines are plainly quoted with it, else `"`."""
    lines = [line for line in re.split(r"\r\n|\r|\n", sample[:20_000])[:20] if line.strip()]
    single = [line for line in lines if line.startswith("'") and line.rstrip().endswith("'") and line.count("'") > 2]
    return "'" if lines and len(single) >= 0.8 * len(lines) and '"' not in sample[:20_000] else '"'


def decide_delimiter(
    sample: str, quote: str, entity: Entity, *, asked: str | None, header: bool | None
) -> tuple[Reading, str]:
    """The best reading of a sample and the evidence for its delimiter.

    Args:
        sample: The beginning of the file, ending with a whole line where it is cut.
        quote: The quote mark.
        entity: Known column names are evidence.
        asked: A delimiter somebody asked for.
        header: Whether somebody said there is a header.

    Raises:
        Refused: The delimiter asked for does not cut this file into columns and another one does.
    """
    readings = sorted(
        (_read(sample, candidate, quote, entity, header) for candidate in DELIMITERS),
        key=lambda reading: -reading.score,
    )
    if asked is not None:
        return _as_asked(sample, checked_delimiter(asked), quote, entity, header, readings[0])
    if readings[0].width <= 1 and (seldom := _seldom(sample, quote, entity, header)) is not None:
        return seldom, f"no usual delimiter cuts the file; {_evidence([seldom])}"
    best, evidence = readings[0], _evidence(readings)
    rival = readings[1]
    if best.width > 1 and rival.width > 1 and best.score - rival.score < CLOSE:
        opinion = _second_opinion(sample)
        if opinion == rival.delimiter:
            best = rival
        evidence += f"; clevercsv says {spelled_out(opinion)}" if opinion else "; clevercsv cannot say"
    return _one_column(sample, quote, entity, header, best), evidence


def _seldom(sample: str, quote: str, entity: Entity, header: bool | None) -> Reading | None:
    """The reading with a character that seldom is a delimiter, where nearly all rows have two columns or more of it."""
    found = (_read(sample, one, quote, entity, header) for one in SELDOM if one in sample)
    best = max(found, key=lambda reading: reading.score, default=None)
    return best if best is not None and best.width > 1 and best.consistency >= CERTAIN else None


def _as_asked(
    sample: str, delimiter: str, quote: str, entity: Entity, header: bool | None, best: Reading
) -> tuple[Reading, str]:
    reading = _read(sample, delimiter, quote, entity, header)
    if reading.width <= 1 < best.width and best.consistency > 0.5 and delimiter != best.delimiter:
        raise Refused(
            f"No column ends at {spelled_out(delimiter)}, the delimiter asked for; {spelled_out(best.delimiter)} would "
            f"give {best.width} columns. Leave the delimiter out, or give that one."
        )
    return reading, f"asked for; {reading.width} columns, {reading.consistency:.0%} of rows fit"


def _read(sample: str, delimiter: str, quote: str, entity: Entity, asked: bool | None) -> Reading:
    rows = list(islice(split_records(io.StringIO(sample, newline=""), delimiter=delimiter, quote=quote), SAMPLE_ROWS))
    header = find_header(rows, entity, asked)
    start = 0 if header.place is None else header.place
    cells: Sequence[str] = rows[header.place].fields or () if header.place is not None else ()
    width = len(cells) if header.place is not None else common_width(rows)
    following = [row for row in rows[start + (header.place is not None) :] if row.fields is None or filled(row.fields)]
    consistency = _consistency(following, width)
    known = known_names(cells, entity)
    score = consistency * (1 + WIDER * math.log2(width)) if width > 1 else consistency * 0.1
    return Reading(delimiter, rows, header, width, consistency, known, score + 0.5 * min(known, 4) * (width > 1))


def _consistency(rows: Sequence[Record], width: int) -> float:
    """The share of rows as wide as the header, or all one wider or narrower through a delimiter too many at the end."""
    if not rows:
        return 1.0
    widths = Counter(len(row.fields) for row in rows if row.fields)
    return max(widths[width], widths[width + 1] * 0.9, widths[width - 1] * 0.9) / len(rows)


def _evidence(readings: Sequence[Reading]) -> str:
    return "; ".join(
        f"{spelled_out(reading.delimiter)}: {reading.width} columns, {reading.consistency:.0%} of rows fit, "
        f"{reading.known} known names"
        for reading in readings
        if reading.width > 1 or reading is readings[0]
    )


def _second_opinion(sample: str) -> str | None:
    """What clevercsv says about the first few thousand characters; it is slow on long samples."""
    from clevercsv.detect import Detector

    short = sample[:SECOND_OPINION_CHARACTERS].replace("\x00", "")
    try:
        found = Detector().detect(short[: short.rfind("\n") + 1] or short, delimiters=list(DELIMITERS))
    except Exception:  # an opinion is welcome; a fault of the library on a hostile file must not count
        return None
    return str(found.delimiter) if found is not None and found.delimiter in DELIMITERS else None


def _one_column(sample: str, quote: str, entity: Entity, header: bool | None, best: Reading) -> Reading:
    """For a file of one column, read it with a delimiter that its cells do not hold (`Quintero, Marisol`)."""
    if best.width > 1:
        return best
    for candidate in (",", "\t", "|", ";"):
        if candidate not in sample:
            return _read(sample, candidate, quote, entity, header)
    return best
