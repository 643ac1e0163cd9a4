"""SQL models: the files of `dbt_like_sql/`, one table each.

Finding, ordering and running them belongs here. What they say belongs to the files: the leading comment describes the
table and its grain, and the tables they read are found in the SQL itself.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache, cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from contact_pipeline.warehouse.connection import row_count

if TYPE_CHECKING:
    from sqlglot import exp

MODEL_FOLDER = Path(__file__).parents[2] / "dbt_like_sql"

_NO_READING: Final = re.compile(r"--.*|\bdistinct\s+from\b|\(\s*\w+\s+from\b")
"""Comments, `is distinct from`, `extract(year from …)`."""

_READ: Final = re.compile(r"\b(?:from|join)\s+(\w+)\.(\w+)")


@dataclass(frozen=True)
class SqlModel:
    """One file: `dbt_like_sql/people/person.sql` makes `people.person`."""

    table: str
    description: str
    query: str

    @cached_property
    def expression(self) -> exp.Expr:
        """The parsed query."""
        import sqlglot

        return sqlglot.parse_one(self.query, dialect="duckdb")

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The tables the query names with their schema, sorted.

        Every process that knows the assets asks this of all models, and parsing those takes seconds: what stands after
        `from` and `join` is looked for in the text. A test holds it to the parsed query.
        """
        found = _READ.findall(_NO_READING.sub("", self.query))
        return tuple(sorted({f"{schema}.{name}" for schema, name in found}))

    @property
    def sha256(self) -> str:
        """Hash of the query's text."""
        return hashlib.sha256(self.query.encode()).hexdigest()


def read_model(path: Path) -> SqlModel:
    """Split a file into its leading comment and its query."""
    lines = path.read_text(encoding="utf-8").splitlines()
    count = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    description = " ".join(line.removeprefix("--").strip() for line in lines[:count])
    query = "\n".join(lines[count:]).strip().rstrip(";")
    return SqlModel(f"{path.parent.name}.{path.stem}", description, query)


@cache
def all_models(folder: Path = MODEL_FOLDER) -> dict[str, SqlModel]:
    """Every model by table name, in an order in which each comes after what it reads."""
    models = {model.table: model for model in map(read_model, sorted(folder.glob("*/*.sql")))}
    graph = {table: [name for name in model.reads if name in models] for table, model in models.items()}
    return {table: models[table] for table in TopologicalSorter(graph).static_order()}


def run_model(connection: duckdb.DuckDBPyConnection, model: SqlModel) -> int:
    """Rebuild the model's table from nothing; gives its row count."""
    connection.execute(f"create or replace table {model.table} as {model.query}")
    return row_count(connection, model.table)
