"""What one written e-mail address means, and that the table says the same."""

import duckdb
import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_pipeline.normalize.email import EMAIL_CAP, Email, parse_email
from contact_pipeline.normalize.email_values import SPECIAL_ENDINGS, build_email_values
from contact_pipeline_tests.normalize.tables import built_from_raws

PLAIN_FORMS = {
    "capitals": ("Mari.Quintero@Example.ORG", "mari.quintero@example.org"),
    "mailto": ("mailto:mari@example.org", "mari@example.org"),
    "mailto with a subject": ("MAILTO:mari@example.org?subject=hi", "mari@example.org"),
    "display name": ("Mari Quintero <mari@example.org>", "mari@example.org"),
    "angle brackets": ("<mari@example.org>", "mari@example.org"),
    "a list's comma": ("mari@example.org, ", "mari@example.org"),
    "plus tag": ("mari+list@example.org", "mari+list@example.org"),
}

INVALID = {
    "no @": ("mari.example.org", "no @ in it"),
    "full stop of a sentence": ("mari@example.org.", "ends with a punctuation mark"),
    "two addresses run together": ("a@example.org@example.org", "more than one @"),
    "space": ("mari quintero@example.org", "a space inside the address"),
    "no domain": ("mari@", "not the form of an e-mail address"),
    "two points": ("mari..q@example.org", "not the form of an e-mail address"),
    "reserved name": ("mari@home.local", "not the form of an e-mail address"),
    "too long": ("m" * EMAIL_CAP + "@example.org", f"longer than {EMAIL_CAP} characters: not an e-mail address"),
}

JUNK = {
    "role": "info@example.org",
    "role with a tag": "info+web@example.org",
    "office": "Office@example.org",
    "placeholder": "none@none",
    "test": "test@test",
    "no e-mail": "noemail@example.org",
    "placeholder domain": "jo@noemail.com",
    "word for nothing": "N/A",
}


@pytest.mark.parametrize(("raw", "email"), PLAIN_FORMS.values(), ids=PLAIN_FORMS)
def test_an_address_gets_its_plain_form(raw: str, email: str) -> None:
    local, _, domain = email.partition("@")
    assert parse_email(raw) == Email(email, local, domain, True)


@pytest.mark.parametrize(("raw", "reason"), INVALID.values(), ids=INVALID)
def test_an_invalid_address_has_a_reason_and_is_not_mended(raw: str, reason: str) -> None:
    assert parse_email(raw) == Email(reason=reason)


@pytest.mark.parametrize("raw", JUNK.values(), ids=JUNK)
def test_role_and_placeholder_addresses_are_junk(raw: str) -> None:
    assert parse_email(raw).junk


def test_a_likely_typing_error_is_pointed_out_and_stays() -> None:
    email = parse_email("mari@gmial.com")
    assert (email.email, email.valid) == ("mari@gmial.com", True)
    assert email.reason == "gmial.com is probably a typing error for gmail.com"


def test_a_blank_cell_is_neither_valid_nor_wrong() -> None:
    assert parse_email(" ") == Email()


def test_every_reserved_name_is_kept_from_the_fast_path() -> None:
    assert all(name in SPECIAL_ENDINGS for name in SPECIAL_USE_DOMAIN_NAMES)


LOCALS = st.from_regex(r"\A[A-Za-z0-9._+ İé-]{0,12}\Z")
DOMAINS = st.sampled_from(
    ["example.org", "EXAMPLE.org", "gmial.com", "none.com", "a-b.example.org", "a--b.org", "xn--80ak6aa92e.com",
     "x.test", "home.local", "1.org", "x.c", "x.1c", "-x.org", "x", "", "b" * 63 + ".org", "b" * 64 + ".org",
     "münchen.example.org"]
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raws=st.sets(
        st.builds("{}@{}".format, LOCALS, DOMAINS)
        | st.builds("{}@{}".format, st.sampled_from(["a" * 64, "a" * 65, "info", "none"]), DOMAINS)
        | st.text(st.characters(codec="utf-8"), max_size=30)
    )
)
def test_the_table_says_what_a_single_reading_says(connection: duckdb.DuckDBPyConnection, raws: set[str]) -> None:
    rows = built_from_raws(connection, build_email_values, raws)
    assert rows == {raw: tuple(vars(parse_email(raw)).values()) for raw in raws}
