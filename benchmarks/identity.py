"""Identity: accuracy on FEBRL 3 and on contacts made for measuring, seconds and memory of linking, against a floor.

The floor is a scan: one hash over the identity columns of the same records in the same run. Ratios travel between
machines, seconds do not.
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from contact_pipeline.identity.canonical import CANONICAL_COLUMNS, normalised_evidence
from contact_pipeline.identity.clustering import cluster
from contact_pipeline.identity.evaluation import evaluate_clusters
from contact_pipeline.identity.features import lay_out, open_bench
from contact_pipeline.identity.parameters import Model
from contact_pipeline.identity.prediction import predict_on
from contact_pipeline.identity.training import train_on
from contact_pipeline.sandbox.campaign.scale import scaled_contacts
from contact_pipeline_tests.identity.febrl import link_febrl3

TODAY = date(2026, 11, 20)
SMALL, LARGE = 50_000, 1_000_000
THREADS = 2
SCANS = 5

SCAN = """
select bit_xor(hash(first_name, middle_name, last_name, suffix, birth_date, phones, emails, street_number, street_name,
    city, zip5)) from evidence
"""


def measure_febrl(thresholds: tuple[float, ...] = (0.99, 0.9)) -> dict[str, Any]:
    """FEBRL 3 without the social security number, through the backend of the `link` command.

    Returns:
        Per threshold: precision, recall, f1.
    """
    found = {}
    for threshold in thresholds:
        with tempfile.TemporaryDirectory() as folder:
            accuracy = link_febrl3(Path(folder), threshold)
        found[str(threshold)] = {name: round(getattr(accuracy, name), 4) for name in ("precision", "recall", "f1")}
    return found


def measure_linking(count: int, model: Model | None = None) -> tuple[dict[str, Any], Model]:
    """Link `count` invented contacts.

    Args:
        count: records.
        model: a saved model; without it one is learned.

    Returns:
        Seconds per stage (`link_seconds`: features, blocking, scoring, clustering), `scan_seconds`, `link_in_scans`,
        peak memory of the process, precision, recall; and the model that was used.
    """
    bench = open_bench(THREADS)
    _normalise(bench, count)
    scan = min(_seconds(lambda: bench.sql(SCAN).fetchall()) for _ in range(SCANS))
    features = _seconds(lambda: lay_out(bench, "evidence", bench))
    started = time.perf_counter()
    used = model or train_on(bench, count)
    training = time.perf_counter() - started
    scoring = _seconds(lambda: predict_on(bench, count, used, "pair"))
    clustering = _seconds(lambda: cluster(bench, "evidence", "pair", target="person", refused="refused", model=used))
    accuracy = evaluate_clusters(bench, "person", "truth")
    bench.close()
    link = features + scoring + clustering
    return {
        "records": count,
        "features_seconds": round(features, 2),
        "train_seconds": round(training, 2) if model is None else None,
        "predict_seconds": round(scoring, 2),
        "cluster_seconds": round(clustering, 2),
        "link_seconds": round(link, 2),
        "scan_seconds": round(scan, 4),
        "link_in_scans": round(link / scan),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "precision": round(accuracy.precision, 4),
        "recall": round(accuracy.recall, 4),
    }, used


def measure() -> dict[str, Any]:
    """FEBRL 3; 50,000 contacts with training; 1,000,000 with the model learned from the 50,000."""
    small, model = measure_linking(SMALL)
    large, _ = measure_linking(LARGE, model)
    return {"febrl_3": measure_febrl(), "contacts_50k": small, "contacts_1m": large}


def _normalise(bench: duckdb.DuckDBPyConnection, count: int) -> None:
    """Tables `evidence` and `truth` of invented contacts."""
    contacts = scaled_contacts(count)
    given = set(contacts.column_names)
    columns = ", ".join(f"{name if name in given else 'null'}::varchar as {name}" for name in CANONICAL_COLUMNS)
    bench.register("contacts", contacts)
    bench.execute(f"create table canonical as select record_id, 'scale' as source_dataset, {columns} from contacts")
    bench.execute("create table truth as select record_id, person, null::varchar as household from contacts")
    bench.unregister("contacts")
    normalised_evidence(bench, "canonical", "evidence", today=TODAY)
    bench.execute("drop table canonical")


def _seconds(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
