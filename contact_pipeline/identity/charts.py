"""Charts: what a model believes, and how one pair's weight comes about, as HTML that opens without a network.

Handing Splink the model and writing its own charts belong here. They show one person against strangers; the housemate
rival, which Splink does not know, is told by `explanation`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contact_pipeline.identity.evidence import create_evidence
from contact_pipeline.identity.explanation import among_neighbours
from contact_pipeline.identity.features import FREQUENCY_COLUMNS, build_frequencies, lay_out, open_bench
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.quick_conditions import create_macros
from contact_pipeline.identity.scoring import splink_settings

if TYPE_CHECKING:
    import duckdb

MODEL_CHARTS: Final = {"match_weights": "match_weights_chart", "m_u_parameters": "m_u_parameters_chart"}
"""File name to Splink's chart: what each level adds or takes away, and the shares it follows from."""


def write_model_charts(model: Model, folder: Path) -> list[Path]:
    """Write the model's parameter charts into a folder, in place of earlier ones; gives their paths.

    Args:
        model: the parameters.
        folder: made where it is missing.
    """
    bench = open_bench()
    try:
        create_evidence(bench, "nobody")
        lay_out(bench, "nobody", bench)
        build_frequencies(bench, 1, model.frequencies)
        linker = _linker(bench, model, max(model.records, 1))
        return [
            _write(getattr(linker.visualisations, chart)(), folder / f"{name}.html")
            for name, chart in MODEL_CHARTS.items()
        ]
    finally:
        bench.close()


def write_waterfall(
    connection: duckdb.DuckDBPyConnection, evidence: str, model: Model, a: str, b: str, path: Path
) -> Path:
    """Write how the weight of two records adds up, field by field; gives the path.

    Args:
        connection: holds `evidence`; only read.
        evidence: evidence table (`evidence.EVIDENCE_COLUMNS`).
        model: the parameters.
        a: a record id.
        b: another.
        path: the HTML file; its folder is made where it is missing.
    """
    with among_neighbours(connection, evidence, [a, b], model) as (bench, records):
        linker = _linker(bench, model, records)
        bench.execute(
            "create or replace table waterfall_pair as select 0 as match_key, "
            "min(record_number) as join_key_l, max(record_number) as join_key_r from record"
        )
        pair = linker._db_api.register("waterfall_pair")
        linker.table_management.register_blocked_pairs_for_predict(pair)
        scored = linker.inference.predict(warning_mode="never").as_record_list()
        return _write(linker.visualisations.waterfall_chart(scored), path)


def _linker(bench: duckdb.DuckDBPyConnection, model: Model, records: int) -> Any:
    from splink import DuckDBAPI, Linker

    create_macros(bench)
    api = DuckDBAPI(bench)
    linker = Linker(api.register("record"), splink_settings(model, records), log_level=None, validate_settings=False)
    for column in FREQUENCY_COLUMNS:
        linker.table_management.register_term_frequency_lookup(api.register(f"frequency_{column}"), column)
    return linker


def _write(chart: Any, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(chart.to_html(inline=True), encoding="utf-8")
    return path
