"""Reading Airtable: bases, tables, fields, records by field id, and what webhooks tell (sources.md 4).

Paths, parameters, limits and the judgement that a list is whole belong here. Retries belong to `sources.http`, putting
readings together to `reading`, the meaning of fields to the workspace's settings and `dbt_like_sql/contacts/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Self, TypeVar

from contact_pipeline.sources.airtable.page import (
    BILLING_LIMIT,
    CURSOR_GONE,
    News,
    Page,
    base_list,
    checked_page,
    refusal_kind,
    table_list,
    take_payloads,
    webhook_list,
)
from contact_pipeline.sources.errors import SourceRefused, SourceUnavailable
from contact_pipeline.sources.http import PassingFault, PoliteHttp, Politeness, Reply, asked_wait
from contact_pipeline.sources.pace import Pace, Timekeeper
from contact_pipeline.sources.pages import Keep, PageSpool, Shifted, spools_of, take_up, whole_pass
from contact_pipeline.sources.secret import Secret

PER_PAGE = 100
CALLS_PER_SECOND = 4
"""Documented: 5 for each base, whoever calls. A fifth stays unused for others; we keep to it over all bases."""

LOCK_OUT_SECONDS = 30.0
"""How long a base answers nothing after a call too many, whatever the refusal says (sources.md 4.5)."""

PASSES = 3
LOOKS_AT_A_PAGE = 4
PAYLOADS_PER_PAGE = 50

WATCHED = {"options": {"filters": {"dataTypes": ["tableData"]}}}
"""What our webhooks ask for: every record of a base."""

T = TypeVar("T")


class AirtableClient:
    """Reads one account. Not for several threads at once.

    Args:
        base_url: `https://api.airtable.com`.
        key: a personal access token with `data.records:read`, `schema.bases:read` and, for webhooks, `webhook:manage`.
        politeness: tries, time and size limits.
        time_keeper: clocks and waiting.
    """

    def __init__(
        self, base_url: str, key: Secret, *, politeness: Politeness | None = None, time_keeper: Timekeeper | None = None
    ) -> None:
        self._base_url = base_url
        self._variable = key.variable
        self._http = PoliteHttp(
            "Airtable",
            base_url,
            key,
            lambda value: {"Authorization": f"Bearer {value}"},
            pace=Pace(CALLS_PER_SECOND, 1.0),
            politeness=politeness,
            time_keeper=time_keeper,
        )

    @property
    def calls(self) -> int:
        """Requests sent so far, retries included."""
        return self._http.calls

    def bases(self) -> list[dict[str, Any]]:
        """Every base the key may see, as sent: `id`, `name`, `permissionLevel`.

        Raises:
            SourceUnavailable: no answer.
            SourceRefused: the key is wrong, or the plan's calls are used up.
        """
        found: list[dict[str, Any]] = []
        offset: str | None = None
        while True:
            params: dict[str, str | int] = {} if offset is None else {"offset": offset}
            envelope = self._get("/v0/meta/bases", params, _object_with(base_list))
            found += base_list(envelope)
            following = envelope.get("offset")
            if not isinstance(following, str) or following == offset:
                return found
            offset = following

    def tables(self, base: str) -> list[dict[str, Any]]:
        """The tables of a base as sent: `id`, `name`, `primaryFieldId`, `fields` (raises as `bases`)."""
        return self._get(_schema_path(base), {}, lambda reply: table_list(reply.json_object()))

    def schema(self, base: str) -> bytes:
        """The answer about a base's tables and fields, byte for byte (raises as `bases`)."""

        def judge(reply: Reply) -> bytes:
            table_list(reply.json_object())
            return reply.body

        return self._get(_schema_path(base), {}, judge)

    def record_spool(self, base: str, table: str, *, keep: Keep | None = None) -> PageSpool:
        """Every page of a table's records, byte for byte, cells by field id.

        Nothing is given before the whole list is known. A cursor list carries no total, so its last page, and any page
        with fewer rows than asked for, is believed only when it is given twice alike; a list whose cursor expired is
        read again from its start (sources.md 4.2).

        Args:
            base: the base's id.
            table: the table's id.
            keep: where the pages wait when the reading breaks off; None begins it anew each time. It goes on with the
                last page's cursor; Airtable lets cursors expire, and then the list is read from its start.

        Raises:
            SourceUnavailable: no answer, or the list never held still.
            SourceRefused: the key may not read the table, or the plan's calls are used up.
        """
        path = _records_path(base, table)
        return whole_pass(
            f"Airtable: {path}",
            partial(self._read_once, path),
            passes=PASSES,
            pause=self._http.pause,
            new_spool=spools_of(keep, [self._base_url, path, PER_PAGE]),
        )

    def record_pages(self, base: str, table: str) -> Iterator[bytes]:
        """The pages of `record_spool`."""
        yield from self.record_spool(base, table).bodies()

    def named_pages(self, base: str, table: str, ids: Iterable[str]) -> Iterator[bytes]:
        """Those of the named records that exist, in pages byte for byte; one is gone only if it is so twice.

        Raises:
            As `record_pages`.
        """
        path, wanted = _records_path(base, table), sorted(ids)
        for start in range(0, len(wanted), PER_PAGE):
            some = [checked_id(one, "rec") for one in wanted[start : start + PER_PAGE]]
            formula = "OR(" + ",".join(f"RECORD_ID()='{one}'" for one in some) + ")"
            ask = partial(self._page, path, None, (), formula)
            page = ask()
            yield (page if len(page.ids) == len(some) else _confirmed_or_unavailable(path, page, ask, len(some))).body

    def news(self, base: str, webhook: str, cursor: int) -> News:
        """What a webhook tells from a cursor on; `lost` says why that is not the whole story, if it is not.

        Raises:
            SourceUnavailable: no answer.
            SourceRefused: the key is wrong, or the plan's calls are used up.
        """
        path = f"{_webhooks_path(base)}/{checked_id(webhook, 'ach')}/payloads"
        news, more = News(cursor), True
        while more and not news.lost:
            params: dict[str, str | int] = {"cursor": news.cursor, "limit": PAYLOADS_PER_PAGE}
            more = self._http.get(path, params, partial(self._judge_payloads, path, news))
        return news

    def webhooks(self, base: str) -> list[dict[str, Any]]:
        """The webhooks of a base as sent: `id`, `cursorForNextPayload`, `expirationTime`, … (raises as `bases`)."""
        return self._get(_webhooks_path(base), {}, lambda reply: webhook_list(reply.json_object()))

    def watch(self, base: str) -> str:
        """The id of a webhook of ours on the base: the one that is there, or a new one.

        A new one whose answer was lost may be made twice: it does no harm and ends after seven days.

        Raises:
            SourceUnavailable: no answer.
            SourceRefused: the key lacks `webhook:manage`, the base has ten webhooks already, or the plan is used up.
        """
        for webhook in self.webhooks(base):
            if webhook.get("specification") == WATCHED and not webhook.get("notificationUrl"):
                return str(webhook["id"])
        return self._post(_webhooks_path(base), {"specification": WATCHED}, _made_webhook)

    def refresh(self, base: str, webhook: str) -> None:
        """Let a webhook live seven more days (raises as `watch`)."""
        self._post(f"{_webhooks_path(base)}/{checked_id(webhook, 'ach')}/refresh", {}, lambda reply: None)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read_once(self, path: str, spool: PageSpool) -> None:
        seen: set[str] = set()
        offset, ended = self._take_up(path, seen, spool)
        while not ended:
            ask = partial(self._page, path, offset, seen)
            page = ask()
            if page.following is None or len(page.ids) < PER_PAGE:
                page = _confirmed(page, ask, PER_PAGE + 1)
            seen.update(page.ids)
            spool.add(page.body)
            offset, ended = page.following, page.following is None

    def _take_up(self, path: str, seen: set[str], spool: PageSpool) -> tuple[str | None, bool]:
        """Behind what an earlier try kept: the cursor to go on with, and whether that was all."""
        offsets: list[str | None] = [None]

        def take(page: Page) -> None:
            seen.update(page.ids)
            offsets.append(page.following)

        last = take_up(
            spool,
            lambda reply: checked_page(reply, PER_PAGE, offsets[-1], seen),
            take,
            lambda page: self._page(path, offsets[-2], seen - set(page.ids)),
            lambda page: page.ids,
        )
        return (None, False) if last is None else (last.following, last.following is None)

    def _page(self, path: str, offset: str | None, seen: Iterable[str], formula: str = "") -> Page:
        params: dict[str, str | int] = {"pageSize": PER_PAGE, "returnFieldsByFieldId": "true"}
        if offset is not None:
            params["offset"] = offset
        if formula:
            params["filterByFormula"] = formula

        def judge(reply: Reply) -> Page:
            if reply.status == 422 and offset is not None and refusal_kind(reply) in CURSOR_GONE:
                raise Shifted("the cursor expired")
            self._expect_success(reply, path)
            return checked_page(reply, PER_PAGE, offset, set(seen))

        return self._http.get(path, params, judge)

    def _judge_payloads(self, path: str, news: News, reply: Reply) -> bool:
        if reply.status in (403, 404, 422):
            news.lost = "the webhook does not answer any more"
            return False
        self._expect_success(reply, path)
        return take_payloads(reply.json_object(), reply.body, news)

    def _get(self, path: str, params: dict[str, str | int], read: Callable[[Reply], T]) -> T:
        return self._http.get(path, params, self._judge(path, read))

    def _post(self, path: str, body: dict[str, Any], read: Callable[[Reply], T]) -> T:
        return self._http.post_json(path, body, self._judge(path, read))

    def _judge(self, path: str, read: Callable[[Reply], T]) -> Callable[[Reply], T]:
        def judge(reply: Reply) -> T:
            self._expect_success(reply, path)
            return read(reply)

        return judge

    def _expect_success(self, reply: Reply, path: str) -> None:
        """Let a 200 pass and turn everything else into the right error; a 429 can be of two kinds (sources.md 4.4)."""
        if reply.status == 429 and refusal_kind(reply) == BILLING_LIMIT:
            raise SourceRefused(
                f"Airtable: {path} was not read: this month's API calls of the plan are used up. They return next "
                "month; a larger plan has more, and fewer readings need fewer (every_minutes under [airtable])."
            )
        if reply.status == 429:
            asked = asked_wait(reply.headers.get("retry-after"), self._http.time_keeper.now())
            raise PassingFault("answered 429", max(LOCK_OUT_SECONDS, asked or 0.0))
        if reply.status in (403, 404):
            raise SourceRefused(
                f"Airtable: {path} answered {reply.status}: it does not exist, or the token in {self._variable} may "
                "not see it: check the id in the settings, and the token's scopes at airtable.com/create/tokens."
            )
        self._http.expect_success(reply, path)


