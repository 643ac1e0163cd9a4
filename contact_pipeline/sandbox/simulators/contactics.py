"""Contactics' API as sources.md 6.2 describes it: page numbers, tokens that expire, ETags, omitted nulls.

What goes over the wire belongs here. Numbered pages that misbehave belong to `paging`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contact_pipeline.sandbox.simulators.limits import CallWindow
from contact_pipeline.sandbox.simulators.paging import Json, disturb, next_id, numbered_page

CLIENT_ID = "sandbox-client"
DEFAULT_SIZE = 50
MOST_PER_PAGE = 100
INLINE_ACTIVITIES = 20
ACTIVITIES_PER_PAGE = 50
PHONES = ("mobile_phone", "landline_phone")
PREFERENCES = ("email", "sms", "phone", "mail", "none")
TITLES = {
    400: "Bad request",
    401: "Token missing, unknown or expired",
    402: "Payment required",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    412: "Changed since you read it",
    422: "Not acceptable",
    429: "Slow down",
}

Endpoint = Callable[[Request], Awaitable[Response]]


class ContacticsVoice:
    """Contactics' words: status, title, violations."""

    lists: tuple[str, ...] = ("/contacts",)

    def refusal(self, status: int, violations: Iterable[Json] = ()) -> dict[str, Any]:
        """`status`, `title` and, for 422, `violations`."""
        body = {"status": status, "title": TITLES.get(status, "Something broke")}
        return {**body, "violations": list(violations)} if status == 422 else body

    def inner_error(self, status: int) -> dict[str, Any]:
        """The same body; the caller sends it with status 200."""
        return self.refusal(status)

    def quota_refusal(self, status: int) -> dict[str, Any]:
        """Contactics has no daily quota: its ordinary refusal."""
        return self.refusal(status)


@dataclass(frozen=True)
class ContacticsManner:
    """How the account behaves.

    Attributes:
        secret: the only client secret accepted, with `CLIENT_ID`.
        token_seconds: how long a token holds.
        hiccup_every: every so many-th call is answered 503; 0 is never.
    """

    secret: str
    token_seconds: float = 3600.0
    hiccup_every: int = 0


