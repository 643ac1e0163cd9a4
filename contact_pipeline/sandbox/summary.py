"""What a run of the demo found, in words a campaign manager understands.

Telling belongs here; the figures come from the published snapshot and the export's manifest.
"""

from __future__ import annotations

import json
from typing import Any

from contact_pipeline.config import Settings
from contact_pipeline.people.status import status

SOURCE_NAMES = {
    "givebutter.contacts": "Givebutter contacts (dropped file)",
    "givebutter.members": "Givebutter campaign members (API)",
    "givebutter.api_contacts": "Givebutter contacts (API)",
    "givebutter.companies": "Givebutter companies (API)",
    "givebutter.households": "Givebutter households (API)",
    "givebutter.campaigns": "Givebutter campaigns (API)",
    "jotform.signups": "Jotform sign-ups (API)",
    "jotform.setups": "Jotform page set-ups (API)",
    "jotform.further_forms": "Jotform answers of further forms (API)",
    "jotform.questions": "Jotform questions of the forms (API)",
    "airtable.records": "Airtable records (API)",
    "airtable.fields": "Airtable fields (API)",
    "listomatic.people": "Listomatic people (API)",
    "contactics.contacts": "Contactics contacts (API)",
    "list.people": "lists of people (dropped files)",
}
HOLD_NAMES = {
    "under_review": "may be the same person as someone else: a human decides",
    "kept_apart": "alike, but kept apart by a rule (a father and a son, say)",
    "mentor_id_claimed_twice": "the mentor id is carried by two people",
    "contact_in_doubt": "which Givebutter contact is theirs is in doubt",
    "dropped": "they dropped out of the season",
    "contact_claimed_twice": "their Givebutter contact is claimed by two people",
    "newest_row_unreadable": "their newest row in Givebutter's export was damaged: they may have opted out there",
    "contact_deleted": "their Givebutter contact was deleted there: restore it, or link another",
    "no_last_name": "no last name: Givebutter would refuse the row",
    "no_way_to_reach": "neither e-mail nor phone",
    "unsafe_cell": "a value Givebutter would refuse",
}


def summary(settings: Settings, *, changed: bool, seconds: float) -> dict[str, Any]:
    """Plain data: changed, seconds, records read, people, links, issues, held, files, next."""
    now = status(settings, now=settings.clock())
    manifest_path = settings.exports / "givebutter" / "givebutter-manifest.json"
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    return {
        "changed": changed,
        "seconds": round(seconds, 1),
        "records": {source["source"]: source["seen"] for source in now.sources},
        "quarantined": sum(source["quarantined"] for source in now.sources),
        "people": now.people["people"],
        "with_several_contacts": now.people["with several contacts"],
        "links": now.people["links"],
        "issues": now.issues,
        "rows_written": manifest["counts"]["rows"],
        "updates": manifest["counts"]["updates"],
        "new_contacts": manifest["counts"]["new contacts"],
        "people_held": manifest["people held"],
        "held": manifest["held by reason"],
        "coverage": manifest["coverage"],
        "files": [str(path) for path in sorted(manifest_path.parent.iterdir()) if path.name[0] != "."],
        "next": "make ui",
    }


def as_text(told: dict[str, Any]) -> str:
    """The summary as a short page."""
    lines = ["", "Records read"]
    lines += [f"  {count:>7,}  {SOURCE_NAMES.get(source, source)}" for source, count in told["records"].items()]
    if told["quarantined"]:
        lines.append(f"  {told['quarantined']:>7,}  of them could not be taken (contact-pipeline status)")
    lines += [
        "People",
        f"  {told['people']:>7,}  people",
        f"  {told['links']:>7,}  records linked to a person already known "
        f"({told['with_several_contacts']:,} people have several)",
        "To look at",
    ]
    lines += [f"  {issue['open']:>7,}  {issue['title']} ({issue['severity']})" for issue in told["issues"]]
    lines += [
        "The Givebutter file",
        f"  {told['rows_written']:>7,}  people in it: {told['updates']:,} updates, "
        f"{told['new_contacts']:,} new contacts",
        f"  {told['people_held']:>7,}  people held back, because",
    ]
    lines += [f"  {count:>10,}  {HOLD_NAMES.get(code, code)}" for code, count in told["held"].items()]
    lines += ["Mentors", f"  {told['coverage']}"]
    lines += ["Files"] + [f"  {path}" for path in told["files"]]
    done = "Done" if told["changed"] else "Nothing was new, no table was rewritten. Done"
    lines += ["", f"{done} in {told['seconds']} s. Next: {told['next']}   (opens Dagster with this run in it)"]
    lines.append("Also: .venv/bin/contact-pipeline people find smith · issues --severity error · explain A B")
    return "\n".join(lines)
