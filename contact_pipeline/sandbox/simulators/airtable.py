"""Airtable's API as sources.md 4 describes it: lists by cursor, batches of ten, upserts, metadata, webhooks.

What goes over the wire belongs here: paths, paging, limits, refusals. What a table is and how it changes belongs to
`airtable_tables`. A public client (pyairtable) works against it unmodified.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contact_pipeline.sandbox.simulators.airtable_errors import (
    BILLING_LIMIT,
    BILLING_WORDS,
    NOT_FOUND,
    RATE_LIMIT,
    Json,
    Refusal,
    invalid,
    refused,
)
from contact_pipeline.sandbox.simulators.airtable_limits import MonthlyCalls, TokenBucket
from contact_pipeline.sandbox.simulators.airtable_lists import Lister, asked_by_query
from contact_pipeline.sandbox.simulators.airtable_tables import Account, Base, Table, summary
from contact_pipeline.sandbox.simulators.airtable_webhooks import MOST_PER_ANSWER

MOST_PER_BATCH = 10
LONGEST_URL = 16_000
CALLS_PER_SECOND_OF_A_KEY = 50

Endpoint = Callable[[Request], Awaitable[Response]]


class AirtableVoice:
    """Airtable's words; its two bodies of a 429 take turns (sources.md 4.4)."""

    def __init__(self, lists: tuple[str, ...]) -> None:
        self.lists = lists
        self._refusals = 0

    def refusal(self, status: int) -> dict[str, Any]:
        """The body that goes with a status."""
        if status == 429:
            self._refusals += 1
            plain = {"error": RATE_LIMIT, "message": "Rate limit exceeded. Please try again later"}
            return {"errors": [plain]} if self._refusals % 2 else {"error": {"type": RATE_LIMIT}}
        return NOT_FOUND if status == 404 else refused(status).body

    def inner_error(self, status: int) -> dict[str, Any]:
        """The same body; the caller sends it with status 200."""
        return self.refusal(status)

    def quota_refusal(self, status: int) -> dict[str, Any]:
        """This month's calls of the plan are used up: asking again cannot help."""
        return {"errors": [{"error": BILLING_LIMIT, "message": BILLING_WORDS}]}


@dataclass(frozen=True)
class AirtableManner:
    """How the account behaves.

    Attributes:
        key: the only token accepted.
        calls_per_second: of each base.
        calls_per_month: of the plan; None is no limit.
        cursor_seconds: how long a list's cursor outlives its last use.
        bases_per_page: of the list of bases.
        monotonic: seconds.
    """

    key: str
    calls_per_second: int
    calls_per_month: int | None
    cursor_seconds: float
    bases_per_page: int
    monotonic: Callable[[], float]