def checked_id(text: str, prefix: str) -> str:
    """An id of Airtable's, ready for a path or a formula.

    Raises:
        SourceRefused: it does not have the shape of one: the prefix and fourteen letters or digits.
    """
    if re.fullmatch(rf"{prefix}[A-Za-z0-9]{{14}}", text) is None:
        raise SourceRefused(
            f"Airtable: an id that begins with {prefix} and has 17 characters is needed: copy it from the address of "
            "the table in the browser."
        )
    return text


def _confirmed(page: Page, ask: Callable[[], Page], whole: int) -> Page:
    """A page once it was given twice alike, or a fuller one that took its place.

    Args:
        page: as it was given first.
        ask: asks for it again.
        whole: rows at which nothing can be missing.

    Raises:
        Shifted: it differed each time.
    """
    for _ in range(LOOKS_AT_A_PAGE):
        again = ask()
        full = len(again.ids) >= whole or (again.following is not None and len(again.ids) == PER_PAGE)
        if full or (again.ids == page.ids and (again.following is None) == (page.following is None)):
            return again
        page = again
    raise Shifted("a page kept changing")


def _confirmed_or_unavailable(path: str, page: Page, ask: Callable[[], Page], whole: int) -> Page:
    """The same for a page that stands alone and cannot be read again with its list."""
    try:
        return _confirmed(page, ask, whole)
    except Shifted as shift:
        raise SourceUnavailable(f"Airtable: {path}: {shift}. Nothing was changed; the next run asks again.") from shift


def _object_with(read: Callable[[dict[str, Any]], Sequence[object]]) -> Callable[[Reply], dict[str, Any]]:
    def judge(reply: Reply) -> dict[str, Any]:
        envelope = reply.json_object()
        read(envelope)
        return envelope

    return judge


def _made_webhook(reply: Reply) -> str:
    made = reply.json_object().get("id")
    if not isinstance(made, str) or not made:
        raise PassingFault("answered without the webhook's id")
    return made


def _schema_path(base: str) -> str:
    return f"/v0/meta/bases/{checked_id(base, 'app')}/tables"


def _records_path(base: str, table: str) -> str:
    return f"/v0/{checked_id(base, 'app')}/{checked_id(table, 'tbl')}"


def _webhooks_path(base: str) -> str:
    return f"/v0/bases/{checked_id(base, 'app')}/webhooks"
