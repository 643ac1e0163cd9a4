"""Airtable: its API client (sources.md 4)."""

from contact_pipeline.sources.airtable.client import AirtableClient

__all__ = ["AirtableClient"]
