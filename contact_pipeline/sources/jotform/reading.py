"""One reading of some forms: windows where they tell enough, else every form whole.

Choosing between the two and putting pages together belong here. What a window tells belongs to `window`, calls to the
client, settings to `fetching`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contact_pipeline.sources.jotform.client import JotformClient, Listing
from contact_pipeline.sources.jotform.envelope import keyed
from contact_pipeline.sources.jotform.window import FormState, cursor_from, shows_all, state_of, states_from
from contact_pipeline.sources.pages import Keep, PageSpool, waiting_together

QUESTION_KEYS = ("qid", "name", "text", "type", "order", "required", "options")
"""What is kept of a question as columns; the pages keep everything."""


@dataclass(frozen=True)
class Reading:
    """Some forms, read.

    Attributes:
        listings: the submissions, one listing for each form.
        cursor: where the next windows go on.
        full: whether every form was read whole and who is missing is gone.
        note: what a person should know; empty: nothing.
    """

    listings: tuple[Listing, ...]
    cursor: str
    full: bool
    note: str = ""

    def pages(self) -> Iterator[bytes]:
        """The page bodies of all forms, byte for byte."""
        for listing in self.listings:
            yield from listing.spool.bodies()


def read_forms(
    client: JotformClient,
    forms: Mapping[str, str],
    cursor: str | None,
    *,
    whole: bool,
    now: datetime,
    drop_guard: float,
    keep: Callable[[str], Keep | None] = lambda form: None,
) -> Reading:
    """Read forms, as cheaply as may be.

    Args:
        client: of their account.
        forms: name to form id.
        cursor: of the last reading; None before the first.
        whole: read every form whole in any case.
        now: the current time.
        drop_guard: a form that kept less than this share of its submissions is believed when it says so twice.
        keep: where the pages of a form wait when a whole reading breaks off.

    Raises:
        SourceError: see `JotformClient.submissions`; nothing is given.
    """
    before = states_from(cursor)
    if not whole:
        windows = _windows(client, forms, before, now)
        if windows is not None:
            return windows
    listings: dict[str, Listing] = {}
    spools: list[PageSpool] = []
    with waiting_together(spools):
        for name, form in forms.items():
            listings[name] = client.submissions(form, keep=keep(form))
            spools.append(listings[name].spool)
    states = {forms[name]: state_of(listing, now=now) for name, listing in listings.items()}
    note = _fallen({forms[name]: name for name in forms}, states, before, drop_guard)
    return Reading(tuple(listings.values()), cursor_from(states), full=not note, note=note)


def _windows(
    client: JotformClient, forms: Mapping[str, str], before: Mapping[str, FormState], now: datetime
) -> Reading | None:
    """A window of every form; None as soon as one form has to be read whole."""
    listings: list[Listing] = []
    states: dict[str, FormState] = {}
    for form in forms.values():
        state = before.get(form)
        listing = client.submissions_after(form, state.window_start) if state is not None else None
        if state is None or listing is None or not shows_all(state, listing):
            for earlier in listings:
                earlier.spool.close()
            return None
        listings.append(listing)
        states[form] = state_of(listing, now=now, before=state)
    return Reading(tuple(listings), cursor_from(states), full=False)


def _fallen(
    names: Mapping[str, str], states: Mapping[str, FormState], before: Mapping[str, FormState], drop_guard: float
) -> str:
    """What to say of forms that lost most of their submissions at once (decision 42); empty: nothing of the kind."""
    fallen = [
        f"form {names[form]} has {state.count:,} submissions and had {before[form].count:,}"
        for form, state in states.items()
        if form in before and state.count < drop_guard * before[form].count
    ]
    if not fallen:
        return ""
    return f"{'; '.join(fallen)}: the missing ones are taken as deleted when the next whole reading says the same"


def question_pages(client: JotformClient, forms: Mapping[str, str]) -> Iterator[bytes]:
    """The questions of each form: Jotform's answer byte for byte, in an object that names the form, as it does not."""
    bodies = [(form, client.question_page(form)) for form in forms.values()]
    for form, body in bodies:
        yield b'{"form_id": "' + form.strip().encode("ascii") + b'", "answer": ' + body + b"}"


def questions_of(body: bytes) -> list[dict[str, Any]]:
    """The questions of one page, in order of their ids; a question's record id is form and question id."""
    page = json.loads(body)
    form = page["form_id"]
    asked = keyed(page["answer"]["content"])
    return [
        {"id": f"{form}:{number}", "form_id": form, "qid": number}
        | {key: question[key] for key in QUESTION_KEYS if key != "qid" and key in question}
        for number, question in sorted(asked.items(), key=lambda item: (len(item[0]), item[0]))
    ]
