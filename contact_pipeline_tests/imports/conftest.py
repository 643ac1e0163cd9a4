"""A home with a few dozen people, for tests of imports."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from contact_pipeline.config import Settings
from contact_pipeline.imports.applying import apply_import
from contact_pipeline.imports.planning import plan_import
from contact_pipeline_tests.homes import NOW
from contact_pipeline_tests.imports.quick import quick_run

HEADER = ("First Name", "Last Name", "Email", "Phone", "Birth Date", "Address", "City", "State", "Zip", "Employer")
FIRST = ("Ana", "Boris", "Carmen", "Dmitri", "Elena", "Farid", "Greta", "Hugo")
LAST = ("Quimby", "Okafor", "Lindqvist", "Marchetti", "Nakamura")


def person(number: int) -> list[str]:
    """The row of a known person; every third has no phone, every fourth no employer."""
    first, last = FIRST[number % len(FIRST)], LAST[number // len(FIRST) % len(LAST)]
    phone = "" if number % 3 == 2 else f"813-555-01{number:02d}"
    employer = "" if number % 4 == 3 else f"Firm {number}"
    return [
        first, last, f"{first}.{last}{number}@example.org".lower(), phone,
        f"19{60 + number % 40}-03-{1 + number % 28:02d}", f"{100 + number} Palm Avenue", "Tampa", "FL", "33602",
        employer,
    ]  # fmt: skip


def write_list(path: Path, rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER) -> Path:
    """A list as somebody would send it."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


@pytest.fixture(scope="session")
def known_home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home of forty people after its run. Take a copy (`people_home`) to change it."""
    folder = tmp_path_factory.mktemp("imports")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTACT_PIPELINE_NOW", NOW)
        settings = Settings(home=folder / "home")
        made = plan_import(settings, write_list(folder / "known.csv", map(person, range(40))), actor="a tester")
        apply_import(settings, made.import_id, actor="a tester")
        quick_run(settings)
    return settings


@pytest.fixture
def people_home(known_home: Settings, tmp_path: Path, fixed_clock: None) -> Settings:
    """A home of forty people of one's own."""
    shutil.copytree(known_home.home, tmp_path / "home")
    return Settings(home=tmp_path / "home")
