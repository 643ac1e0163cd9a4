"""Promises of the lint: each rule by which Givebutter refuses a row, or that keeps us from harm, holds the row back."""

from __future__ import annotations

import pytest

from contact_pipeline.exports.givebutter import template_columns
from contact_pipeline.exports.lint import CustomColumn, troubles_in

CUSTOM = {
    "Shift": CustomColumn("Shift", "choice", ("Option 1", "Option 2")),
    "Set up": CustomColumn("Set up", "yes_no", ("Yes", "No")),
    "Short": CustomColumn("Short", "short_text"),
    "Long": CustomColumn("Long", "long_text"),
    "Raised": CustomColumn("Raised", "number"),
    "Trained": CustomColumn("Trained", "date"),
}
SOUND = dict.fromkeys((*template_columns(), *CUSTOM), "") | {
    "Prefix": "Mari", "First Name": "Marisol", "Last Name": "Quintero", "Primary Email": "mari@example.org",
    "Primary Phone Number": "+14045550142", "Phone Numbers": "+14045550143, +442079460958",
    "Address Line 1": "410 Heron Ln",
    "City": "Athens", "State": "GA", "Zip Code": "30601", "Country": "USA", "Email Subscription Status": "yes",
    "Phone Subscription Status": "no", "Address Subscription Status": "yes", "Shift": "Option 2", "Set up": "No",
    "Short": "x" * 255, "Long": "x" * 2_000, "Raised": "-12.50", "Trained": "10/01/2026", "Tags": "t" * 300,
}  # fmt: skip


def test_a_sound_row_passes() -> None:
    assert troubles_in(SOUND, CUSTOM) == []


@pytest.mark.parametrize(
    ("code", "cells"),
    [
        ("too_long", {"Short": "x" * 256}),
        ("too_long", {"Long": "x" * 2_001}),
        ("too_long", {"First Name": "x" * 256}),
        ("too_long", {"Prefix": "x" * 33}),
        ("prefix_is_a_name", {"Prefix": "Marisol Quintero"}),
        ("prefix_is_a_name", {"Prefix": "Ms. quintero"}),
        ("option_unknown", {"Shift": "Option 9"}),
        ("option_unknown", {"Set up": "true"}),
        ("last_name_missing", {"Last Name": ""}),
        ("subscription_missing", {"Email Subscription Status": ""}),
        ("subscription_missing", {"Phone Subscription Status": ""}),
        ("subscription_missing", {"Address Subscription Status": ""}),
        ("subscription_unknown", {"Email Subscription Status": "subscribed"}),
        ("address_incomplete", {"Zip Code": ""}),
        ("address_incomplete", {"Address Line 1": ""}),
        ("placeholder_left", {"Long": "Hi {{preferred_name}}!"}),
        ("undefined_left", {"Long": "You raised $undefined"}),
        ("looks_like_formula", {"First Name": "=HYPERLINK(1)"}),
        ("looks_like_formula", {"First Name": "+Anna"}),
        ("looks_like_formula", {"Long": "@here"}),
        ("phone_malformed", {"Primary Phone Number": "404-555-0142"}),
        ("phone_malformed", {"Phone Numbers": "+14045550142,+14045550143"}),
        ("not_a_number", {"Raised": "$12.50"}),
        ("not_a_date", {"Trained": "1.10.2026"}),
    ],
)
def test_a_row_with_one_fault_is_held_for_it(code: str, cells: dict[str, str]) -> None:
    found = troubles_in({**SOUND, **cells}, CUSTOM)
    assert [trouble.code for trouble in found] == [code]
    assert not any(value and value in trouble.words for trouble in found for value in cells.values()), "no cell is told"
