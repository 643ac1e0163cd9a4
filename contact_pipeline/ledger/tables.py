"""The ledger's tables, as SQLAlchemy Core knows them.

What a table holds and what its columns mean belongs here. How a table came to be is in `migrations/`, what may be done
with it in the module of its subject. A test keeps tables and migrations equal. Times are UTC with zone, ids are text.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """A time with a zone, kept in UTC on every database (decision 41); a time without one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turns the time into UTC.

        Raises:
            ValueError: the time has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("The ledger takes times with a zone only, for example datetime.now(UTC).")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Gives the zone back where the database has none (SQLite)."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

RUNNING_ID = BigInteger().with_variant(Integer(), "sqlite")
"""Ids that count up by themselves; SQLite does so for INTEGER only."""

workspace = Table(
    "workspace",
    metadata,
    Column("name", Text, primary_key=True, comment="Keys the scramble of the PIDs; never changes (decisions 11, 12)."),
    Column("opened_at", UtcTime, nullable=False, comment="When the ledger began."),
    comment="One row: whose ledger this is.",
)

pid = Table(
    "pid",
    metadata,
    Column("pid", Text, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True, comment="Place in the sequence: smaller is older."),
    Column("absorbed_into", Text, ForeignKey("pid.pid"), comment="The older PID that stands for this one, if any."),
    Column("retired_at", UtcTime, comment="When someone ended this PID by hand; its contacts are then unknown again."),
    comment="Every PID ever given out. Never deleted, never reused (decision 11).",
)

