"""Files written so that a crash leaves the old one or the new one, and files that only their owner may read.

Writing and reading such a file belongs here. What stands in it does not.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from contact_pipeline.landing.files import flush_to_disk, sync_folder

WIDER_THAN_OWNER = 0o077


class ExposedFileError(Exception):
    """Others may read a file that is for its owner alone."""


def write_private(path: Path, content: bytes) -> None:
    """Put `content` in the place of `path`, mode 0600 from its first byte on; on disk when this returns."""
    put_in_place(path, content, 0o600)


def put_in_place(path: Path, content: bytes, mode: int) -> None:
    """Put `content` in the place of `path`, with this mode from its first byte on; on disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            flush_to_disk(stream)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def read_private(path: Path) -> bytes | None:
    """The content of a file that only its owner may read; None where there is none.

    Raises:
        ExposedFileError: its mode lets others in; the message says what to type.
    """
    try:
        stream = path.open("rb")
    except FileNotFoundError:
        return None
    with stream:
        mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
        if mode & WIDER_THAN_OWNER:
            raise ExposedFileError(
                f"{path} may be read by others (mode {mode:04o}), so it is not used. If nobody else saw it: "
                f"chmod 600 {path}; otherwise make new keys at the platforms and set them again."
            )
        return stream.read()
