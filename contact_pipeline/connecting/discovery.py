"""What an account holds that can be read: asked with as few calls as will do, and with a proposal for each.

One function per platform belongs here. Choosing among what was found belongs to `choice`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, get_args

from contact_pipeline.config import Settings
from contact_pipeline.connecting.roles import guessed_form, guessed_role, says_no, short_name
from contact_pipeline.mentors.season import other_seasons
from contact_pipeline.sources.http import Politeness
from contact_pipeline.sources.secret import Secret
from contact_pipeline.sources.settings import AirtableRole

BRIEF = Politeness(attempts=2, deadline_seconds=20.0, silence_seconds=10.0)
"""Somebody is waiting: a platform that does not answer twice is said to be out of reach."""

MOST_FORMS_LOOKED_INTO = 40
MOST_BASES_LOOKED_INTO = 20
"""Every form and base costs a call; what lies behind these is listed without its questions or not at all."""

PERSON = frozenset({"full_name", "first_name", "last_name", "email", "school_email", "phone"})


@dataclass(frozen=True)
class Found:
    """One thing that can be read.

    Attributes:
        kind: `campaign`, `form` or `table`.
        id: the platform's.
        title: the platform's.
        detail: what helps to know it again, for people.
        name: under which name it would be read; empty where it has none.
        proposed: whether it is read unless somebody says otherwise.
        roles: question name or field id to role, as proposed.
        base: of a table, its base's id.
    """

    kind: str
    id: str
    title: str
    detail: str
    name: str = ""
    proposed: bool = False
    roles: dict[str, str] = field(default_factory=dict)
    base: str = ""


@dataclass(frozen=True)
class Discovery:
    """What the account told: who it is, in a line, and what can be read of it."""

    account: str
    found: tuple[Found, ...]


def discover(source: str, settings: Settings, keys: Mapping[str, str]) -> Discovery:
    """Try the key of a platform and see what the account holds.

    Raises:
        SourceRefused: the key, the address or an id is wrong.
        SourceUnavailable: no answer in two tries.
    """
    secret = Secret.from_environment(getattr(settings, source).credential, keys)
    return DISCOVERERS[source](settings, secret)


def _givebutter(settings: Settings, key: Secret) -> Discovery:
    """One call for each hundred campaigns."""
    from contact_pipeline.sources.givebutter.client import GivebutterClient

    with GivebutterClient(settings.givebutter.base_url, key, politeness=BRIEF) as client:
        campaigns = client.campaigns()
    newest = max(campaigns, key=lambda record: str(record.get("created_at") or ""), default=None)
    found = []
    for record in campaigns:
        about = ", ".join(str(record[name]) for name in ("type", "status", "url") if record.get(name))
        code = str(record.get("code") or record["id"])
        found.append(Found("campaign", code, str(record.get("title") or ""), about, proposed=record is newest))
    return Discovery(f"Givebutter account with {len(campaigns)} campaigns", tuple(found))


def _jotform(settings: Settings, key: Secret) -> Discovery:
    """One call for the forms and one for each form's questions."""
    from contact_pipeline.sources.jotform.client import JotformClient

    with JotformClient(settings.jotform.base_url, key, politeness=BRIEF) as client:
        of_season = _forms_of_other_seasons(settings)
        forms = sorted(client.forms(), key=lambda form: _promising(form, of_season), reverse=True)
        looked_into = {str(form["id"]): client.questions(str(form["id"])) for form in forms[:MOST_FORMS_LOOKED_INTO]}
    found: list[Found] = []
    taken: set[str] = set()
    for form in forms:
        one = _form(form, looked_into.get(str(form["id"]), {}), taken, of_season.get(str(form["id"])))
        taken.add(one.name)
        found.append(one)
    left = "" if client.calls_left is None else f", {client.calls_left:,} calls left today"
    return Discovery(f"Jotform account with {len(forms)} forms{left}", tuple(found))


def _forms_of_other_seasons(settings: Settings) -> dict[str, str]:
    """Season by the id of each form it names: the current one cannot have it, and last year's has the most answers."""
    others = other_seasons(settings.home, settings.season)
    return {form.id: season.season for season in others for form in season.forms.values() if form.id}


def _promising(form: Mapping[str, Any], of_season: Mapping[str, str]) -> tuple[bool, bool, bool, int]:
    """Open forms with a telling title first, then by how many answered; those of other seasons last."""
    telling = bool(guessed_form(str(form.get("title", ""))))
    return str(form["id"]) not in of_season, form.get("status") == "ENABLED", telling, _count(form)


