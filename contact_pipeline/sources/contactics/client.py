"""Reading Contactics' contacts page by page, with a token that expires (sources.md 6.2).

Paths, parameters, the rate limit, the token and the judgement that a list is whole belong here. Retries belong to
`sources.http`, the meaning of fields to `dbt_like_sql/contacts/`.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self, TypeVar

from contact_pipeline.sources.contactics.page import Page, checked_page, record_list
from contact_pipeline.sources.http import PassingFault, PoliteHttp, Politeness, Reply
from contact_pipeline.sources.pace import Pace, Timekeeper
from contact_pipeline.sources.pages import PageSpool, Shifted, whole_pass
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sources.window import Changes, newest_of

API = "/api/1"
CONTACTS = f"{API}/contacts"
TOKEN = f"{API}/token"
PER_PAGE = 100
"""More than the server gives is cut to its own size, which the page says."""

CALLS_PER_SECOND = 9
"""Documented: 10."""

TOKEN_MARGIN_SECONDS = 60.0
"""A token is renewed this long before it expires."""

PASSES = 3
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

T = TypeVar("T")


class ContacticsClient:
    """Reads one account. Not for several threads at once.

    Args:
        base_url: the address below which `/api/1` lies.
        client_id: the program's public id in the account.
        secret: the program's secret; it is sent in a header when a token is asked for, and nowhere else.
        politeness: tries, time and size limits.
        time_keeper: clocks and waiting.
    """

    def __init__(
        self,
        base_url: str,
        client_id: str,
        secret: Secret,
        *,
        politeness: Politeness | None = None,
        time_keeper: Timekeeper | None = None,
    ) -> None:
        self._client_id = client_id
        self._secret = secret
        self._token_ends_at = float("-inf")
        self._http = PoliteHttp(
            "Contactics",
            base_url,
            secret,
            lambda _: {},
            pace=Pace(CALLS_PER_SECOND, 1.0),
            politeness=politeness,
            time_keeper=time_keeper,
        )

    @property
    def calls(self) -> int:
        """Requests sent so far, retries and requests for tokens included."""
        return self._http.calls

    def changed_contacts(self, since: datetime | None) -> Changes:
        """Every contact modified since then; inactive ones too, as nothing is ever deleted there.

        Args:
            since: edge included, with a zone; None is every contact.

        Raises:
            SourceUnavailable: no answer, or the list never held still.
            SourceRefused: the client id or its secret is wrong.
        """
        changed: set[datetime] = set()
        spool = whole_pass(
            f"Contactics: {CONTACTS}", partial(self._read_once, since, changed), passes=PASSES, pause=self._http.pause
        )
        return Changes(spool.bodies(), newest_of(changed, self._http.time_keeper.now()))

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read_once(self, since: datetime | None, changed: set[datetime], spool: PageSpool) -> None:
        """One pass; `changed` holds its times of change afterwards. A list that only grew at its end is whole."""
        changed.clear()
        seen: set[str] = set()
        number, last, total = 0, 1, 0
        while number < last:
            number += 1
            page = self._page(since, number)
            if page.ids and seen.issuperset(page.ids):
                page = self._page(since, number)
            if len(seen.union(page.ids)) != len(seen) + len(page.ids):
                raise Shifted(f"page {number} repeated rows")
            if page.total < total:
                raise Shifted(f"the total fell from {total} to {page.total}")
            seen.update(page.ids)
            changed.update(page.changed)
            last, total = page.last, page.total
            spool.add(page.body)
        if len(seen) != total:
            raise Shifted(f"{len(seen)} rows arrived of {total}")

    def _page(self, since: datetime | None, number: int) -> Page:
        params: dict[str, str | int] = {"page": number, "size": PER_PAGE}
        if since is not None:
            params["modifiedFrom"] = (since - EPOCH) // timedelta(milliseconds=1)
        return self._ask(CONTACTS, params, lambda reply: checked_page(reply, number))

    def _ask(self, path: str, params: dict[str, str | int], read: Callable[[Reply], T]) -> T:
        """Ask with a token that holds; one that is refused all the same is renewed once."""
        if self._http.time_keeper.monotonic() >= self._token_ends_at:
            self._sign_in()
        renewed = False

        def judge(reply: Reply) -> T:
            nonlocal renewed
            if reply.status == 401 and not renewed:
                renewed = True
                self._sign_in()
                raise PassingFault("answered 401: the token had expired", 0.0)
            self._http.expect_success(reply, path)
            return read(reply)

        return self._http.get(path, params, judge)

    def _sign_in(self) -> None:
        """Get a token and carry it from now on."""
        pair = b64encode(f"{self._client_id}:{self._secret.reveal()}".encode()).decode("ascii")

        def judge(reply: Reply) -> tuple[str, float]:
            self._http.expect_success(reply, TOKEN)
            return _token_of(reply)

        token, seconds = self._http.post_form(
            TOKEN, {"grant_type": "client_credentials"}, judge, headers={"Authorization": f"Basic {pair}"}
        )
        self._http.carry({"Authorization": f"Bearer {token}"})
        self._token_ends_at = self._http.time_keeper.monotonic() + max(1.0, seconds - TOKEN_MARGIN_SECONDS)


def _token_of(reply: Reply) -> tuple[str, float]:
    """The token and how many seconds it holds.

    Raises:
        PassingFault: there is none in the answer.
    """
    answer = reply.json_object()
    token, seconds = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
        raise PassingFault("answered without a token")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise PassingFault("answered without the time for which the token holds")
    return token, float(seconds)


def records_of(body: bytes) -> list[dict[str, Any]]:
    """The contacts of one page body, as sent.

    Raises:
        PassingFault: the body is no page; bodies that came through the client always are.
    """
    envelope = json.loads(body)
    return record_list(envelope if isinstance(envelope, dict) else {})
