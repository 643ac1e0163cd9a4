"""Which field each column of a list is: headers and cells weighed together, one field for one column.

Weighing and assigning belongs here. What is done with a suggestion (take, hold, ask) belongs to who called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contact_pipeline.normalize.fold import fold
from contact_pipeline.sources.list_file.fields import KEEP, fields, totals, word_group, words_of
from contact_pipeline.sources.list_file.headers import HeaderSays, read_header
from contact_pipeline.sources.list_file.values import DISTINCT, ValuesSay, read_values
from contact_pipeline.sources.list_file.weighing import Weight, weights

TAKE = 0.8
"""Confidence from which a column is taken without asking."""
SHOWN = 0.5
"""Confidence from which a field is suggested at all; below, the column is kept as it is."""
KNOWN = 0.85
"""Strength from which a header alone names a field."""
CLEARLY = 0.08
"""Difference in confidence that decides between two columns which want one field."""
SELDOM = 0.2
"""A column with less than this share of another one's cells is no rival of it."""
FEWEST, ALL_COLUMNS = 30, 15_000
"""Distinct values looked at: of a column at least, of all columns together about: width costs little."""
NAMES = ("full_name", "first_name", "last_name")
WHO = frozenset({*NAMES, "email", "phone"})
"""Fields of which at least one must be there: else nothing says who anybody is."""


@dataclass(frozen=True)
class ColumnSuggestion:
    """What one column probably is.

    Attributes:
        column: Its name in the file.
        field: The field, None where it is kept as it is.
        confidence: 0 to 1; of a kept column, how sure it is that it is nobody's field.
        why: What speaks for it, in words.
        others: The runners-up with their confidence, best first.
        doubt: What a human should decide, None where nothing.
        lies: Whether the cells are something else than the header says.
        example: A cell, masked; '' where none is filled.
        filled: Cells of the sample that hold something.
        damaged: Cells of the sample that a spreadsheet program has damaged.
    """

    column: str
    field: str | None
    confidence: float
    why: str
    others: tuple[tuple[str, float], ...] = ()
    doubt: str | None = None
    lies: bool = False
    example: str = ""
    filled: int = 0
    damaged: int = 0

    @property
    def taken(self) -> bool:
        """Whether the column becomes the field without anybody being asked."""
        return self.field is not None and self.confidence >= TAKE and self.doubt is None


