"""Listomatic: its API client (sources.md 6.1)."""

from contact_pipeline.sources.listomatic.client import ListomaticClient, records_of

__all__ = ["ListomaticClient", "records_of"]
