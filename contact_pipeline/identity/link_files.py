"""Linking files of people: any CSVs, through the same engine as the pipeline.

Reading the files into canonical columns, running the engine, and writing `clusters.csv` and `pairs.csv` belong here.
The command line around it belongs to `cli`; every decision about who is who belongs to the modules it calls.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contact_pipeline.identity.canonical import CANONICAL_COLUMNS, normalised_evidence
from contact_pipeline.identity.clustering import cluster
from contact_pipeline.identity.features import lay_out, open_bench
from contact_pipeline.identity.model import JOIN_THRESHOLD, REVIEW_THRESHOLD
from contact_pipeline.identity.parameters import Model, load_model, save_model
from contact_pipeline.identity.prediction import predict_on
from contact_pipeline.identity.training import train_on

if TYPE_CHECKING:
    from datetime import date

    import duckdb

CLUSTERS_FILE: Final = "clusters.csv"
PAIRS_FILE: Final = "pairs.csv"

_CHUNK_RECORDS: Final = 50_000
_LONGEST_CELL: Final = 10_000_000
_ID_SEPARATOR: Final = "\x1f"

Progress = Callable[[str], None]


class CannotLink(ValueError):
    """The files or the mapping cannot be used; the text says which, why and what to do."""


@dataclass(frozen=True)
class LinkReport:
    """What `link_files` did.

    Attributes:
        records: records read.
        people: people found.
        pairs: pairs written (from the review threshold, or the joining one if that is lower).
        joined_pairs: pairs at or above the joining threshold that are not to be asked about (`asking`).
        refused: pairs kept apart against their score.
        trained: whether a model was learned from these files.
        seconds: seconds per stage: `read`, `normalise`, `train`, `link`, `write`.
        clusters_path: the written `clusters.csv`.
        pairs_path: the written `pairs.csv`.
    """

    records: int
    people: int
    pairs: int
    joined_pairs: int
    refused: int
    trained: bool
    seconds: dict[str, float]
    clusters_path: Path
    pairs_path: Path


@dataclass
class _Stages:
    """Says what is going on and how long it took."""

    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    def run(self, name: str, words: str, work: Callable[[], Any]) -> Any:
        self.progress(words)
        started = time.perf_counter()
        result = work()
        self.seconds[name] = round(time.perf_counter() - started, 3)
        return result


def link_files(
    files: Sequence[Path],
    *,
    id_column: str,
    mapping: Mapping[str, str],
    out: Path,
    today: date,
    link_only: bool = False,
    threshold: float = JOIN_THRESHOLD,
    model_path: Path | None = None,
    save_model_path: Path | None = None,
    region: str = "US",
    threads: int | None = None,
    progress: Progress = lambda words: None,
) -> LinkReport:
    """Find the people in files.

    Args:
        files: CSV files with a header.
        id_column: column with the record's id; unique within a file.
        mapping: canonical column (`canonical.CANONICAL_COLUMNS`) -> column of the files. A column that only some of
            the files have is blank in the others.
        out: folder for `clusters.csv` (file, record_id, person_id; every record once) and `pairs.csv` (record_id_l,
            record_id_r, match_weight, match_probability, file_l, file_r, asked_because).
        today: the day against which "in the future" is decided for birth dates.
        link_only: compare across files, not within one.
        threshold: match probability from which two records are one person.
        model_path: a saved model; without it one is learned from the files.
        save_model_path: where to save the model that was used.
        region: region of phones without a country code.
        threads: threads to use; the result does not depend on it.
        progress: told, in words, what happens next.

    Returns:
        Counts, times and where the results are. A person's id is the file and record id of its first record, so it
        depends on neither the order of the rows nor the threads.

    Raises:
        CannotLink: a file, column, id or threshold cannot be used.
        ModelUnreadable: the saved model cannot be used.
    """
    _check(files, mapping, threshold, link_only)
    model = load_model(model_path) if model_path is not None else None
    bench = open_bench(threads)
    stages = _Stages(progress)
    try:
        records = stages.run("read", f"Reading {len(files)} file(s)", lambda: _read(bench, files, id_column, mapping))
        stages.run(
            "normalise",
            f"Normalising {records:,} records",
            lambda: normalised_evidence(bench, "canonical", "evidence", today=today, region=region),
        )
        bench.execute("drop table canonical")
        lay_out(bench, "evidence", bench)
        trained = model is None
        if model is None:
            model = stages.run("train", "Learning what agreement means here", lambda: train_on(bench, records))
        if save_model_path is not None:
            save_model(model, save_model_path)
        kept = min(threshold, REVIEW_THRESHOLD)
        used: Model = model
        report = stages.run("link", "Linking", lambda: _link(bench, records, used, kept, threshold, link_only))
        paths = stages.run("write", "Writing the results", lambda: _write(bench, out))
        pairs, joined = bench.execute(
            "select count(*), count(*) filter (match_probability >= ? and asked_because is null) from pair", [threshold]
        ).fetchall()[0]
    finally:
        bench.close()
    return LinkReport(
        records, report.clusters, pairs, joined, report.refused, trained, stages.seconds, paths[0], paths[1]
    )


def _link(
    bench: duckdb.DuckDBPyConnection, records: int, model: Model, kept: float, threshold: float, link_only: bool
) -> Any:
    predict_on(bench, records, model, "pair", threshold=kept, link_only=link_only)
    return cluster(bench, "evidence", "pair", target="person", refused="refused", threshold=threshold, model=model)


def _check(files: Sequence[Path], mapping: Mapping[str, str], threshold: float, link_only: bool) -> None:
    if not files:
        raise CannotLink("No file was given.")
    unknown = sorted(set(mapping) - set(CANONICAL_COLUMNS))
    if unknown:
        allowed = ", ".join(CANONICAL_COLUMNS)
        raise CannotLink(f"Unknown canonical column {', '.join(unknown)}. Map to one of: {allowed}.")
    if not mapping:
        raise CannotLink("No column is mapped: nothing could be compared. Add for example first_name=<your column>.")
    if not 0 < threshold < 1:
        raise CannotLink(f"The threshold is a probability between 0 and 1, not {threshold}.")
    if link_only and len(files) < 2:
        raise CannotLink("Linking across files needs at least two files.")
    names = [path.name for path in files]
    if len(set(names)) < len(names):
        raise CannotLink("Two files have the same name; the results could not say which is meant. Rename one.")


def _read(bench: duckdb.DuckDBPyConnection, files: Sequence[Path], id_column: str, mapping: Mapping[str, str]) -> int:
    """Table `canonical` on the bench: `record_id` is file name and id, so ids need only be unique within a file."""
    columns = ["record_id", "source_dataset", *CANONICAL_COLUMNS]
    bench.execute(f"create table canonical ({', '.join(f'{column} varchar' for column in columns)})")
    found: set[str] = set()
    for path in files:
        found |= _read_file(bench, path, id_column, mapping)
    missing = sorted(set(mapping.values()) - found)
    if missing:
        raise CannotLink(f"No file has the column {', '.join(missing)}. Check the names after '=' in the mapping.")
    _check_ids(bench)
    count: int = bench.sql("select count(*) from canonical").fetchall()[0][0]
    return count


def _read_file(bench: duckdb.DuckDBPyConnection, path: Path, id_column: str, mapping: Mapping[str, str]) -> set[str]:
    """Append a file's records to `canonical`; the mapped columns it has."""
    import pyarrow as pa

    columns = ["record_id", "source_dataset", *CANONICAL_COLUMNS]
    schema = pa.schema([(column, pa.string()) for column in columns])
    rows = _rows(path)
    header = next(rows, None)
    if header is None:
        raise CannotLink(f"{path.name} is empty.")
    if id_column not in header:
        raise CannotLink(f"{path.name} has no column '{id_column}'. Its columns are: {', '.join(header)}.")
    places = {name: header.index(column) for name, column in mapping.items() if column in header}
    id_place = header.index(id_column)
    while chunk := list(islice(rows, _CHUNK_RECORDS)):
        cells = list(zip(*chunk, strict=True))
        arrays = [
            pa.array([f"{path.name}{_ID_SEPARATOR}{record_id.strip()}" for record_id in cells[id_place]], pa.string()),
            pa.array([path.name] * len(chunk), pa.string()),
            *(
                pa.array([cell or None for cell in cells[places[name]]], pa.string())
                if name in places
                else pa.nulls(len(chunk), pa.string())
                for name in CANONICAL_COLUMNS
            ),
        ]
        bench.register("chunk", pa.Table.from_arrays(arrays, schema=schema))
        bench.execute("insert into canonical select * from chunk")
        bench.unregister("chunk")
    return {mapping[name] for name in places}


