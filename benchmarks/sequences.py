"""`make sequences`: random lives of sign-up, edit, import, merge, opt-out and sync by the thousand; what went wrong."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from contact_pipeline.sandbox.season.sequences import Sequences, play_sequences

STEPS = 3
TOGETHER = 1_000
"""Lives in one warehouse; more of them are several warehouses, one after the other."""


def main(lives: int) -> int:
    """Play, print, and give 1 if anything went wrong."""
    began, used = time.monotonic(), time.process_time()
    found = Sequences(0)
    for seed, first in enumerate(range(0, lives, TOGETHER), start=1):
        with tempfile.TemporaryDirectory() as folder:
            part = play_sequences(Path(folder) / "home", lives=min(TOGETHER, lives - first), steps=STEPS, seed=seed)
        found.add(part)
        wrong = len(found.suppressed) + len(found.lost) + len(found.restless)
        print(f"{found.lives:,} lives, {wrong} things wrong, {time.process_time() - used:.0f} processor s", flush=True)
    acts = ", ".join(f"{count:,} times {act}" for act, count in found.acts.most_common())
    print(f"{lives:,} sequences of {STEPS} acts and {STEPS + 1} syncs: {acts}")
    print(f"files with a suppressed channel: {len(found.suppressed)}  {found.suppressed[:5]}")
    print(f"edits lost without a conflict on record: {len(found.lost)}  {found.lost[:5]}")
    print(f"what a second quiet sync still wrote: {found.restless or 'nothing'}")
    print(f"{time.process_time() - used:.0f} processor s, {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000))
