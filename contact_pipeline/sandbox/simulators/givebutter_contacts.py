"""Givebutter's contacts: finding, creating with its silent merge, updating, tags, archive (sources.md 1.3 to 1.7).

The rules of one contact book belong here. Paths, pages and status codes belong to `givebutter`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from contact_pipeline.sandbox.campaign.givebutter import CUSTOM_FIELDS, CustomField
from contact_pipeline.sandbox.campaign.givebutter_api import custom_item
from contact_pipeline.sandbox.simulators.paging import Json, disturb, next_id
from contact_pipeline.sources.entities import GIVEBUTTER_API_CONTACT_COLUMNS

LISTS = ("associated_companies", "emails", "phones", "addresses", "tags", "custom_fields", "external_ids")
PLAIN = (
    "external_id", "contact_since", "prefix", "first_name", "preferred_name", "middle_name", "last_name", "suffix",
    "gender", "pronouns", "dob", "company", "employer", "company_name", "title", "website_url", "twitter_url",
    "linkedin_url", "facebook_url", "tiktok_url", "instagram_url", "note", "email_opt_in", "sms_opt_in",
)  # fmt: skip
"""Properties that a write sets as they are."""

ADDRESS = ("address_1", "address_2", "city", "state", "zipcode", "country")
LENGTHS = {"prefix": 32, "suffix": 32}
SUBSCRIPTIONS = {
    "email_subscription": "is_email_subscribed",
    "phone_subscription": "is_phone_subscribed",
    "address_subscription": "is_address_subscribed",
}
SORTS: dict[str, Callable[[Json], Any]] = {
    "name_or_company": lambda row: str(row.get("company_name") or f"{row.get('first_name')} {row.get('last_name')}"),
    "primary_email": lambda row: str(row.get("primary_email") or ""),
    "point_of_contact": lambda row: str(row.get("point_of_contact") or ""),
    "created_at": lambda row: (str(row.get("created_at") or ""), int(row["id"])),
    "total_contributions": lambda row: _statistic(row, "total_contributions"),
    "recurring_contributions": lambda row: _statistic(row, "recurring_contributions"),
    "last_donation_amount": lambda row: float(row.get("last_donation_amount") or 0),
}
TIME_FILTERS = {
    "createdAfter": ("created_at", 1),
    "createdBefore": ("created_at", -1),
    "updatedAfter": ("updated_at", 1),
    "updatedBefore": ("updated_at", -1),
}
AMOUNT_FILTERS = {
    "totalContributionsMin": ("total_contributions", 1),
    "totalContributionsMax": ("total_contributions", -1),
    "recurringContributionsMin": ("recurring_contributions", 1),
    "recurringContributionsMax": ("recurring_contributions", -1),
}
EQUAL_FILTERS = {"primaryEmail": "primary_email", "firstName": "first_name", "lastName": "last_name"}


class Invalid(Exception):
    """422: what is wrong, by field; nested fields are dotted."""

    def __init__(self, **errors: str) -> None:
        super().__init__("The given data was invalid.")
        self.errors = {field.replace("__", "."): [text] for field, text in errors.items()}


class ContactBook:
    """All contacts of an account, archived ones included.

    Args:
        rows: contacts in list order.
        now: wall clock, UTC.
        edge: whether `updatedAfter` and its like give what stands at the bound itself.
        fields: the account's custom fields.
        writable_fields: whether the API writes custom fields; where not, it passes over them without a word.

    Attributes:
        fields: as given.
        changes: how often something was written; a folder's book is kept when it is not 0.
    """

    def __init__(
        self,
        rows: list[Json],
        now: Callable[[], datetime],
        *,
        edge: bool = True,
        fields: tuple[CustomField, ...] = CUSTOM_FIELDS,
        writable_fields: bool = True,
    ) -> None:
        self.fields = fields
        self.changes = 0
        self._writable_fields = writable_fields
        self._places: dict[int, int] = {}
        self._highest = 0
        self._rows = list(rows)
        self._found: dict[tuple[tuple[str, str], ...], list[Json]] = {}
        self._now = now
        self._edge = edge

    @property
    def rows(self) -> list[Json]:
        """The contacts in list order, to look at and to change: what was found in them is sought anew."""
        self._found.clear()
        return self._rows

    def blank(self) -> Json:
        """A contact of which nothing is known but that it was made now."""
        row: Json = dict.fromkeys(GIVEBUTTER_API_CONTACT_COLUMNS)
        row.update({key: [] for key in LISTS})
        row.update(type="individual", stats={"total_contributions": 0, "recurring_contributions": 0})
        row.update(is_email_subscribed=True, is_phone_subscribed=False, is_address_subscribed=True)
        row.update(created_at=self._stamp(), updated_at=self._stamp(), contact_since=self._stamp())
        return row

    def found(self, query: Mapping[str, str]) -> list[Json]:
        """The contacts a list query selects, in its order.

        Without `type` only individuals; archived ones only with `scope` (sources.md 1.3).

        Raises:
            Invalid: a filter or sort that cannot be read.
        """
        asked = tuple(sorted((name, value) for name, value in query.items() if name not in ("page", "per_page")))
        if asked not in self._found:
            self._found[asked] = self._sought(query)
        return self._found[asked]

    def _sought(self, query: Mapping[str, str]) -> list[Json]:
        wanted = query.get("type", "individual")
        if wanted not in ("individual", "company"):
            raise Invalid(type="The selected type is invalid.")
        rows = [row for row in self._rows if (row.get("type") or "individual") == wanted and _in_scope(row, query)]
        for test in _tests(query, self._edge):
            rows = [row for row in rows if test(row)]
        for parameter, reverse in (("sortBy", False), ("sortByDesc", True)):
            if parameter in query:
                if query[parameter] not in SORTS:
                    raise Invalid(**{parameter: f"The selected {parameter} is invalid."})
                rows.sort(key=SORTS[query[parameter]], reverse=reverse)
        return rows

    def disturb(self, fault: str, kind: str) -> None:
        """A contact comes, goes or moves in the list of its kind; other faults change nothing."""
        if fault not in ("row_inserted", "row_deleted", "row_moved"):
            return
        held = self.rows
        rows = [row for row in held if (row.get("type") or "individual") == kind]
        others = [row for row in held if (row.get("type") or "individual") != kind]
        newcomer = {**self.blank(), "id": next_id(held), "type": kind, "first_name": "New", "last_name": "Comer"}
        disturb(fault, rows, newcomer)
        held[:] = [*rows, *others]

    def new_id(self) -> int:
        """An id nobody ever had, of a contact that was merged away neither."""
        self._highest = max(self._highest + 1, next_id(self._rows))
        return self._highest

    def get(self, contact_id: int) -> Json:
        """One contact.

        Raises:
            KeyError: there is none.
        """
        return self.rows[self._place(contact_id)]

    def create(self, body: Json, *, forced: bool = False) -> Json:
        """Make a contact, or merge into one of the same name that shares an email or phone (sources.md 1.6).

        Raises:
            Invalid: a name is missing or a value too long.
        """
        _check(body)
        given = {"emails": _values(body, "email"), "phones": _values(body, "phone")}
        known = None if forced or body.get("force_create") is True else self._namesake(body, given)
        base = self.blank() if known is None else known
        row = _written(base, self._known_fields(body), keep=known is not None)
        for kind, values in given.items():
            row[kind] = _merged(base[kind] or [], values)
        row["tags"] = list(dict.fromkeys([*(base["tags"] or []), *(body.get("tags") or [])]))
        if known is None:
            row["id"] = self.new_id()
            self.changes += 1
            self.rows.append(_settled(row))
            return self.rows[-1]
        return self._replace(row)

    def update(self, contact_id: int, body: Json) -> Json:
        """Change what the body names; tags are replaced as a whole (sources.md 1.7).

        Raises:
            KeyError: there is no such contact.
            Invalid: an individual's names, or a company's, are not repeated in the body.
        """
        base = self.get(contact_id)
        _check({"type": base.get("type"), **body})
        row = _written(base, self._known_fields(body), keep=False)
        for kind, word in (("emails", "email"), ("phones", "phone")):
            gone = set(body.get(f"remove_{kind}") or [])
            kept = [item for item in base.get(kind) or [] if item["value"] not in gone]
            row[kind] = _merged(kept, _values(body, word))
        if "tags" in body:
            row["tags"] = list(dict.fromkeys(body["tags"] or []))
        return self._replace(row)

    def archive(self, contact_id: int, *, archived: bool) -> Json:
        """Archive (a soft delete) or restore.

        Raises:
            KeyError: there is no such contact.
        """
        return self._replace({**self.get(contact_id), "archived_at": self._stamp() if archived else None})

    def tag(self, contact_id: int, verb: str, tags: object) -> Json:
        """`add`, `remove` or `sync` tags.

        Raises:
            KeyError: no such contact or verb.
            Invalid: no tags, or one over 64 characters.
        """
        row = self.get(contact_id)
        if verb not in ("add", "remove", "sync"):
            raise KeyError(verb)
        if not isinstance(tags, list) or not tags:
            raise Invalid(tags="The tags field is required.")
        _check_tags(tags)
        held = row.get("tags") or []
        change = {"add": [*held, *tags], "remove": [tag for tag in held if tag not in tags], "sync": tags}
        return self._replace({**row, "tags": list(dict.fromkeys(change[verb]))})

    def merge(self, kept: int, gone: int) -> Json:
        """What a person does in Givebutter to a duplicate: its values go over, its id is gone for good.

        Raises:
            KeyError: one of the two is not there.
        """
        row, other = self.get(kept), self.get(gone)
        joined = {
            kind: _merged(row[kind] or [], [item["value"] for item in other[kind] or []])
            for kind in ("emails", "phones")
        }
        filled = {name: row.get(name) or other.get(name) for name in PLAIN}
        tags = list(dict.fromkeys([*(row["tags"] or []), *(other["tags"] or [])]))
        self._highest = max(self._highest, gone)
        del self.rows[self._place(gone)]
        return self._replace({**row, **filled, **joined, "tags": tags})

    def replace(self, row: Json) -> Json:
        """Put a changed contact in the place of the one with its id, modified now.

        Raises:
            KeyError: there is no such contact.
        """
        return self._replace(row)

    def _known_fields(self, body: Json) -> Json:
        """The body with its custom fields as the contact keeps them; the form `{"field_12": "x"}` is read too."""
        given = body.get("custom_fields")
        if not isinstance(given, dict):
            return body
        if not self._writable_fields:
            return {name: value for name, value in body.items() if name != "custom_fields"}
        items = [custom_item(f, given[f"field_{f.number}"]) for f in self.fields if given.get(f"field_{f.number}")]
        return {**body, "custom_fields": items}

    def _place(self, contact_id: int) -> int:
        place = self._places.get(contact_id, -1)
        if not (0 <= place < len(self._rows) and int(self._rows[place]["id"]) == contact_id):
            self._places = {int(row["id"]): place for place, row in enumerate(self._rows)}
        return self._places[contact_id]

    def _replace(self, row: Json) -> Json:
        place = self._place(int(row["id"]))
        self.changes += 1
        self.rows[place] = _settled({**row, "updated_at": self._stamp()})
        return self.rows[place]

    def _namesake(self, body: Json, given: dict[str, list[str]]) -> Json | None:
        name = _name(body)
        wanted = {value.casefold() for values in given.values() for value in values}
        for row in self._rows:
            if row.get("archived_at") or _name(row) != name:
                continue
            if wanted & {str(item["value"]).casefold() for kind in given for item in row.get(kind) or []}:
                return row
        return None

    def _stamp(self) -> str:
        return self._now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _in_scope(row: Json, query: Mapping[str, str]) -> bool:
    scope = query.get("scope", "active")
    return scope == "all" or bool(row.get("archived_at")) == (scope == "archived")


def _tests(query: Mapping[str, str], edge: bool) -> list[Callable[[Json], bool]]:
    tests: list[Callable[[Json], bool]] = []
    for parameter, (column, sign) in TIME_FILTERS.items():
        if parameter in query:
            bound = sign * _moment(parameter, query[parameter])
            reaches = operator.ge if edge else operator.gt
            tests.append(lambda row, c=column, s=sign, b=bound, r=reaches: r(s * _seconds(row.get(c)), b))  # type: ignore[misc]
    for parameter, (column, sign) in AMOUNT_FILTERS.items():
        if parameter in query:
            bound = sign * _amount(parameter, query[parameter])
            tests.append(lambda row, c=column, s=sign, b=bound: s * _statistic(row, c) >= b)  # type: ignore[misc]
    for parameter, column in EQUAL_FILTERS.items():
        if parameter in query:
            value = query[parameter].casefold()
            tests.append(lambda row, c=column, v=value: str(row.get(c) or "").casefold() == v)  # type: ignore[misc]
    if "email" in query:
        email = query["email"].casefold()
        tests.append(lambda row: any(str(item["value"]).casefold() == email for item in row.get("emails") or []))
    if "tags" in query:
        tags = {tag.strip() for tag in query["tags"].split(",")}
        tests.append(lambda row: bool(tags & set(row.get("tags") or [])))
    return tests


def _moment(parameter: str, text: str) -> float:
    seconds = _seconds(text)
    if seconds == 0.0:
        raise Invalid(**{parameter: f"The {parameter} is not a valid date."})
    return seconds


def _seconds(text: object) -> float:
    """Seconds since 1970, or 0 where there is no time; both of Givebutter's ways of writing UTC are read."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _amount(parameter: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid(**{parameter: f"The {parameter} must be a number."}) from None


