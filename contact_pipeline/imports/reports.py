"""Reports of an import for people: every row, what was wrong, what to do; as a workbook or CSV, ready to come back.

Which columns a report has and where their cells come from belongs here. How a file stays safe belongs to `people_file`,
taking a corrected report in to `returning`.

A report's rows carry the import's id and a key: the row's own, and a hash of its cells as they left. So a report that
comes back says which rows somebody changed, and whether they were changed elsewhere since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from duckdb import DuckDBPyConnection

from contact_pipeline.config import Settings
from contact_pipeline.imports.canonical import all_columns
from contact_pipeline.imports.findings import finding_kinds
from contact_pipeline.imports.people_file import write_csv, write_workbook
from contact_pipeline.imports.plan import Plan, folder_of, load_plan, open_tables, require_finished
from contact_pipeline.imports.reading import cell_names
from contact_pipeline.landing.arriving import open_ledger
from contact_pipeline.landing.list_gate import REPORT_KEY
from contact_pipeline.ledger.imports import record_report

Form = Literal["xlsx", "csv"]

IMPORT_COLUMN: Final = "Import id (do not change)"
OWN_COLUMNS: Final = (IMPORT_COLUMN, REPORT_KEY, "Import row", "Import outcome", "Import problems")
READ_AS: Final = "Read as: "
"""Stands before a field's name, over the column of its normal forms: told, and never taken back."""

PROBLEM_HEADER: Final = (
    "Import row", "Problem", "Severity", "Column", "Field", "Code", "Value", "Expected", "What to do",
)  # fmt: skip

PAGE: Final = 10_000
"""Rows that are in memory at a time."""

NOT_READ: Final = frozenset({
    "row_key", "row_number", "line", "action", "person_id", "persons", "policy", "probability", "why", "named", "phone",
    "email",
})  # fmt: skip
"""Columns of `plan.import_row` that are no normal form, or stand in another (`phones`, `emails`)."""


@dataclass(frozen=True)
class Report:
    """A report that was written: its files, the rows and the findings in it."""

    files: tuple[Path, ...]
    rows: int
    problems: int


def write_report(
    settings: Settings, import_id: str, out: Path, *, form: Form = "xlsx", refused_only: bool = True, actor: str
) -> Report:
    """Write an import's report into a folder.

    A workbook has the sheets `Rows` and `Problems`; of CSV there are two files. The cells of `Rows` are the file's own,
    with the corrections made so far; beside them stand the normal forms.

    Args:
        settings: The workspace's.
        import_id: Which import.
        out: The folder; it is made where it is not there.
        form: `xlsx` or `csv`.
        refused_only: Only the rows that were refused; otherwise every row.
        actor: Who asks for it.

    Raises:
        UnknownImportError: There is no such import.
        TooLargeForWorkbook: A workbook cannot hold it; nothing was written.
    """
    plan = load_plan(settings, import_id)
    folder = folder_of(settings, plan.import_id)
    require_finished(folder)
    out.mkdir(parents=True, exist_ok=True)
    stem = f"{Path(plan.file_name).stem}-{plan.import_id}-{'refused' if refused_only else 'all'}"
    wanted = "i.action = 'refuse'" if refused_only else "true"
    with open_tables(folder, read_only=True) as connection:
        read = [name for name in _names(connection, "import_row") if name not in NOT_READ]
        header = (*OWN_COLUMNS, *all_columns(plan), *(f"{READ_AS}{name}" for name in read))
        rows, problems = _rows(connection, plan, read, wanted), _problems(connection, wanted)
        files = [out / f"{stem}.{form}"]
        if form == "xlsx":
            write_workbook(files[0], [("Rows", header, rows), ("Problems", PROBLEM_HEADER, problems)])
        else:
            files.append(out / f"{stem}-problems.csv")
            write_csv(files[0], header, rows)
            write_csv(files[1], PROBLEM_HEADER, problems)
        counted = connection.execute(
            f"select (select count(*) from plan.import_row as i where {wanted}), "
            f"(select count(*) from plan.import_finding join plan.import_row as i using (row_key) where {wanted})"
        ).fetchall()[0]
    report = Report(tuple(files), int(counted[0]), int(counted[1]))
    with closing(open_ledger(settings)) as ledger:
        record_report(
            ledger, plan.import_id, str(files[0].resolve()), refused_only=refused_only, rows=report.rows,
            problems=report.problems, now=settings.clock(), actor=actor,
        )  # fmt: skip
    return report


