"""Which submissions a Jotform list query means, and in which order (sources.md 3.4).

Reading `filter`, `orderby`, `limit` and `offset` belongs here. Times are compared as the texts they are: both sides
are New York's wall clock.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from typing import Any

from contact_pipeline.sandbox.simulators.paging import Json

DEFAULT_LIMIT = 20
MOST_PER_PAGE = 1000
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "ne": operator.ne,
    "": operator.eq,
}


class BadQuery(Exception):
    """400: a filter that is no JSON object, or an operator nobody documented."""


def chosen(rows: list[Json], query: Mapping[str, str]) -> list[Json]:
    """The rows that pass the filter, in order; newest first unless the query says otherwise.

    Raises:
        BadQuery: the filter cannot be read.
    """
    column, _, direction = query.get("orderby", "created_at,DESC").partition(",")
    direction = direction or query.get("direction", "DESC")
    kept = [row for row in rows if _passes(row, _filter(query.get("filter")))]
    return sorted(kept, key=lambda row: _comparable(column, row.get(column)), reverse=direction.upper() == "DESC")


def page_bounds(query: Mapping[str, str]) -> tuple[int, int]:
    """Offset and limit; a limit above 1,000 is capped, anything unreadable is the default."""
    limit = _number(query.get("limit"), DEFAULT_LIMIT) or DEFAULT_LIMIT
    return _number(query.get("offset"), 0), min(limit, MOST_PER_PAGE)


def _filter(text: str | None) -> Json:
    if not text:
        return {}
    try:
        wanted = json.loads(text)
    except ValueError:
        raise BadQuery(text) from None
    if not isinstance(wanted, dict):
        raise BadQuery(text)
    return wanted


def _passes(row: Json, wanted: Json) -> bool:
    for name, value in wanted.items():
        column, _, comparison = name.partition(":")
        if column == "formIDs":
            if str(row.get("form_id")) not in [str(form) for form in value]:
                return False
        elif column == "fullText":
            if str(value).casefold() not in json.dumps(row.get("answers")).casefold():
                return False
        elif comparison not in COMPARISONS:
            raise BadQuery(name)
        elif not COMPARISONS[comparison](_comparable(column, row.get(column)), _comparable(column, value)):
            return False
    return True


def _comparable(column: str, value: object) -> Any:
    if column in ("id", "form_id"):
        return int(str(value)) if str(value).isdigit() else 0
    return "" if value is None else str(value)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 12 else default
