"""Givebutter's side: contact rows by export column, custom-field columns, and campaign members as the API shows them.

Formats follow sources.md 2.1 (export) and 1.4 (API). Writing files belongs to `writing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from contact_pipeline.sandbox.campaign import places, variants
from contact_pipeline.sandbox.campaign.chance import Weighted, pick
from contact_pipeline.sandbox.campaign.population import Appearance, Cast, Change, Member
from contact_pipeline.sources.entities import GIVEBUTTER_CONTACT_COLUMNS


@dataclass(frozen=True, slots=True)
class CustomField:
    """A column of the account's own.

    Attributes:
        key: unique in a row.
        title: the header, which need not be.
        number: Givebutter's id of the field.
        options: the only values it takes; empty where any short text goes.
    """

    key: str
    title: str
    number: int = 0
    options: tuple[str, ...] = ()


_FIELDS: tuple[CustomField, ...] = (
    CustomField("📝 Sign Up Complete", "📝 Sign Up Complete"),
    CustomField("💸 Givebutter Page Setup", "💸 Givebutter Page Setup"),
    CustomField("📆 Shift Preference", "📆 Shift Preference"),
    CustomField("👕 Shirt Size", "👕 Shirt Size"),
    CustomField("📱Custom Text Message 1️⃣", "📱Custom Text Message 1️⃣"),
    CustomField("Shift?", "Shift?"),
    CustomField("$ Goal ", "$ Goal "),
    CustomField("Tags (2)", "Tags"),
    CustomField("🎓 UGA Class", "🎓 UGA Class"),
    CustomField("🤝 Partner Preference", "🤝 Partner Preference"),
    CustomField("📅 Training Date", "📅 Training Date"),
    CustomField('Table "A" or "B", if any', 'Table "A" or "B", if any'),
    CustomField("N/A", "N/A"),
)
CUSTOM_FIELDS = tuple(replace(field, number=9_101 + place) for place, field in enumerate(_FIELDS))
"""13 custom fields, so that an export has 45 + 13 = 58 columns; one is titled like the base column Tags."""

_EMPTY_ROW: dict[str, str] = dict.fromkeys((*GIVEBUTTER_CONTACT_COLUMNS, *(field.key for field in CUSTOM_FIELDS)), "")
_PREFIXES: dict[str, Weighted[str]] = {
    "female": Weighted([("", 88), ("Mrs.", 5), ("Ms.", 5), ("Dr.", 2)]),
    "male": Weighted([("", 90), ("Mr.", 8), ("Dr.", 2)]),
}
_EMPLOYERS = ("Tidewater Clinic", "Oconee Schools", "Piedmont Logistics", "Self", "Retired", "N/A", "Bayshore Bank")
_TITLES = ("Nurse", "Teacher", "Owner", "Engineer", "Attorney", "Manager", "Retired", "Student")
_DONOR_TAGS = ("gala", "donor-2024", "donor-2025", "newsletter", "alumni", "parent", "5k run", "major gifts")
_NOTES = (
    "met at\nspring fair",
    'Prefers to be called "Coach".\r\nCall after 5 pm.',
    "Moved, see e-mail of March",
    "Gave in memory of her mother;\n\nsend a card.",
    "Ask about matching gift, employer pays 1:1",
    "DO NOT CALL, spoke 3/14: \"happy to give\", 'but no phone'",
)
_PHONES: Weighted[str] = Weighted([("e164", 88), ("human", 12)])
_CHANGEABLE: Weighted[str] = Weighted(
    [("Primary Phone", 30), ("Primary Email", 15), ("address", 30), ("Tags", 15), ("Notes", 5), ("Last Name", 5)]
)
_ADDRESS_COLUMNS = ("Address Line 1", "Address Line 2", "City", "State", "Postal Code", "Country")


def contact_rows(cast: Cast) -> tuple[list[dict[str, str]], dict[str, tuple[Change, ...]]]:
    """Every contact as a row of the export, in order of creation, and what changed in the last year.

    Returns:
        Rows by column key, and the changes by contact id. Ids rise with the time of creation, as the platform's do.
    """
    rng = cast.rng
    contact_id = 11_000_000
    rows: list[dict[str, str]] = []
    history: dict[str, tuple[Change, ...]] = {}
    homes: dict[int, str] = {}
    for shown in sorted(cast.contacts, key=lambda shown: shown.created):
        contact_id += 1 + int(rng.random() * 1800)
        row = _row(cast, shown, str(contact_id))
        if shown.household_name:
            row["Household ID"] = homes.setdefault(shown.household, str(700_000 + len(homes) * 7))
        _live_through_a_year(cast, shown, row)
        if shown.changes:
            history[row["Givebutter Contact ID"]] = tuple(shown.changes)
        rows.append(row)
    return rows, history


def _row(cast: Cast, shown: Appearance, contact_id: str) -> dict[str, str]:
    row = _EMPTY_ROW.copy()
    row.update(
        {
            "Givebutter Contact ID": contact_id, "Contact External ID": shown.external_id,
            "Contact Since": _moment(shown.created), "First Name": shown.first, "Preferred First Name": shown.preferred,
            "Middle Name": shown.middle, "Last Name": shown.last, "Suffix": shown.suffix,
            "Date of Birth": _day(shown.birth_date), "Primary Email": shown.email,
            "Additional Emails": ", ".join(shown.more_emails), "Primary Phone": _phone(cast, shown.phone),
            "Additional Phones": ", ".join(shown.more_phones), "Engage Email Subscribed": shown.email_subscribed,
            "Engage SMS Subscribed": shown.sms_subscribed, "Engage Mail Subscribed": shown.mail_subscribed,
            "Tags": ", ".join(shown.tags), "Notes": shown.note, "Household": shown.household_name,
            "Household Primary Contact": shown.household_primary, "Date Created (UTC)": _moment(shown.created),
            "Last Modified (UTC)": _moment(shown.modified),
        }
    )  # fmt: skip
    row.update(shown.custom)
    _untidy(cast, row)
    if shown.address:
        _put_address(row, shown.address)
    if shown.first or shown.last:
        _decorate(cast, shown, row)
    return row


def _untidy(cast: Cast, row: dict[str, str]) -> None:
    """What hasty typing leaves behind: names in small letters, capitals in an e-mail, stray spaces."""
    draw = cast.rng.random()
    if draw < 0.012:
        row["First Name"], row["Last Name"] = row["First Name"].lower(), row["Last Name"].lower()
    elif draw < 0.02 and row["First Name"]:
        row["First Name"] += " "
    elif draw < 0.045:
        row["Primary Email"] = row["Primary Email"].title()


def _put_address(row: dict[str, str], address: places.Address) -> None:
    row.update(
        zip(
            _ADDRESS_COLUMNS,
            (address.line_1, address.line_2, address.city, address.state, address.zip_code, "USA"),
            strict=True,
        )
    )


def _decorate(cast: Cast, shown: Appearance, row: dict[str, str]) -> None:
    """Facts that identify nobody: prefix, gender, work, tags, notes, amounts."""
    rng = cast.rng
    row["Prefix"] = shown.prefix or (_PREFIXES[shown.gender].draw(rng) if shown.gender else "")
    row["LinkedIn"] = shown.linkedin
    draw = rng.random()
    if draw < 0.2:
        row["Gender"] = shown.gender
        row["Pronouns"] = {"female": "she/her", "male": "he/him"}.get(shown.gender, "") if draw < 0.03 else ""
    if shown.employer or draw > 0.9:
        row["Employer"] = shown.employer or pick(rng, _EMPLOYERS)
        row["Title"] = pick(rng, _TITLES) if draw > 0.95 else ""
    if not shown.tags and rng.random() < 0.35:
        row["Tags"] = ", ".join(rng.sample(_DONOR_TAGS, 1 + int(rng.random() * 2)))
    if rng.random() < 0.05:
        row["Notes"] = pick(rng, _NOTES)
    _put_amounts(cast, row)


def _put_amounts(cast: Cast, row: dict[str, str]) -> None:
    rng = cast.rng
    gave = rng.random() < 0.87
    last = 5 * (1 + int(rng.expovariate(1 / 12))) if gave else 0
    total = last + (5 * int(rng.expovariate(1 / 20)) if rng.random() < 0.4 else 0)
    row["Recurring Contributions"] = "0.00"
    row["Total Contributions"] = f"{total}.00"
    row["Last Donation Amount"] = f"{last}.00" if gave else ""
    row["Total Soft Credits"] = "0.00"


def _phone(cast: Cast, phone: str) -> str:
    """E.164 as the platform stores it; one in eight in the form somebody typed."""
    if not (len(phone) == 12 and phone.startswith("+1")) or _PHONES.draw(cast.rng) == "e164":
        return phone
    return variants.phone_form(cast.rng, phone)


def _live_through_a_year(cast: Cast, shown: Appearance, row: dict[str, str]) -> None:
    """Note what the row said a year ago: season fields of mentors were empty, one other row in twelve has changed."""
    year_ago = cast.now - timedelta(days=365)
    if shown.created >= year_ago:
        return
    at = cast.between(360, 1)
    if shown.custom:
        shown.changes += [Change(at, key, "") for key in (*shown.custom, "Contact External ID", "Tags") if row[key]]
    elif shown.case == "plain" and cast.rng.random() < 0.08:
        shown.changes += _one_change(cast, shown, row, at)
    if shown.changes:
        shown.modified = max(shown.modified, at)
        row["Last Modified (UTC)"] = _moment(shown.modified)


def _one_change(cast: Cast, shown: Appearance, row: dict[str, str], at: datetime) -> list[Change]:
    column = _CHANGEABLE.draw(cast.rng)
    if column == "address":
        before = _EMPTY_ROW.copy()
        _put_address(before, cast.new_home()[1])
        return [Change(at, name, before[name]) for name in _ADDRESS_COLUMNS] if shown.address else []
    if column == "Primary Phone" and shown.phone:
        return [Change(at, column, cast.new_phone(places.ANYWHERE.draw(cast.rng)))]
    if column == "Primary Email" and shown.email and shown.birth_date:
        return [Change(at, column, cast.new_email(shown.first, shown.last, shown.birth_date))]
    if column == "Last Name" and shown.gender == "female":
        return [Change(at, column, cast.stock.surname(cast.rng)[0])]
    return [Change(at, column, "")] if column in ("Tags", "Notes") and row[column] else []


def row_at(row: Mapping[str, str], changes: tuple[Change, ...], moment: datetime) -> dict[str, str] | None:
    """A row as an export made at `moment` (UTC) showed it; None where the contact did not exist yet."""
    written = _moment(moment)
    if row["Date Created (UTC)"] > written:
        return None
    before = dict(row)
    for change in changes:
        if change.at > moment:
            before[change.column] = change.before
    if before["Last Modified (UTC)"] > written:
        known = [change.at for change in changes if change.at <= moment]
        before["Last Modified (UTC)"] = _moment(max(known)) if known else row["Date Created (UTC)"]
    return before


def member_objects(cast: Cast, campaign_code: str) -> tuple[list[dict[str, object]], list[Appearance]]:
    """Members of the campaign as the API shows them, newest first, and the appearance behind each.

    There is no contact id in them (sources.md 1.2): which contact a member is must be found out.
    """
    members = [mentor.member for mentor in cast.mentors if mentor.member] + cast.other_members
    members.sort(key=lambda member: member.appearance.created)
    objects: list[dict[str, object]] = []
    member_id = 410_000
    for member in members:
        member_id += 1 + int(cast.rng.random() * 60)
        objects.append(_member_object(cast, member, member_id, campaign_code))
    return objects[::-1], [member.appearance for member in members][::-1]


def _member_object(cast: Cast, member: Member, member_id: int, campaign_code: str) -> dict[str, object]:
    shown = member.appearance
    updated = shown.created + (cast.now - shown.created) * cast.rng.random()
    return {
        "id": member_id, "first_name": shown.first, "last_name": shown.last, "email": shown.email or None,
        "phone": shown.phone or None, "display_name": member.display_name, "picture": None, "raised": member.raised,
        "goal": member.goal, "donors": member.donors, "items": 0,
        "url": f"https://givebutter.com/{campaign_code}/member{member_id}",
        "created_at": _iso(shown.created), "updated_at": _iso(updated),
    }  # fmt: skip


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
