"""Jotform's API as sources.md 3 describes it: one envelope for everything, a daily quota, New York's wall clock.

What goes over the wire belongs here. Choosing and ordering submissions belongs to `jotform_queries`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contact_pipeline.sandbox.simulators.data import Form, SimulatorData
from contact_pipeline.sandbox.simulators.jotform_queries import BadQuery, chosen, page_bounds
from contact_pipeline.sandbox.simulators.limits import DailyCalls
from contact_pipeline.sandbox.simulators.paging import Json, disturb, next_id

USER = "sandbox"
MESSAGES = {
    400: "Bad request",
    401: "Invalid API Key",
    402: "Payment required",
    403: "You're not authorized to use this",
    404: "Requested URL is not available!",
    405: "Method not allowed",
    429: "Too many requests",
}
QUOTA_MESSAGE = "API-Limit exceeded"

Endpoint = Callable[[Request], Awaitable[Response]]


class JotformVoice:
    """Jotform's envelope, for answers and for refusals (sources.md 3.3)."""

    lists: tuple[str, ...] = ("/submissions", "/user/forms")

    def __init__(self, calls: DailyCalls) -> None:
        self._calls = calls

    def envelope(self, content: Any, code: int = 200, message: str = "success", **more: Any) -> dict[str, Any]:
        """The body of every answer."""
        body = {"responseCode": code, "message": message, "content": content, "duration": "12.34ms", "info": None}
        return {**body, **more, "limit-left": self._calls.left}

    def refusal(self, status: int) -> dict[str, Any]:
        """`content` is empty and `responseCode` repeats the status."""
        return self.envelope("", status, MESSAGES.get(status, "Internal server error"))

    def inner_error(self, status: int) -> dict[str, Any]:
        """The same body; the caller sends it with status 200."""
        return self.refusal(status)

    def quota_refusal(self, status: int) -> dict[str, Any]:
        """Today's calls are used up."""
        return {**self.envelope("", status, QUOTA_MESSAGE), "limit-left": 0}


@dataclass
class QuotaManner:
    """How exhaustion is told: status 429, 403, or 200 with the refusal inside (sources.md 3.7)."""

    status: int = 429


