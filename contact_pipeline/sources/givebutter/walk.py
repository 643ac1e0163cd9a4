"""Going through a Givebutter list page by page until every row of it was met once.

What makes a pass whole belongs here, with totals and without; one page's own proof belongs to `page`, paths and
parameters to `client`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from contact_pipeline.sources.givebutter.page import Page
from contact_pipeline.sources.http import Reply
from contact_pipeline.sources.pages import PageSpool, Shifted, take_up
from contact_pipeline.sources.window import newest_of

Ask = Callable[[int], Page]
"""Asks for a page by its number."""

Read = Callable[[Reply, int], Page]
"""Judges a page."""


class Walk:
    """One pass over a list.

    Args:
        ask: gets a page.
        read: judges a page an earlier try kept, as `ask` judges one that arrives.
        now: the wall clock, UTC: a change far in its future is no news.

    Attributes:
        newest: the newest change of any record met.
    """

    def __init__(self, ask: Ask, read: Read, now: datetime) -> None:
        self.newest: datetime | None = None
        self._ask = ask
        self._read = read
        self._now = now
        self._seen: set[str] = set()
        self._number = 0
        self._last = 1
        self._total = 0

    def go(self, spool: PageSpool) -> None:
        """Read the list to its end, behind what the spool kept of an earlier try.

        A list that only grew at its end is whole; one that shrank may have hidden a row from us.

        Raises:
            Shifted: rows appeared, vanished or moved.
        """
        self._take_up(spool)
        while self._number < self._last:
            number = self._number + 1
            page = self._ask(number)
            if page.total is None:
                self._bare(page, spool)
                return
            if page.ids and self._seen.issuperset(page.ids):
                page = self._ask(number)
            self._take(page)
            spool.add(page.body)
        if len(self._seen) != self._total:
            raise Shifted(f"{len(self._seen)} rows arrived of {self._total}")

    def _take_up(self, spool: PageSpool) -> None:
        """Count the kept pages as read, if the last of them is still the page it was."""
        last = take_up(
            spool,
            lambda reply: self._read(reply, self._number + 1),
            self._take,
            lambda _: self._ask(self._number),
            lambda page: page.ids,
        )
        if last is not None:
            self._measure(last)

    def _take(self, page: Page) -> None:
        number = self._number + 1
        if len(self._seen.union(page.ids)) != len(self._seen) + len(page.ids):
            raise Shifted(f"page {number} repeated rows")
        self._measure(page)
        self._number = number
        self._note(page)

    def _measure(self, page: Page) -> None:
        if page.total is None or page.last is None:
            raise Shifted("the list stopped telling its length")
        if page.total < self._total:
            raise Shifted(f"the total fell from {self._total} to {page.total}")
        self._last, self._total = page.last, page.total

    def _note(self, page: Page) -> None:
        self._seen.update(page.ids)
        self.newest = newest_of((self.newest, *page.changed), self._now)

    def _bare(self, first: Page, spool: PageSpool) -> None:
        """A list of bare arrays says neither its length nor its end: it is believed when it is read twice alike."""
        pages = self._arrays(first)
        if [page.ids for page in pages] != [page.ids for page in self._arrays(self._ask(1))]:
            raise Shifted("two readings of it differed")
        for page in pages:
            self._note(page)
            spool.add(page.body)

    def _arrays(self, first: Page) -> list[Page]:
        """The arrays up to an empty one, or up to two that are the first again: then the list has no pages.

        One such array alone may be a page that came in another's place.
        """
        pages, seen = [first], set(first.ids)
        while pages[-1].ids:
            page = self._array(len(pages) + 1)
            if not page.ids:
                return pages
            if page.ids == first.ids and self._array(len(pages) + 2).ids == first.ids:
                return pages
            if not seen.isdisjoint(page.ids):
                raise Shifted(f"page {len(pages) + 1} repeated rows")
            seen.update(page.ids)
            pages.append(page)
        return pages

    def _array(self, number: int) -> Page:
        page = self._ask(number)
        if page.total is not None:
            raise Shifted("the list changed its form")
        return page
