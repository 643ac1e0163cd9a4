"""One e-mail address: its plain form, and whether it says anything about a person.

What a single written address means belongs here. Reading many at once belongs to `email_values`, two in one cell to
`multi`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from contact_pipeline.normalize.junk import junk_words
from contact_pipeline.normalize.reference_data import reference_map

EMAIL_CAP = 320
"""Longest cell handed to the parser, in characters: 64 before the @, 255 after it."""

OVER_CAP = f"longer than {EMAIL_CAP} characters: not an e-mail address"
NO_AT = "no @ in it"
WRAPPED = re.compile(r"[^<>]*<\s*([^<>]*?)\s*>[\s,;]*")
TRAILING_MARKS = ".,;:!?)>]}'\""


@dataclass(frozen=True)
class Email:
    """A reading of one written address.

    `email` is lower case and None unless `valid`. `junk` marks role addresses (`info@`) and placeholders (`none@none`),
    valid or not: they say nothing about a person. `reason` says why an address is not valid, or, on a valid one, what a
    reader should know (a likely typing error, a mark left out); None for a blank cell.
    """

    email: str | None = None
    local_part: str | None = None
    domain: str | None = None
    valid: bool = False
    reason: str | None = None
    junk: bool = False


def parse_email(raw: str) -> Email:
    """Read one address; a typing error is pointed out and never corrected.

    `mailto:`, a display name with angle brackets, and a list's trailing comma or semicolon are left out. Anything else
    that email-validator (deliverability off) refuses stays invalid.
    """
    text = raw.strip()
    if not text:
        return Email()
    if len(raw) > EMAIL_CAP:
        return Email(reason=OVER_CAP)
    if text.lower() in junk_words("cell"):
        return Email(reason="a word for no address", junk=True)
    written = _unwrapped(text).lower()
    if "@" not in written:
        return Email(reason=NO_AT)
    return _validated(written)


def _unwrapped(text: str) -> str:
    """The address without `mailto:`, display name, brackets and a list's separators."""
    inside = WRAPPED.fullmatch(text)
    bare = inside.group(1) if inside else text
    if bare[:7].lower() == "mailto:":
        bare = bare[7:].split("?", 1)[0]
    return bare.strip().strip(",;").strip()


def _validated(written: str) -> Email:
    from email_validator import EmailNotValidError, validate_email

    local, _, domain = written.rpartition("@")
    junk = junk_kind(local, domain) is not None
    try:
        checked = validate_email(written, check_deliverability=False)
    except (EmailNotValidError, UnicodeError) as error:
        return Email(reason=_refusal(written, error), junk=junk)
    email = checked.normalized.lower()
    local, _, domain = email.rpartition("@")
    return Email(email, local, domain, True, domain_hint(domain), junk_kind(local, domain) is not None)


def _refusal(written: str, error: Exception) -> str:
    """The reason in plain words, naming no part of the address."""
    if written[-1] in TRAILING_MARKS:
        return "ends with a punctuation mark"
    if written.count("@") > 1:
        return "more than one @"
    if any(character.isspace() for character in written):
        return "a space inside the address"
    if isinstance(error, UnicodeError):
        return "characters that no address can have"
    return "not the form of an e-mail address"


def domain_hint(domain: str) -> str | None:
    """A note for a domain that is probably a typing error (`gmial.com`); the address itself stays as it is."""
    likely = reference_map("email_typos", "typed", "likely").get(domain)
    return f"{domain} is probably a typing error for {likely}" if likely else None


def junk_kind(local: str, domain: str) -> str | None:
    """`role`, `placeholder` or None for a lower-case address's two parts; a `+tag` does not hide a role."""
    name = local.partition("+")[0]
    return junk_words("email_local").get(name) or junk_words("email_domain").get(domain)
