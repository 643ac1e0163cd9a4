"""What the pipeline made of a season, held against the truth: every figure here must be 0, or say whom it is about.

Only comparing belongs here. The truth is `world`'s.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from contact_pipeline.mentors.tables import dollars
from contact_pipeline.sandbox.season.play import Stage
from contact_pipeline.sandbox.season.world import CHANNELS, Mentor

RAISED = re.compile(r"raised (\$\d+(?:,\d{3})*(?:\.\d\d)?)")
STATUS_COLUMNS = {"email": "Email Subscription Status", "sms": "Phone Subscription Status"}


@dataclass
class Verdict:
    """What went wrong, by kind: each a line about a mentor id or a contact id, never a name.

    Attributes:
        duplicates: contacts our imports made of somebody Givebutter already had.
        messaged: messages for people who had left, and files that would have subscribed them again.
        amounts: messages with an amount that is not the truth.
        statuses: mentors whose status is not the truth, or who are missing.
        edits: administrators' edits that our files took back.
    """

    duplicates: list[str] = field(default_factory=list)
    messaged: list[str] = field(default_factory=list)
    amounts: list[str] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    edits: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong."""
        return not any(self.counts().values())

    def counts(self) -> dict[str, int]:
        """How many of each."""
        return {
            "duplicates created by us": len(self.duplicates), "opted-out people messaged": len(self.messaged),
            "wrong amounts in messages": len(self.amounts), "wrong statuses": len(self.statuses),
            "edits lost": len(self.edits),
        }  # fmt: skip


def judge_files(stage: Stage, verdict: Verdict) -> None:
    """Look at the files that would leave now: nobody who left is in them as reachable, no amount is wrong."""
    by_key = {_key(mentor.mentor_id): mentor for mentor in stage.world.mentors}
    folder = stage.settings.exports
    for row in _rows(folder / "givebutter" / "givebutter-import.csv"):
        mentor = by_key.get(_key(row["Contact External ID"]))
        for channel, column in STATUS_COLUMNS.items():
            if mentor is not None and channel in mentor.left and row[column] == "yes":
                verdict.messaged.append(f"mentor {mentor.mentor_id}: the import file says yes to {channel}")
    for row in _rows(folder / "sms" / "sms-messages.csv"):
        mentor = by_key.get(_key(row["Mentor ID"]))
        if mentor is None or "sms" in mentor.left:
            verdict.messaged.append(f"mentor {row['Mentor ID']}: a text would be sent")
    texts = stage.ask("select m.mentor_id, t.text from mentors.text t join mentors.mentor m using (person_id, season)")
    for mentor_id, text in texts:
        mentor, told = by_key.get(_key(mentor_id)), RAISED.search(text or "")
        if mentor is not None and told and told[1] != dollars(mentor.raised or Decimal(0)):
            verdict.amounts.append(f"mentor {mentor_id}: {told[1]}")


def judge_season(stage: Stage, edited: Mapping[int, str], verdict: Verdict) -> None:
    """Look at the whole after the last reading: statuses, contacts, consents, edits."""
    goal = stage.ask("select goal from mentors.season where current")[0][0]
    found = {_key(mentor_id): status for mentor_id, status in stage.ask("select mentor_id, status from mentors.mentor")}
    for mentor in stage.world.mentors:
        told = found.get(_key(mentor.mentor_id))
        if mentor.signed_up and told != mentor.status(goal):
            verdict.statuses.append(f"mentor {mentor.mentor_id}: {told} in place of {mentor.status(goal)}")
        _judge_contacts(stage, mentor, verdict)
    for contact_id, name in edited.items():
        kept = [row["prefix"] for row in stage.world.book.rows if int(row["id"]) == contact_id]
        if kept and kept[0] != name:
            verdict.edits.append(f"contact {contact_id}")


def _judge_contacts(stage: Stage, mentor: Mentor, verdict: Verdict) -> None:
    contacts = [row for row in stage.world.contacts_of(mentor) if not row.get("archived_at")]
    made = {row.contact_id for done in stage.imported for row in done.rows if row.what == "created"}
    ours = [row for row in contacts if int(row["id"]) in made]
    verdict.duplicates += [f"contact {row['id']}" for row in ours if len(contacts) > 1]
    for channel in mentor.left:
        if contacts and all(row[CHANNELS[channel]] for row in contacts):
            verdict.messaged.append(f"mentor {mentor.mentor_id}: subscribed again to {channel} in Givebutter")


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _key(mentor_id: str | None) -> str:
    return re.sub(r"^(MN)?0*", "", (mentor_id or "").upper().strip())
