"""The bases of an Airtable account: tables, fields, records, and every change told to the base's webhooks.

What a base is and how it changes belongs here; cells belong to `airtable_values`, the wire to `airtable`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from contact_pipeline.sandbox.simulators.airtable_errors import Json, invalid, malformed, refused, unknown
from contact_pipeline.sandbox.simulators.airtable_values import is_empty, shown, written
from contact_pipeline.sandbox.simulators.airtable_webhooks import WebhookBook, as_wire_time
from contact_pipeline.sandbox.simulators.paging import disturb

MOST_MERGE_FIELDS = 3
VIEWS = ("Grid view", "viwSandbox0000001")
"""The one view every table has, by name and id."""


def is_id(text: str, prefix: str) -> bool:
    """Whether a text has the shape of an id: a prefix of three letters and fourteen characters."""
    return re.fullmatch(rf"{prefix}[A-Za-z0-9]{{14}}", text) is not None


class Table:
    """One table. Cells are stored by field id.

    Attributes:
        data: `id`, `name`, `primaryFieldId`, `fields` (id, name, type, options), `records` (id, createdTime, fields).
    """

    def __init__(self, data: Json, webhooks: WebhookBook, now: Callable[[], datetime]) -> None:
        self.data = data
        self._webhooks = webhooks
        self._now = now
        self._made = 0
        self._stamp = 0
        data.setdefault("fields", [])
        data.setdefault("records", [])
        data.setdefault("primaryFieldId", data["fields"][0]["id"] if data["fields"] else "")

    @property
    def id(self) -> str:
        """`tbl…`."""
        return str(self.data["id"])

    @property
    def rows(self) -> list[Json]:
        """The records in the order of the table's views."""
        rows: list[Json] = self.data["records"]
        return rows

    def in_order_of_creation(self) -> list[Json]:
        """The records as a list without a view gives them: nobody can move a row there."""
        return sorted(self.rows, key=lambda row: (row["createdTime"], row["id"]))

    def field(self, key: str) -> Json:
        """A field by its id or name.

        Raises:
            Refusal: 422 UNKNOWN_FIELD_NAME.
        """
        for field in self.data["fields"]:
            if key in (field["id"], field["name"]):
                found: Json = field
                return found
        raise invalid("UNKNOWN_FIELD_NAME", f'Unknown field name: "{key}"')

    def cell(self, record: Json, key: str) -> Any:
        """A cell by its field's id or name, as a reader sees it."""
        field = self.field(key)
        return shown(field, record["fields"].get(field["id"]), record, self._stamp)

    def as_read(self, record: Json, *, by_id: bool, only: list[str] | None = None) -> Json:
        """A record as it goes over the wire: empty cells left out (sources.md 4.1)."""
        self._stamp += 1
        wanted = self.data["fields"] if only is None else [self.field(key) for key in only]
        cells = {field["id" if by_id else "name"]: self.cell(record, field["id"]) for field in wanted}
        kept = {key: value for key, value in cells.items() if not is_empty(value)}
        return {"id": record["id"], "createdTime": record["createdTime"], "fields": kept}

    def get(self, record_id: str) -> Json:
        """A record.

        Raises:
            Refusal: 404, bare for a malformed id.
        """
        if not is_id(record_id, "rec"):
            raise malformed()
        found = next((row for row in self.rows if row["id"] == record_id), None)
        if found is None:
            raise refused(404, "MODEL_ID_NOT_FOUND", f"Record ID {record_id} does not exist")
        return found

    def write(self, items: list[Json], *, typecast: bool = False, replace: bool = False) -> list[Json]:
        """Create (items without `id`) and update records, all or none, as one transaction.

        Args:
            items: `fields` by id or name, and `id` for an update.
            typecast: bend values to the fields' types.
            replace: fields that are not named are emptied.
        """
        targets = [self.get(item["id"]) if "id" in item else None for item in items]
        cells = [self._cells(item, typecast) for item in items]
        created: Json = {}
        changed: Json = {}
        done = []
        for target, values in zip(targets, cells, strict=True):
            row = target if target is not None else self._new_row()
            keeps = target is not None and not replace
            after = {**row["fields"], **values} if keeps else values
            row["fields"] = {key: value for key, value in after.items() if value is not None}
            row["modifiedTime"] = as_wire_time(self._now())
            if target is None:
                created[row["id"]] = {"createdTime": row["createdTime"], "cellValuesByFieldId": values}
            else:
                changed[row["id"]] = {"current": {"cellValuesByFieldId": values}}
            done.append(row)
        self._webhooks.tell({self.id: {"createdRecordsById": created, "changedRecordsById": changed}})
        return done

    def upsert(self, items: list[Json], merge_on: list[str], *, typecast: bool, replace: bool) -> Json:
        """Create or update by the values of the merge fields.

        Returns:
            `records` (rows), `createdRecords` and `updatedRecords` (ids).

        Raises:
            Refusal: 422, a record lacks a merge field, or its values fit more than one record.
        """
        if not 1 <= len(merge_on) <= MOST_MERGE_FIELDS:
            raise invalid("INVALID_REQUEST_BODY", "fieldsToMergeOn names one to three fields")
        named = [item if "id" in item else self._matched(item, merge_on, typecast) for item in items]
        ids = [item.get("id") for item in named]
        rows = self.write(named, typecast=typecast, replace=replace)
        new = [row["id"] for row, known in zip(rows, ids, strict=True) if known is None]
        return {"records": rows, "createdRecords": new, "updatedRecords": [key for key in ids if key is not None]}

    def delete(self, record_ids: list[str]) -> None:
        """Delete records, all or none, as one transaction."""
        doomed = [self.get(record_id)["id"] for record_id in record_ids]
        self.data["records"] = [row for row in self.rows if row["id"] not in doomed]
        self._webhooks.tell({self.id: {"destroyedRecordIds": doomed}})

    def add_field(self, body: Json) -> Json:
        """A new field: `name`, `type`, `options`."""
        if any(body.get("name") == field["name"] for field in self.data["fields"]):
            raise invalid("DUPLICATE_OR_EMPTY_FIELD_NAME", "Field names must be unique and not empty")
        field: Json = {"id": f"fldNew{len(self.data['fields']) + 1:011d}"}
        field.update({key: body[key] for key in ("name", "type", "options") if key in body})
        self.data["fields"].append(field)
        told = {field["id"]: {"name": field["name"], "type": field["type"]}}
        self._webhooks.tell({self.id: {"createdFieldsById": told}})
        return field

    def change_field(self, key: str, changes: Json) -> Json:
        """Rename or retype a field; its cells stay as they are."""
        field = self.field(key)
        before = {name: field[name] for name in changes if name in field}
        field.update(changes)
        self._webhooks.tell({self.id: {"changedFieldsById": {field["id"]: {"current": changes, "previous": before}}}})
        return field

    def remove_field(self, key: str) -> None:
        """Take a field and its cells away."""
        field = self.field(key)
        self.data["fields"].remove(field)
        for row in self.rows:
            row["fields"].pop(field["id"], None)
        self._webhooks.tell({self.id: {"destroyedFieldIds": [field["id"]]}})

    def disturb(self, fault: str) -> None:
        """Change the table while somebody reads it, as the fault says; webhooks are told what happened."""
        if not fault:
            return
        before = {row["id"] for row in self.rows}
        disturb(fault, self.data["records"], self._new_row(keep=False))
        after = {row["id"]: row for row in self.rows}
        new = {key: {"createdTime": row["createdTime"]} for key, row in after.items() if key not in before}
        gone = sorted(before - set(after))
        if new or gone:
            self._webhooks.tell({self.id: {"createdRecordsById": new, "destroyedRecordIds": gone}})
        if fault == "field_renamed" and self.data["fields"]:
            field = self.data["fields"][0]
            self.change_field(field["id"], {"name": f"{field['name']} renamed"})

    def _cells(self, item: Json, typecast: bool) -> Json:
        fields = item.get("fields")
        if not isinstance(fields, dict):
            raise invalid("INVALID_REQUEST_BODY", "Could not parse request body")
        found = {}
        for key, value in fields.items():
            field = self.field(key)
            found[field["id"]] = written(field, value, typecast=typecast)
        return found

    def _matched(self, item: Json, merge_on: list[str], typecast: bool) -> Json:
        cells = self._cells(item, typecast)
        keys = [self.field(name)["id"] for name in merge_on]
        if any(cells.get(key) is None for key in keys):
            raise invalid("INVALID_REQUEST_BODY", "Every record must have a value for each of fieldsToMergeOn")
        fitting = [row for row in self.rows if all(row["fields"].get(key) == cells[key] for key in keys)]
        if len(fitting) > 1:
            raise invalid("INVALID_REQUEST_UNKNOWN", "Cannot update more than one record with the same merge values")
        return {**item, "id": fitting[0]["id"]} if fitting else item

    def _new_row(self, *, keep: bool = True) -> Json:
        self._made += 1
        known = {row["id"] for row in self.rows}
        while f"recNew{self._made:011d}" in known:
            self._made += 1
        row = {"id": f"recNew{self._made:011d}", "createdTime": as_wire_time(self._now()), "fields": {}}
        if keep:
            self.data["records"].append(row)
        return row


