"""The season in small, run once for all tests of mentors and their exports."""

from __future__ import annotations

import dagster as dg
import pytest

from contact_pipeline.config import Settings
from contact_pipeline.definitions import build_definitions
from contact_pipeline.sandbox.demo import simulated_platforms
from contact_pipeline_tests.homes import NOW
from contact_pipeline_tests.mentors.season_home import season_home


@pytest.fixture(scope="package")
def season(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The home after its first run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTACT_PIPELINE_NOW", NOW)
        settings = season_home(tmp_path_factory.mktemp("season") / "data")
        definitions = build_definitions(settings)
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        with dg.DagsterInstance.ephemeral() as instance, simulated_platforms(settings):
            for job in ("fetch", "refresh"):
                assert definitions.resolve_job_def(job).execute_in_process(instance=instance, run_config=quiet).success
    return settings