def _names(connection: DuckDBPyConnection, table: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(f"describe plan.{table}").fetchall()]


def _rows(connection: DuckDBPyConnection, plan: Plan, read: Sequence[str], wanted: str) -> Iterator[list[str]]:
    """The rows as the report has them, a page at a time."""
    cells = [f"c.{name}" for name in cell_names(all_columns(plan))]
    forms = [f"i.{name}" for name in read]

    def query(page: str) -> str:
        return f"""
            select i.row_key, i.row_number, i.action, i.why, {", ".join([*cells, *forms])}, f.findings
            from (from plan.import_row as i where {wanted} and {page}) as i
            left join (from plan.cell_row where {page}) as c using (row_key)
            left join (
                select row_key, list([code, coalesce("column", ''), coalesce(value, ''), coalesce(expected, ''),
                    coalesce(hint, '')] order by severity, code) as findings
                from plan.import_finding where {page} group by row_key
            ) as f using (row_key)
            order by i.row_number
        """

    for row in _paged(connection, query):
        key, number, action, why, *values, findings = row
        own = ["" if cell is None else str(cell) for cell in values[: len(cells)]]
        yield [
            plan.import_id,
            key_with_hash(key, own),
            str(number),
            f"{action}: {why or ''}".rstrip(": "),
            "\n".join(map(problem_line, findings or [])),
            *own,
            *map(_shown, values[len(cells) :]),
        ]


def _problems(connection: DuckDBPyConnection, wanted: str) -> Iterator[list[str]]:
    kinds = finding_kinds()
    names = ("row_number", "code", "severity", '"column"', "field", "code", "value", "expected", "hint")

    def query(page: str) -> str:
        return f"""
            select {", ".join(f"f.{name}" for name in names)}
            from (from plan.import_finding where {page}) as f
            semi join (from plan.import_row as i where {wanted} and {page}) as i using (row_key)
            order by f.row_number, f.code
        """

    for number, code, *rest in _paged(connection, query):
        yield [
            str(number),
            kinds[code].title if code in kinds else code,
            *("" if cell is None else cell for cell in rest),
        ]


def _paged(connection: DuckDBPyConnection, query: Callable[[str], str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query, some at a time: other statements may run between two pages.

    Args:
        connection: From `plan.open_tables`.
        query: Gives the query for a condition on `row_number`, which every table it reads has: so a page costs as much
            as its rows, whatever the file's.
    """
    last = connection.execute("select coalesce(max(row_number), 0) from plan.import_row").fetchall()[0][0]
    for start in range(1, last + 1, PAGE):
        yield from connection.execute(query(f"row_number between {start} and {start + PAGE - 1}")).fetchall()


def problem_line(finding: Sequence[str]) -> str:
    """One finding in one line: `Zip: '2134' is not a ZIP code; expected five digits. Write the zero back.`"""
    code, column, value, expected, hint = finding
    title = finding_kinds()[code].title if code in finding_kinds() else code
    where = f"{column}: " if column else ""
    said = f" ({value})" if value else ""
    return f"{where}{title}{said}; expected {expected}. {hint}"


def _shown(value: object) -> str:
    if value is None:
        return ""
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def key_with_hash(row_key: str, cells: Sequence[str]) -> str:
    """What a report says of whose row this is, and what its cells were when it left."""
    return f"{row_key}.{cells_hash(cells)}"


def cells_hash(cells: Sequence[str]) -> str:
    """The same for the same cells; line ends inside them are all alike, as spreadsheet programs change them."""
    content = "\x1f".join(plain_ends(cell) for cell in cells)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def plain_ends(cell: str) -> str:
    """A cell with its line ends as one kind."""
    return cell.replace("\r\n", "\n").replace("\r", "\n")
