"""Lists as contacts, each batch by the mapping it was taken with.

Turning a kept mapping into SQL belongs here; deciding one does not, nor does reading what a cell says: names,
addresses and several numbers in one cell are taken apart by `normalize`, as those of any source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from contact_pipeline.sources.entities import LIST_PEOPLE
from contact_pipeline.sources.list_file.document import MappingDocument
from contact_pipeline.sources.list_file.fields import answer_key, reference, totals
from contact_pipeline.sources.list_file.mapping import (
    SHARED_COLUMNS,
    plain_columns,
    select_people,
    split_tags,
    write_people,
)
from contact_pipeline.warehouse.connection import columns_of

DAMAGED = r"#{3,}|#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)|[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}"
"""Cells a spreadsheet program has damaged beyond reading: `1.2E+10`, `####`, `#REF!`. libphonenumber would read the
first as a number: E stands for 3 on its keys."""

LOST_ZERO = r"[1-9][0-9]{3}(?:\.0+)?"
"""A ZIP code without its leading zero: left out like any damaged cell, and told. Whose zero it was nobody knows."""
DAY_NUMBER = r"[1-4][0-9]{4}(?:\.[0-9]+)?"
"""A day as spreadsheet programs count it; no reading of dates takes it for one."""

SINGLE = {
    "prefix_raw": "prefix", "middle_raw": "middle_name", "suffix_raw": "suffix", "preferred_raw": "preferred_name",
    "birth_raw": "birth_date", "gender": "gender", "employer": "company", "title": "title", "line2_raw": "unit",
    "city_raw": "city", "state_raw": "state", "zip_raw": "zip", "country_raw": "country", "external_id": "external_id",
    "mentor_id": "mentor_id", "linkedin": "linkedin",
}  # fmt: skip
"""Shared column → the field that fills it alone."""

CHANNELS = ("email", "sms", "mail")


@dataclass(frozen=True)
class BatchColumns:
    """A batch in the warehouse: its file's columns, and the raw table's for them."""

    batch_id: str
    file_name: str
    columns: tuple[str, ...]
    raw_columns: tuple[str, ...]


def write_lists(connection: duckdb.DuckDBPyConnection, documents: Mapping[str, MappingDocument]) -> None:
    """Rebuild `contacts.list_person`: one row per record of any list, read by its batch's mapping.

    Args:
        connection: The warehouse.
        documents: Batch id → its mapping; a batch without one is read by the names of its columns, as lists were before
            mappings were kept.
    """
    groups: dict[tuple[object, ...], tuple[dict[str, str], str, list[str]]] = {}
    plain: list[str] = []
    for batch in list_batches(connection):
        document = documents.get(batch.batch_id)
        if document is None:
            plain.append(batch.batch_id)
            continue
        columns = mapped_columns(document, dict(zip(batch.columns, batch.raw_columns, strict=True)))
        people = f"not {is_sum(batch.raw_columns)}"
        groups.setdefault((people, *columns.items()), (columns, people, []))[2].append(batch.batch_id)
    headers = [name for name in columns_of(connection, LIST_PEOPLE.table) if name[0] != "_"]
    selects = [select_people(LIST_PEOPLE, plain_columns(headers), among(plain))]
    selects += [
        select_people(LIST_PEOPLE, columns, f"{among(ids)} and {people}") for columns, people, ids in groups.values()
    ]
    write_people(connection, selects, "contacts.list_person")


def list_batches(connection: duckdb.DuckDBPyConnection) -> list[BatchColumns]:
    """The batches of lists whose rows are in the warehouse."""
    rows = connection.execute(
        "select batch_id, file_name, columns, raw_columns from landing.batch where source = ? and entity = ? "
        "and superseded_by is null order by sequence",
        [LIST_PEOPLE.source, LIST_PEOPLE.name],
    ).fetchall()
    return [BatchColumns(batch_id, name, tuple(columns), tuple(raw)) for batch_id, name, columns, raw in rows]


def among(batch_ids: Sequence[str]) -> str:
    """SQL for the rows `r` of these batches."""
    return f"r._batch_id in ({', '.join(text_sql(batch_id) for batch_id in batch_ids)})" if batch_ids else "false"


def text_sql(value: str) -> str:
    """SQL for a text."""
    return "'" + value.replace("'", "''") + "'"


def mapped_columns(document: MappingDocument, raw_names: Mapping[str, str]) -> dict[str, str]:
    """SQL for every column all sources share, by a mapping.

    Args:
        document: Column of the file → field.
        raw_names: Column of the file → column of the raw table.
    """
    raw: dict[str, list[str]] = {}
    for column, name in document.columns.items():
        if name is not None and column in raw_names:
            raw.setdefault(name, []).append(raw_names[column])
    cells = {name: [_meant(column, document.values.get(name, {})) for column in found] for name, found in raw.items()}
    cells["zip"] = [
        f"case when not regexp_full_match({cell}, '{LOST_ZERO}') then {cell} end" for cell in cells.get("zip", [])
    ]
    columns = {name: _first(cells.get(SINGLE.get(name, ""), [])) for name in SHARED_COLUMNS}
    first, last, full = (_first(cells.get(name, [])) for name in ("first_name", "last_name", "full_name"))
    whole = f"({first} is null and {full} is not null)"
    columns["first_raw"] = f"coalesce({first}, {full})"
    columns["last_raw"] = f"case when {whole} then null else {last} end"
    columns["middle_raw"] = f"case when {whole} then null else {columns['middle_raw']} end"
    columns["line1_raw"] = f"coalesce({_first(cells.get('address', []))}, {_first(cells.get('full_address', []))})"
    columns["phones_raw"] = _all(cells.get("phone", []))
    columns["emails_raw"] = _all(cells.get("email", []))
    columns["tags"] = split_tags(f"concat_ws(',', {', '.join(['null', *cells.get('tags', [])])})")
    for channel in CHANNELS:
        columns[f"{channel}_consent_raw"] = _consent(channel, raw, document.answers)
    return columns


def is_sum(raw: Sequence[str]) -> str:
    """SQL for whether a row is the sum below a list and no person; the same rule as `suggest.is_total`."""
    cells = [written(name) for name in raw]
    first = f"coalesce({', '.join(cells)}, '')"
    rest = f"substr(concat_ws('', {', '.join(cells)}), length({first}) + 1)"
    words = ", ".join(text_sql(word) for word in sorted(totals()))
    said = f"rtrim(strip_accents(lower({first})), ' :')"
    return rf"({said} in ({words}) and not regexp_matches({rest}, '[\p{{L}}@]'))"


def written(raw: str) -> str:
    """SQL for a raw cell without spaces at its ends; null where nothing stands there."""
    name = 'r."' + raw.replace('"', '""') + '"'
    return f"nullif(trim({name}), '')"


def is_damaged(raw: str) -> str:
    """SQL for whether a spreadsheet program has damaged a cell; only few are looked at closely, for speed."""
    cell = written(raw)
    suspect = f"({cell}[1] = '#' or ({cell}[1] between '0' and '9' and contains(upper({cell}), 'E')))"
    return f"({suspect} and regexp_full_match({cell}, '{DAMAGED}'))"


def _cell(raw: str) -> str:
    """SQL for a raw cell that holds something, and is not damaged."""
    return f"case when not {is_damaged(raw)} then {written(raw)} end"


def _meant(raw: str, words: Mapping[str, str]) -> str:
    """SQL for a cell in which the words a mapping knows became the values they stand for; '' stands for none."""
    if not words:
        return _cell(raw)
    return f"nullif(case {whens(_key(raw), words)} else {_cell(raw)} end, '')"


def _first(cells: Sequence[str]) -> str:
    if not cells:
        return "cast(null as varchar)"
    return f"coalesce({', '.join(cells)}, null)"


def _all(cells: Sequence[str]) -> str:
    return f"list_filter(cast([{', '.join(cells)}] as varchar[]), lambda x: x is not null)"


def _consent(channel: str, raw: Mapping[str, list[str]], answers: Mapping[str, Mapping[str, str]]) -> str:
    """A no of any column is a no; else what the column of consent says, in its own words where nobody knows them."""
    outs = [
        _opted_out(column, answers.get(name, {}))
        for name in (f"{channel}_opt_out", "do_not_contact")
        for column in raw.get(name, [])
    ]
    name = f"{channel}_consent"
    said = [_answered(column, answers.get(name, {})) for column in raw.get(name, [])]
    return f"coalesce({', '.join([*outs, *said, 'null', 'cast(null as varchar)'])})"


def _answered(raw: str, own: Mapping[str, str]) -> str:
    words = reference("answers")
    key = _key(raw)
    return (
        f"case {whens(key, own)} when {key} in ({_listed(words['no'])}) then 'no' "
        f"when {key} in ({_listed(words['yes'])}) then 'yes' else {_cell(raw)} end"
    )


def _opted_out(raw: str, own: Mapping[str, str]) -> str:
    """`no` (do not write) for whatever the cell holds, except for words that say that nobody opted out."""
    key = _key(raw)
    turned = {word: "no" if meaning == "yes" else "" for word, meaning in own.items()}
    return (
        f"nullif(case {whens(key, turned)} when {_cell(raw)} is null then '' "
        f"when {key} in ({_listed(reference('answers')['not_out'])}) then '' else 'no' end, '')"
    )


def whens(key: str, own: Mapping[str, str]) -> str:
    """SQL for the branches of a `case` that turn words into what they stand for; `key` is SQL from `key_sql`."""
    return " ".join(f"when {key} = {text_sql(word)} then {text_sql(meaning)}" for word, meaning in sorted(own.items()))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(text_sql(word) for word in sorted({answer_key(word) for word in words}))


def _key(raw: str) -> str:
    return key_sql(_cell(raw))


def key_sql(cell: str) -> str:
    """SQL for `answer_key` of a cell; `cell` is SQL too."""
    return rf"""regexp_replace(strip_accents(lower(trim({cell}, ' .!"''[]'))), '\s+', ' ', 'g')"""


def unread_answer(raw: str, name: str, own: Mapping[str, str]) -> str:
    """SQL for whether a cell of consent says something nobody understands; a column of opt-outs has no such cell."""
    if not name.endswith("_consent"):
        return "false"
    words = reference("answers")
    known = _listed([*words["yes"], *words["no"], *own])
    return f"({_cell(raw)} is not null and {_key(raw)} not in ({known}))"