@dataclass(frozen=True)
class Suggestion:
    """What the columns of one file probably are, in the file's order."""

    columns: tuple[ColumnSuggestion, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the file should wait for a human; empty where it may be taken."""
        found = [f"{column.column!r}: {column.doubt}" for column in self.columns if column.doubt]
        if not any(column.taken and column.field in WHO for column in self.columns):
            found.insert(0, "no column surely says who somebody is (a name, an e-mail address, a phone number)")
        return tuple(found)

    def mapping(self, *, sure_only: bool = True) -> dict[str, str]:
        """Column → field; with `sure_only` False also the columns that are merely suggested."""
        return {
            column.column: column.field
            for column in self.columns
            if column.field is not None and (column.taken or not sure_only)
        }


@dataclass
class _Column:
    """One column on its way to a field."""

    name: str
    cells: Sequence[str | None]
    header: HeaderSays
    values: ValuesSay
    weights: list[Weight]

    @property
    def best(self) -> Weight | None:
        return self.weights[0] if self.weights and self.weights[0].confidence >= SHOWN else None


def suggest(columns: Sequence[str], rows: Sequence[Sequence[str | None]], *, header: bool = True) -> Suggestion:
    """What each column of a file is.

    Args:
        columns: Distinct column names, in order.
        rows: A sample of its records, cells in the order of the columns.
        header: Whether the names come from the file; if not, the cells alone decide.
    """
    rows = [row for row in rows if not is_total(row)]
    most = max(FEWEST, min(DISTINCT, ALL_COLUMNS // max(1, len(columns))))
    read = [_column(name, [row[place] for row in rows], header, most) for place, name in enumerate(columns)]
    _find_payers(read)
    _find_subject(read)
    _settle_names(read)
    told = [_told(column) for column in read]
    told = _no_strangers(read, _one_each(read, told))
    return Suggestion(tuple(_doubted(told)))


def is_total(row: Sequence[str | None]) -> bool:
    """Whether a row is the sum below a list and no person: a word for it, and else numbers alone."""
    cells = [cell.strip() for cell in row if cell and cell.strip()]
    if not cells or fold(cells[0]).rstrip(" :") not in totals():
        return False
    return all(not any(character.isalpha() or character == "@" for character in cell) for cell in cells[1:])


def _column(name: str, cells: Sequence[str | None], with_header: bool, most: int) -> _Column:
    header = read_header(name) if with_header else HeaderSays(why="the file has no header", named=False)
    values = read_values(cells, most=most)
    return _Column(name, cells, header, values, weights(header, values, headless=not with_header))


def _settle_names(columns: list[_Column]) -> None:
    """`Nombre` is a first name beside `Apellidos`, `Nom` a last name beside `Prénom`, and else a full name."""
    sure = {
        column.best.field for column in columns if column.best and column.best.confidence >= TAKE and not _vague(column)
    }
    for column in columns:
        if not _vague(column):
            continue
        whole = _holds_first_names(column, columns)
        could = {name for name in NAMES if column.header.strength(name) > 0}
        if "first_name" in could and "last_name" in sure and "first_name" not in sure:
            _prefer(column, "first_name", "beside a column of last names")
        elif "last_name" in could and "first_name" in sure and "last_name" not in sure and not whole:
            _prefer(column, "last_name", "beside a column of first names")
        elif column.values.distinct and "full_name" in could and column.best and column.best.field in NAMES:
            _prefer(column, "full_name", "no other column holds the rest of the name")


def _holds_first_names(column: _Column, columns: list[_Column]) -> bool:
    """Whether a column repeats, row by row, what a column of first names says: then it holds whole names."""
    for other in columns:
        if other is column or not other.best or other.best.field != "first_name" or _vague(other):
            continue
        pairs = [(fold(a), fold(b)) for a, b in zip(column.cells, other.cells, strict=True) if a and b]
        return bool(pairs) and sum(1 for whole, first in pairs if first.strip() in whole) >= 0.5 * len(pairs)
    return column.values.share("full_name") >= 0.6


def _vague(column: _Column) -> bool:
    """Whether the header may mean the whole name or a part of it."""
    return column.header.strength("full_name") > 0 and any(column.header.strength(name) > 0 for name in NAMES[1:])


def _prefer(column: _Column, field: str, why: str) -> None:
    confidence = min(column.weights[0].confidence, 0.97 * column.header.strength(field))
    chosen = Weight(field, confidence, f"{column.header.why}; {why}")
    column.weights = [
        chosen,
        *(replace(w, confidence=min(w.confidence, 0.6)) for w in column.weights if w.field != field),
    ]


def _find_payers(columns: list[_Column]) -> None:
    """`Buyer email` beside `Attendee email` is somebody else's: the list is about those who come."""
    guests = {kind for column in columns if _is_of(column, "guest") for kind in _kinds(column)}
    for column in columns:
        if _is_of(column, "payer") and guests & _kinds(column):
            column.header = replace(column.header, party="buyer")
            column.weights = []


def _is_of(column: _Column, group: str) -> bool:
    return column.header.named and bool(set(words_of(column.name)) & word_group(group))


def _kinds(column: _Column) -> set[str]:
    """What of somebody the header names: `name` for any part of it, `email`, `phone`."""
    return {"name" if name in NAMES else name for name in column.header.fields if name in WHO}


def _find_subject(columns: list[_Column]) -> None:
    """Where every column is somebody else's, the one whose columns say most is whom the list is about, in doubt."""
    if any(column.best and column.best.field in WHO and column.best.confidence >= TAKE for column in columns):
        return
    parties: dict[str, int] = {}
    for column in columns:
        if column.header.party and any(column.header.strength(name) >= 0.9 for name in WHO):
            parties[column.header.party] = parties.get(column.header.party, 0) + 1
    if not parties:
        return
    subject = max(parties, key=lambda party: (parties[party], party))
    for column in columns:
        if column.header.party == subject:
            own = replace(column.header, party="")
            found = weights(own, column.values, headless=False)
            column.weights = [
                replace(
                    w, confidence=w.confidence * (TAKE - 0.1), why=f"{w.why}; the list seems to be of each {subject}"
                )
                for w in found
            ]


def _told(column: _Column) -> ColumnSuggestion:
    best = column.best
    lies = any(weight.lies for weight in column.weights)
    others = [(w.field, round(w.confidence, 2)) for w in column.weights if w is not best and w.confidence >= 0.2]
    shared = ColumnSuggestion(
        column=column.name,
        field=None,
        confidence=0.0,
        why=column.header.why,
        others=tuple(others[:3]),
        lies=lies,
        example=column.values.example,
        filled=column.values.filled,
        damaged=column.values.damaged,
    )
    if best is None:
        against = column.weights[0].confidence if column.weights else 0.0
        return replace(shared, confidence=round(1 - against, 2), why=_kept_because(column))
    return replace(shared, field=best.field, confidence=round(best.confidence, 2), why=best.why)


def _kept_because(column: _Column) -> str:
    if column.header.party:
        return f"it is somebody else's ({column.header.party}): kept as it is"
    if not column.values.distinct and not column.header.named:
        return "it is empty"
    return f"{column.header.why}: kept as it is"


def _one_each(columns: list[_Column], told: list[ColumnSuggestion]) -> list[ColumnSuggestion]:
    """Give a field that only one column can be to the best one; say what became of the others."""
    for field in {suggestion.field for suggestion in told if suggestion.field}:
        if fields()[field].several:
            continue
        places = [place for place, suggestion in enumerate(told) if suggestion.field == field]
        if len(places) < 2:
            continue
        places.sort(key=lambda place: (columns[place].header.second_choice, -told[place].confidence, place))
        winner, *losers = places
        if _hardly_filled(columns[winner], [columns[place] for place in losers]):
            losers.sort(key=lambda place: -columns[place].values.filled)
            winner, losers = losers[0], [winner, *losers[1:]]
        for place in losers:
            _lose(columns, told, winner, place)
    return told


def _no_strangers(columns: list[_Column], told: list[ColumnSuggestion]) -> list[ColumnSuggestion]:
    """Beside a column that is e-mail by its name, another one that merely holds addresses may be somebody else's."""
    named = {
        suggestion.field: suggestion.column
        for column, suggestion in zip(columns, told, strict=True)
        if suggestion.taken and column.header.strength(str(suggestion.field)) >= KNOWN
    }
    result = []
    for column, suggestion in zip(columns, told, strict=True):
        field = suggestion.field
        if (
            field
            and field in named
            and fields()[field].several
            and column.header.strength(field) < KNOWN
            and column.header.named
        ):
            others = ((field, suggestion.confidence), *suggestion.others)
            why = f"{column.header.why}, and {named[field]!r} is {field} already: kept as it is"
            suggestion = replace(suggestion, field=None, others=others, why=why)
        result.append(suggestion)
    return result


def _hardly_filled(winner: _Column, losers: list[_Column]) -> bool:
    return winner.values.filled < SELDOM * max(loser.values.filled for loser in losers)


def _lose(columns: list[_Column], told: list[ColumnSuggestion], winner: int, place: int) -> None:
    field, first = told[winner].field, told[winner].column
    assert field is not None
    loser, best = columns[place], columns[winner]
    others = ((field, told[place].confidence), *told[place].others)
    reason = _why_lost(best, loser, told[winner], told[place])
    if reason is None and not fields()[field].minor:
        doubt = f"{first!r} and {told[place].column!r} both seem to be {field}, and differ"
        told[place] = replace(told[place], field=None, others=others, doubt=doubt, why=f"{first!r} may be {field} too")
        told[winner] = replace(told[winner], doubt=doubt)
        return
    why = reason or f"{first!r} comes first"
    told[place] = replace(told[place], field=None, others=others, why=f"{first!r} is {field} already ({why})")


def _why_lost(best: _Column, loser: _Column, won: ColumnSuggestion, lost: ColumnSuggestion) -> str | None:
    """Why a column is no rival of the one that won; None where nothing tells them apart."""
    if loser.values.filled < SELDOM * max(best.values.filled, 1):
        return "this one is mostly empty"
    if loser.header.second_choice and not best.header.second_choice:
        return "this one is of another place"
    if won.confidence - lost.confidence >= CLEARLY or (lost.confidence < TAKE <= won.confidence):
        return "it fits better"
    pairs = [(a, b) for a, b in zip(best.cells, loser.cells, strict=True) if a and b and a.strip() and b.strip()]
    if all(a.strip().lower() == b.strip().lower() for a, b in pairs):
        return "this one says the same"
    return None


def _doubted(told: list[ColumnSuggestion]) -> list[ColumnSuggestion]:
    """Say what a human should decide: weighty fields that are not sure, unless a sure column is that field already."""
    sure = {suggestion.field for suggestion in told if suggestion.taken}
    named = "full_name" in sure or "last_name" in sure
    result = []
    for suggestion in told:
        field = suggestion.field
        if field and not suggestion.taken and suggestion.doubt is None and _must_ask(field, sure, named):
            doubt = f"it may be {field} ({suggestion.confidence:.0%}: {suggestion.why})"
            suggestion = replace(suggestion, doubt=doubt)
        result.append(suggestion)
    return result


def _must_ask(field: str, sure: set[str | None], named: bool) -> bool:
    if not fields()[field].weighty or field in sure:
        return False
    return not (field in NAMES and named) and not (field.endswith("_consent") and field in sure)


def is_kept(field: str | None) -> bool:
    """Whether a field's name means that the column is kept as it is."""
    return field is None or field in (KEEP, "-", "")
