"""The periodic sync of a whole season: 555 mentors, 40,156 contacts over the API; nothing changed, then 50 contacts.

Fetch and refresh run through Dagster in this process, as the schedule and the sensor run them; processor seconds beside
wall seconds, the simulators' own share included.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from contact_pipeline.automation.running import run_job
from contact_pipeline.config import SETTINGS_FILE, Settings
from contact_pipeline.sandbox.campaign.givebutter_api import api_contact, api_households
from contact_pipeline.sandbox.campaign.invention import invent
from contact_pipeline.sandbox.campaign.writing import write_sandbox
from contact_pipeline.sandbox.demo import prepare_home
from contact_pipeline.sandbox.simulators import SimulatorOptions, serve
from contact_pipeline.sandbox.simulators.data import SANDBOX_KEY
from contact_pipeline.warehouse.publish import open_published

DAY = date(2026, 11, 20)
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHANGED = 50


def measure() -> dict[str, str]:
    """Every figure by name."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "home"
        campaign = invent(1, today=DAY)
        home.mkdir()
        write_sandbox(campaign, Settings(home=home).sandbox)
        _keep(Settings(home=home).sandbox, campaign.contacts)
        os.environ["CONTACT_PIPELINE_NOW"] = START.isoformat()
        prepare_home(Settings(home=home), today=DAY, say=lambda _: None)
        with (home / SETTINGS_FILE).open("a", encoding="utf-8") as file:
            file.write("\n[givebutter]\ncontacts = true\n")
        options = SimulatorOptions(givebutter_calls_per_minute=100_000, now=lambda: Settings(home=home).clock())
        with serve(Settings(home=home).sandbox, options=options) as running:
            _point_at(running.givebutter_url, running.jotform_url)
            figures = {"first sync": _sync(home, 0), "nothing changed": _sync(home, 7)}
            for row in running.givebutter.contacts.rows[:CHANGED]:
                running.givebutter.contacts.replace({**row, "title": "Captain"})
            figures[f"{CHANGED} contacts changed"] = _sync(home, 14)
            with open_published(Settings(home=home).published) as snapshot:
                mentors = snapshot.execute("select count(*) from mentors.mentor").fetchall()[0][0]
        return {**figures, "export of the import file": _export(home), "mentors": f"{mentors:,}"}


def _keep(sandbox: Path, rows: list[dict[str, str]]) -> None:
    for name, records in (("contacts", [api_contact(row) for row in rows]), ("households", api_households(rows))):
        (sandbox / "api" / f"{name}.json").write_text(json.dumps(records), encoding="utf-8")


def _point_at(givebutter: str, jotform: str) -> None:
    os.environ["CONTACT_PIPELINE_GIVEBUTTER__BASE_URL"] = givebutter
    os.environ["CONTACT_PIPELINE_JOTFORM__BASE_URL"] = jotform
    os.environ["GIVEBUTTER_API_KEY"] = os.environ["JOTFORM_API_KEY"] = SANDBOX_KEY


def _sync(home: Path, hours: int) -> str:
    """Fetch and refresh, so many hours after the start."""
    os.environ["CONTACT_PIPELINE_NOW"] = (START + timedelta(hours=hours)).isoformat()
    began, used = time.monotonic(), time.process_time()
    fetched = run_job("fetch", Settings(home=home), quiet=True)
    between = time.process_time()
    refreshed = run_job("refresh", Settings(home=home), quiet=True)
    assert fetched.success, fetched.errors
    assert refreshed.success, refreshed.errors
    cpu, wall = time.process_time() - used, time.monotonic() - began
    return f"{cpu:.1f} processor s (reading {between - used:.1f}), {wall:.1f} s; {len(refreshed.materialised)} tables"


def _export(home: Path) -> str:
    """The command that writes the import file, start of the program included."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [str(Path(sys.executable).with_name("contact-pipeline")), "export", "givebutter"]
    subprocess.run([*command, "--out", str(home / "out"), "--home", str(home)], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return f"{cpu:.1f} processor s, {time.monotonic() - began:.1f} s"
