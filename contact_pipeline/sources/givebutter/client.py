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
from contact_pipeline.sources.givebutter.page import Page, checked_page, page_or_array, record_list
from contact_pipeline.sources.givebutter.walk import Read, Walk
from contact_pipeline.sources.http import PassingFault, PoliteHttp, Politeness, Reply
from contact_pipeline.sources.pace import Pace, Timekeeper
from contact_pipeline.sources.pages import Keep, PageSpool, spools_of, whole_pass
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sources.window import Changes

PER_PAGE = 100
"""The most Givebutter gives (sources.md 1.4)."""

CALLS_PER_MINUTE = 450
"""Documented: 500. The window's type and burst are unknown, so a tenth stays unused (sources.md 1.8)."""

PASSES = 3

CONTACTS = "/v1/contacts"
HOUSEHOLDS = "/v1/households"
NOT_FOUND = "not_found"
"""Key of the note that takes the place of a contact that is gone."""

Kind = Literal["individual", "company"]


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
        self._base_url = base_url
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

    def member_pages(self, campaign: str, *, keep: Keep | None = None) -> Iterator[bytes]:
        """Every page of a campaign's members, byte for byte; nothing is given before the whole list is known.

        Args:
            campaign: the campaign's id, or its code as shown in its address.
            keep: where the pages wait when the reading breaks off; None begins it anew each time.

        Raises:
            SourceUnavailable: no answer, or the list never held still.
            SourceRefused: the key or the campaign is wrong.
        """
        yield from self._list(f"/v1/campaigns/{self.campaign_id(campaign)}/members", {}, keep=keep).pages

    def contacts(
        self, kind: Kind = "individual", *, since: datetime | None = None, keep: Keep | None = None
    ) -> Changes:
        """Contacts of one kind, oldest first so that new ones land behind the reader.

        Args:
            kind: companies are only listed when asked for (sources.md 1.3), so they are a pass of their own.
            since: only contacts changed since (with a zone); leave an overlap, the bound's edge is unknown. None is
                everybody.
            keep: where the pages wait when the reading breaks off; None begins it anew each time.

        Raises:
            SourceUnavailable: no answer, or the list never held still.
            SourceRefused: the key is wrong.
        """
        params: dict[str, str | int] = {"type": kind, "sortBy": "created_at"}
        if since is not None:
            params["updatedAfter"] = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
        return self._list(CONTACTS, params, keep=keep)

    def contact(self, contact_id: str) -> bytes:
        """One contact as it was sent, or a note that it is not there (see `records_of`).

        Only a 404 to this very question says that a contact is gone; no list's silence does.

        Args:
            contact_id: digits, of a contact that was seen before.

        Raises:
            SourceUnavailable: no answer.
            SourceRefused: the key may not read it.
        """
        return self._single(CONTACTS, contact_id)

    def household(self, household_id: str) -> bytes:
        """One household as it was sent, or a note that it is not there (raises as `contact`)."""
        return self._single(HOUSEHOLDS, household_id)

    def household_pages(self, *, keep: Keep | None = None) -> Iterator[bytes]:
        """Every household with its contacts, page by page (raises as `member_pages`).

        Bare arrays are never kept for a next try: only two readings alike prove them.
        """
        yield from self._list(HOUSEHOLDS, {}, page_or_array, keep=keep).pages

    def campaign_pages(self) -> Iterator[bytes]:
        """Every campaign of the account, page by page (raises as `member_pages`)."""
        yield from self._list("/v1/campaigns", {}).pages

    def campaigns(self) -> list[dict[str, Any]]:
        """Every campaign of the account as sent: `id`, `code`, `title`, … (raises as `member_pages`)."""
        return [record for body in self.campaign_pages() for record in records_of(body)]

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

    def _list(
        self, path: str, params: Mapping[str, str | int], read: Read = checked_page, *, keep: Keep | None = None
    ) -> Changes:
        now = self._http.time_keeper.now
        began = now()
        walks: list[Walk] = []

        def go(spool: PageSpool) -> None:
            walks.append(Walk(partial(self._page, path, params, read), read, now()))
            walks[-1].go(spool)

        spools = spools_of(keep, [self._base_url, path, dict(params), PER_PAGE])
        spool = whole_pass(f"Givebutter: {path}", go, passes=PASSES, pause=self._http.pause, new_spool=spools)
        return Changes(spool.bodies(), walks[-1].newest, now() - (spool.began or began))

    def _single(self, path: str, wanted: str) -> bytes:
        path = f"{path}/{quote(wanted, safe='')}"

        def judge(reply: Reply) -> bytes:
            if reply.status == 404 and "message" in reply.json_object():
                return json.dumps({NOT_FOUND: [{"id": wanted, "answered": 404}]}).encode()
            self._http.expect_success(reply, path)
            if str(reply.json_object().get("id")) != wanted:
                raise PassingFault("answered with another record than the one asked for")
            return reply.body

        return self._http.get(path, {}, judge)

    def _page(self, path: str, params: Mapping[str, str | int], read: Read, number: int) -> Page:
        def judge(reply: Reply) -> Page:
            self._http.expect_success(reply, path)
            return read(reply, number)

        return self._http.get(path, {**params, "page": number, "per_page": PER_PAGE}, judge)


def records_of(body: bytes) -> list[dict[str, Any]]:
    """The records of one body, as sent: of a page, of a single contact, or the note that one is not there.

    A note is the one record that Givebutter did not send: `{"id": "48120771", "answered": 404}`.

    Raises:
        PassingFault: the body is none of these; bodies that came through the client always are.
    """
    answer = json.loads(body)
    if not isinstance(answer, dict):
        return record_list(answer)
    if NOT_FOUND in answer:
        return record_list(answer[NOT_FOUND])
    return record_list([answer] if "id" in answer and "data" not in answer else answer.get("data"))


def is_listed(record: Mapping[str, Any]) -> bool:
    """Whether Givebutter's lists show the contact: neither archived nor answered with 404 (sources.md 1.3)."""
    return not record.get("archived_at") and "answered" not in record
