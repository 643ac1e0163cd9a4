"""Givebutter's API as sources.md 1 describes it: routes, envelope, errors, rate limit.

What goes over the wire belongs here. What a contact is and how creating one merges belongs to `givebutter_contacts`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contact_pipeline.sandbox.simulators.data import SimulatorData
from contact_pipeline.sandbox.simulators.givebutter_contacts import ContactBook, Invalid
from contact_pipeline.sandbox.simulators.limits import CallWindow
from contact_pipeline.sandbox.simulators.paging import Json, disturb, next_id, numbered_page

DEFAULT_PER_PAGE = 20
MOST_PER_PAGE = 100
MESSAGES = {
    400: "Bad request.",
    401: "Unauthenticated.",
    402: "Payment required.",
    403: "This action is unauthorized.",
    404: "Not found.",
    405: "The method is not supported for this route.",
    422: "The given data was invalid.",
    429: "Too Many Attempts.",
}

Endpoint = Callable[[Request], Awaitable[Response]]


class GivebutterVoice:
    """Laravel's words (sources.md 1.8)."""

    lists: tuple[str, ...] = ("/contacts", "/members", "/campaigns", "/households")

    def refusal(self, status: int) -> dict[str, Any]:
        """`message` alone; 422 also names fields."""
        body: dict[str, Any] = {"message": MESSAGES.get(status, "Server Error")}
        return {**body, "errors": {}} if status == 422 else body

    def inner_error(self, status: int) -> dict[str, Any]:
        """An error body where a list was expected; not reported of Givebutter, but a client must not believe it."""
        return self.refusal(status)

    def quota_refusal(self, status: int) -> dict[str, Any]:
        """Givebutter has no daily quota: its ordinary refusal."""
        return self.refusal(status)


