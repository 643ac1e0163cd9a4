"""What the demo says when it is done."""

from __future__ import annotations

import re

from contact_pipeline.config import Settings
from contact_pipeline.sandbox.summary import HOLD_NAMES, as_text, summary
from contact_pipeline.warehouse.models import all_models


def test_the_demo_ends_with_what_it_read_linked_wrote_and_held(finished_home: Settings) -> None:
    told = summary(finished_home, changed=True, seconds=1.0)
    assert told["rows_written"] == told["updates"] + told["new_contacts"] > 0
    assert sum(told["held"].values()) >= told["people_held"] > 0
    page = as_text(told)
    assert told["coverage"] in page
    assert f"{told['people_held']:,}  people held back, because" in page


def test_every_reason_to_hold_somebody_back_is_said_in_words() -> None:
    sql = all_models()["exports.givebutter_hold"].expression.sql(dialect="duckdb")
    codes = set(re.findall(r"'([a-z]+(?:_[a-z]+)+|dropped)'", sql)) - {"possible_same_person", "refused_join"}
    assert codes - set(HOLD_NAMES) == set()
