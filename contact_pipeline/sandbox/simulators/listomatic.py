"""Listomatic's API as sources.md 6.1 describes it: cursors, tombstones, batches answered item by item.

What goes over the wire belongs here. What a person record is and how it changes belongs to `listomatic_people`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contact_pipeline.sandbox.simulators.limits import CallWindow
from contact_pipeline.sandbox.simulators.listomatic_people import Json, PeopleBook, Unacceptable, as_time

DEFAULT_LIMIT = 50
MOST_PER_PAGE = 200
MOST_PER_BATCH = 100
CODES = {
    400: "bad_request",
    401: "unauthorized",
    402: "payment_required",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    410: "cursor_expired",
    422: "unprocessable",
    429: "rate_limited",
}

Endpoint = Callable[[Request], Awaitable[Response]]


class ListomaticVoice:
    """Listomatic's words: a code, a message, the request's id."""

    lists: tuple[str, ...] = ("/people",)

    def refusal(self, status: int, message: str = "") -> dict[str, Any]:
        """`error` with `code`, `message` and `request_id`."""
        code = CODES.get(status, "server_error")
        return {"error": {"code": code, "message": message or code.replace("_", " "), "request_id": "req_sandbox"}}

    def inner_error(self, status: int) -> dict[str, Any]:
        """The same body; the caller sends it with status 200."""
        return self.refusal(status)

    def quota_refusal(self, status: int) -> dict[str, Any]:
        """Listomatic has no daily quota: its ordinary refusal."""
        return self.refusal(status)


class ListomaticSimulator:
    """One account.

    Args:
        book: its people.
        key: the only key accepted.
        window: the rate limit.

    Attributes:
        people: the people, tombstones included.
    """

    def __init__(self, book: PeopleBook, key: str, window: CallWindow) -> None:
        self.people = book
        self.voice = ListomaticVoice()
        self._key = key
        self._window = window
        self._answered: dict[str, tuple[int, bytes]] = {}
        paths: list[tuple[str, Endpoint, str]] = [
            ("/people", self._list_people, "GET"),
            ("/people:batchUpsert", self._upsert, "POST"),
            ("/people/{id}", self._one, "GET"),
            ("/people/{id}", self._update, "PATCH"),
            ("/people/{id}", self._delete, "DELETE"),
            ("/people/{id}/lists", self._join_lists, "POST"),
            ("/lists", self._lists, "GET"),
            ("/segments", self._segments, "GET"),
        ]
        self.app = Starlette(
            routes=[Route(f"/v2{path}", self._guarded(endpoint), methods=[verb]) for path, endpoint, verb in paths],
            exception_handlers={HTTPException: self._refused},
        )

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            if request.headers.get("x-api-key") != self._key:
                raise HTTPException(401)
            wait = self._window.refused_for()
            if wait:
                raise HTTPException(429, headers={"Retry-After": str(wait)})
            try:
                response = await self._once(endpoint, request)
            except Unacceptable as error:
                response = JSONResponse(self.voice.refusal(422, str(error)), 422)
            except KeyError:
                raise HTTPException(404) from None
            response.headers.update(self._limit_headers())
            return response

        return guarded

    async def _once(self, endpoint: Endpoint, request: Request) -> Response:
        """A POST with an `Idempotency-Key` that was answered before is answered as before, and does nothing."""
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if key in self._answered:
            status, body = self._answered[key]
            return Response(body, status, media_type="application/json")
        response = await endpoint(request)
        if key is not None:
            self._answered[key] = (response.status_code, bytes(response.body))
        return response

    async def _refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = {**(error.headers or {}), **(self._limit_headers() if error.status_code == 429 else {})}
        return JSONResponse(self.voice.refusal(error.status_code), error.status_code, headers=headers)

    def _limit_headers(self) -> dict[str, str]:
        window = self._window
        return {
            "X-RateLimit-Limit": str(window.calls),
            "X-RateLimit-Remaining": str(window.left()),
            "X-RateLimit-Reset": str(window.free_in()),
        }

    async def _list_people(self, request: Request) -> Response:
        query, fault = request.query_params, request.scope["simulator_fault"]
        if fault == "stale_cursor" and query.get("cursor"):
            raise HTTPException(410)
        self.people.disturb(fault)
        limit = _limit(query.get("limit"))
        since = as_time(query["updated_since"]) if "updated_since" in query else None
        rows = self.people.listed(since, include_deleted=query.get("include_deleted") == "true")
        keys = [self.people.place_of(row) for row in rows]
        after = _opened(query["cursor"]) if query.get("cursor") else None
        start = 0 if after is None else sum(1 for key in keys if key <= after)
        if fault == "repeated_page":
            start = max(0, start - limit)
        end = min(start + limit, len(rows))
        people = rows[:limit] if fault == "looping_page" else rows[start:end]
        more = end < len(rows)
        if fault == "missing_page":
            people, more = [], False
        if fault == "missing_row":
            people = people[:-1]
        following = _sealed(keys[end - 1]) if more else None
        return JSONResponse({"people": people, "next_cursor": following, "has_more": more})

    async def _one(self, request: Request) -> Response:
        return JSONResponse(self.people.get(request.path_params["id"]))

    async def _update(self, request: Request) -> Response:
        return JSONResponse(self.people.update(request.path_params["id"], await _body(request)))

    async def _delete(self, request: Request) -> Response:
        self.people.delete(request.path_params["id"])
        return Response(status_code=204)

    async def _join_lists(self, request: Request) -> Response:
        body = await _body(request)
        person = self.people.change_lists(request.path_params["id"], body.get("add", []), body.get("remove", []))
        return JSONResponse(person)

    async def _upsert(self, request: Request) -> Response:
        body = await _body(request)
        items, match_on = body.get("people"), body.get("match_on")
        if not isinstance(items, list) or not 1 <= len(items) <= MOST_PER_BATCH:
            raise Unacceptable(f"people must be a list of 1 to {MOST_PER_BATCH}")
        if match_on not in ("email_address", "external_ref"):
            raise Unacceptable("match_on must be email_address or external_ref")
        return JSONResponse({"results": [self._upserted(n, item, match_on) for n, item in enumerate(items)]}, 207)

    def _upserted(self, index: int, item: Any, match_on: str) -> Json:
        try:
            status, person = self.people.upsert(item, match_on)
        except Unacceptable as error:
            return {"index": index, "status": "error", "id": None, "error": {"code": CODES[422], "message": str(error)}}
        return {"index": index, "status": status, "id": person["id"], "error": None}

    async def _lists(self, request: Request) -> Response:
        return JSONResponse({"lists": self.people.lists()})

    async def _segments(self, request: Request) -> Response:
        return JSONResponse({"segments": self.people.segments()})


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_PER_PAGE):
        raise Unacceptable(f"limit must be 1 to {MOST_PER_PAGE}")
    return int(text)


def _sealed(place: tuple[str, str]) -> str:
    """A cursor nobody shall read: the place of the last row given."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode("ascii")


def _opened(cursor: str) -> tuple[str, str]:
    try:
        moment, person = json.loads(base64.urlsafe_b64decode(cursor))
    except ValueError:
        raise HTTPException(400) from None
    return str(moment), str(person)


async def _body(request: Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise HTTPException(400) from None
    if not isinstance(body, dict):
        raise HTTPException(400)
    return body
