"""Bytes to text and back, without ever losing a byte that does not fit the encoding.

Opening bytes as text and showing undecodable bytes belong here. Which encoding a file has is decided in `encoding`.

A byte that cannot be decoded becomes one lone surrogate (U+DC00 plus the byte), so that the record it stands in can
be found and quarantined while the rest of the file is read as usual.
"""

from __future__ import annotations

import codecs
import io
import mmap
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

Bytes = bytes | mmap.mmap
"""Bytes in memory or a mapped file; both slice and search alike."""

UNDECODABLE = re.compile("[\ud800-\udfff]")
"""A character that stands for a byte, or half a character, the encoding does not know."""

DECODE_ERRORS = "landing-keep-bytes"


def _keep_bytes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in broken), error.end


codecs.register_error(DECODE_ERRORS, _keep_bytes)


class _Raw(io.RawIOBase):
    """A raw stream over bytes or a mapped file that copies only what is read."""

    def __init__(self, data: Bytes) -> None:
        super().__init__()
        self._data = data
        self._position = 0

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        piece = self._data[self._position : self._position + len(target)]
        target[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)


def text_of(data: Bytes, encoding: str) -> TextIO:
    r"""The bytes as a text stream whose line ends (`\n`, `\r\n`, `\r`) are left as they are."""
    buffer = io.BufferedReader(_Raw(data), buffer_size=1 << 18)
    return io.TextIOWrapper(buffer, encoding=encoding, errors=DECODE_ERRORS, newline="")


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[TextIO]:
    """A landed file as a text stream; see `text_of`."""
    with path.open("r", encoding=encoding, errors=DECODE_ERRORS, newline="", buffering=1 << 18) as stream:
        yield stream


@contextmanager
def mapped(path: Path) -> Iterator[Bytes]:
    """A file's bytes without reading them into memory. Only for files nobody else can shorten (our own copies)."""
    with path.open("rb") as stream:
        if path.stat().st_size == 0:
            yield b""
            return
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as view:
            yield view


def readable_text(text: str) -> str:
    r"""The text with every undecodable byte written as `\xNN`, so that it can be stored and shown."""
    if text.isascii():
        return text
    return UNDECODABLE.sub(lambda found: _escape(ord(found.group())), text)


def _escape(code: int) -> str:
    return f"\\x{code - 0xDC00:02x}" if 0xDC00 <= code <= 0xDCFF else f"\\u{code:04x}"
