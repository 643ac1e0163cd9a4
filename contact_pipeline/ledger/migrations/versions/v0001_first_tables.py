"""The first tables: PIDs, issues, decisions, models, exports, fetches, arrivals, suppression."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes every table of the first version."""
    _pids()
    _issues_and_decisions()
    _models_and_exports()
    _history()


def _pids() -> None:
    """Whose ledger it is, PIDs, what happened to them, and whose contacts are whose."""
    op.create_table(
        "workspace",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_workspace")),
    )
    op.create_table(
        "pid",
        sa.Column("pid", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("absorbed_into", sa.Text()),
        sa.Column("retired_at", TIME),
        sa.ForeignKeyConstraint(["absorbed_into"], ["pid.pid"], name=op.f("fk_pid_absorbed_into")),
        sa.PrimaryKeyConstraint("pid", name=op.f("pk_pid")),
        sa.UniqueConstraint("number", name=op.f("uq_pid_number")),
    )
    op.create_table(
        "pid_event",
        sa.Column("event_id", ID, nullable=False),
        sa.Column("pid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("other_pid", sa.Text()),
        sa.Column("happened_at", TIME, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["other_pid"], ["pid.pid"], name=op.f("fk_pid_event_other_pid")),
        sa.ForeignKeyConstraint(["pid"], ["pid.pid"], name=op.f("fk_pid_event_pid")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_pid_event")),
    )
    op.create_index("ix_pid_event_happened_at", "pid_event", ["happened_at"], unique=False)
    op.create_index("ix_pid_event_pid", "pid_event", ["pid"], unique=False)
    op.create_table(
        "crosswalk",
        sa.Column("crosswalk_id", ID, nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("pid", sa.Text(), nullable=False),
        sa.Column("home_pid", sa.Text(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("until", TIME),
        sa.Column("match_probability", sa.Float()),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["home_pid"], ["pid.pid"], name=op.f("fk_crosswalk_home_pid")),
        sa.ForeignKeyConstraint(["pid"], ["pid.pid"], name=op.f("fk_crosswalk_pid")),
        sa.PrimaryKeyConstraint("crosswalk_id", name=op.f("pk_crosswalk")),
    )
    op.create_index("ix_crosswalk_contact_id", "crosswalk", ["contact_id"], unique=False)
    op.create_index("ix_crosswalk_pid", "crosswalk", ["pid"], unique=False)
    op.create_index(
        "uq_crosswalk_current",
        "crosswalk",
        ["contact_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )


def _issues_and_decisions() -> None:
    """What humans should see, and what they said."""
    op.create_table(
        "issue",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text()),
        sa.Column("action", sa.Text()),
        sa.Column("person_id", sa.Text()),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("last_seen", TIME, nullable=False),
        sa.Column("closed_at", TIME),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("resolution", sa.Text()),
        sa.Column("resolved_by", sa.Text()),
        sa.Column("resolved_at", TIME),
        sa.CheckConstraint("severity IN ('critical', 'error', 'warning', 'info')", name=op.f("ck_issue_severity")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_issue")),
    )
    op.create_index("ix_issue_code", "issue", ["code"], unique=False)
    op.create_table(
        "decision",
        sa.Column("decision_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("other", sa.Text()),
        sa.Column("field", sa.Text()),
        sa.Column("value", sa.Text()),
        sa.Column("evidence", sa.Text()),
        sa.Column("withdraws", ID),
        sa.Column("decided_at", TIME, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["withdraws"], ["decision.decision_id"], name=op.f("fk_decision_withdraws")),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_subject", "decision", ["subject"], unique=False)
    op.create_table(
        "suppression",
        sa.Column("suppression_id", ID, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("lifted", sa.Integer(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("suppression_id", name=op.f("pk_suppression")),
    )
    op.create_index("ix_suppression_address_hash", "suppression", ["channel", "address_hash"], unique=False)


def _models_and_exports() -> None:
    """What was learned, and what left."""
    op.create_table(
        "saved_model",
        sa.Column("version", ID, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("trained_on", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("model", sa.JSON(), nullable=False),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_saved_model")),
    )
    op.create_table(
        "export",
        sa.Column("export_id", ID, nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("exported_at", TIME, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("export_id", name=op.f("pk_export")),
    )
    op.create_index("ix_export_target", "export", ["target"], unique=False)
    op.create_table(
        "export_row",
        sa.Column("export_id", ID, nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text()),
        sa.Column("external_id", sa.Text()),
        sa.Column("row_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["export.export_id"], name=op.f("fk_export_row_export_id")),
        sa.PrimaryKeyConstraint("export_id", "row_number", name=op.f("pk_export_row")),
    )
    op.create_index("ix_export_row_external_id", "export_row", ["external_id"], unique=False)
    op.create_index("ix_export_row_person_id", "export_row", ["person_id"], unique=False)


def _history() -> None:
    """What was read and what was handed in."""
    op.create_table(
        "fetch",
        sa.Column("fetch_id", ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("fetched_at", TIME, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Text()),
        sa.Column("message", sa.Text()),
        sa.PrimaryKeyConstraint("fetch_id", name=op.f("pk_fetch")),
    )
    op.create_index("ix_fetch_source_entity", "fetch", ["source", "entity"], unique=False)
    op.create_table(
        "arrival",
        sa.Column("arrival_id", ID, nullable=False),
        sa.Column("arrived_at", TIME, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Text()),
        sa.Column("sha256", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("message", sa.Text()),
        sa.Column("seen", sa.Integer()),
        sa.Column("accepted", sa.Integer()),
        sa.Column("quarantined", sa.Integer()),
        sa.Column("blank", sa.Integer()),
        sa.PrimaryKeyConstraint("arrival_id", name=op.f("pk_arrival")),
    )
    op.create_index("ix_arrival_batch_id", "arrival", ["batch_id"], unique=False)
