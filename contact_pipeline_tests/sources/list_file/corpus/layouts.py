"""Layouts of the corpus: the columns of a file, in order, as `Header=kind`.

Reading the short notation belongs here. `Header=kind>field` says that the column is that field all the same, `>-` that
it is to be kept as it is and be nobody's field, `>a|b` that either is right.
"""

from __future__ import annotations

from dataclasses import dataclass

from contact_pipeline_tests.sources.list_file.corpus.people import KINDS


@dataclass(frozen=True)
class Column:
    """One column of a layout; `right` are the answers that are right, `-` standing for kept as it is."""

    header: str
    kind: str
    right: frozenset[str]


@dataclass(frozen=True)
class Layout:
    """One way of laying out a list; `languages` are those of its people's names."""

    name: str
    languages: str
    columns: tuple[Column, ...]


def read_layouts(text: str) -> list[Layout]:
    """Layouts from paragraphs: a line `name | languages`, then columns, one or several (parted by ` ; `) a line."""
    return [_layout(paragraph) for paragraph in text.strip().split("\n\n")]


def _layout(paragraph: str) -> Layout:
    title, _, body = paragraph.strip().partition("\n")
    name, _, languages = title.partition(" | ")
    written = [column for line in body.split("\n") for column in line.strip().split(" ; ")]
    return Layout(name.strip(), languages.strip() or "en", tuple(_column(text) for text in written if text.strip()))


def _column(text: str) -> Column:
    header, _, kind = text.rpartition("=")
    kind, _, answer = kind.partition(">")
    kind = kind.strip()
    return Column(header.strip(), kind, frozenset((answer or KINDS[kind][0]).split("|")))
