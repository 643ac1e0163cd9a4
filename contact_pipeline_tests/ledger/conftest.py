"""A fresh ledger, and moments in order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contact_pipeline.ledger import Ledger

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def day(number: int) -> datetime:
    """A moment `number` days after the start."""
    return START + timedelta(days=number)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'home' / 'ledger.sqlite'}"


@pytest.fixture
def ledger(url: str) -> Ledger:
    return Ledger.open(url, workspace="swab", now=START)