class GivebutterSimulator:
    """One account.

    Args:
        data: what it holds; lists are copied, records are not changed in place.
        key: the only key accepted.
        window: the rate limit.
        book: the contacts.
        native_scalars: True sends integers and booleans, as on the wire; False sends text, as the spec says.
        bare_array: whether a page of households is an array without envelope, as the spec says.

    Attributes:
        members: of the one campaign, in list order.
        households: in list order.
        campaigns: in list order.
        contacts: the contact book.
    """

    def __init__(
        self,
        data: SimulatorData,
        key: str,
        window: CallWindow,
        book: ContactBook,
        *,
        native_scalars: bool = True,
        bare_array: bool = True,
    ) -> None:
        self.members = list(data.members)
        self.households = list(data.households)
        self._bare_array = bare_array
        self._data = data
        self.campaigns = [self._campaign(), *data.campaigns]
        self.contacts = book
        self.voice = GivebutterVoice()
        self._key = key
        self._window = window
        self._native = native_scalars
        paths: list[tuple[str, Endpoint, str]] = [
            ("/contacts", self._list_contacts, "GET"),
            ("/contacts", self._create, "POST"),
            ("/contacts/{id:int}", self._one, "GET"),
            ("/contacts/{id:int}", self._update, "PUT"),
            ("/contacts/{id:int}", self._update, "PATCH"),
            ("/contacts/{id:int}", self._archive, "DELETE"),
            ("/contacts/{id:int}/restore", self._restore, "PATCH"),
            ("/contacts/{id:int}/tags/{verb}", self._tags, "POST"),
            ("/households", self._list_households, "GET"),
            ("/households/{id:int}", self._one_household, "GET"),
            ("/campaigns", self._list_campaigns, "GET"),
            ("/campaigns/{id:int}", self._one_campaign, "GET"),
            ("/campaigns/{id:int}/members", self._list_members, "GET"),
        ]
        self.app = Starlette(
            routes=[Route(f"/v1{path}", self._guarded(endpoint), methods=[verb]) for path, endpoint, verb in paths],
            exception_handlers={HTTPException: self._refused},
        )

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            if request.headers.get("authorization") != f"Bearer {self._key}":
                raise HTTPException(401)
            wait = self._window.refused_for()
            if wait:
                raise HTTPException(429, headers={"Retry-After": str(wait)})
            try:
                return await endpoint(request)
            except Invalid as invalid:
                return JSONResponse({"message": MESSAGES[422], "errors": invalid.errors}, 422)
            except KeyError:
                raise HTTPException(404) from None

        return guarded

    async def _refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return JSONResponse(self.voice.refusal(error.status_code), error.status_code, headers=error.headers)

    async def _list_contacts(self, request: Request) -> Response:
        fault = request.scope["simulator_fault"]
        self.contacts.disturb(fault, request.query_params.get("type", "individual"))
        return self._page(request, self.contacts.found(request.query_params), fault)

    async def _list_members(self, request: Request) -> Response:
        self._check_campaign(request)
        fault = request.scope["simulator_fault"]
        newcomer = dict.fromkeys(self.members[0] if self.members else ("id",))
        disturb(fault, self.members, {**newcomer, "id": next_id(self.members), "first_name": "New"})
        return self._page(request, self.members, fault)

    async def _list_households(self, request: Request) -> Response:
        fault = request.scope["simulator_fault"]
        newcomer = dict.fromkeys(self.households[0] if self.households else ("id", "name"))
        disturb(fault, self.households, {**newcomer, "id": next_id(self.households), "name": "New", "contacts": []})
        if not self._bare_array:
            return self._page(request, self.households, fault)
        asked = _positive(request.query_params.get("page"), 1)
        page = numbered_page(self.households, asked, DEFAULT_PER_PAGE, fault)
        return JSONResponse([self._sent(row) for row in page.rows])

    async def _one_household(self, request: Request) -> Response:
        wanted = request.path_params["id"]
        found = [row for row in self.households if int(row["id"]) == wanted]
        if not found:
            raise HTTPException(404)
        return JSONResponse(self._sent(found[0]))

    async def _list_campaigns(self, request: Request) -> Response:
        fault = request.scope["simulator_fault"]
        disturb(fault, self.campaigns, {**self._campaign(), "id": next_id(self.campaigns), "code": "NEW"})
        return self._page(request, self.campaigns, fault)

    async def _one_campaign(self, request: Request) -> Response:
        self._check_campaign(request)
        return JSONResponse(self._sent(self._campaign()))

    async def _one(self, request: Request) -> Response:
        return JSONResponse(self._sent(self.contacts.get(request.path_params["id"])))

    async def _create(self, request: Request) -> Response:
        forced = request.query_params.get("force_create", "") in ("1", "true")
        return JSONResponse(self._sent(self.contacts.create(await _body(request), forced=forced)))

    async def _update(self, request: Request) -> Response:
        return JSONResponse(self._sent(self.contacts.update(request.path_params["id"], await _body(request))))

    async def _archive(self, request: Request) -> Response:
        self.contacts.archive(request.path_params["id"], archived=True)
        return Response(status_code=200)

    async def _restore(self, request: Request) -> Response:
        return JSONResponse(self._sent(self.contacts.archive(request.path_params["id"], archived=False)))

    async def _tags(self, request: Request) -> Response:
        body = await _body(request)
        contact = self.contacts.tag(request.path_params["id"], request.path_params["verb"], body.get("tags"))
        return JSONResponse(self._sent(contact))

    def _check_campaign(self, request: Request) -> None:
        if request.path_params["id"] != self._data.campaign_id:
            raise HTTPException(404)

    def _campaign(self) -> Json:
        data = self._data
        return {
            "id": data.campaign_id, "code": data.campaign_code, "account_id": 5120, "event_id": None,
            "type": "fundraise", "title": data.campaign_title, "subtitle": None, "description": None,
            "slug": data.campaign_code.lower(), "url": f"https://givebutter.example.org/{data.campaign_code}",
            "goal": None, "raised": 0, "donors": 0, "currency": "USD", "cover": None, "status": "active",
            "timezone": "America/New_York", "end_at": None, "created_at": "2026-01-05T15:00:00+00:00",
            "updated_at": "2026-01-05T15:00:00+00:00",
        }  # fmt: skip

    def _page(self, request: Request, rows: list[Json], fault: str) -> Response:
        size = min(_positive(request.query_params.get("per_page"), DEFAULT_PER_PAGE), MOST_PER_PAGE)
        asked = _positive(request.query_params.get("page"), 1)
        page = numbered_page(rows, asked, size, fault)
        number, last, data = page.number, page.last, page.rows
        path = str(request.url.replace(query=""))
        first = (number - 1) * size + 1 if data else None
        links, meta_links = _links(path, number, last)
        meta = {
            "current_page": number, "from": first, "last_page": last, "links": meta_links, "path": path,
            "per_page": size, "to": first + len(data) - 1 if first else None, "total": len(rows),
        }  # fmt: skip
        return JSONResponse({"data": [self._sent(row) for row in data], "links": links, "meta": meta})

    def _sent(self, record: Json) -> Json:
        return record if self._native else as_text(record)


def as_text(value: Any) -> Any:
    """The same record with every number and truth value as text, as the published spec types them (sources.md 1.1)."""
    if isinstance(value, dict):
        return {key: as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_text(inner) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _links(path: str, number: int, last: int) -> tuple[Json, list[Json]]:
    """`links` and `meta.links`; addresses carry the page alone, as observed (sources.md 1.4)."""

    def url(page: int) -> str | None:
        return f"{path}?page={page}" if 1 <= page <= last else None

    before, after = url(number - 1), url(number + 1)
    shown = [page for page in range(1, last + 1) if page <= 2 or page > last - 2 or abs(page - number) <= 3]
    middle = [{"url": url(page), "label": str(page), "active": page == number} for page in shown]
    meta_links = [
        {"url": before, "label": "&laquo; Previous", "active": False},
        *middle,
        {"url": after, "label": "Next &raquo;", "active": False},
    ]
    return {"first": url(1), "last": url(last), "prev": before, "next": after}, meta_links


def _positive(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 and int(text) > 0 else default


async def _body(request: Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        raise HTTPException(400) from None
    if not isinstance(body, dict):
        raise HTTPException(400)
    return body
