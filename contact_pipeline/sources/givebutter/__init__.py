"""Givebutter: its API client (sources.md 1)."""

from contact_pipeline.sources.givebutter.client import GivebutterClient, records_of

__all__ = ["GivebutterClient", "records_of"]
