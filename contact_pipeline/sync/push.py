"""Changes that need no file: our tags, and where the account lets us our fields, brought to Givebutter over its API.

What is wanted, and sending it so that a kill at any moment loses and doubles nothing, belongs here. Only contacts that
are surely a mentor's and not held are touched, only tags of our own namespace (decision 29), never a subscription.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

import duckdb

from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.outbox import Change, Matter, Waiting, confirmed_since, mark, plan
from contact_pipeline.mentors.season import Season
from contact_pipeline.sources.errors import SourceRefused
from contact_pipeline.sources.givebutter.writing import GivebutterWriter, TagVerb
from contact_pipeline.sync.push_fields import send_fields, wanted_fields

TARGET = "givebutter"

SURE = """
select
    m.person_id, m.givebutter_contact_id, m.status, m.season, coalesce(c.tags, cast([] as varchar[])) as tags,
    c.observed_at
from mentors.mentor as m
inner join mentors.season as s on m.season = s.season and s.current
inner join contacts.contact as c on m.givebutter_record = c.contact_id
where
    not m.in_doubt and not m.contact_deleted
    and m.person_id not in (select person_id from exports.givebutter_hold)
order by m.givebutter_contact_id
"""
"""Who may be changed: the season's mentors whose contact is sure, there, and not held back from exports either."""


@dataclass
class Pushed:
    """What a push did, or with `dry` would do: changes by person, and how they ended."""

    wanted: list[Change]
    confirmed: int = 0
    failed: list[str] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Changes that still wait."""
        return len(self.wanted) - self.confirmed - len(self.failed)


def wanted_changes(
    connection: duckdb.DuckDBPyConnection,
    season: Season,
    confirmed: Mapping[Matter, datetime],
) -> list[Change]:
    """The tags to add and to remove, by what the snapshot shows.

    Args:
        connection: the published snapshot.
        season: the current one.
        confirmed: what was done already, and when: a reading that is older does not show it yet.
    """
    found: list[Change] = []
    for person_id, contact_id, status, name, tags, read_at in connection.execute(SURE).fetchall():
        ours = season.tags.beginnings(name)
        wanted = season.tags.of(status, name)
        add = [Change(contact_id, person_id, "add", tag) for tag in wanted if tag not in tags]
        gone = [tag for tag in tags if tag not in wanted and tag.startswith(ours)]
        remove = [Change(contact_id, person_id, "remove", tag) for tag in gone]
        found += [one for one in (*add, *remove) if not _done_since(one, confirmed, read_at)]
    return found


def _done_since(change: Change, confirmed: Mapping[Matter, datetime], read_at: datetime) -> bool:
    done_at = confirmed.get(change.matter)
    opposite = confirmed.get((change.contact_id, "remove" if change.verb == "add" else "add", change.name, None))
    return done_at is not None and done_at >= read_at and (opposite is None or opposite <= done_at)


def push(
    ledger: Ledger,
    connection: duckdb.DuckDBPyConnection,
    season: Season,
    writer: GivebutterWriter | None,
    *,
    clock: Callable[[], datetime],
    fields: bool = False,
) -> Pushed:
    """Plan what is wanted and send it; without a writer, only say what would be sent.

    Args:
        ledger: keeps the outbox.
        connection: the published snapshot.
        season: the current one.
        writer: the account; None only tells.
        clock: now.
        fields: whether custom fields go too: only where a probe found that the account writes them.

    Raises:
        SourceUnavailable: the platform does not answer; what was not confirmed waits for the next push.
    """
    confirmed = confirmed_since(ledger, TARGET)
    values = wanted_fields(connection, confirmed) if fields else {}
    wanted = [*wanted_changes(connection, season, confirmed), *values]
    pushed = Pushed(wanted)
    if writer is None:
        return pushed
    waiting = plan(ledger, TARGET, wanted, now=clock())
    pushed.wanted = [one.change for one in waiting]
    waiting.sort(key=lambda one: (one.change.contact_id, one.change.verb))
    said = {change.matter: value for change, value in values.items()}
    numbers: dict[str, int] = {}
    for (contact_id, verb), changes in groupby(waiting, key=lambda one: (one.change.contact_id, one.change.verb)):
        group = list(changes)
        if verb != "set":
            _send(ledger, writer, group, pushed, clock)
            continue
        try:
            done, passed_over = send_fields(ledger, writer, group, said, numbers, clock)
            pushed.confirmed += len(done)
            unseen = f"Givebutter answered, but contact {contact_id} does not show the field."
            _fail(ledger, passed_over, unseen, pushed, clock)
        except SourceRefused as refused:
            _fail(ledger, group, str(refused), pushed, clock)
    return pushed


def _send(
    ledger: Ledger, writer: GivebutterWriter, group: Sequence[Waiting], pushed: Pushed, clock: Callable[[], datetime]
) -> None:
    """Send the tags one contact is to gain, or to lose, in one call.

    What was sent before without being heard of is looked for first. A change counts as confirmed only when the contact,
    as Givebutter answers, shows it.
    """
    contact_id, verb = group[0].change.contact_id, group[0].change.verb
    try:
        if any(one.sent for one in group):
            shown = [str(tag) for tag in writer.shown(contact_id).get("tags") or []]
            group = _confirm(ledger, group, shown, pushed, clock)
        if not group:
            return
        mark(ledger, [one.outbox_id for one in group], "sent", now=clock())
        tag_verb: TagVerb = "add" if verb == "add" else "remove"
        shown = writer.change_tags(contact_id, tag_verb, [one.change.name for one in group])
    except SourceRefused as refused:
        _fail(ledger, group, str(refused), pushed, clock)
        return
    left = _confirm(ledger, group, shown, pushed, clock)
    _fail(ledger, left, f"Givebutter answered, but contact {contact_id} does not show it.", pushed, clock)


def _confirm(
    ledger: Ledger, group: Iterable[Waiting], shown: Sequence[str], pushed: Pushed, clock: Callable[[], datetime]
) -> list[Waiting]:
    """Confirm what the contact shows; gives the rest."""
    there = [one for one in group if (one.change.name in shown) == (one.change.verb == "add")]
    if there:
        mark(ledger, [one.outbox_id for one in there], "confirmed", now=clock())
        pushed.confirmed += len(there)
    return [one for one in group if one not in there]


def _fail(
    ledger: Ledger, group: Sequence[Waiting], message: str, pushed: Pushed, clock: Callable[[], datetime]
) -> None:
    if group:
        mark(ledger, [one.outbox_id for one in group], "failed", now=clock(), message=message)
        pushed.failed += [message] * len(group)