class AirtableSimulator:
    """One account.

    Attributes:
        account: its bases, by which a test changes them behind a reader's back.
    """

    def __init__(self, account: Account, manner: AirtableManner) -> None:
        self.account = account
        self.voice = AirtableVoice(account.table_paths())
        self._manner = manner
        self._month = MonthlyCalls(manner.calls_per_month)
        self._of_key = TokenBucket(CALLS_PER_SECOND_OF_A_KEY, manner.monotonic)
        self._of_base: dict[str, TokenBucket] = {}
        self._lister = Lister(manner.cursor_seconds, manner.monotonic)
        paths: list[tuple[str, Endpoint, list[str]]] = [
            ("/meta/whoami", self._whoami, ["GET"]),
            ("/meta/bases", self._bases, ["GET"]),
            ("/meta/bases/{base}/tables", self._schema, ["GET"]),
            ("/meta/bases/{base}/tables/{table}/fields", self._add_field, ["POST"]),
            ("/meta/bases/{base}/tables/{table}/fields/{field}", self._change_field, ["PATCH"]),
            ("/bases/{base}/webhooks", self._webhooks, ["GET", "POST"]),
            ("/bases/{base}/webhooks/{webhook}", self._end_webhook, ["DELETE"]),
            ("/bases/{base}/webhooks/{webhook}/refresh", self._refresh, ["POST"]),
            ("/bases/{base}/webhooks/{webhook}/enableNotifications", self._notify, ["POST"]),
            ("/bases/{base}/webhooks/{webhook}/payloads", self._payloads, ["GET"]),
            ("/{base}/{table}", self._list, ["GET"]),
            ("/{base}/{table}", self._write, ["POST", "PATCH", "PUT"]),
            ("/{base}/{table}", self._delete_many, ["DELETE"]),
            ("/{base}/{table}/listRecords", self._list, ["POST"]),
            ("/{base}/{table}/{record}", self._one, ["GET"]),
            ("/{base}/{table}/{record}", self._write_one, ["PATCH", "PUT"]),
            ("/{base}/{table}/{record}", self._delete_one, ["DELETE"]),
        ]
        self.app = Starlette(
            routes=[Route(f"/v0{path}", self._guarded(endpoint), methods=verbs) for path, endpoint, verbs in paths],
            exception_handlers={404: _lost, 405: _lost},
        )

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            try:
                self._admit(request)
                return await endpoint(request)
            except Refusal as refusal:
                return JSONResponse(refusal.body, refusal.status)

        return guarded

    def _admit(self, request: Request) -> None:
        """Let a request in, or refuse it: key, length, rate, plan."""
        if request.headers.get("authorization") != f"Bearer {self._manner.key}":
            raise refused(401)
        if len(str(request.url)) > LONGEST_URL:
            raise refused(414)
        base = request.path_params.get("base", "")
        rate = self._manner.calls_per_second
        bucket = self._of_base.setdefault(base, TokenBucket(rate, self._manner.monotonic))
        in_time = self._of_key.take() if not base else bucket.take()
        if not in_time:
            raise Refusal(429, self.voice.refusal(429))
        if "/meta/" not in request.url.path and not self._month.take():
            raise Refusal(429, self.voice.quota_refusal(429))

    def _base(self, request: Request) -> Base:
        return self.account.base(request.path_params["base"])

    def _table(self, request: Request) -> Table:
        return self._base(request).table(request.path_params["table"])

    async def _whoami(self, request: Request) -> Response:
        return JSONResponse({"id": "usrSandbox0000001", "scopes": ["data.records:read", "schema.bases:read"]})

    async def _bases(self, request: Request) -> Response:
        size = self._manner.bases_per_page
        start = _number(request.query_params.get("offset", "itr0").removeprefix("itr"))
        bases = [summary(base) for base in self.account.bases[start : start + size]]
        more = start + size < len(self.account.bases)
        return JSONResponse({"bases": bases, **({"offset": f"itr{start + size}"} if more else {})})

    async def _schema(self, request: Request) -> Response:
        return JSONResponse(self._base(request).schema())

    async def _add_field(self, request: Request) -> Response:
        return JSONResponse(self._table(request).add_field(await _body(request)))

    async def _change_field(self, request: Request) -> Response:
        body = await _body(request)
        changes: Json = {key: body[key] for key in ("name", "description") if key in body}
        return JSONResponse(self._table(request).change_field(request.path_params["field"], changes))

    async def _webhooks(self, request: Request) -> Response:
        book = self._base(request).webhooks
        if request.method == "GET":
            return JSONResponse({"webhooks": book.listed()})
        return JSONResponse(book.add(await _body(request)))

    async def _end_webhook(self, request: Request) -> Response:
        self._base(request).webhooks.delete(request.path_params["webhook"])
        return Response(status_code=200)

    async def _refresh(self, request: Request) -> Response:
        return JSONResponse(self._base(request).webhooks.refresh(request.path_params["webhook"]))

    async def _notify(self, request: Request) -> Response:
        body = await _body(request)
        self._base(request).webhooks.get(request.path_params["webhook"]).enabled = body.get("enable") is True
        return Response(status_code=200)

    async def _payloads(self, request: Request) -> Response:
        query = request.query_params
        cursor, limit = _number(query.get("cursor", "1")), _number(query.get("limit", str(MOST_PER_ANSWER)))
        book = self._base(request).webhooks
        return JSONResponse({**book.payloads(request.path_params["webhook"], cursor, limit), "payloadFormat": "v0"})

    async def _list(self, request: Request) -> Response:
        table, fault = self._table(request), request.scope["simulator_fault"]
        table.disturb(fault)
        asked = await _body(request) if request.method == "POST" else asked_by_query(request.query_params)
        return JSONResponse(self._lister.page(table, asked, fault))

    async def _one(self, request: Request) -> Response:
        table, by_id = self._table(request), _flag(request.query_params.get("returnFieldsByFieldId"))
        return JSONResponse(table.as_read(table.get(request.path_params["record"]), by_id=by_id))

    async def _write(self, request: Request) -> Response:
        table, body = self._table(request), await _body(request)
        how = {"typecast": body.get("typecast") is True, "replace": request.method == "PUT"}
        by_id = _flag(body.get("returnFieldsByFieldId"))
        if request.method == "POST" and "fields" in body:
            return JSONResponse(table.as_read(table.write([_new(body)], **how)[0], by_id=by_id))
        items = _batch(body.get("records"))
        upsert = body.get("performUpsert")
        if request.method == "POST":
            result: Json = {"records": table.write([_new(item) for item in items], **how)}
        elif isinstance(upsert, dict):
            result = table.upsert(items, upsert.get("fieldsToMergeOn") or [], **how)
        elif all(isinstance(item.get("id"), str) for item in items):
            result = {"records": table.write(items, **how)}
        else:
            raise invalid("INVALID_RECORDS", "Every record must have an id")
        return JSONResponse({**result, "records": [table.as_read(row, by_id=by_id) for row in result["records"]]})

    async def _write_one(self, request: Request) -> Response:
        table, body = self._table(request), await _body(request)
        item = {"id": request.path_params["record"], "fields": body.get("fields")}
        row = table.write([item], typecast=body.get("typecast") is True, replace=request.method == "PUT")[0]
        return JSONResponse(table.as_read(row, by_id=_flag(body.get("returnFieldsByFieldId"))))

    async def _delete_many(self, request: Request) -> Response:
        query = request.query_params
        doomed = _batch([{"id": key} for key in query.getlist("records[]") or query.getlist("records")])
        self._table(request).delete([item["id"] for item in doomed])
        return JSONResponse({"records": [{"id": item["id"], "deleted": True} for item in doomed]})

    async def _delete_one(self, request: Request) -> Response:
        record = request.path_params["record"]
        self._table(request).delete([record])
        return JSONResponse({"id": record, "deleted": True})


async def _lost(request: Request, error: Exception) -> Response:
    return JSONResponse(NOT_FOUND, 404)


def _batch(items: Any) -> list[Json]:
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_PER_BATCH or not all(map(_is_object, items)):
        raise invalid("INVALID_RECORDS", f"You must provide an array of 1 to {MOST_PER_BATCH} record objects")
    return items


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _new(item: Json) -> Json:
    """A record to be made: an id it may carry does not count."""
    return {"fields": item.get("fields")}


def _flag(value: object) -> bool:
    return value is True or str(value) in ("1", "true")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise refused(422)
    return int(text)


async def _body(request: Request) -> Json:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        raise invalid("INVALID_REQUEST_BODY", "Could not parse request body") from None
    if not isinstance(body, dict):
        raise invalid("INVALID_REQUEST_BODY", "Could not parse request body")
    return body
