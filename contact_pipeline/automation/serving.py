"""Serving Dagster's UI with its daemon, on this machine only, once for each home.

Starting and ending the child process, and keeping a second daemon away, belong here.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contact_pipeline.assets.style import WAREHOUSE_SLOT

LOCK = "serving.lock"


class AlreadyServedError(Exception):
    """Another daemon works on this home: two would start every run twice."""


def serve_ui(workspace_file: Path, port: int) -> int:
    """Run `dagster dev` on the instance of `DAGSTER_HOME` until it or this process is told to end; gives its exit code.

    1 where the home is served already. Signals are reset in the child: started from a script with `&`, Dagster would
    ignore SIGINT and SIGTERM.
    """
    try:
        with the_only_daemon(Path(os.environ["DAGSTER_HOME"])) as lock:
            _make_the_slot_known()
            return _serve(workspace_file, port, lock)
    except AlreadyServedError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _make_the_slot_known() -> None:
    """Tell Dagster of the warehouse's slot before its first look at the queue.

    It learns of a pool by the first run that waits for it, too late for that look: whatever waits then starts at once.
    """
    import dagster as dg

    with dg.DagsterInstance.get() as instance:
        instance.event_log_storage.initialize_concurrency_limit_to_default(WAREHOUSE_SLOT)


def _serve(workspace_file: Path, port: int, lock: int) -> int:
    child = subprocess.Popen(
        [sys.executable, "-m", "dagster", "dev", "-w", str(workspace_file), "-h", "127.0.0.1", "-p", str(port)],
        preexec_fn=_listen_to_signals,
        pass_fds=[lock],
    )

    def end(_number: int, _frame: object) -> None:
        child.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return child.wait()


@contextmanager
def the_only_daemon(instance_folder: Path) -> Iterator[int]:
    """Hold the home's lock, to be passed on to the child that serves it; the system frees it when all of them are gone.

    Raises:
        AlreadyServedError: another process holds it, or a daemon started in another way works on this instance.
    """
    with (instance_folder / LOCK).open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyServedError(
                f"{instance_folder.parent} is served by another `contact-pipeline ui`. Use that one, or end it first."
            ) from error
        if (pid := daemon_of(instance_folder)) is not None:
            raise AlreadyServedError(
                f"A Dagster daemon (process {pid}) already works on {instance_folder.parent}. End it first: kill {pid}"
            )
        yield stream.fileno()


def daemon_of(instance_folder: Path) -> int | None:
    """The process of a daemon that works on this instance, where the system lists processes under `/proc`.

    It outlives a `dagster dev` that was killed with SIGKILL.
    """
    home = f"DAGSTER_HOME={instance_folder}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
            if b"dagster._daemon" in command and home in (process / "environ").read_bytes().split(b"\0"):
                return int(process.name)
        except OSError:
            continue
    return None


def _listen_to_signals() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
