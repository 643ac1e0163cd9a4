"""Promises about the kinds of issue: each says what to do, and the documents' types all have one."""

from __future__ import annotations

import re
from pathlib import Path

from contact_pipeline.issues.registry import issue_kinds

PAGE = Path(__file__).parents[2] / "docs" / "syncing.md"
DOCUMENTED = (
    "missing_mn_id", "duplicate_signup", "invalid_phone", "multiple_contacts", "contact_data_conflict",
    "duplicate_gb_contact", "multiple_mentors_one_contact", "member_without_contact", "external id mismatch",
    "contact deleted",
)  # fmt: skip


def mapped() -> dict[str, list[str]]:
    """Each type of the table in the documentation, and our codes for it."""
    rows = re.findall(r"^\| ([^|]+) \| ((?:`[a-z_]+`[^|]*)+) \| [^|]+ \|$", PAGE.read_text(encoding="utf-8"), re.M)
    return {name.strip(): re.findall(r"`([a-z_]+)`", codes) for name, codes in rows}


def test_every_type_of_the_documents_has_a_kind() -> None:
    table = mapped()
    assert set(DOCUMENTED) <= set(table)
    assert all(codes for codes in table.values())
    assert {code for codes in table.values() for code in codes} <= set(issue_kinds())


def test_every_kind_says_in_plain_words_what_it_is_and_what_to_do() -> None:
    for kind in issue_kinds().values():
        assert kind.severity in ("critical", "error", "warning", "info")
        assert len(kind.title) > 10, kind.code
        assert kind.action.endswith((".", "…")), kind.code
