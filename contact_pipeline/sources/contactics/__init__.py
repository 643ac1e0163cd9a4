"""Contactics: its API client (sources.md 6.2)."""

from contact_pipeline.sources.contactics.client import ContacticsClient, records_of

__all__ = ["ContacticsClient", "records_of"]
