"""`make sequences`: random lives of sign-up, edit, import, merge, opt-out and sync by the thousand; what went wrong."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from contact_pipeline.sandbox.season.sequences import play_sequences

STEPS = 5


def main(lives: int) -> int:
    """Play, print, and give 1 if anything went wrong."""
    began, used = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        found = play_sequences(
            Path(folder) / "home", lives=lives, steps=STEPS, told=lambda line: print(line, flush=True)
        )
    acts = ", ".join(f"{count:,} times {act}" for act, count in found.acts.most_common())
    print(f"{lives:,} sequences of {STEPS} acts: {acts}")
    print(f"files with a suppressed channel: {len(found.suppressed)}  {found.suppressed[:5]}")
    print(f"edits lost without a conflict on record: {len(found.lost)}  {found.lost[:5]}")
    print(f"what a second quiet sync still wrote: {found.restless or 'nothing'}")
    print(f"{time.process_time() - used:.0f} processor s, {time.monotonic() - began:.0f} s")
    return 1 if found.suppressed or found.lost or found.restless else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000))
