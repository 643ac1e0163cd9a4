"""Holding the rows of an import to its rules: compiled to a Pandera schema, checked in chunks, every finding kept.

Compiling rules and collecting what fails belongs here. What a rule may say belongs to `rules`; what follows from a
finding (a row is refused) to the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from contact_pipeline.imports.findings import finding_kinds, finding_schema
from contact_pipeline.imports.rules import OWN, AnyOf, CellRule, Question, Rules, When, whole

if TYPE_CHECKING:
    import duckdb
    import pandera.polars as pa
    import polars as pl

CHUNK = 50_000
"""Rows looked at together: bounds the memory a million rows take."""
ROW_RULE = "rule "
"""Beginning of the columns that hold whether a row keeps a rule about several fields."""
LISTED = 12
"""Allowed values that are told one by one."""
DAYS = ("%Y-%m-%d", "%m/%d/%Y", "%Y-%m-%d %H:%M:%S", "%Y")
"""How a day may be written where a rule bounds it; fields that are read (birth_date) come in the first form."""


@dataclass(frozen=True)
class Failing:
    """One thing a rule asks, and what is told where a cell or row fails it.

    Attributes:
        about: The field or own column; None where it is about several.
        code: See `findings.toml`.
        severity: error or warning.
        expected: What was expected, in words.
        hint: What to do.
        passes: The polars expression that is true where it holds, null where there is nothing to judge.
        blank_fails: Whether an empty cell fails it.
    """

    about: str | None
    code: str
    severity: str
    expected: str
    hint: str
    passes: Any
    blank_fails: bool = False


def check(
    connection: duckdb.DuckDBPyConnection,
    rules: Rules,
    *,
    values: Mapping[str, str],
    headers: Mapping[str, str],
    rows: str = "import_row",
    into: str = "import_finding",
    only: str = "true",
) -> int:
    """Hold every row to the rules; a line is added to `into` for everything that fails, and their number given.

    Args:
        connection: Where both tables are.
        rules: The document.
        values: Field, or `column:Header` → SQL over a row for its text after transforms and reading. A rule about
            something the file does not have finds an empty cell; an own column that is not there is not judged.
        headers: Field → the file's header, where it has one.
        rows: A table with `row_key` and `row_number` (1, 2, …).
        into: A table with the columns of `finding_schema`.
        only: SQL over a row: which to look at.
    """
    asked = failings(rules, frozenset(values))
    if not asked:
        return 0
    schema, found = compiled(asked, rules), 0
    for frame in _chunks(connection, rules, values, rows, only):
        lines = findings_of(frame, schema, asked, headers)
        found += lines.height
        connection.register("found_lines", lines.to_arrow())
        connection.execute(f"insert into {into} by name select * from found_lines")
        connection.unregister("found_lines")
    return found


def _chunks(
    connection: duckdb.DuckDBPyConnection, rules: Rules, values: Mapping[str, str], rows: str, only: str
) -> Iterator[pl.DataFrame]:
    import polars as pl

    wanted = [f"cast({values.get(name, 'null')} as varchar) as {_quoted(name)}" for name in rules.names()]
    last = connection.execute(f"select coalesce(max(row_number), 0) from {rows}").fetchall()[0][0]
    for start in range(1, last + 1, CHUNK):
        query = (
            f"select row_key, row_number, {', '.join(wanted)} from {rows} as r "
            f"where row_number between {start} and {start + CHUNK - 1} and ({only}) order by row_number"
        )
        frame = pl.from_arrow(connection.sql(query).to_arrow_table())
        assert isinstance(frame, pl.DataFrame)
        if frame.height:
            yield frame


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def failings(rules: Rules, there: frozenset[str]) -> list[Failing]:
    """Everything the rules ask of a file that has these fields and columns."""
    found: list[Failing] = []
    for name, rule in rules.cells().items():
        if name in there or not name.startswith(OWN):
            found += _of_cell(name, rule)
    found += [_any_of(one) for one in rules.required]
    return found + [_of_rule(one) for one in rules.cross]


def _of_cell(name: str, rule: CellRule) -> Iterator[Failing]:
    import polars as pl

    cell = pl.col(name)

    def failing(code: str, expected: object, passes: pl.Expr, *, blank: bool = False) -> Failing:
        kind = finding_kinds()[code]
        told = kind.expected.format(expected=expected)
        return Failing(name, code, rule.severity, told, rule.hint or kind.hint, passes, blank)

    if rule.required:
        yield failing("required", "", cell.is_not_null(), blank=True)
    if rule.allowed:
        yield failing("not_allowed", _listed(rule.allowed), cell.is_in(list(rule.allowed)))
    if rule.pattern is not None:
        yield failing("pattern", rule.pattern, cell.str.contains(whole(rule.pattern)))
    if rule.shortest is not None:
        yield failing("too_short", rule.shortest, cell.str.len_chars() >= rule.shortest)
    if rule.longest is not None:
        yield failing("too_long", rule.longest, cell.str.len_chars() <= rule.longest)
    yield from _bounds(rule, cell, failing)


def _bounds(rule: CellRule, cell: pl.Expr, failing: Callable[..., Failing]) -> Iterator[Failing]:
    if rule.at_least is None and rule.at_most is None:
        return
    read = as_day(cell) if rule.of_dates else as_number(cell)
    yield failing("not_a_date" if rule.of_dates else "not_a_number", "", cell.is_null() | read.is_not_null())
    if rule.at_least is not None:
        yield failing("too_small", _shown(rule.at_least), read >= rule.at_least)
    if rule.at_most is not None:
        yield failing("too_large", _shown(rule.at_most), read <= rule.at_most)


def as_number(cell: pl.Expr) -> pl.Expr:
    """A number as people write it: a sign of money, commas between thousands, brackets or a minus before it."""
    import polars as pl

    plain = cell.str.replace_all(r"[\s$€£,]", "").str.replace(r"\A\((.*)\)\z", "-$1")
    return plain.str.replace(r"%\z", "").cast(pl.Float64, strict=False)


def as_day(cell: pl.Expr) -> pl.Expr:
    """A day in one of the forms of `DAYS`."""
    import polars as pl

    return pl.coalesce([cell.str.to_date(form, strict=False) for form in DAYS])


def _shown(bound: object) -> str:
    return bound.isoformat() if isinstance(bound, date) else f"{bound:,}"


def _listed(words: tuple[str, ...]) -> str:
    more = f" and {len(words) - LISTED} more" if len(words) > LISTED else ""
    return ", ".join(words[:LISTED]) + more


def _any_of(rule: AnyOf) -> Failing:
    import polars as pl

    kind = finding_kinds()["required_any"]
    told = kind.expected.format(expected=", ".join(rule.any_of))
    passes = pl.any_horizontal([pl.col(name).is_not_null() for name in rule.any_of])
    return Failing(None, kind.code, rule.severity, told, rule.hint or kind.hint, passes, blank_fails=True)


def _of_rule(rule: When) -> Failing:
    import polars as pl

    kind = finding_kinds()["condition"]
    passes = ~pl.all_horizontal(map(_holds, rule.when)) | pl.all_horizontal(map(_holds, rule.then))
    about = rule.then[0].field if len(rule.then) == 1 else None
    hint = rule.hint or f"{rule.name}: {kind.hint}"
    return Failing(about, kind.code, rule.severity, rule.told(), hint, passes, blank_fails=True)


def _holds(question: Question) -> pl.Expr:
    import polars as pl

    cell = pl.col(question.field)
    if question.filled is not None:
        return cell.is_not_null() if question.filled else cell.is_null()
    if question.matches is not None:
        return cell.str.contains(whole(question.matches)).fill_null(value=False)
    words = list(question.is_in if question.is_in is not None else question.is_not or ())
    among = cell.is_in(words).fill_null(value=False)
    return among if question.is_in is not None else ~among


def compiled(asked: list[Failing], rules: Rules) -> pa.DataFrameSchema:
    """The rules as a Pandera schema over the fields' texts; a rule about several fields checks a column of its own.

    Pandera tells a check of the whole frame with every cell of each failing row: a column of true and false says the
    same, and no cell.
    """
    import pandera.polars as pa
    import polars as pl

    def column_check(place: int, one: Failing) -> pa.Check:
        def passes(data: Any) -> pl.LazyFrame:
            judged: pl.LazyFrame = data.lazyframe.select(one.passes)
            return judged

        return pa.Check(passes, name=str(place), error=str(place), ignore_na=not one.blank_fails)

    checks: dict[str, list[pa.Check]] = {name: [] for name in rules.names()}
    columns = {}
    for place, one in enumerate(asked):
        if _on_column(one):
            checks[str(one.about)].append(column_check(place, one))
        else:
            error = str(place)
            columns[ROW_RULE + error] = pa.Column(pl.Boolean, pa.Check.eq(True, name=error, error=error))
    columns |= {name: pa.Column(pl.String, checks=found, nullable=True) for name, found in checks.items()}
    return pa.DataFrameSchema(columns)


def _on_column(one: Failing) -> bool:
    return one.about is not None and one.code != "condition"


def findings_of(
    frame: pl.DataFrame, schema: pa.DataFrameSchema, asked: list[Failing], headers: Mapping[str, str]
) -> pl.DataFrame:
    """Everything that fails in some rows, in the columns of `finding_schema`, by row."""
    import polars as pl

    none = pl.DataFrame(schema=dict.fromkeys(finding_schema().names, pl.String) | {"row_number": pl.Int64})
    cases = failure_cases(schema, frame, asked)
    parts = [
        _told(frame[rows.get_column("index")], asked[place], headers) for (place,), rows in cases.group_by("check")
    ]
    return pl.concat([none, *parts]).sort("row_number", "code", maintain_order=True)


def failure_cases(schema: pa.DataFrameSchema, frame: pl.DataFrame, asked: list[Failing]) -> pl.DataFrame:
    """`index` (place in the frame) and `check` (place among what is asked) of everything that fails."""
    import pandera.errors
    import polars as pl

    several = [one.passes.alias(f"{ROW_RULE}{place}") for place, one in enumerate(asked) if not _on_column(one)]
    try:
        schema.validate(frame.with_columns(several), lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases: pl.DataFrame = errors.failure_cases
        return cases.select(pl.col("index", "check").cast(pl.Int64)).unique().sort("check", "index")
    return pl.DataFrame(schema={"index": pl.Int64, "check": pl.Int64})


def _told(rows: pl.DataFrame, one: Failing, headers: Mapping[str, str]) -> pl.DataFrame:
    """The findings of rows that fail one thing."""
    import polars as pl

    own = one.about is not None and one.about.startswith(OWN)
    column = one.about.removeprefix(OWN) if own and one.about else headers.get(one.about or "")
    said = {
        "column": column, "field": None if own else one.about, "code": one.code, "severity": one.severity,
        "value": None, "expected": one.expected, "hint": one.hint,
    }  # fmt: skip
    texts = [pl.lit(value, pl.String).alias(name) for name, value in said.items()]
    value = [pl.col(one.about).alias("value")] if one.about is not None else []
    return rows.select("row_key", "row_number", *texts).with_columns(
        *([rows.select(value).to_series()] if value else [])
    )