pid_event = Table(
    "pid_event",
    metadata,
    Column("event_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("pid", Text, ForeignKey("pid.pid"), nullable=False, comment="Whom it happened to."),
    Column("kind", Text, nullable=False, comment="born, absorbed, merged, split, revived or retired; see `pid_plan`."),
    Column("other_pid", Text, ForeignKey("pid.pid"), comment="The other side, where there is one."),
    Column("happened_at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_pid_event_pid", "pid"),
    Index("ix_pid_event_happened_at", "happened_at"),
    comment="What happened to PIDs, in order; append-only.",
)

crosswalk = Table(
    "crosswalk",
    metadata,
    Column("crosswalk_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("contact_id", Text, nullable=False),
    Column("pid", Text, ForeignKey("pid.pid"), nullable=False, comment="The person the contact belongs to."),
    Column(
        "home_pid",
        Text,
        ForeignKey("pid.pid"),
        nullable=False,
        comment="The PID the contact first had; a merge leaves it, so that undoing the merge gives it back.",
    ),
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime, comment="Null while it holds."),
    Column("match_probability", Float, comment="How sure the linking was when this row was written, where known."),
    Column("rule", Text, nullable=False, comment="born, joined, absorbed, revived, split or moved; see `pid_plan`."),
    Index("ix_crosswalk_pid", "pid"),
    Index("ix_crosswalk_contact_id", "contact_id"),
    Index(
        "uq_crosswalk_current",
        "contact_id",
        unique=True,
        sqlite_where=text("until IS NULL"),
        postgresql_where=text("until IS NULL"),
    ),
    comment="Which contact belongs to which person, and belonged when.",
)

issue = Table(
    "issue",
    metadata,
    Column("fingerprint", Text, primary_key=True, comment="Hash of code and subject: one row for ever (decision 66)."),
    Column("code", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("subject", Text, nullable=False, comment="What it is about: a contact id, a PID, a batch id."),
    Column("title", Text, nullable=False),
    Column("detail", Text),
    Column("action", Text, comment="What to do about it."),
    Column("person_id", Text),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Column("closed_at", UtcTime, comment="When it was gone; null while it is there."),
    Column("reopened", Integer, nullable=False, comment="How often it came back after it was gone."),
    Column("resolution", Text, comment="What a human said about it; cleared when it comes back."),
    Column("resolved_by", Text),
    Column("resolved_at", UtcTime),
    CheckConstraint("severity IN ('critical', 'error', 'warning', 'info')", name="severity"),
    Index("ix_issue_code", "code"),
    comment="One thing a human should look at.",
)

decision = Table(
    "decision",
    metadata,
    Column("decision_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column(
        "subject", Text, nullable=False, comment="Smallest contact id of the one side, PID, fingerprint or batch id."
    ),
    Column("other", Text, comment="Smallest contact id of the other side."),
    Column("field", Text),
    Column("value", Text),
    Column("evidence", Text, comment="Hash of what the human saw, so that a change of it can re-open the question."),
    Column("withdraws", ForeignKey("decision.decision_id"), comment="The decision this one takes back."),
    Column("decided_at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("bulk", Text, comment="What decisions taken at once have in common, to be undone at once."),
    Index("ix_decision_subject", "subject"),
    comment="What humans said; append-only. It outlives every run and every model.",
)

decision_contact = Table(
    "decision_contact",
    metadata,
    Column("decision_id", ForeignKey("decision.decision_id"), primary_key=True),
    Column("contact_id", Text, primary_key=True),
    Column("side", Text, nullable=False, comment="left or right: named. beside: belonged to the same people then."),
    Column("evidence", Text, comment="Hash of what the contact said then; null where nobody looked."),
    CheckConstraint("side IN ('left', 'right', 'beside')", name="side"),
    Index("ix_decision_contact_contact_id", "contact_id"),
    comment="The contacts a decision is about: PIDs merge and split, contacts stay what they are.",
)

planned_change = Table(
    "planned_change",
    metadata,
    Column("fingerprint", Text, primary_key=True, comment="Hash of who would move where; agreed to as `subject`."),
    Column("planned_at", UtcTime, nullable=False, comment="When a run first stopped at it."),
    Column("people", Integer, nullable=False, comment="People there were then."),
    Column("moved", Integer, nullable=False, comment="Of them, those that would end, come back or lose contacts."),
    Column("counts", JSON, nullable=False, comment="Kind of event to number of events."),
    Column("examples", JSON, nullable=False, comment="A few events: kind, pid, other_pid."),
    comment="Changes of PIDs that were too large for a run to make by itself.",
)

saved_model = Table(
    "saved_model",
    metadata,
    Column("version", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("created_at", UtcTime, nullable=False),
    Column("trained_on", Text, nullable=False, comment="What it learned from: a count and a hash, no personal data."),
    Column("sha256", Text, nullable=False, comment="Of the model's JSON with sorted keys."),
    Column("model", JSON, nullable=False),
    Column("metrics", JSON, nullable=False),
    comment="Splink models, by version.",
)

model_use = Table(
    "model_use",
    metadata,
    Column("use_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("version", ForeignKey("saved_model.version"), nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    comment="Which model links from when on; the last row counts.",
)

mapping_preset = Table(
    "mapping_preset",
    metadata,
    Column("preset_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False, comment="Where such files come from: the folder of the inbox."),
    Column("fingerprint", Text, nullable=False, comment="Hash of the header's names, whatever their order and case."),
    Column("mapping", JSON, nullable=False, comment="columns: name to field; answers: field to word to yes or no."),
    Column("saved_at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("removed", Boolean, nullable=False, comment="Whether this line says that the preset is no more."),
    Index("ix_mapping_preset_name", "name"),
    Index("ix_mapping_preset_fingerprint", "fingerprint"),
    comment="How the columns of lists with a certain header are read; append-only, the last line of a name holds.",
)

batch_mapping = Table(
    "batch_mapping",
    metadata,
    Column("line_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("batch_id", Text, nullable=False),
    Column("how", Text, nullable=False, comment="automatic, preset or confirmed."),
    Column("preset_id", ForeignKey("mapping_preset.preset_id"), comment="The preset's line that was used, if any."),
    Column("mapping", JSON, nullable=False, comment="As in mapping_preset, whole: a later preset changes nothing."),
    Column("columns", JSON, nullable=False, comment="Per column what was known: field, confidence, why. No values."),
    Column("decided_at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    CheckConstraint("how IN ('automatic', 'preset', 'confirmed')", name="how"),
    Index("ix_batch_mapping_batch_id", "batch_id"),
    comment="Which mapping makes the rows of a batch; append-only, the last line of a batch holds.",
)

rules_version = Table(
    "rules_version",
    metadata,
    Column("version", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("entity", Text, nullable=False, comment="What kind of record the rules are for: people."),
    Column("document", JSON, nullable=False, comment="The whole rules; see `imports.rules`."),
    Column("changes", JSON, nullable=False, comment="What differs from the version before, one line each."),
    Column("since", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_rules_version_entity", "entity"),
    comment="What imports are asked for; append-only, the last version of an entity holds.",
)

import_event = Table(
    "import_event",
    metadata,
    Column("event_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("import_id", Text, nullable=False, comment="The same file for the same source is the same import."),
    Column("kind", Text, nullable=False, comment="planned, fixed, applied, undone, redone or refused."),
    Column("at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("preset", Text),
    Column("policy", Text, nullable=False),
    Column("mode", Text, comment="valid or all, of one that was applied or refused."),
    Column("rules_version", Integer, nullable=False),
    Column("batch_id", Text, comment="What it landed as."),
    Column("counts", JSON, nullable=False, comment="Rows by action, findings by code; no values."),
    Column("seconds", Float, comment="How long it took."),
    CheckConstraint("kind IN ('planned', 'fixed', 'applied', 'undone', 'redone', 'refused')", name="kind"),
    Index("ix_import_event_import_id", "import_id"),
    comment="What became of every import, append-only.",
)

import_report = Table(
    "import_report",
    metadata,
    Column("report_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("import_id", Text, nullable=False),
    Column("path", Text, nullable=False, comment="Where its first file was written."),
    Column("refused_only", Boolean, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("problems", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Index("ix_import_report_import_id", "import_id"),
    comment="Every report that was written of an import, and where.",
)

import_edit = Table(
    "import_edit",
    metadata,
    Column("edit_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("import_id", Text, nullable=False),
    Column("number", Integer, nullable=False, comment="Its place among the import's corrections."),
    Column("kind", Text, nullable=False, comment="set, default, clear, map, drop or keep."),
    Column("row_key", Text),
    Column("column_name", Text),
    Column("old", Text),
    Column("value", Text),
    Column("rows", Integer, nullable=False, comment="How many rows it changed."),
    Column("actor", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("import_id", "number"),
    comment="The corrections an import was applied with: who said what when. The file's own cells never change.",
)

export = Table(
    "export",
    metadata,
    Column("export_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("target", Text, nullable=False, comment="Whom the file is for, for example `givebutter`."),
    Column("file_name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("manifest", JSON, nullable=False),
    Column("read_sequence", BigInteger, comment="The last batch that had landed when it was made; null: not known."),
    Column("exported_at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Index("ix_export_target", "target"),
    comment="Every file that left.",
)

export_row = Table(
    "export_row",
    metadata,
    Column("export_id", ForeignKey("export.export_id"), primary_key=True),
    Column("row_number", Integer, primary_key=True, comment="Position in the file, from 1."),
    Column("person_id", Text, nullable=False, comment="The PID as it was then; `resolve` gives today's."),
    Column("contact_id", Text, comment="The platform's contact id the row names, if any."),
    Column("external_id", Text, comment="The external id the row writes (decisions 2, 3)."),
    Column("row_hash", Text, nullable=False, comment="Hash of the exported values (decision 43)."),
    Column("written", JSON, comment="Hashes of the values, by what they are compared as; null where nobody compares."),
    Index("ix_export_row_person_id", "person_id"),
    Index("ix_export_row_external_id", "external_id"),
    comment="What each file said about each person, as hashes.",
)

fetch = Table(
    "fetch",
    metadata,
    Column("fetch_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("source", Text, nullable=False),
    Column("entity", Text, nullable=False),
    Column("fetched_at", UtcTime, nullable=False),
    Column("outcome", Text, nullable=False, comment="landed, unchanged, unavailable (passing) or refused (permanent)."),
    Column("calls", Integer, nullable=False),
    Column("records", Integer, nullable=False),
    Column("batch_id", Text),
    Column("message", Text, comment="Never personal data."),
    Column("whole", Boolean, comment="Whether the whole list was read, not a window of it; null where it failed."),
    Column("calls_left", Integer, comment="Calls the account may still make, where the platform says so."),
    Column("closed_until", UtcTime, comment="The platform is not to be asked before: its calls are used up."),
    Index("ix_fetch_source_entity", "source", "entity"),
    comment="Every attempt to read a platform.",
)

arrival = Table(
    "arrival",
    metadata,
    Column("arrival_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("arrived_at", UtcTime, nullable=False),
    Column("source", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("batch_id", Text),
    Column("sha256", Text),
    Column("status", Text, nullable=False, comment="landed, unchanged, held or refused."),
    Column("message", Text, comment="Never personal data."),
    Column("seen", Integer),
    Column("accepted", Integer),
    Column("quarantined", Integer),
    Column("blank", Integer),
    Index("ix_arrival_batch_id", "batch_id"),
    comment="Every file someone handed in, and what became of it.",
)

sync_run = Table(
    "sync_run",
    metadata,
    Column("sync_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False, comment="One of `syncs.SyncKind` (decision 64)."),
    Column("status", Text, nullable=False, comment="running, completed or failed."),
    Column("triggered_by", Text, nullable=False, comment="schedule, sensor, or who asked for it."),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("run_id", Text, comment="Dagster's id of the run."),
    Column("processed", Integer, comment="Mentors of the season."),
    Column("inserted", Integer, comment="Of them, those who were not published before."),
    Column("updated", Integer, comment="Of them, those about whom something changed."),
    Column("failed", Integer, comment="Records of new batches that could not be taken, and rows set aside."),
    Column("matched", Integer, comment="Mentors whose Givebutter contact is known."),
    Column("new_contact_ids", Integer, comment="Of them, those whose contact was not known before."),
    Column("conflicts", Integer, comment="Fields in which the two sides differ and nobody settled it."),
    Column("duplicates", Integer, comment="Givebutter contacts beyond one of a person."),
    Column("message", Text, comment="Why it failed. Never personal data."),
    CheckConstraint("kind IN ('set_up', 'periodic', 'on_demand', 'file')", name="kind"),
    CheckConstraint("status IN ('running', 'completed', 'failed')", name="status"),
    Index("ix_sync_run_started_at", "started_at"),
    comment="Every sync that did something.",
)

suppression = Table(
    "suppression",
    metadata,
    Column("suppression_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("channel", Text, nullable=False, comment="email, sms, voice or mail."),
    Column("address_hash", Text, nullable=False, comment="What is compared; outlives the erasure of the address."),
    Column("address", Text, comment="Normalised (E.164, lower-case e-mail); null once erased."),
    Column("contact_id", Text, comment="The contact that said no; null where nobody's record did, as in an erasure."),
    Column("lifted", Integer, nullable=False, comment="0: from here on suppressed. 1: from here on no more."),
    Column("since", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("source", Text, nullable=False),
    Index("ix_suppression_address_hash", "channel", "address_hash"),
    comment="Who must not be written to; append-only, the newest line per address and contact holds.",
)

outbox = Table(
    "outbox",
    metadata,
    Column("outbox_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("target", Text, nullable=False, comment="The platform."),
    Column("contact_id", Text, nullable=False, comment="The platform's contact id."),
    Column("person_id", Text, nullable=False, comment="The PID as it was when it was planned."),
    Column("verb", Text, nullable=False, comment="add, remove or set."),
    Column("name", Text, nullable=False, comment="The tag, or the custom field's title."),
    Column("state", Text, nullable=False, comment="planned, sent, confirmed, failed, or dropped: no longer wanted."),
    Column("planned_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime, comment="When it was last about to be sent: it may or may not have arrived."),
    Column("ended_at", UtcTime, comment="When it was confirmed, failed or dropped."),
    Column("message", Text, comment="Why it failed. Never personal data."),
    Column("value_hash", Text, comment="Of a custom field's value; null for a tag."),
    CheckConstraint("state IN ('planned', 'sent', 'confirmed', 'failed', 'dropped')", name="state"),
    Index("ix_outbox_state", "target", "state"),
    comment="Every change that goes to a platform over its API, once.",
)

capability = Table(
    "capability",
    metadata,
    Column("capability_id", RUNNING_ID, primary_key=True, autoincrement=True),
    Column("platform", Text, nullable=False),
    Column("name", Text, nullable=False, comment="What may be done: read, tags, custom_fields."),
    Column("able", Boolean, comment="Null: not tried."),
    Column("detail", Text, nullable=False, comment="How we know. Never personal data."),
    Column("probed_at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    comment="What an account allows, as a probe found it; append-only, the last line of a name holds.",
)