class JotformSimulator:
    """One account.

    Args:
        data: what it holds; submission lists are copied, records are not changed in place.
        key: the only key accepted.
        calls: the daily quota.
        manner: how exhaustion is told.

    Attributes:
        forms: by id.
    """

    def __init__(self, data: SimulatorData, key: str, calls: DailyCalls, manner: QuotaManner) -> None:
        copies = [Form(form.id, form.title, list(form.submissions), form.questions) for form in data.forms]
        self.forms = {form.id: form for form in copies}
        self.voice = JotformVoice(calls)
        self._key = key
        self._calls = calls
        self._manner = manner
        paths: list[tuple[str, Endpoint, str]] = [
            ("/user", self._user, "GET"),
            ("/user/usage", self._usage, "GET"),
            ("/user/forms", self._list_forms, "GET"),
            ("/user/submissions", self._list_all, "GET"),
            ("/form/{form}", self._form, "GET"),
            ("/form/{form}/questions", self._questions, "GET"),
            ("/form/{form}/submissions", self._list_submissions, "GET"),
            ("/submission/{id}", self._submission, "GET"),
            ("/submission/{id}", self._delete, "DELETE"),
        ]
        self.app = Starlette(
            routes=[
                Route(f"{version}{path}", self._guarded(endpoint), methods=[verb])
                for version in ("", "/v1")
                for path, endpoint, verb in paths
            ],
            exception_handlers={HTTPException: self._refused},
        )

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            given = request.headers.get("apikey") or request.query_params.get("apiKey")
            if given != self._key:
                raise HTTPException(401)
            if not self._calls.take():
                status = self._manner.status
                return JSONResponse(self.voice.quota_refusal(429 if status == 200 else status), status)
            try:
                return await endpoint(request)
            except BadQuery:
                raise HTTPException(400) from None
            except KeyError:
                raise HTTPException(404) from None

        return guarded

    async def _refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return JSONResponse(self.voice.refusal(error.status_code), error.status_code)

    def _answer(self, content: Any, **more: Any) -> Response:
        return JSONResponse(self.voice.envelope(content, **more))

    async def _user(self, request: Request) -> Response:
        return self._answer({"username": USER, "email": "sandbox@example.org", "time_zone": "America/New_York",
                             "account_type": "STARTER", "status": "ACTIVE"})  # fmt: skip

    async def _usage(self, request: Request) -> Response:
        submissions = sum(len(form.submissions) for form in self.forms.values())
        return self._answer({"submissions": str(submissions), "form_count": str(len(self.forms)), "uploads": "0",
                             "api": str(self._calls.used)})  # fmt: skip

    async def _list_forms(self, request: Request) -> Response:
        return self._list(request, [self._form_object(form) for form in self.forms.values()])

    async def _list_all(self, request: Request) -> Response:
        return self._list(request, [row for form in self.forms.values() for row in form.submissions])

    async def _form(self, request: Request) -> Response:
        return self._answer(self._form_object(self.forms[request.path_params["form"]]))

    async def _questions(self, request: Request) -> Response:
        return self._answer(self.forms[request.path_params["form"]].asked())

    async def _list_submissions(self, request: Request) -> Response:
        form = self.forms[request.path_params["form"]]
        rows, fault = form.submissions, request.scope["simulator_fault"]
        newcomer = {**(rows[0] if rows else {"form_id": form.id, "answers": []}), "id": str(_fresh_id(fault, rows))}
        disturb(fault, rows, newcomer)
        return self._list(request, rows)

    async def _submission(self, request: Request) -> Response:
        form, place = self._place(request.path_params["id"])
        return self._answer(form.submissions[place])

    async def _delete(self, request: Request) -> Response:
        form, place = self._place(request.path_params["id"])
        row = form.submissions.pop(place)
        return self._answer(f"Submission #{row['id']} deleted successfully.")

    def _place(self, submission_id: str) -> tuple[Form, int]:
        for form in self.forms.values():
            for place, row in enumerate(form.submissions):
                if str(row["id"]) == submission_id:
                    return form, place
        raise KeyError(submission_id)

    def _list(self, request: Request, rows: list[Json]) -> Response:
        fault = request.scope["simulator_fault"]
        offset, limit = page_bounds(request.query_params)
        start = {"repeated_page": max(0, offset - limit), "looping_page": 0}.get(fault, offset)
        content = chosen(rows, request.query_params)[start : start + limit]
        if fault == "missing_page":
            content = []
        if fault == "missing_row":
            content = content[:-1]
        if fault == "empty_answers":
            content = [{**row, "answers": []} for row in content]
        told = offset + 7 if fault == "wrong_offset" else offset
        echoed = {name: request.query_params[name] for name in ("orderby", "filter") if name in request.query_params}
        result_set = {"offset": told, "limit": limit, **echoed, "count": len(content)}
        return self._answer(content, resultSet=result_set)

    def _form_object(self, form: Form) -> Json:
        times = sorted(str(row.get("created_at")) for row in form.submissions)
        return {
            "id": form.id, "username": USER, "title": form.title, "height": "600", "status": "ENABLED",
            "created_at": "2026-01-05 10:00:00", "updated_at": "2026-01-05 10:00:00",
            "last_submission": times[-1] if times else None, "new": "0", "count": str(len(form.submissions)),
            "type": "LEGACY", "favorite": "0", "archived": "0", "url": f"https://form.example.org/{form.id}",
        }  # fmt: skip


def _fresh_id(fault: str, rows: list[Json]) -> int:
    """For `row_inserted`: an id before all others, so that it lands at the front of a list in id order too."""
    if fault == "row_inserted" and rows:
        return min(int(row["id"]) for row in rows) - 1
    return next_id(rows)