class ContacticsSimulator:
    """One account.

    Args:
        contacts: records in the API's shape, with a timeline of any length; copied.
        manner: credentials, tokens, hiccups.
        window: the rate limit.
        now: wall clock, UTC.
        monotonic: seconds, for the tokens.

    Attributes:
        contacts: in list order, which is that of their ids.
    """

    def __init__(
        self,
        contacts: Iterable[Json],
        manner: ContacticsManner,
        window: CallWindow,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self.contacts = [dict(contact) for contact in contacts]
        self.voice = ContacticsVoice()
        self._manner = manner
        self._window = window
        self._now = now
        self._monotonic = monotonic
        self._tokens: dict[str, float] = {}
        self._calls = 0
        paths: list[tuple[str, Endpoint, str]] = [
            ("/contacts", self._list_contacts, "GET"),
            ("/contacts", self._create, "POST"),
            ("/contacts/{id:int}", self._one, "GET"),
            ("/contacts/{id:int}", self._replace, "PUT"),
            ("/contacts/{id:int}/activities", self._activities, "GET"),
        ]
        guarded = [Route(f"/api/1{path}", self._guarded(endpoint), methods=[verb]) for path, endpoint, verb in paths]
        self.app = Starlette(
            routes=[Route("/api/1/token", self._token, methods=["POST"]), *guarded],
            exception_handlers={HTTPException: self._refused},
        )

    def expire_tokens(self) -> None:
        """No token given so far is accepted any more."""
        self._tokens.clear()

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            token = request.headers.get("authorization", "").removeprefix("Bearer ")
            if self._tokens.get(token, float("-inf")) <= self._monotonic():
                raise HTTPException(401)
            self._take_call()
            try:
                return await endpoint(request)
            except KeyError:
                raise HTTPException(404) from None

        return guarded

    def _take_call(self) -> None:
        """Count a call; too many in a second are refused without a word on how long to wait."""
        if self._window.refused_for():
            raise HTTPException(429)
        self._calls += 1
        every = self._manner.hiccup_every
        if every and self._calls % every == 0:
            raise HTTPException(503)

    async def _refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return JSONResponse(self.voice.refusal(error.status_code), error.status_code)

    async def _token(self, request: Request) -> Response:
        pair = base64.b64encode(f"{CLIENT_ID}:{self._manner.secret}".encode()).decode("ascii")
        if request.headers.get("authorization") != f"Basic {pair}":
            raise HTTPException(401)
        self._take_call()
        form = parse_qs((await request.body()).decode("ascii", "replace"))
        if form.get("grant_type") != ["client_credentials"]:
            raise HTTPException(400)
        token = hashlib.sha256(f"{self._manner.secret} {len(self._tokens)} {self._monotonic()}".encode()).hexdigest()
        seconds = self._manner.token_seconds
        self._tokens[token] = self._monotonic() + seconds
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": int(seconds)})

    async def _list_contacts(self, request: Request) -> Response:
        query, fault = request.query_params, request.scope["simulator_fault"]
        newcomer = {"id": self._fresh_id(fault), "first_name": "New", "last_name": "Comer", "modified": self._stamp()}
        disturb(fault, self.contacts, {**newcomer, "interaction_count": 0, "activity_timeline": []})
        since = self._number(query.get("modifiedFrom"), "modifiedFrom", 0)
        size = min(self._number(query.get("size"), "size", DEFAULT_SIZE), MOST_PER_PAGE)
        asked = max(1, self._number(query.get("page"), "page", 1))
        page = numbered_page([row for row in self.contacts if row["modified"] >= since], asked, max(1, size), fault)
        items = [_sent(row) for row in page.rows]
        return JSONResponse(
            {"items": items, "page": page.number, "size": page.size, "totalPages": page.last, "totalItems": page.total}
        )

    def _fresh_id(self, fault: str) -> int:
        """For `row_inserted` below all others, so that it lands in front in order of ids."""
        below = fault == "row_inserted" and self.contacts
        return min(row["id"] for row in self.contacts) - 1 if below else next_id(self.contacts)

    async def _one(self, request: Request) -> Response:
        row = self._get(request)
        tag = _etag(row)
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={"ETag": tag})
        return JSONResponse(_sent(row), headers={"ETag": tag})

    async def _replace(self, request: Request) -> Response:
        row, body = self._get(request), await _body(request)
        wanted = request.headers.get("if-match")
        if wanted not in (None, "*", _etag(row)):
            raise HTTPException(412)
        if found := _violations(body):
            return JSONResponse(self.voice.refusal(422, found), 422)
        kept = {"id": row["id"], "activity_timeline": row.get("activity_timeline", [])}
        row.clear()
        row.update({**body, **kept, "modified": self._stamp()})
        return JSONResponse(_sent(row), headers={"ETag": _etag(row)})

    async def _create(self, request: Request) -> Response:
        body = await _body(request)
        if found := _violations(body):
            return JSONResponse(self.voice.refusal(422, found), 422)
        email = str(body.get("primary_email") or "").casefold()
        for row in self.contacts:
            if email and str(row.get("primary_email") or "").casefold() == email:
                return JSONResponse({"conflictId": row["id"]}, 409)
        fresh = {**body, "id": next_id(self.contacts), "interaction_count": 0, "activity_timeline": []}
        self.contacts.append({**fresh, "modified": self._stamp()})
        return JSONResponse(_sent(self.contacts[-1]), 201, headers={"ETag": _etag(self.contacts[-1])})

    async def _activities(self, request: Request) -> Response:
        timeline = self._get(request).get("activity_timeline", [])
        asked = max(1, self._number(request.query_params.get("page"), "page", 1))
        page = numbered_page(timeline, asked, ACTIVITIES_PER_PAGE, "")
        return JSONResponse(
            {"items": page.rows, "page": asked, "size": page.size, "totalPages": page.last, "totalItems": page.total}
        )

    def _get(self, request: Request) -> Json:
        for row in self.contacts:
            if row["id"] == request.path_params["id"]:
                return row
        raise KeyError(request.path_params["id"])

    def _number(self, text: str | None, name: str, default: int) -> int:
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise HTTPException(400, name)
        return int(text)

    def _stamp(self) -> int:
        return int(self._now().timestamp() * 1000)


def _sent(row: Json) -> Json:
    """A record as the wire has it: what is missing is left out, of the timeline the newest entries come along."""
    sent = {name: value for name, value in row.items() if value is not None}
    return {**sent, "activity_timeline": row.get("activity_timeline", [])[:INLINE_ACTIVITIES]}


def _etag(row: Json) -> str:
    digest = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
    return f'"{digest[:16]}"'


def _violations(body: Json) -> list[Json]:
    found = [
        {"field": name, "reason": "must be a text"} for name in PHONES if not isinstance(body.get(name), str | None)
    ]
    if body.get("contact_preference") not in (None, *PREFERENCES):
        found.append({"field": "contact_preference", "reason": f"must be one of {', '.join(PREFERENCES)}"})
    return found


async def _body(request: Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise HTTPException(400) from None
    if not isinstance(body, dict):
        raise HTTPException(400)
    return body