class Base:
    """One base: its tables and its webhooks."""

    def __init__(self, data: Json, now: Callable[[], datetime]) -> None:
        self.data = data
        self.webhooks = WebhookBook(now)
        self.tables = [Table(table, self.webhooks, now) for table in data.setdefault("tables", [])]

    def table(self, id_or_name: str) -> Table:
        """A table by id or name.

        Raises:
            Refusal: 403, as for one that may not be seen.
        """
        for table in self.tables:
            if id_or_name in (table.id, table.data["name"]):
                return table
        raise unknown()

    def schema(self) -> Json:
        """Tables and fields as the metadata call gives them."""
        names = ("id", "name", "primaryFieldId", "description", "fields")
        views = [{"id": VIEWS[1], "name": VIEWS[0], "type": "grid"}]
        return {
            "tables": [
                {**{name: table.data[name] for name in names if name in table.data}, "views": views}
                for table in self.tables
            ]
        }


class Account:
    """Every base the key may see."""

    def __init__(self, bases: list[Json], now: Callable[[], datetime]) -> None:
        self.bases = [Base(base, now) for base in bases]

    def base(self, base_id: str) -> Base:
        """A base by id.

        Raises:
            Refusal: 404 for a malformed id, 403 for an unknown one.
        """
        if not is_id(base_id, "app"):
            raise malformed()
        for base in self.bases:
            if base.data["id"] == base_id:
                return base
        raise unknown()

    def table_paths(self) -> tuple[str, ...]:
        """Endings of the paths that list a table."""
        return tuple(f"/{base.data['id']}/{table.id}" for base in self.bases for table in base.tables)


def summary(base: Base) -> Json:
    """A base as the list of bases shows it."""
    return {
        "id": base.data["id"],
        "name": base.data.get("name", "Base"),
        "permissionLevel": base.data.get("permissionLevel", "create"),
    }
