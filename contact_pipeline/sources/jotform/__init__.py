"""Jotform: its API client and its zone-less clock (sources.md 3)."""

from contact_pipeline.sources.jotform.client import JotformClient, records_of
from contact_pipeline.sources.jotform.time import eastern_to_utc, next_midnight

__all__ = ["JotformClient", "eastern_to_utc", "next_midnight", "records_of"]