def _statistic(row: Json, name: str) -> float:
    return float((row.get("stats") or {}).get(name) or 0)


def _check(body: Json) -> None:
    needed = ("company_name",) if body.get("type") == "company" else ("first_name", "last_name")
    missing = {name: f"The {name.replace('_', ' ')} field is required." for name in needed if not body.get(name)}
    too_long = {
        name: f"The {name.replace('_', ' ')} may not be greater than {LENGTHS.get(name, 255)} characters."
        for name in PLAIN
        if isinstance(body.get(name), str) and len(body[name]) > LENGTHS.get(name, 255) and name != "note"
    }
    if missing or too_long:
        raise Invalid(**missing, **too_long)
    for place, value in enumerate(_values(body, "email")):
        if "@" not in value:
            raise Invalid(**{f"emails__{place}__value": "The email must be a valid email address."})
    _check_tags(body.get("tags") or [])


def _check_tags(tags: list[Any]) -> None:
    for place, tag in enumerate(tags):
        if not isinstance(tag, str) or not 0 < len(tag) <= 64:
            raise Invalid(**{f"tags__{place}": "The tag may not be greater than 64 characters."})


def _values(body: Json, word: str) -> list[str]:
    """Emails or phones a body gives, the primary first; plain texts and objects are both in use (sources.md 1.6)."""
    items = [body.get(f"primary_{word}"), *(body.get(f"{word}s") or [])]
    values = [item.get("value") if isinstance(item, dict) else item for item in items]
    return list(dict.fromkeys(str(value) for value in values if value))


