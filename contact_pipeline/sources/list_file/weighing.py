"""How sure it is that one column is one field: what the header says and what the cells say, put together.

The weights of one column belong here. Choosing between columns belongs to `suggest`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from contact_pipeline.sources.list_file.fields import KEEP, fields
from contact_pipeline.sources.list_file.headers import HeaderSays
from contact_pipeline.sources.list_file.values import ValuesSay

STRICT = frozenset({
    "email", "phone", "zip", "state", "linkedin", "birth_date", "full_address", "address", "gender", "prefix", "suffix",
    "email_consent", "sms_consent", "mail_consent", "email_opt_out", "sms_opt_out", "mail_opt_out", "do_not_contact",
})  # fmt: skip
"""Fields whose cells have a form of their own: cells of another form speak against them."""

ANSWERED = frozenset(name for name in STRICT if name.endswith(("_consent", "_opt_out")) or name == "do_not_contact")
"""Fields whose header is believed even where nobody understands the cells: a human then says what they mean."""

ENOUGH = 5
"""Filled cells from which they may contradict a header."""

SURE_FORM = ("email", "linkedin")
"""Forms nothing else has: they count even against the header."""

ALONE = {
    "email": ("email", 0.9, 0.88, 0.95),
    "linkedin": ("linkedin", 0.8, 0.88, 0.95),
    "phone": ("written phone", 0.8, 0.82, 0.92),
    "full_address": ("full_address", 0.7, 0.72, 0.88),
    "address": ("address", 0.85, 0.6, 0.84),
    "full_name": ("full_name", 0.9, 0.6, 0.82),
    "first_name": ("given", 0.6, 0.55, 0.84),
    "last_name": ("family", 0.5, 0.52, 0.8),
    "state": ("state", 0.95, 0.6, 0.84),
    "zip": ("zip", 0.95, 0.52, 0.8),
    "gender": ("gender", 0.95, 0.5, 0.7),
    "birth_date": ("birth_date", 0.9, 0.4, 0.6),
    "email_consent": ("subscription", 0.8, 0.62, 0.7),
}
"""Field → the form, the share of cells that must have it, and how sure it then is by the cells alone: where the header
says nothing, and where there is no header at all."""

BARE_PHONE = {False: 0.55, True: 0.82}
"""How sure ten digits without any mark are a phone number, without and with a missing header."""


@dataclass(frozen=True)
class Weight:
    """How sure one field is, and why; `lies` where the cells contradict the header."""

    field: str
    confidence: float
    why: str
    lies: bool = False


def weights(header: HeaderSays, values: ValuesSay, *, headless: bool) -> list[Weight]:
    """Every field a column may be, the surest first; none where it is nobody's."""
    if header.party:
        return []
    header = _with_full_address(header, values)
    found = [_by_header(name, header, values) for name in header.fields if name != KEEP]
    contradicted = bool(found) and all(weight.lies for weight in found)
    for name in ALONE:
        if header.strength(name) < 0.5:
            alone = _by_cells(name, header, values, headless=headless, contradicted=contradicted)
            if alone:
                found.append(alone)
    if KEEP in header.fields:
        found = [_against_keep(weight, header, values) for weight in found]
    order = list(fields())
    return sorted(found, key=lambda weight: (-weight.confidence, order.index(weight.field)))


def _with_full_address(header: HeaderSays, values: ValuesSay) -> HeaderSays:
    """A column called `Address` whose cells hold city and ZIP code too is a full address."""
    strength = header.strength("address")
    if strength < 0.85 or values.share("full_address") < 0.6:
        return header
    return replace(header, fields={**header.fields, "full_address": strength, "address": 0.6 * strength})


def _by_header(name: str, header: HeaderSays, values: ValuesSay) -> Weight:
    strength, fit = header.strength(name), fit_of(name, values)
    if not values.distinct:
        return Weight(name, 0.95 * strength, f"{header.why}; no cell is filled")
    if strength >= 0.85:
        return _by_good_header(name, header, values, fit)
    unlike_names = name in UNLIKE and values.share(UNLIKE[name]) < 0.3
    if fit >= 0.7 and not unlike_names:
        checked = name in STRICT
        sure = 0.9 if checked and strength >= 0.7 else 0.84 if strength >= 0.7 or name in ("email", "phone") else 0.62
        return Weight(name, sure, f"{header.why}, and {fit:.0%} of the cells have its form")
    return Weight(name, 0.5 * strength, f"{header.why}, but the cells do not have its form")


