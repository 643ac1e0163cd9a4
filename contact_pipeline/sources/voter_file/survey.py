"""What was sent: the kind of file, its SHA-256, and the encoding of a text, in one pass.

Nothing is judged line by line here; that is `lines` and `careful`.
"""

from __future__ import annotations

import codecs
import hashlib
import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from contact_pipeline.landing.encoding import decide_encoding
from contact_pipeline.landing.kinds import refuse_other_kinds, refuse_other_texts
from contact_pipeline.landing.outcomes import Refused
from contact_pipeline.landing.text import DECODE_ERRORS
from contact_pipeline.sources.voter_file.lines import is_utf8

PIECE = 1 << 22
"""Bytes read at a time; larger pieces cost more than they save: their memory is mapped and cleared anew each time."""

Progress = Callable[[str, int, int], None]
"""Told what is being done, and how much of how much."""


@dataclass(frozen=True)
class Survey:
    r"""A file as it was sent; `kind` is text, parquet, sqlite or duckdb, `encoding` a codec's name for a text.

    `ends_with_returns`: lines end with `\r` alone, as on old Macintoshes. `is_utf8`: every byte was checked.
    """

    path: Path
    kind: str
    size: int
    sha256: str
    encoding: str = "utf-8"
    ends_with_returns: bool = False
    is_utf8: bool = False


def survey_file(path: Path, *, progress: Progress) -> Survey:
    """Hash a file and say what it is.

    Raises:
        Refused: It is empty, cannot be read, or is neither text nor one of the three databases.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            beginning = stream.read(1 << 16)
    except OSError as error:
        raise Refused(f"The file cannot be read ({error.strerror}). Check its name and permissions.") from error
    if not beginning.strip():
        raise Refused("The file is empty.")
    kind = kind_of(beginning)
    digest, is_utf8 = _hashed(path, size, kind == "text", progress)
    if kind != "text":
        return Survey(path, kind, size, digest)
    returns_only = b"\r" in beginning and b"\n" not in beginning
    return Survey(path, kind, size, digest, _encoding(path, beginning, is_utf8), returns_only, is_utf8)


def kind_of(beginning: bytes) -> str:
    """Which kind of file begins like this.

    Raises:
        Refused: An archive, a workbook, a web page or the like.
    """
    if beginning.startswith(b"PAR1"):
        return "parquet"
    if beginning.startswith(b"SQLite format 3\0"):
        return "sqlite"
    if beginning[8:12] == b"DUCK":
        return "duckdb"
    refuse_other_kinds(beginning)
    refuse_other_texts(beginning[:4096].decode("utf-8", "replace"))
    return "text"


def _hashed(path: Path, size: int, is_text: bool, progress: Progress) -> tuple[str, bool]:
    """The SHA-256, and whether all of it is valid UTF-8."""
    digest, done, rest = hashlib.sha256(), 0, b""
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            digest.update(piece)
            if is_text and (rest or not piece.isascii()):
                whole = rest + piece
                end = _last_whole_character(whole)
                rest, is_text = whole[end:], is_utf8(whole[:end])
            done += len(piece)
            progress("reading the file's fingerprint", done, size)
    return digest.hexdigest(), is_text and not rest


def _last_whole_character(text: bytes) -> int:
    """Where the last character that may be cut off begins, else the end of the text."""
    for back in range(1, min(4, len(text) + 1)):
        byte = text[-back]
        if byte >= 0xC0:
            return len(text) - back
        if byte < 0x80:
            break
    return len(text)


def _encoding(path: Path, beginning: bytes, is_utf8: bool) -> str:
    if is_utf8 and b"\0" not in beginning:
        return "utf-8-sig" if beginning.startswith(codecs.BOM_UTF8) else "utf-8"
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return decide_encoding(data).name


def utf8_pieces(survey: Survey) -> Iterator[bytes]:
    r"""The text in UTF-8, without a byte-order mark, its lines ending with `\n`, piece by piece.

    A byte the encoding does not know comes out as bytes that are not UTF-8, so that its line is put aside.
    """
    for piece in _decoded(survey):
        yield piece.replace(b"\r", b"\n") if survey.ends_with_returns else piece


def _decoded(survey: Survey) -> Iterator[bytes]:
    with survey.path.open("rb") as stream:
        if survey.encoding in ("utf-8", "utf-8-sig"):
            stream.seek(len(codecs.BOM_UTF8) if survey.encoding == "utf-8-sig" else 0)
            while piece := stream.read(PIECE):
                yield piece
            return
        decoder = codecs.getincrementaldecoder(survey.encoding)(DECODE_ERRORS)
        while piece := stream.read(PIECE):
            yield decoder.decode(piece).encode("utf-8", "surrogatepass")
        yield decoder.decode(b"", True).encode("utf-8", "surrogatepass")
