"""Serving Dagster's UI with its daemon, on this machine only.

Starting and ending the child process belongs here.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path


def serve_ui(workspace_file: Path, port: int) -> int:
    """Run `dagster dev` until it ends or this process is told to end; gives its exit code.

    Signals are reset in the child: started from a script with `&`, Dagster would ignore SIGINT and SIGTERM.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "dagster", "dev", "-w", str(workspace_file), "-h", "127.0.0.1", "-p", str(port)],
        preexec_fn=_listen_to_signals,
    )

    def end(_number: int, _frame: object) -> None:
        child.send_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    return child.wait()


def _listen_to_signals() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
