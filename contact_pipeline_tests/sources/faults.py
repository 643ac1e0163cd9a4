"""Faults every client meets, whatever the platform."""

from __future__ import annotations

from contact_pipeline.sandbox.simulators import Fault

PASSING = [
    Fault("too_many", value="7"),
    Fault("too_many_date", value="9"),
    Fault("too_many_bare"),
    Fault("too_many_absurd"),
    Fault("too_many_absurd", value="-5"),
    Fault("too_many_absurd", value="in a while"),
    Fault("too_many_absurd", value="Mon, 01 Jan 1990 00:00:00 GMT"),
    Fault("server_error", count=3),
    Fault("server_error", value="500"),
    Fault("server_error", value="502"),
    Fault("server_error", value="504"),
    Fault("reset"),
    Fault("reset_after"),
    Fault("stall"),
    Fault("drip"),
    Fault("drip_headers"),
    Fault("cut"),
    Fault("cut_unmarked"),
    Fault("huge"),
    Fault("html"),
    Fault("not_an_object"),
    Fault("error_in_200"),
    Fault("repeated_page"),
    Fault("looping_page"),
    Fault("missing_page"),
    Fault("missing_row"),
    Fault("row_inserted"),
    Fault("row_deleted"),
    Fault("row_moved"),
]
"""What another try, or another pass, heals."""


def named(fault: Fault) -> str:
    return f"{fault.name} {fault.value}".strip()