def _rows(path: Path) -> Iterator[list[str]]:
    """Header and records of a CSV, each with as many cells as the header; blank lines are left out.

    Raises:
        CannotLink: the file cannot be opened, is not UTF-8, or a record has another number of cells.
    """
    csv.field_size_limit(_LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            width = 0
            for row in reader:
                width = width or len(row)
                if row and len(row) != width:
                    raise CannotLink(
                        f"{path.name}, line {reader.line_num}: {len(row)} cells where the header has {width}."
                    )
                if row:
                    yield row
    except OSError as error:
        raise CannotLink(f"{path.name} cannot be opened: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CannotLink(f"{path.name} is not UTF-8 text. Save it as CSV UTF-8.") from error
    except csv.Error as error:
        raise CannotLink(f"{path.name}, line {reader.line_num}: not a CSV record ({error}).") from error


def _check_ids(bench: duckdb.DuckDBPyConnection) -> None:
    """Every record has an id, and no two of one file have the same.

    Raises:
        CannotLink: naming the file, and how many records are affected.
    """
    blank = bench.sql(
        f"select source_dataset, count(*) from canonical where ends_with(record_id, '{_ID_SEPARATOR}') group by all"
    ).fetchall()
    if blank:
        raise CannotLink(f"{blank[0][0]}: {blank[0][1]} record(s) have no id. Give each record one.")
    twice = bench.sql(
        """
        select source_dataset, record_id, count(*) from canonical
        group by all having count(*) > 1 order by all limit 1
        """
    ).fetchall()
    if twice:
        file, record_id, held = twice[0]
        record_id = record_id.split(_ID_SEPARATOR, 1)[1]
        raise CannotLink(f"{file}: {held} records have the id '{record_id}'. Ids must be unique within a file.")


def _write(bench: duckdb.DuckDBPyConnection, out: Path) -> tuple[Path, Path]:
    out.mkdir(parents=True, exist_ok=True)
    clusters, pairs = out / CLUSTERS_FILE, out / PAIRS_FILE

    def part(column: str, number: int) -> str:
        return f"split_part({column}, '{_ID_SEPARATOR}', {number})"

    bench.execute(
        f"""
        copy (
            select {part("record_id", 1)} as file, {part("record_id", 2)} as record_id,
                replace(cluster_id, '{_ID_SEPARATOR}', ':') as person_id
            from person order by file, record_id
        ) to '{_quoted(clusters)}' (format csv, header)
        """
    )
    bench.execute(
        f"""
        copy (
            select {part("record_id_l", 2)} as record_id_l, {part("record_id_r", 2)} as record_id_r,
                match_weight, match_probability, {part("record_id_l", 1)} as file_l, {part("record_id_r", 1)} as file_r,
                asked_because
            from pair order by match_weight desc, file_l, record_id_l, file_r, record_id_r
        ) to '{_quoted(pairs)}' (format csv, header)
        """
    )
    return clusters, pairs


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
