"""The people of a simulated Listomatic account: fields, order of change, tombstones, lists and segments.

What a record is and how it changes belongs here. Cursors, envelopes and limits belong to `listomatic`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

Json = dict[str, Any]

WRITABLE = ("external_ref", "full_name", "email_address", "primary_phone", "segments", "engagement_score")


class Unacceptable(Exception):
    """A request the account answers with 422; the text says why."""


class PeopleBook:
    """The people by id, listed in order of their last change (ties by id): who changes comes last.

    Args:
        people: records in the API's shape; copied.
        now: wall clock, UTC, for the times of changes.
    """

    def __init__(self, people: Iterable[Json], now: Callable[[], datetime]) -> None:
        self.rows = [dict(person) for person in people]
        self._now = now

    def listed(self, since: datetime | None, *, include_deleted: bool) -> list[Json]:
        """Who changed at or after `since`, oldest change first."""
        fitting = (
            row
            for row in self.rows
            if (include_deleted or row["deleted_at"] is None) and (since is None or as_time(row["updated_at"]) >= since)
        )
        return sorted(fitting, key=self.place_of)

    def place_of(self, row: Json) -> tuple[str, str]:
        """A row's place in the order of change."""
        return as_text(as_time(row["updated_at"])), row["id"]

    def get(self, person_id: str) -> Json:
        """One person, a tombstone included.

        Raises:
            KeyError: there is none.
        """
        for row in self.rows:
            if row["id"] == person_id:
                return row
        raise KeyError(person_id)

    def update(self, person_id: str, fields: Json) -> Json:
        """Change some fields (raises `KeyError`, `Unacceptable`)."""
        row = self.get(person_id)
        row.update(_checked(fields))
        return self._touched(row)

    def delete(self, person_id: str) -> None:
        """Leave a tombstone: the record stays, `deleted_at` is set (raises `KeyError`)."""
        row = self.get(person_id)
        self._touched(row)
        row["deleted_at"] = row["deleted_at"] or row["updated_at"]

    def change_lists(self, person_id: str, add: object, remove: object) -> Json:
        """Subscribe to some lists and unsubscribe from others, by list id (raises `KeyError`, `Unacceptable`)."""
        row = self.get(person_id)
        names = {entry["list_id"]: entry["list_name"] for other in self.rows for entry in other["list_membership"]}
        membership = {entry["list_id"]: dict(entry) for entry in row["list_membership"]}
        for list_id in _texts(add):
            entry = membership.setdefault(list_id, {"list_id": list_id, "list_name": names.get(list_id, list_id)})
            entry.update(status="subscribed", joined_at=entry.get("joined_at", self._stamp()))
        for list_id in _texts(remove):
            if list_id in membership:
                membership[list_id]["status"] = "unsubscribed"
        row["list_membership"] = list(membership.values())
        return self._touched(row)

    def upsert(self, item: object, match_on: str) -> tuple[str, Json]:
        """Update the one person with the same e-mail address or reference, else create one (raises `Unacceptable`)."""
        if not isinstance(item, dict) or not item.get(match_on):
            raise Unacceptable(f"{match_on} is missing")
        fields = _checked(item)
        wanted = str(item[match_on]).casefold()
        for row in self.rows:
            if row["deleted_at"] is None and str(row[match_on] or "").casefold() == wanted:
                row.update(fields)
                return "updated", self._touched(row)
        return "created", self.add(fields)

    def add(self, fields: Json) -> Json:
        """A new person."""
        stamp = self._stamp()
        blank: Json = {"external_ref": None, "full_name": "", "email_address": None, "primary_phone": None}
        row: Json = {
            "id": f"lm_{len(self.rows):012d}", **blank, "segments": [], "engagement_score": None, **fields,
            "list_membership": [], "created_at": stamp, "updated_at": stamp, "deleted_at": None,
        }  # fmt: skip
        self.rows.append(row)
        return row

    def lists(self) -> list[Json]:
        """Every list with how many are subscribed."""
        entries = [entry for row in self.rows for entry in row["list_membership"]]
        names = {entry["list_id"]: entry["list_name"] for entry in entries}
        counts = Counter(entry["list_id"] for entry in entries if entry["status"] == "subscribed")
        return [{"id": list_id, "name": names[list_id], "subscribed": counts[list_id]} for list_id in sorted(names)]

    def segments(self) -> list[Json]:
        """Every segment with how many it holds."""
        counts = Counter(segment for row in self.rows if row["deleted_at"] is None for segment in row["segments"])
        return [{"name": name, "people": count} for name, count in sorted(counts.items())]

    def disturb(self, fault: str) -> None:
        """A row comes, goes or moves just before a page is read, each as it happens here: a change comes last."""
        if fault == "row_inserted":
            self.add({"full_name": "New Comer", "email_address": "newcomer@example.org"})
        elif fault == "row_deleted":
            living = self.listed(None, include_deleted=False)
            if living:
                self.delete(living[0]["id"])
        elif fault == "row_moved" and self.rows:
            self._touched(min(self.rows, key=self.place_of))

    def _touched(self, row: Json) -> Json:
        row["updated_at"] = self._stamp()
        return row

    def _stamp(self) -> str:
        return as_text(self._now().astimezone(UTC))


@lru_cache(maxsize=200_000)
def as_time(text: str) -> datetime:
    """A time as the API writes it.

    Raises:
        Unacceptable: it is none, or has no zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Unacceptable("not a time") from None
    if moment.tzinfo is None:
        raise Unacceptable("a time needs its zone")
    return moment.astimezone(UTC)


@lru_cache(maxsize=200_000)
def as_text(moment: datetime) -> str:
    """A time in UTC as the API writes it; such texts sort as the times do."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _checked(fields: Json) -> Json:
    score = fields.get("engagement_score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 100):
        raise Unacceptable("engagement_score must be 0 to 100")
    return {name: value for name, value in fields.items() if name in WRITABLE}


def _texts(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Unacceptable("add and remove are lists of list ids")
    return value
