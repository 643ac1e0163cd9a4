"""The tables the proof of a file reads, filled straight from a simulated Givebutter: no landing, no linking.

Names are the link here: one person, one name.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import duckdb

from contact_pipeline.exports.recording import write_sent_values
from contact_pipeline.exports.written import written_hashes
from contact_pipeline.sandbox.campaign.givebutter_api import export_row
from contact_pipeline.sandbox.simulators.givebutter_contacts import ContactBook
from contact_pipeline.sandbox.simulators.givebutter_import import COLUMNS, Imported, import_csv
from contact_pipeline.warehouse.models import all_models, run_model

MODELS = (
    "exports.sent_candidate", "exports.shown_value", "exports.value_shown", "exports.failed_row", "exports.outcome",
)  # fmt: skip
FIRST = datetime(2026, 9, 1, 12, tzinfo=UTC)

TABLES = """
create schema contacts; create schema exports; create schema people; create schema landing; create schema raw;
create schema sync;
create table landing.batch (batch_id varchar, source varchar, entity varchar, full_snapshot boolean, sequence bigint,
    arrived_at timestamptz);
create table contacts.givebutter_version (record_id varchar, batch_id varchar, line bigint, sequence bigint,
    read_on date, modified_at timestamptz, external_id varchar, prefix_raw varchar, first_raw varchar,
    preferred_first varchar,
    middle_raw varchar, last_raw varchar, suffix_raw varchar, line1_raw varchar, city_raw varchar, state_raw varchar,
    zip_raw varchar, birth_raw varchar, email_answer varchar, sms_answer varchar, mail_answer varchar,
    emails varchar[], phones varchar[],
    tag_cells varchar[]);
create table sync.birth_value (raw varchar, birth_date date);
create table contacts.givebutter_custom_value (record_id varchar, batch_id varchar, line bigint, title varchar,
    value varchar);
create table contacts.givebutter_stale (contact_id varchar, record_id varchar);
create table contacts.contact (contact_id varchar, record_id varchar, source varchar, entity varchar, first_key varchar,
    last_key varchar);
create table contacts.phone (contact_id varchar, source varchar, entity varchar, e164 varchar, valid boolean);
create table contacts.email (contact_id varchar, source varchar, entity varchar, email varchar, valid boolean);
create table people.crosswalk (contact_id varchar, person_id varchar, source varchar, entity varchar,
    record_id varchar);
create table exports.sent_row (export_id bigint, row_number bigint, target varchar, person_id varchar,
    exported_as varchar, contact_id varchar, external_id varchar, exported_at timestamptz, hash_key varchar,
    read_sequence bigint, written varchar);
create table raw.givebutter_failed_rows (_batch_id varchar, _line bigint, id varchar, contact_id varchar,
    givebutter_contact_id varchar, external_id varchar, "ERRORS" varchar);