def _merged(held: list[Json], values: list[str]) -> list[Json]:
    known = {str(item["value"]).casefold() for item in held}
    return [*held, *({"type": "personal", "value": value} for value in values if value.casefold() not in known)]


def _written(base: Json, body: Json, *, keep: bool) -> Json:
    """`base` with the body's plain values and address; with `keep` only where `base` has none."""
    row = dict(base)
    for name in (*PLAIN, "type"):
        if name in body and not (keep and row.get(name)):
            row[name] = body[name]
    row["custom_fields"] = with_fields(row.get("custom_fields") or [], body.get("custom_fields") or [])
    flat = {key: body[key] for key in ADDRESS if body.get(key)}
    given = [*(body.get("addresses") or []), *([flat] if flat else [])]
    known = [{key: address.get(key) for key in ADDRESS} for address in row.get("addresses") or []]
    fresh = [address for address in given if {key: address.get(key) for key in ADDRESS} not in known]
    row["addresses"] = [*(row.get("addresses") or []), *({"type": "home", "is_primary": False, **a} for a in fresh)]
    for name, column in SUBSCRIPTIONS.items():
        if name in body and not keep:
            row[column] = bool(body[name])
    return row


def with_fields(held: list[Json], given: list[Json]) -> list[Json]:
    """Custom fields with those given in the place of the same ones held."""
    fresh = {item["field_id"]: item for item in given if isinstance(item, dict) and "field_id" in item}
    return [*(fresh.pop(item["field_id"], item) for item in held), *fresh.values()]


def _settled(row: Json) -> Json:
    """The row with the values that follow from others."""
    for kind, name in (("emails", "primary_email"), ("phones", "primary_phone"), ("addresses", "primary_address")):
        first = (row.get(kind) or [None])[0]
        row[name] = first["value"] if first and kind != "addresses" else first
    row["salutation_name"] = row.get("preferred_name") or row.get("first_name")
    return row


def _name(row: Json) -> tuple[str, str]:
    return str(row.get("first_name") or "").casefold(), str(row.get("last_name") or "").casefold()
