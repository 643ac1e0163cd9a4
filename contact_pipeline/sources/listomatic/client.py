"""Reading Listomatic's people page by page (sources.md 6.1).

Paths, parameters, the rate limit and the judgement that a list is whole belong here. Retries belong to `sources.http`,
the meaning of fields to `dbt_like_sql/contacts/`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self

from contact_pipeline.sources.http import PoliteHttp, Politeness, Reply
from contact_pipeline.sources.listomatic.page import Page, Version, changed_at, checked_page, record_list
from contact_pipeline.sources.pace import Pace, Timekeeper
from contact_pipeline.sources.pages import Keep, PageSpool, Shifted, spools_of, take_up, whole_pass
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sources.window import Changes, newest_of

PEOPLE = "/v2/people"
PER_PAGE = 200
CALLS_PER_MINUTE = 108
"""Documented: 120. A tenth stays unused for other programs of the account."""

PASSES = 3
LOOKS_AT_THE_END = 4

LAST_PAGE = timedelta(days=1)
"""How much of a last page, by its times of change, the next window asks for again at most."""


class ListomaticClient:
    """Reads one account. Not for several threads at once.

    Args:
        base_url: the address below which `/v2` lies.
        key: the account's API key.
        politeness: tries, time and size limits.
        time_keeper: clocks and waiting.
    """

    def __init__(
        self, base_url: str, key: Secret, *, politeness: Politeness | None = None, time_keeper: Timekeeper | None = None
    ) -> None:
        self._base_url = base_url
        self._last_page: tuple[Version, ...] = ()
        self._http = PoliteHttp(
            "Listomatic",
            base_url,
            key,
            lambda value: {"X-Api-Key": value},
            pace=Pace(CALLS_PER_MINUTE, 60.0),
            politeness=politeness,
            time_keeper=time_keeper,
        )

    @property
    def calls(self) -> int:
        """Requests sent so far, retries included."""
        return self._http.calls

    def changed_people(self, since: datetime | None, *, keep: Keep | None = None) -> Changes:
        """Everyone who changed since then, deleted ones too (as tombstones: `deleted_at` is set).

        The list is in order of change, so who changes while it is read comes again at its end, as a newer version of
        the same id. A cursor list carries no total: its last page is believed only when it is given twice alike, and
        what it spans is asked for once more with the next window, in case it came short alike each time. A list cut
        off before its end goes on there anyway.

        Args:
            since: edge included, with a zone; None is everybody.
            keep: where the pages wait when the reading breaks off; None begins it anew each time. It goes on with the
                last page's cursor, and from the start where that has expired.

        Raises:
            SourceUnavailable: no answer, or the list never held still.
            SourceRefused: the key is wrong.
        """
        now = self._http.time_keeper.now
        began = now()
        seen: set[Version] = set()
        spool = whole_pass(
            f"Listomatic: {PEOPLE}",
            partial(self._read_once, since, seen),
            passes=PASSES,
            pause=self._http.pause,
            new_spool=spools_of(keep, [self._base_url, PEOPLE, str(since), PER_PAGE]),
        )
        newest = newest_of(map(changed_at, seen), now())
        took = now() - (spool.began or began)
        return Changes(spool.bodies(), newest, max(took, _length(self._last_page, newest)))

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read_once(self, since: datetime | None, seen: set[Version], spool: PageSpool) -> None:
        """One pass; `seen` holds its versions afterwards."""
        seen.clear()
        cursor, ended = self._take_up(since, seen, spool)
        while not ended:
            ask = partial(self._page, since, cursor, seen)
            page = ask()
            if page.following is None:
                page = _confirmed(page, ask)
            seen.update(page.versions)
            spool.add(page.body)
            self._last_page = page.versions
            cursor, ended = page.following, page.following is None

    def _take_up(self, since: datetime | None, seen: set[Version], spool: PageSpool) -> tuple[str | None, bool]:
        """Behind what an earlier try kept: the cursor to go on with, and whether that was all."""
        cursors: list[str | None] = [None]

        def take(page: Page) -> None:
            seen.update(page.versions)
            self._last_page = page.versions
            cursors.append(page.following)

        last = take_up(
            spool,
            lambda reply: checked_page(reply, PER_PAGE, cursors[-1], seen),
            take,
            lambda page: self._page(since, cursors[-2], seen - set(page.versions)),
            lambda page: page.versions,
        )
        return (None, False) if last is None else (last.following, last.following is None)

    def _page(self, since: datetime | None, cursor: str | None, seen: set[Version]) -> Page:
        params: dict[str, str | int] = {"limit": PER_PAGE, "include_deleted": "true"}
        if since is not None:
            params["updated_since"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if cursor is not None:
            params["cursor"] = cursor

        def judge(reply: Reply) -> Page:
            if reply.status == 410 and cursor is not None:
                raise Shifted("the cursor expired")
            self._http.expect_success(reply, PEOPLE)
            return checked_page(reply, PER_PAGE, cursor, seen)

        return self._http.get(PEOPLE, params, judge)


def _confirmed(page: Page, ask: Callable[[], Page]) -> Page:
    """The last page once it was given twice alike, or the page that goes on after all.

    Raises:
        Shifted: it differed each time.
    """
    for _ in range(LOOKS_AT_THE_END):
        again = ask()
        if again.following is not None or again.versions == page.versions:
            return again
        page = again
    raise Shifted("the end of the list kept changing")


def _length(page: tuple[Version, ...], newest: datetime | None) -> timedelta:
    """How much time of change a last page spans; a day at most."""
    moments = [moment for moment in map(changed_at, page) if moment is not None and newest is not None]
    return min(newest - min(moments), LAST_PAGE) if newest is not None and moments else timedelta(0)


def records_of(body: bytes) -> list[dict[str, Any]]:
    """The people of one page body, as sent.

    Raises:
        PassingFault: the body is no page; bodies that came through the client always are.
    """
    envelope = json.loads(body)
    return record_list(envelope if isinstance(envelope, dict) else {})
