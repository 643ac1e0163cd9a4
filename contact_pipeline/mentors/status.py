"""The status table: which tasks done make which status. The rules are data, in `status.toml`; a test walks them all."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).with_name("status.toml")
CONDITIONS = ("dropped", "fundraised_done", "training_done", "campaign_member", "setup_done")


@cache
def status_rules() -> tuple[dict[str, Any], ...]:
    """The rules in order: `status`, and a bool for each condition it asks about.

    Raises:
        ValueError: a rule asks about something that is no task, or the last one does not take everybody.
    """
    rules = tuple(tomllib.loads(RULES.read_text(encoding="utf-8"))["rule"])
    for rule in rules:
        if unknown := rule.keys() - {"status", *CONDITIONS}:
            raise ValueError(f"{RULES.name}: there is no task {', '.join(sorted(unknown))}")
    if rules[-1].keys() != {"status"}:
        raise ValueError(f"{RULES.name}: the last rule must take everybody")
    return rules
