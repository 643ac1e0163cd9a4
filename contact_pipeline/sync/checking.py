"""Whether every configured platform answers as configured: key, campaign, forms. It reads nothing and writes nothing.

Comparing what is configured with what the account holds belongs here; asking the platforms belongs to `connecting`.
"""

from __future__ import annotations

from contact_pipeline.config import Settings
from contact_pipeline.connecting.connecting import try_platform
from contact_pipeline.sources.errors import SourceError, SourceRefused
from contact_pipeline.sources.fetching import FETCHED, FETCHED_SOURCES, configured


def check_platforms(settings: Settings) -> list[str]:
    """One line for each platform that is read; a few calls each, which count against its budget.

    Raises:
        SourceRefused: one or more do not answer as configured; the message names all of them.
    """
    told, wrong = [], []
    for source in FETCHED_SOURCES:
        if not any(configured(entity, settings) for entity in FETCHED if entity.source == source):
            continue
        try:
            held = try_platform(source, settings, None).discovery
            there = {one.id.casefold() for one in held.found}
            missing = sorted(one for one in _wanted(source, settings) if one.casefold() not in there)
        except SourceError as error:
            wrong.append(f"{source}: {error}")
            continue
        if missing:
            wrong.append(f"{source}: the account holds no {', '.join(missing)}: contact-pipeline connect {source}")
        else:
            told.append(f"{source}: {held.account}.")
    if wrong:
        raise SourceRefused("; ".join(wrong))
    return told


def _wanted(source: str, settings: Settings) -> set[str]:
    """Ids the settings name, of the platforms that list what they hold."""
    if source == "jotform":
        return set(settings.jotform.all_forms.values())
    campaign = settings.givebutter.campaign
    if source == "givebutter" and campaign and not campaign.isdigit():  # campaigns are listed by their codes
        return {campaign}
    return set()
