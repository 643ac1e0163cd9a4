"""Reading Jotform's forms and submissions (sources.md 3).

Paths, paging, the daily quota and the judgement that a list is whole belong here. Retries belong to `sources.http`, the
meaning of questions to the mapping of each form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Self, TypeVar

from contact_pipeline.sources.errors import QuotaExhausted, SourceRefused
from contact_pipeline.sources.http import PassingFault, PoliteHttp, Politeness, Reply
from contact_pipeline.sources.jotform.envelope import Envelope, keyed, listed, opened
from contact_pipeline.sources.jotform.time import next_midnight
from contact_pipeline.sources.pace import Pace, Timekeeper
from contact_pipeline.sources.pages import Keep, PageSpool, Shifted, spools_of, take_up, whole_pass
from contact_pipeline.sources.secret import Secret

PAGE_LIMIT = 1000
"""The most Jotform gives (sources.md 3.4): calls are counted by the day, so pages are large."""

CALLS_PER_SECOND = 5
"""Nothing is documented; loops over many forms were slow or failing (sources.md 3.7)."""

PASSES = 3

T = TypeVar("T")


@dataclass(frozen=True)
class Listing:
    """Submissions of one form, complete.

    Attributes:
        spool: the page bodies.
        created: by submission id, in order, when it was made: New York's wall clock as sent, empty where it is missing.
        count: how many submissions the form says it has.
    """

    spool: PageSpool
    created: dict[str, str]
    count: int


class JotformClient:
    """Reads one account. Not for several threads at once.

    Args:
        base_url: `https://api.jotform.com`, its EU or HIPAA sister, or an Enterprise address ending in `/API`.
        key: the account's API key; it travels in a header, never in an address.
        politeness: tries, time and size limits.
        time_keeper: clocks and waiting.

    Attributes:
        calls_left: calls the account may still make today, as the last answer said; None before the first.
    """

    def __init__(
        self, base_url: str, key: Secret, *, politeness: Politeness | None = None, time_keeper: Timekeeper | None = None
    ) -> None:
        self.calls_left: int | None = None
        self._closed_until: datetime | None = None
        self._base_url = base_url
        self._http = PoliteHttp(
            "Jotform",
            base_url,
            key,
            lambda value: {"APIKEY": value},
            pace=Pace(CALLS_PER_SECOND, 1.0),
            politeness=politeness,
            time_keeper=time_keeper,
        )

    @property
    def calls(self) -> int:
        """Requests sent so far, retries included."""
        return self._http.calls

    def submission_pages(self, form_id: str) -> Iterator[bytes]:
        """Every page of a form's submissions, byte for byte (see `submissions`)."""
        yield from self.submissions(form_id).spool.bodies()

    def submissions(self, form_id: str, *, keep: Keep | None = None) -> Listing:
        """Every submission of a form; nothing is given before the whole list is known.

        Lists carry no total, so the form's own count, taken before, is what must at least arrive. A form of several
        pages is counted again afterwards: a count that fell may have hidden a row between two pages.

        Args:
            form_id: digits, as in the form's address.
            keep: where the pages wait when the reading breaks off; None begins it anew each time.

        Raises:
            QuotaExhausted: today's calls are used up.
            SourceUnavailable: no answer, or the list never held still.
            SourceRefused: the key or the form is wrong.
        """
        path = f"/form/{checked_id(form_id)}"
        found: list[Listing] = []

        def read(spool: PageSpool) -> None:
            found.append(self._read_submissions(path, spool))

        self._whole(path, read, keep)
        return found[-1]

    def submissions_after(self, form_id: str, moment: str) -> Listing:
        """The submissions made after a moment, and the form's count before they were read.

        Nothing in such a list tells that a row is missing from it; whoever asks compares the counts. Only `gt` is used:
        no other comparison is documented (sources.md 3.4).

        Args:
            form_id: digits, as in the form's address.
            moment: `YYYY-MM-DD HH:MM:SS` on the clock of `created_at`; itself not included.

        Raises:
            QuotaExhausted: today's calls are used up.
            SourceUnavailable: no answer, or the list never held still.
            SourceRefused: the key or the form is wrong.
        """
        path = f"/form/{checked_id(form_id)}"
        count = self._count(path)
        wanted = {"filter": json.dumps({"created_at:gt": moment})}
        found: list[Listing] = []

        def read(spool: PageSpool) -> None:
            created, _ = self._read_rows(f"{path}/submissions", spool, wanted)
            found.append(Listing(spool, created, count))

        self._whole(path, read)
        return found[-1]

    def questions(self, form_id: str) -> dict[str, dict[str, Any]]:
        """A form's questions as sent, by question id (raises as `submissions`)."""
        return keyed(self._question_answer(form_id).content)

    def question_page(self, form_id: str) -> bytes:
        """The answer that holds a form's questions, byte for byte (raises as `submissions`)."""
        return self._question_answer(form_id).body

    def forms(self) -> list[dict[str, Any]]:
        """Every form of the account as sent: `id`, `title`, `status`, `count`, … (raises as `submissions`)."""
        spool = self._whole("/user/forms", partial(self._read_rows, "/user/forms"))
        return [record for body in spool.bodies() for record in records_of(body)]

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _whole(self, path: str, read: Callable[[PageSpool], object], keep: Keep | None = None) -> PageSpool:
        spools = spools_of(keep, [self._base_url, path, PAGE_LIMIT])
        return whole_pass(f"Jotform: {path}", read, passes=PASSES, pause=self._http.pause, new_spool=spools)

    def _question_answer(self, form_id: str) -> Envelope:
        def judge(answer: Envelope) -> Envelope:
            if not all(isinstance(question, dict) for question in keyed(answer.content).values()):
                raise PassingFault("answered with a question that is no object")
            return answer

        return self._ask(f"/form/{checked_id(form_id)}/questions", {}, judge)

    def _read_submissions(self, path: str, spool: PageSpool) -> Listing:
        """One pass over a form, held against the form's own count."""
        expected = self._count(path)
        created, pages = self._read_rows(f"{path}/submissions", spool)
        arrived = len(created)
        if arrived < expected:
            raise Shifted(f"{arrived} submissions arrived of {expected}")
        count = self._count(path) if pages > 1 or arrived != expected else expected
        if pages > 1 and count < expected:
            raise Shifted("submissions were deleted")
        return Listing(spool, created, count)

    def _read_rows(
        self, path: str, spool: PageSpool, wanted: Mapping[str, str] | None = None
    ) -> tuple[dict[str, str], int]:
        """One pass over a list up to its first short page, oldest first so that new rows land behind the reader.

        Returns:
            When each row was made, by id, and how many pages arrived.
        """
        seen: dict[str, str] = {}
        offsets: list[int] = []

        def take(page: Envelope) -> None:
            rows = _created(page)
            if len(rows) < len(page.content) or not seen.keys().isdisjoint(rows):
                raise Shifted(f"page {len(offsets) + 1} repeated rows")
            offsets.append(len(seen))
            seen.update(rows)

        ask = partial(self._list_page, path, wanted=wanted or {})
        last = take_up(spool, _kept_page, take, lambda _: ask(offset=offsets[-1]), _created)
        full = last is None or _is_full(last)
        while full:
            page = ask(offset=len(seen))
            if page.content and seen.keys() >= _created(page).keys():
                page = ask(offset=len(seen))
            take(page)
            spool.add(page.body)
            full = _is_full(page)
        return seen, len(offsets)

    def _count(self, path: str) -> int:
        def judge(answer: Envelope) -> int:
            count = str(keyed(answer.content).get("count", ""))
            if not (count.isascii() and count.isdigit()):
                raise PassingFault("answered without the form's count")
            return int(count)

        return self._ask(path, {}, judge)

    def _list_page(self, path: str, offset: int, wanted: Mapping[str, str]) -> Envelope:

        def judge(answer: Envelope) -> Envelope:
            listed(answer.content)
            return answer

        return self._ask(path, {"limit": PAGE_LIMIT, "offset": offset, "orderby": "id,ASC", **wanted}, judge)

    def _ask(self, path: str, params: dict[str, str | int], read: Callable[[Envelope], T]) -> T:
        self._stop_while_closed(path)

        def judge(reply: Reply) -> T:
            answer = self._opened(reply, path)
            self.calls_left = answer.calls_left if answer.calls_left is not None else self.calls_left
            if answer.out_of_calls:
                self._closed_until = next_midnight(self._http.time_keeper.now())
                self._stop_while_closed(path)
            self._http.judge_status(answer.code, path, reply.headers)
            return read(answer)

        return self._http.get(path, params, judge)

    def _opened(self, reply: Reply, path: str) -> Envelope:
        """The envelope; an error without one (a proxy's HTML page) is judged by its status line."""
        try:
            return opened(reply)
        except PassingFault:
            self._http.expect_success(reply, path)
            raise

    def _stop_while_closed(self, path: str) -> None:
        until = self._closed_until
        if until is not None and self._http.time_keeper.now() < until:
            self.calls_left = 0
            raise QuotaExhausted(
                f"Jotform: {path} was not read: the account's calls for today are used up. They return at midnight in "
                f"New York ({until:%Y-%m-%d %H:%M} UTC); a larger Jotform plan has more.",
                until,
            )


def checked_id(form_id: str) -> str:
    """A form id as text.

    Raises:
        SourceRefused: it is not made of digits alone.
    """
    text = form_id.strip()
    if not (text.isascii() and text.isdigit()):
        raise SourceRefused("Jotform: a form id is a row of digits: copy it from the form's address.")
    return text


def records_of(body: bytes) -> list[dict[str, Any]]:
    """The submissions of one page body, as sent.

    Raises:
        PassingFault: the body is no page; bodies that came through the client always are.
    """
    envelope = json.loads(body)
    return listed(envelope.get("content") if isinstance(envelope, dict) else None)


def _kept_page(reply: Reply) -> Envelope:
    """A page an earlier try kept, as one that arrives."""
    page = opened(reply)
    listed(page.content)
    return page


def _is_full(page: Envelope) -> bool:
    """Whether another page follows; the server may cap lower than asked (sources.md 3.4)."""
    limit = page.page_limit if page.page_limit is not None and page.page_limit > 0 else PAGE_LIMIT
    return len(_created(page)) >= min(limit, PAGE_LIMIT)


def _created(page: Envelope) -> dict[str, str]:
    return {str(record["id"]): str(record.get("created_at") or "") for record in listed(page.content)}
