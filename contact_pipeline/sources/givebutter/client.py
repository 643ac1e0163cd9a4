"""Reading Givebutter's lists page by page (sources.md 1).

Paths, parameters, the rate limit and the judgement that a list is whole belong here. Retries belong to `sources.http`,
the meaning of columns to `dbt_like_sql/contacts/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal, Self
from urllib.parse import quote

from contact_pipeline.sources.errors import SourceRefused
from contact_pipeline.sources.givebutter.page import Page, checked_page, record_list
from contact_pipeline.sources.http import PoliteHttp, Politeness, Reply
from contact_pipeline.sources.pace import Pace, Timekeeper
from contact_pipeline.sources.pages import PageSpool, Shifted, whole_pass
from contact_pipeline.sources.secret import Secret

PER_PAGE = 100
"""The most Givebutter gives (sources.md 1.4)."""

CALLS_PER_MINUTE = 450
"""Documented: 500. The window's type and burst are unknown, so a tenth stays unused (sources.md 1.8)."""

PASSES = 3


class GivebutterClient:
    """Reads one account. Not for several threads at once.

    Args:
        base_url: `https://api.givebutter.com`, or another address that speaks the same.
        key: the account's API key.
        politeness: tries, time and size limits.
        time_keeper: clocks and waiting.
    """

    def __init__(
        self, base_url: str, key: Secret, *, politeness: Politeness | None = None, time_keeper: Timekeeper | None = None
    ) -> None:
        self._http = PoliteHttp(
            "Givebutter",
            base_url,
            key,
            lambda value: {"Authorization": f"Bearer {value}"},
            pace=Pace(CALLS_PER_MINUTE, 60.0),
            politeness=politeness,
            time_keeper=time_keeper,
        )

    @property
    def calls(self) -> int:
        """Requests sent so far, retries included."""
        return self._http.calls

    def member_pages(self, campaign: str) -> Iterator[bytes]:
        """Every page of a campaign's members, byte for byte; nothing is given before the whole list is known.

        Args:
            campaign: the campaign's id, or its code as shown in its address.

        Raises:
            SourceUnavailable: no answer, or the list never held still.
            SourceRefused: the key or the campaign is wrong.
        """
        yield from self._pages(f"/v1/campaigns/{self.campaign_id(campaign)}/members", {})

    def contact_pages(
        self, kind: Literal["individual", "company"] = "individual", *, updated_after: datetime | None = None
    ) -> Iterator[bytes]:
        """Every page of contacts of one kind, oldest first so that new ones land behind the reader.

        Args:
            kind: companies are only listed when asked for (sources.md 1.3), so they are a pass of their own.
            updated_after: only contacts changed since (with a zone); leave an overlap, the bound's edge is unknown.

        Raises:
            SourceUnavailable: no answer, or the list never held still.
            SourceRefused: the key is wrong.
        """
        params: dict[str, str | int] = {"type": kind, "sortBy": "created_at"}
        if updated_after is not None:
            params["updatedAfter"] = updated_after.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
        yield from self._pages("/v1/contacts", params)

    def campaigns(self) -> list[dict[str, Any]]:
        """Every campaign of the account as sent: `id`, `code`, `title`, … (raises as `member_pages`)."""
        return [record for body in self._pages("/v1/campaigns", {}) for record in records_of(body)]

    def campaign_id(self, campaign: str) -> str:
        """The id of a campaign named by id or code.

        Raises:
            SourceRefused: no campaign of the account has that code.
        """
        wanted = campaign.strip()
        if wanted.isascii() and wanted.isdigit():
            return wanted
        for record in self.campaigns():
            if str(record.get("code", "")).casefold() == wanted.casefold():
                return quote(str(record["id"]), safe="")
        raise SourceRefused(
            f"Givebutter: no campaign has the code {wanted!r}: copy it from the campaign's address in Givebutter."
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _pages(self, path: str, params: Mapping[str, str | int]) -> Iterator[bytes]:
        spool = whole_pass(
            f"Givebutter: {path}", partial(self._read_once, path, params), passes=PASSES, pause=self._http.pause
        )
        yield from spool.bodies()

    def _read_once(self, path: str, params: Mapping[str, str | int], spool: PageSpool) -> None:
        """One pass. A list that only grew at its end is whole; one that shrank may have hidden a row from us."""
        seen: set[str] = set()
        number, last, total = 0, 1, 0
        while number < last:
            number += 1
            page = self._page(path, params, number)
            if seen.issuperset(page.ids) and page.ids:
                page = self._page(path, params, number)
            if len(seen.union(page.ids)) != len(seen) + len(page.ids):
                raise Shifted(f"page {number} repeated rows")
            if page.total < total:
                raise Shifted(f"the total fell from {total} to {page.total}")
            seen.update(page.ids)
            last, total = page.last, page.total
            spool.add(page.body)
        if len(seen) != total:
            raise Shifted(f"{len(seen)} rows arrived of {total}")

    def _page(self, path: str, params: Mapping[str, str | int], number: int) -> Page:
        def judge(reply: Reply) -> Page:
            self._http.expect_success(reply, path)
            return checked_page(reply, number)

        return self._http.get(path, {**params, "page": number, "per_page": PER_PAGE}, judge)


def records_of(body: bytes) -> list[dict[str, Any]]:
    """The rows of one page body, as sent.

    Raises:
        PassingFault: the body is no page; bodies that came through the client always are.
    """
    envelope = json.loads(body)
    return record_list(envelope if isinstance(envelope, dict) else {})
