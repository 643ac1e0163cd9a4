"""Fixtures shared by the tests of the whole pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from contact_pipeline.config import Settings
from contact_pipeline_tests.homes import NOW, new_home, run

hypothesis_settings.register_profile("shared machine", deadline=None)
hypothesis_settings.load_profile("shared machine")


@pytest.fixture(scope="session")
def finished_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home after its first run. Read it; to change it, take a copy (`copy_home`)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTACT_PIPELINE_NOW", NOW)
        settings = new_home(tmp_path_factory.mktemp("home") / "data", history=True)
        fetched, refreshed = run(settings)
    assert fetched.success
    assert refreshed.success, refreshed.errors
    return settings


@pytest.fixture
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run of the test happens at one moment."""
    monkeypatch.setenv("CONTACT_PIPELINE_NOW", NOW)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home's path."""
    return tmp_path / "data"