"""


@dataclass
class Mini:
    """A Givebutter account, the files that went to it and the readings that came back."""

    connection: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    now: datetime = FIRST
    sequence: int = 0
    exports: int = 0
    files: dict[int, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection.execute(TABLES)
        self.book = ContactBook([], lambda: self.now)

    def person(self, person_id: str, first: str, last: str, *, phone: str = "", email: str = "") -> None:
        """Somebody who signed up."""
        contact = f"jotform.signups:{person_id}"
        self.connection.execute(
            "insert into contacts.contact values (?, ?, 'jotform', 'signups', ?, ?)",
            [contact, person_id, first.lower(), last.lower()],
        )
        self.connection.execute(
            "insert into people.crosswalk values (?, ?, 'jotform', 'signups', ?)", [contact, person_id, person_id]
        )
        for table, value in (("phone", phone), ("email", email)):
            if value:
                self.connection.execute(
                    f"insert into contacts.{table} values (?, 'jotform', 'signups', ?, true)", [contact, value]
                )

    def read(self, *only: int, whole: bool = True) -> None:
        """An export of Givebutter lands: of everybody, or of the contacts named."""
        self.now += timedelta(hours=1)
        self.sequence += 1
        batch = f"contacts-{self.sequence}"
        self._batch(batch, "contacts", whole=whole)
        rows = [row for row in self.book.rows if not row.get("archived_at") and (not only or int(row["id"]) in only)]
        for line, contact in enumerate(rows, start=1):
            self._version(export_row(contact, None, self.book.fields), batch, line)

    def gone(self, contact_id: int) -> None:
        """The contact is proven to be gone."""
        self.connection.execute(
            "insert into contacts.givebutter_stale values (?, ?)",
            [f"givebutter.contacts:{contact_id}", str(contact_id)],
        )

    def send(self, *rows: dict[str, str]) -> int:
        """A file leaves; each row names its `person`. Gives the file's number."""
        self.exports += 1
        cells = [{name: row.get(name, "") for name in COLUMNS} for row in rows]
        file = io.StringIO(newline="")
        writer = csv.DictWriter(file, list(COLUMNS))
        writer.writeheader()
        writer.writerows(cells)
        self.files[self.exports] = file.getvalue().encode()
        for number, (row, written) in enumerate(zip(rows, cells, strict=True), start=1):
            self.connection.execute(
                "insert into exports.sent_row values (?, ?, 'givebutter', ?, ?, ?, ?, ?, ?, ?, ?)",
                [self.exports, number, row["person"], row["person"], row.get("Givebutter Contact ID"),
                 row.get("Contact External ID"), self.now, f"file {self.exports}", self.sequence,
                 json.dumps(written_hashes(written, f"file {self.exports}"))],
            )  # fmt: skip
        return self.exports

    def imported(self, export: int) -> Imported:
        """Givebutter imports a file."""
        self.now += timedelta(hours=1)
        return import_csv(self.book, self.files[export])

    def returned(self, errors: bytes | None) -> None:
        """The file of failed rows lands."""
        assert errors is not None
        self.sequence += 1
        batch = f"failed-{self.sequence}"
        self._batch(batch, "failed_rows", whole=False)
        for line, row in enumerate(csv.DictReader(io.StringIO(errors.decode(), newline="")), start=1):
            self.connection.execute(
                "insert into raw.givebutter_failed_rows values (?, ?, ?, null, null, ?, ?)",
                [batch, line, row.get("id"), row.get("external_id"), row["ERRORS"]],
            )

    def outcomes(self) -> dict[tuple[int, str], tuple[str, str | None, str]]:
        """(file, person) to outcome, contact and how we know."""
        write_sent_values(self.connection)
        for table in MODELS:
            run_model(self.connection, all_models()[table])
        found = self.connection.execute("select export_id, person_id, outcome, contact_id, detail from exports.outcome")
        return {(export, person): (what, contact, detail) for export, person, what, contact, detail in found.fetchall()}

    def issues(self, code: str) -> list[tuple[str | None, str]]:
        """Person and words of every issue of a kind, after `outcomes`."""
        self.connection.execute("create schema if not exists issues")
        run_model(self.connection, all_models()[f"issues.{code}"])
        return self.connection.execute(f"select person_id, detail from issues.{code} order by all").fetchall()

    def _batch(self, batch: str, entity: str, *, whole: bool) -> None:
        self.connection.execute(
            "insert into landing.batch values (?, 'givebutter', ?, ?, ?, ?)",
            [batch, entity, whole, self.sequence, self.now],
        )

    def _version(self, row: dict[str, str], batch: str, line: int) -> None:
        contact = row["Givebutter Contact ID"]
        emails = [row["Primary Email"], *row["Additional Emails"].split(",")]
        phones = [row["Primary Phone"], *row["Additional Phones"].split(",")]
        plain = ("Contact External ID", "Prefix", "First Name", "Preferred First Name", "Middle Name", "Last Name",
                 "Suffix", "Address Line 1", "City", "State", "Postal Code", "Date of Birth", "Engage Email Subscribed",
                 "Engage SMS Subscribed", "Engage Mail Subscribed")  # fmt: skip
        self.connection.execute(
            f"insert into contacts.givebutter_version values (?, ?, ?, ?, ?, ?{', ?' * 18})",
            [contact, batch, line, self.sequence, self.now.date(), f"{row['Last Modified (UTC)']}+00",
             *(row[name] or None for name in plain), emails, phones, row["Tags"].split(",")],
        )  # fmt: skip
        for custom in self.book.fields:
            if row[custom.key]:
                self.connection.execute(
                    "insert into contacts.givebutter_custom_value values (?, ?, ?, ?, ?)",
                    [contact, batch, line, custom.title, row[custom.key]],
                )
        known = f"givebutter.contacts:{contact}"
        for table, values in (("email", emails), ("phone", phones)):
            for value in filter(None, (value.strip() for value in values)):
                self.connection.execute(
                    f"insert into contacts.{table} values (?, 'givebutter', 'contacts', ?, true)", [known, value]
                )
        self.connection.execute(
            "insert into contacts.contact select ?, ?, 'givebutter', 'contacts', ?, ? "
            "where not exists (select 1 from contacts.contact where contact_id = ?)",
            [known, contact, row["First Name"].lower(), row["Last Name"].lower(), known],
        )
