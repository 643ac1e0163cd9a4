"""What an asset tells Dagster about the table it wrote: rows, time, masked sample, columns, lineage.

Building metadata belongs here. No value of a person leaves this module unmasked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from contact_pipeline.warehouse.connection import row_count
from contact_pipeline.warehouse.lineage import ColumnSources

GLOSSARY = Path(__file__).parents[1] / "schemas" / "glossary.toml"
SAMPLE_ROWS = 3
AS_SENT = ("raw.", "voters.")
"""Tables whose columns are a source's own and may hold anything."""


@cache
def glossary() -> dict[str, Any]:
    """`glossary.toml`: column descriptions and which columns may be shown unmasked."""
    return tomllib.loads(GLOSSARY.read_text(encoding="utf-8"))


def describe_column(table: str, column: str) -> str | None:
    """What a column means: said for this table, or for the column's name anywhere; raw columns are the source's own."""
    words = glossary()
    said = words["tables"].get(table, {}).get(column) or words["columns"].get(column)
    if said is None and table.startswith(AS_SENT):
        return f"“{column}” exactly as the source sent it."
    if said is None and table == "exports.givebutter_row":
        return f"Cell of the import file's column “{column}”."
    if said is None and column.startswith("gamma_"):
        return f"Level of the {column.removeprefix('gamma_').replace('_', ' ')} comparison; -1 is blank."
    return str(said) if said is not None else None


def shown_columns(table: str) -> frozenset[str]:
    """The columns of a table that name no person; of a table as it was sent only ours, the rest may hold anything."""
    words = glossary()["not_personal"]
    shown = frozenset(words["columns"]) | frozenset(words["tables"].get(table, ()))
    return frozenset(name for name in shown if name[0] == "_") if table.startswith(AS_SENT) else shown


def mask(value: object, *, shown: bool) -> str:
    """A value with only its length left, unless it may be shown: `Marisol` is `••••••• (7)`, nothing at all `·`."""
    if value is None:
        return "·"
    text = str(value)
    if shown:
        return text.replace("|", "¦").replace("\n", " ")[:60]
    return f"{'•' * min(len(text), 8)} ({len(text)})" if text else "“”"


def masked_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows of a table as a Markdown table, personal values masked."""
    shown = shown_columns(table)
    lines = ["| " + " | ".join(name.replace("|", "¦") for name in columns) + " |", "|" + "---|" * len(columns)]
    for row in rows:
        cells = (mask(value, shown=column in shown) for column, value in zip(columns, row, strict=True))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def described(table: str, columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> dict[str, Any]:
    """The columns (name to type) with what they mean, and a few rows, masked, as metadata."""
    described_columns = [
        dg.TableColumn(name, type=kind, description=describe_column(table, name)) for name, kind in columns.items()
    ]
    return {
        "dagster/column_schema": dg.TableSchema(columns=described_columns),
        "sample (masked)": dg.MetadataValue.md(masked_rows(table, list(columns), rows)),
    }


def described_table(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, Any]:
    """The same for a table of the warehouse."""
    sample = connection.execute(f"select * from {table} limit {SAMPLE_ROWS}")
    columns = {name: str(kind) for name, kind, *_ in sample.description}  # the catalogue takes thirty times as long
    return described(table, columns, sample.fetchall())


def asset_key(table: str) -> dg.AssetKey:
    """`people.person` as `["people", "person"]`."""
    return dg.AssetKey(table.split("."))


def name_of(key: dg.AssetKey) -> str:
    """`["people", "person"]` as `people.person`."""
    return ".".join(key.path)


def lineage_metadata(lineage: ColumnSources) -> dict[str, Any]:
    """Column lineage as Dagster's own value and, since the UI does not draw that one, as a Markdown table."""
    deps = {
        column: [dg.TableColumnDep(asset_key=asset_key(table), column_name=source) for table, source in sources]
        for column, sources in lineage.items()
    }
    lines = ["| column | made of |", "|---|---|"]
    for column, sources in lineage.items():
        made_of = ", ".join(f"`{table}.{source}`" for table, source in sources) or "no column: a constant or a count"
        lines.append(f"| `{column}` | {made_of} |")
    return {
        "dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps),
        "column lineage": dg.MetadataValue.md("\n".join(lines)),
    }


def table_report(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    *,
    seconds: float,
    lineage: ColumnSources | None = None,
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The metadata every table asset carries."""
    return {
        "dagster/row_count": row_count(connection, table),
        "seconds": round(seconds, 3),
        **described_table(connection, table),
        **(lineage_metadata(lineage) if lineage is not None else {}),
        **(extra or {}),
    }
