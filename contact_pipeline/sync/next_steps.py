"""What a human is to do next, in the order of the loop: read, export from Givebutter, import our file, export again.

Telling it from what was published and from the age of what was read belongs here; doing it belongs to the human.
"""

from __future__ import annotations

from contact_pipeline.config import Settings
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.freshness import Freshness, freshness
from contact_pipeline.landing.store import LandingStore
from contact_pipeline.warehouse.publish import NothingPublishedError, open_published

CONTACTS = ("givebutter.contacts", "givebutter.api_contacts")

STATE = """
select (select max(sentence) from mentors.coverage join mentors.season using (season) where current),
       (select count(*) from sync.conflict),
       (select count(*) from people.issue where closed_at is null and resolution is null and severity = 'error'),
       (select count(distinct person_id) from exports.givebutter_change)
"""


def next_steps(settings: Settings) -> list[str]:
    """Sentences, the most urgent first; the last one says that nothing is left, where that is so."""
    inbox = settings.inbox / "givebutter"
    upload = f'In Givebutter: Contacts, Export, "Export All Contacts". Drop the file into {inbox}.'
    contacts = _newest_contacts(settings)
    if contacts is None:
        return [f"No contact of Givebutter was read yet. {upload}"]
    steps = []
    hours = contacts.hours(settings.clock())
    if contacts.age(settings.clock()) != "fresh":
        told = "of unknown age" if hours is None else f"{hours:.0f} hours old"
        steps.append(f"What is known of Givebutter's contacts is {told}. {upload}")
    try:
        with open_published(settings.published) as snapshot:
            sentence, conflicts, errors, changed = snapshot.execute(STATE).fetchall()[0]
    except NothingPublishedError:
        return [*steps, f"Nothing was published yet: contact-pipeline run --home {settings.home}"]
    if sentence:
        steps.append(f"{sentence}.")
    file = settings.exports / "givebutter" / "givebutter-import.csv"
    if changed and file.exists():
        then = "" if settings.givebutter.contacts else " Then export all contacts again and drop that file."
        steps.append(f"In Givebutter: Contacts, Import: {file} (changes of {changed:,} people).{then}")
    if errors:
        steps.append(f"{errors:,} errors to look at: contact-pipeline issues --severity error")
    if conflicts:
        steps.append(f"{conflicts:,} conflicts with Givebutter: contact-pipeline conflicts")
    return steps or ["Nothing is left to do."]


def _newest_contacts(settings: Settings) -> Freshness | None:
    """How old what we know of Givebutter's contacts is, however it was read; None where nothing was."""
    ledger = open_ledger(settings)
    try:
        known = freshness(LandingStore(settings.landing), ledger)
    finally:
        ledger.close()
    readings = [known[entity] for entity in CONTACTS if entity in known]
    dated = [one for one in readings if one.as_of is not None]
    return max(dated, key=lambda one: str(one.as_of)) if dated else next(iter(readings), None)
