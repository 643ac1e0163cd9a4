"""Promises of serving: one daemon for a home, however it was started."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contact_pipeline.automation.serving import AlreadyServedError, daemon_of, serve_ui, the_only_daemon


def test_a_home_is_served_once(tmp_path: Path) -> None:
    another = pytest.raises(AlreadyServedError, match="another `contact-pipeline ui`")
    with the_only_daemon(tmp_path), another, the_only_daemon(tmp_path):
        pytest.fail("a second one was let in")
    with the_only_daemon(tmp_path):
        pass


def test_two_homes_are_served_side_by_side(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    with the_only_daemon(tmp_path / "one"), the_only_daemon(tmp_path / "other"):
        pass


def test_the_lock_lives_as_long_as_the_child_that_serves(tmp_path: Path) -> None:
    """`contact-pipeline ui` may be killed and leave `dagster dev` running."""
    with the_only_daemon(tmp_path) as lock:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock])
    try:
        with pytest.raises(AlreadyServedError), the_only_daemon(tmp_path):
            pytest.fail("a second one was let in")
    finally:
        child.kill()
        child.wait()
    with the_only_daemon(tmp_path):
        pass


@contextmanager
def something_like_a_daemon(folder: Path) -> Iterator[int]:
    command = [sys.executable, "-c", "print(flush=True); input()", "dagster._daemon", "run"]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "DAGSTER_HOME": str(folder)}
    )
    try:
        assert child.stdout is not None
        child.stdout.readline()
        yield child.pid
    finally:
        child.kill()
        child.wait()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system lists no processes under /proc")
def test_a_daemon_started_in_another_way_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with something_like_a_daemon(tmp_path) as pid:
        assert daemon_of(tmp_path) == pid
        assert daemon_of(tmp_path.parent) is None
        monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
        assert serve_ui(tmp_path / "workspace.yaml", 0) == 1
        assert f"kill {pid}" in capsys.readouterr().err
    time.sleep(0.05)
    assert daemon_of(tmp_path) is None
