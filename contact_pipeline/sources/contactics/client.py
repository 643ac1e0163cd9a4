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
from contact_pipeline.sources.pages import Keep, PageSpool, Shifted, spools_of, take_up, whole_pass
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
        self._base_url = base_url
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

    def changed_contacts(self, since: datetime | None, *, keep: Keep | None = None) -> Changes:
        """Every contact modified since then; inactive ones too, as nothing is ever deleted there.

        Args:
            since: edge included, with a zone; None is every contact.
            keep: where the pages wait when the reading breaks off; None begins it anew each time.

        Raises:
            SourceUnavailable: no answer, or the list never held still.
            SourceRefused: the client id or its secret is wrong.
        """
        now = self._http.time_keeper.now
        began = now()
        walks: list[_Walk] = []

        def read(spool: PageSpool) -> None:
            walks.append(_Walk(partial(self._page, since)))
            walks[-1].go(spool)

        spools = spools_of(keep, [self._base_url, self._client_id, CONTACTS, str(since), PER_PAGE])
        spool = whole_pass(f"Contactics: {CONTACTS}", read, passes=PASSES, pause=self._http.pause, new_spool=spools)
        return Changes(spool.bodies(), newest_of(walks[-1].changed, now()), now() - (spool.began or began))

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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


class _Walk:
    """One pass over the list; `changed` holds its times of change afterwards."""

    def __init__(self, ask: Callable[[int], Page]) -> None:
        self.changed: set[datetime] = set()
        self._ask = ask
        self._seen: set[str] = set()
        self._number, self._last, self._total = 0, 1, 0

    def go(self, spool: PageSpool) -> None:
        """Read the list to its end, behind what the spool kept; one that only grew at its end is whole.

        Raises:
            Shifted: rows appeared, vanished or moved.
        """
        last = take_up(
            spool,
            lambda reply: checked_page(reply, self._number + 1),
            self._take,
            lambda _: self._ask(self._number),
            lambda page: page.ids,
        )
        if last is not None:
            self._measure(last)
        while self._number < self._last:
            page = self._ask(self._number + 1)
            if page.ids and self._seen.issuperset(page.ids):
                page = self._ask(self._number + 1)
            self._take(page)
            spool.add(page.body)
        if len(self._seen) != self._total:
            raise Shifted(f"{len(self._seen)} rows arrived of {self._total}")

    def _take(self, page: Page) -> None:
        self._number += 1
        if len(self._seen.union(page.ids)) != len(self._seen) + len(page.ids):
            raise Shifted(f"page {self._number} repeated rows")
        self._measure(page)
        self._seen.update(page.ids)
        self.changed.update(page.changed)

    def _measure(self, page: Page) -> None:
        if page.total < self._total:
            raise Shifted(f"the total fell from {self._total} to {page.total}")
        self._last, self._total = page.last, page.total


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
