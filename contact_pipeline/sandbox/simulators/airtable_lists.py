"""Lists of an Airtable table: options, filter, sort, pages by cursor (sources.md 4.2).

A cursor names the last record given, so rows that come or go elsewhere shift nothing; it dies with that record, or when
nobody uses it for minutes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from starlette.datastructures import QueryParams

from contact_pipeline.sandbox.simulators.airtable_errors import CURSOR_GONE, Json, Refusal, invalid, refused
from contact_pipeline.sandbox.simulators.airtable_formula import compiled
from contact_pipeline.sandbox.simulators.airtable_tables import VIEWS, Table

MOST_PER_PAGE = 100
PLAIN = ("pageSize", "maxRecords", "offset", "view", "filterByFormula", "cellFormat", "timeZone", "userLocale")


def asked_by_query(query: QueryParams) -> Json:
    """The options of a GET in the shape a POST to `listRecords` has them."""
    asked: Json = {name: query[name] for name in PLAIN if name in query}
    fields = query.getlist("fields[]") + query.getlist("fields")
    if fields:
        asked["fields"] = fields
    if "returnFieldsByFieldId" in query:
        asked["returnFieldsByFieldId"] = query["returnFieldsByFieldId"] in ("1", "true")
    metadata = query.getlist("recordMetadata[]")
    if metadata:
        asked["recordMetadata"] = metadata
    sorting: dict[str, Json] = {}
    for name, value in query.multi_items():
        found = re.fullmatch(r"sort\[(\d+)\]\[(field|direction)\]", name)
        if found:
            sorting.setdefault(found[1], {})[found[2]] = value
    if sorting:
        asked["sort"] = [sorting[place] for place in sorted(sorting, key=int)]
    return asked


class Lister:
    """Pages of lists, and the cursors that are alive.

    Args:
        cursor_seconds: how long a cursor outlives its last use.
        monotonic: seconds.
    """

    def __init__(self, cursor_seconds: float, monotonic: Callable[[], float]) -> None:
        self._cursor_seconds = cursor_seconds
        self._monotonic = monotonic
        self._used: dict[str, float] = {}

    def page(self, table: Table, asked: Json, fault: str) -> Json:
        """One page: `records`, and `offset` where more follow.

        Raises:
            Refusal: 422, an option is wrong or the cursor is gone.
        """
        size = _whole(asked.get("pageSize", MOST_PER_PAGE), MOST_PER_PAGE)
        if asked.get("cellFormat") == "string" and not (asked.get("timeZone") and asked.get("userLocale")):
            raise refused(422)
        rows = _rows(table, asked)
        cursor, last = self._opened(asked.get("offset"), fault)
        start = _after(rows, last)
        if fault == "repeated_page":
            start = max(0, start - size)
        end = min(start + size, len(rows))
        given = rows[:size] if fault == "looping_page" else rows[start:end]
        more = end < len(rows) and fault != "missing_page"
        if fault == "missing_page":
            given = []
        if fault == "missing_row":
            given = given[:-1]
        by_id, only = asked.get("returnFieldsByFieldId") is True, asked.get("fields")
        records = [table.as_read(row, by_id=by_id, only=only) for row in given]
        if "commentCount" in asked.get("recordMetadata", []):
            records = [{**record, "commentCount": 0} for record in records]
        return {"records": records, **({"offset": self._sealed(cursor, rows[end - 1]["id"])} if more else {})}

    def _opened(self, offset: Any, fault: str) -> tuple[str, str | None]:
        """The list's iterator and the record it stands on; None at the start."""
        if offset is None:
            return f"itr{len(self._used) + 1:014d}", None
        cursor, _, last = str(offset).partition("/")
        if not cursor.startswith("itr") or not last:
            raise invalid("INVALID_OFFSET_VALUE", "The value of offset is invalid")
        stale = self._monotonic() - self._used.get(cursor, float("-inf")) > self._cursor_seconds
        if stale or fault == "stale_cursor":
            raise _cursor_gone()
        return cursor, last

    def _sealed(self, cursor: str, last: str) -> str:
        self._used[cursor] = self._monotonic()
        return f"{cursor}/{last}"


def _cursor_gone() -> Refusal:
    return invalid(CURSOR_GONE, "The iterator of this list is no longer available: start again")


def _rows(table: Table, asked: Json) -> list[Json]:
    if asked.get("view", VIEWS[0]) not in VIEWS:
        raise invalid("VIEW_NAME_NOT_FOUND", f"View {asked['view']} not found")
    rows = list(table.rows) if asked.get("view") else table.in_order_of_creation()
    if asked.get("filterByFormula"):
        test = compiled(asked["filterByFormula"], table.cell)
        rows = [row for row in rows if test(row)]
    for rule in reversed(asked.get("sort", [])):
        rows = _sorted(table, rows, rule)
    most = asked.get("maxRecords")
    return rows[: _whole(most, None)] if most is not None else rows


def _sorted(table: Table, rows: list[Json], rule: Json) -> list[Json]:
    key = table.field(str(rule.get("field", "")))["id"]

    def place(row: Json) -> tuple[bool, str, Any]:
        value = table.cell(row, key)
        return value is not None, type(value).__name__, value if isinstance(value, int | float | str) else str(value)

    return sorted(rows, key=place, reverse=rule.get("direction") == "desc")


def _after(rows: list[Json], last: str | None) -> int:
    if last is None:
        return 0
    for number, row in enumerate(rows, start=1):
        if row["id"] == last:
            return number
    raise _cursor_gone()


def _whole(value: Any, most: int | None) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and int(text) >= 1 and (most is None or int(text) <= most)):
        raise refused(422)
    return int(text)