def _form(
    form: Mapping[str, Any], questions: Mapping[str, Mapping[str, Any]], taken: set[str], season: str | None
) -> Found:
    """A form with the name it would have and the roles of those questions the shipped list does not know.

    The first form of a kind in `_promising` order has the kind's name; a second one is a form of its own, and so is
    one of another season.
    """
    from contact_pipeline.sources.jotform.forms import PERSON_ROLES, question_roles

    title, open_ = str(form.get("title") or ""), form.get("status") == "ENABLED"
    known_forms = {"signups", "setups"}
    kind = guessed_form(title)
    free = open_ and season is None and kind not in taken
    name = kind if kind and free else short_name(title, {*taken, *known_forms})
    allowed = {*PERSON_ROLES, "gender", "email_consent", "sms_consent"}
    shipped = {one.question: one.role for one in question_roles({}) if one.form == name}
    guessed = {
        str(question.get("name", "")): guessed_role(
            str(question.get("name", "")), str(question.get("text", "")), str(question.get("type", "")), allowed
        )
        for question in questions.values()
    }
    roles = {question: role for question, role in guessed.items() if role and question not in shipped}
    known = {*roles.values(), *(shipped[question] for question in guessed if question in shipped)}
    names_people = bool(PERSON & known)
    notes = ("" if open_ else ", closed") + ("" if names_people else ", names nobody")
    detail = f"{_count(form):,} submissions{notes}{f', of season {season}' if season else ''}"
    proposed = name in known_forms and names_people
    return Found("form", str(form["id"]), title, detail, name, proposed, roles)


def _count(form: Mapping[str, Any]) -> int:
    text = str(form.get("count", ""))
    return int(text) if text.isascii() and text.isdigit() else 0


def _airtable(settings: Settings, key: Secret) -> Discovery:
    """One call for the bases and one for each base's tables."""
    from contact_pipeline.sources.airtable.client import AirtableClient

    found: list[Found] = []
    with AirtableClient(settings.airtable.base_url, key, politeness=BRIEF) as client:
        bases = client.bases()
        for base in bases[:MOST_BASES_LOOKED_INTO]:
            for table in client.tables(str(base["id"])):
                found.append(_table(base, table, {one.name for one in found}))
    return Discovery(f"Airtable account with {len(bases)} bases", tuple(found))


def watched_bases(settings: Settings, key: Secret, bases: Sequence[str]) -> dict[str, str]:
    """The webhook of each base that tells of its records: the one that is there, or a new one.

    Raises:
        SourceRefused: the key lacks `webhook:manage`, or a base has as many webhooks as it may.
        SourceUnavailable: no answer.
    """
    from contact_pipeline.sources.airtable.client import AirtableClient

    with AirtableClient(settings.airtable.base_url, key, politeness=BRIEF) as client:
        return {base: client.watch(base) for base in bases}


def _table(base: Mapping[str, Any], table: Mapping[str, Any], taken: set[str]) -> Found:
    """A table with its fields' roles; proposed where they name a person and a way to reach one."""
    allowed = get_args(AirtableRole)
    fields = [one for one in table.get("fields", []) if isinstance(one, dict)]
    roles = {}
    for one in fields:
        role = guessed_role(str(one.get("name", "")), "", str(one.get("type", "")), allowed)
        if role:
            roles[str(one["id"])] = role
    said = set(roles.values())
    names_people = bool(said & {"full_name", "first_name", "last_name"}) and bool(said & {"email", "phone", "address"})
    labels = {str(one.get("id")): str(one.get("name")) for one in fields}
    told = ", ".join(f"{labels[name]} = {role}" for name, role in roles.items()) or "no field that names a person"
    denials = [label for label in labels.values() if says_no(label)]
    if denials:
        told += (
            f"; not read, because a value there would mean no: {', '.join(denials)} (a formula field can turn it round)"
        )
    return Found(
        kind="table",
        id=str(table["id"]),
        title=f"{base.get('name', '')} / {table.get('name', '')}",
        detail=f"{len(fields)} fields: {told}",
        name=short_name(str(table.get("name", "")), taken),
        proposed=names_people,
        roles=roles,
        base=str(base["id"]),
    )


def _listomatic(settings: Settings, key: Secret) -> Discovery:
    """Who changed in the last day, for the lists and segments they are in."""
    from contact_pipeline.sources.listomatic.client import ListomaticClient, records_of

    lists: set[str] = set()
    segments: set[str] = set()
    with ListomaticClient(settings.listomatic.base_url, key, politeness=BRIEF) as client:
        for body in client.changed_people(settings.clock() - timedelta(days=1)).pages:
            for record in records_of(body):
                lists |= {
                    str(one.get("list_name")) for one in record.get("list_membership") or [] if isinstance(one, dict)
                }
                segments |= {str(one) for one in record.get("segments") or []}
    told = f"lists of who changed today: {_told(lists)}; segments: {_told(segments)}"
    return Discovery(f"Listomatic account; {told}", ())


def _contactics(settings: Settings, key: Secret) -> Discovery:
    """A token, and one page of who changed just now."""
    from contact_pipeline.sources.contactics.client import ContacticsClient

    mine = settings.contactics
    with ContacticsClient(mine.base_url, mine.client_id, key, politeness=BRIEF) as client:
        changed = client.changed_contacts(settings.clock() - timedelta(hours=1))
        count = sum(len(json.loads(body)["items"]) for body in changed.pages)
    return Discovery(f"Contactics account; the token is given, {count:,} contacts changed in the last hour", ())


def _told(names: set[str]) -> str:
    return ", ".join(sorted(names)[:20]) or "none seen"


DISCOVERERS: dict[str, Callable[[Settings, Secret], Discovery]] = {
    "givebutter": _givebutter,
    "jotform": _jotform,
    "airtable": _airtable,
    "listomatic": _listomatic,
    "contactics": _contactics,
}
"""Who looks into which platform."""