def _by_good_header(name: str, header: HeaderSays, values: ValuesSay, fit: float) -> Weight:
    strength = header.strength(name)
    if fit >= 0.7:
        return Weight(name, (0.95 + 0.04 * fit) * strength, f"{header.why}, and {fit:.0%} of the cells have its form")
    if fit >= 0.3:
        return Weight(name, 0.92 * strength, f"{header.why}, and {fit:.0%} of the cells have its form")
    if values.filled < ENOUGH or (fit >= 0.1 and name not in NAME_PARTS):
        return Weight(name, 0.88 * strength, f"{header.why}")
    if name.endswith("_consent") and other_form(values) == "date":
        return Weight(name, 0.3, f"{header.why}, but the cells are times")
    if name in ANSWERED:
        return Weight(name, 0.6, f"{header.why}, but the cells are neither yes nor no")
    if name in STRICT or name in NAME_PARTS or other_form(values):
        return Weight(name, 0.3, f"{header.why}, but the cells have another form", lies=True)
    return Weight(name, 0.86 * strength, f"{header.why}")


UNLIKE = {"full_name": "has given", "first_name": "given"}
"""Name → the form some of its cells must have where the header is not plain: any word may be a name by its letters."""

NAME_PARTS = frozenset({"first_name", "last_name", "full_name", "middle_name", "preferred_name"})


def _by_cells(name: str, header: HeaderSays, values: ValuesSay, *, headless: bool, contradicted: bool) -> Weight | None:
    form, least, sure, sure_headless = ALONE[name]
    share = values.share(form)
    if name == "phone" and share < least:
        share, sure, sure_headless = values.share("phone"), BARE_PHONE[False], BARE_PHONE[True]
        least = 0.9
    if share < least or _is_something_else(name, values):
        return None
    if values.filled < 3 and name not in (*SURE_FORM, "phone"):
        return None
    confidence = sure_headless if headless else sure
    if contradicted:
        confidence = min(confidence, 0.82 if name in SURE_FORM else 0.7)
    told = f"{share:.0%} of the cells have its form"
    why = f"{header.why}; {told}" if not contradicted else f"the header says otherwise, but {told}"
    return Weight(name, confidence, why, lies=contradicted)


def _is_something_else(name: str, values: ValuesSay) -> bool:
    """What has a form but is not what the form says: company names, whole names, numbers that count up."""
    if name == "full_name":
        return values.share("has given") < 0.3
    if name in ("first_name", "last_name"):
        return values.share("full_name") >= 0.6
    return name in ("phone", "zip") and values.share("written phone") < 0.8 and values.share("ascending") >= 0.95


def _against_keep(weight: Weight, header: HeaderSays, values: ValuesSay) -> Weight:
    """A header that is known to be nobody's field: only e-mail addresses and subscriptions raise a doubt."""
    ambiguous = header.strength(weight.field) >= 0.85 and fit_of(weight.field, values) >= 0.7
    if ambiguous:
        return weight
    most = 0.6 if weight.field in ("email", "email_consent") and header.strength(weight.field) == 0 else 0.45
    return Weight(weight.field, min(weight.confidence, most), weight.why)


def other_form(values: ValuesSay) -> str | None:
    """The form nearly all cells have where it is one that words do not have."""
    for form in ("email", "written phone", "date", "url", "number"):
        if values.share(form) >= 0.8:
            return form
    return None


def fit_of(name: str, values: ValuesSay) -> float:
    """The share of cells that may be the field, 0 to 1."""
    share = values.share
    if name.endswith(("_consent", "_opt_out")) or name == "do_not_contact":
        return max(share("answer"), 0.0 if name.endswith("_consent") else share("date"))
    if name in ("first_name", "middle_name", "last_name", "preferred_name"):
        return share("one name")
    if name in ("city", "company", "title", "tags"):
        return max(0.0, share("letters") - share("email") - share("date") - share("url"))
    simple = {
        "zip": max(share("zip"), share("postal")),
        "state": max(share("state"), 0.5 * share("place")),
        "country": max(share("country"), 0.5 * share("place")),
        "birth_date": max(share("birth_date"), share("serial")),
        "address": max(share("address"), share("full_address")),
        "full_name": max(share("full_name"), 0.35 * share("one name")),
        "unit": max(share("unit"), 0.5 * share("letters")),
    }
    return simple.get(name, share(name))
