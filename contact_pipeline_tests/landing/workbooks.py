"""Workbooks for tests, written part by part as spreadsheet programs write them; every part can be replaced."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

PLAIN, DATE, DATE_TIME, HOURS, ZIP_CODE = range(5)
"""Cell styles: places in the workbook's style table."""

STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="[h]:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="00000"/></numFmts><cellXfs count="5">'
    '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="165"/>'
    "</cellXfs></styleSheet>"
)


@dataclass(frozen=True)
class Typed:
    """A cell as it stands in the file: its type (`n`, `b`, `e`, `str`, `d`), what it holds, its style."""

    kind: str
    value: str
    style: int = PLAIN


Cell = str | int | float | Typed | None
Sheet = Sequence[Sequence[Cell]]


def number(text: str, style: int = PLAIN) -> Typed:
    """A number as the file spells it."""
    return Typed("n", text, style)


def workbook(
    sheets: Mapping[str, Sheet] | Sheet,
    *,
    hidden: Sequence[str] = (),
    parts: Mapping[str, bytes | None] | None = None,
    first_row: int = 1,
    first_column: int = 1,
    epoch_1904: bool = False,
) -> bytes:
    """The bytes of a workbook.

    `parts` replaces parts of the archive, or leaves them out where it says None. Texts are shared strings, as Excel
    writes them.
    """
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    strings: dict[str, int] = {}
    content: dict[str, bytes] = {}
    for place, sheet in enumerate(named.values(), start=1):
        content[f"xl/worksheets/sheet{place}.xml"] = sheet_xml(sheet, strings, first_row, first_column).encode()
    content["xl/sharedStrings.xml"] = shared_strings_xml(list(strings)).encode()
    content["xl/styles.xml"] = STYLES.encode()
    content["xl/workbook.xml"] = _workbook_xml(list(named), hidden, epoch_1904).encode()
    content["xl/_rels/workbook.xml.rels"] = _relations_xml(len(named)).encode()
    content["_rels/.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ).encode()
    content["[Content_Types].xml"] = f'<Types xmlns="{PACKAGE}/content-types"/>'.encode()
    return zipped({name: body for name, body in {**content, **(parts or {})}.items() if body is not None})


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip archive of these parts, always the same bytes for the same parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 5, 4, 0, 0, 0)), body, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def sheet_xml(sheet: Sheet, strings: dict[str, int], first_row: int = 1, first_column: int = 1) -> str:
    """A worksheet; its texts are added to `strings`."""
    rows = []
    for number_of_row, row in enumerate(sheet, start=first_row):
        cells = "".join(
            _cell(f"{column_letters(place)}{number_of_row}", cell, strings)
            for place, cell in enumerate(row, start=first_column)
            if cell is not None
        )
        if cells:
            rows.append(f'<row r="{number_of_row}">{cells}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


def _cell(place: str, cell: Cell, strings: dict[str, int]) -> str:
    if isinstance(cell, str):
        return f'<c r="{place}" t="s"><v>{strings.setdefault(cell, len(strings))}</v></c>'
    if not isinstance(cell, Typed):
        cell = number(repr(cell))
    return f'<c r="{place}" s="{cell.style}" t="{cell.kind}"><v>{escape(cell.value)}</v></c>'


def shared_strings_xml(strings: Sequence[str]) -> str:
    """The table of texts."""
    items = "".join(f'<si><t xml:space="preserve">{escape(text, {chr(13): "&#13;"})}</t></si>' for text in strings)
    return f'<sst xmlns="{MAIN}" count="{len(strings)}" uniqueCount="{len(strings)}">{items}</sst>'


def column_letters(place: int) -> str:
    """`A` for 1, `AA` for 27."""
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _workbook_xml(names: Sequence[str], hidden: Sequence[str], epoch_1904: bool) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{place}" r:id="rId{place}"'
        + (' state="hidden"' if name in hidden else "")
        + "/>"
        for place, name in enumerate(names, start=1)
    )
    return (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><workbookPr date1904="{int(epoch_1904)}"/>'
        f"<sheets>{sheets}</sheets></workbook>"
    )


def _relations_xml(sheets: int) -> str:
    targets = [(f"rId{place}", "worksheet", f"worksheets/sheet{place}.xml") for place in range(1, sheets + 1)]
    targets += [("rIdStrings", "sharedStrings", "sharedStrings.xml"), ("rIdStyles", "styles", "styles.xml")]
    relations = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>' for name, kind, target in targets
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'
