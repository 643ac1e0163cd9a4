"""The part of Airtable's formulas that filters in practice use; anything else is refused, as Airtable refuses nonsense.

Understood: `AND`, `OR`, `NOT`, `RECORD_ID()`, `{Field}`, `=`, `!=`, texts, numbers, `TRUE()`, `FALSE()`, `BLANK()`,
`LAST_MODIFIED_TIME()`, `CREATED_TIME()`, `DATETIME_PARSE(text)` and `IS_AFTER(a, b)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from contact_pipeline.sandbox.simulators.airtable_errors import Json, Refusal, invalid

TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|\{(?P<field>[^}]+)\}|(?P<number>-?\d+(?:\.\d+)?)"""
    r"""|(?P<name>[A-Z_]+)|(?P<sign>!=|[=(),]))"""
)

Cell = Callable[[Json, str], Any]
"""Gives a record's cell by the field's id or name; raises where there is no such field."""

Test = Callable[[Json], Any]


def compiled(formula: str, cell: Cell) -> Test:
    """The formula as a function of a record.

    Raises:
        Refusal: 422 INVALID_FILTER_BY_FORMULA.
    """
    reader = _Reader(_tokens(formula), cell)
    test = reader.comparison()
    if reader.rest:
        raise _nonsense()
    return test


def _nonsense() -> Refusal:
    return invalid("INVALID_FILTER_BY_FORMULA", "The formula for filtering records is invalid: Invalid formula.")


def _tokens(formula: str) -> list[tuple[str, str]]:
    tokens, place = [], 0
    text = formula.rstrip()
    while place < len(text):
        found = TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise _nonsense()
        tokens.append((found.lastgroup, found.group(found.lastgroup)))
        place = found.end()
    return tokens


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]], cell: Cell) -> None:
        self.rest = tokens
        self._cell = cell

    def comparison(self) -> Test:
        left = self._value()
        if not (self.rest and self.rest[0] in (("sign", "="), ("sign", "!="))):
            return left
        equal = self._next()[1] == "="
        right = self._value()
        return lambda record: (left(record) == right(record)) == equal

    def _value(self) -> Test:
        kind, word = self._next()
        if kind == "text":
            plain = re.sub(r"\\(.)", r"\1", word[1:-1])
            return lambda record: plain
        if kind == "number":
            number = float(word)
            return lambda record: number
        if kind == "field":
            return lambda record: self._cell(record, word)
        if kind == "name":
            return self._call(word, self._arguments())
        raise _nonsense()

    def _arguments(self) -> list[Test]:
        self._expect("(")
        arguments: list[Test] = []
        while self.rest and self.rest[0] != ("sign", ")"):
            arguments.append(self.comparison())
            if self.rest and self.rest[0] == ("sign", ","):
                self._next()
        self._expect(")")
        return arguments

    def _call(self, name: str, given: list[Test]) -> Test:
        fixed: dict[tuple[str, int], Test] = {
            ("RECORD_ID", 0): lambda record: record["id"],
            ("CREATED_TIME", 0): lambda record: record["createdTime"],
            ("LAST_MODIFIED_TIME", 0): lambda record: record.get("modifiedTime", record["createdTime"]),
            ("TRUE", 0): lambda record: True,
            ("FALSE", 0): lambda record: None,
            ("BLANK", 0): lambda record: None,
            ("NOT", 1): lambda record: not given[0](record),
            ("DATETIME_PARSE", 1): lambda record: given[0](record),
            ("IS_AFTER", 2): lambda record: str(given[0](record)) > str(given[1](record)),
        }
        if name in ("AND", "OR") and given:
            whole = all if name == "AND" else any
            return lambda record: whole(one(record) for one in given)
        if (name, len(given)) not in fixed:
            raise _nonsense()
        return fixed[name, len(given)]

    def _next(self) -> tuple[str, str]:
        if not self.rest:
            raise _nonsense()
        token, self.rest = self.rest[0], self.rest[1:]
        return token

    def _expect(self, sign: str) -> None:
        if self._next() != ("sign", sign):
            raise _nonsense()
