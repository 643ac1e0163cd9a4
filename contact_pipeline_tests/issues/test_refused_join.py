from __future__ import annotations

import duckdb

from contact_pipeline.warehouse.models import all_models, run_model


def test_a_bridge_that_was_cut_becomes_an_issue_and_an_overruled_rule_does_not() -> None:
    with duckdb.connect() as connection:
        for schema in ("identity", "people", "issues"):
            connection.execute(f"create schema {schema}")
        connection.execute(
            "create table identity.refused as select * from (values ('a', 'b', 'bridge', 'only a thread'), "
            "('c', 'd', 'overruled', 'Jr and Sr')) t(record_id_l, record_id_r, kind, reason)"
        )
        connection.execute(
            "create table people.crosswalk as select * from "
            "(values ('a', 'P1'), ('b', 'P2'), ('c', 'P3'), ('d', 'P3')) t(contact_id, person_id)"
        )
        connection.execute("create table identity.decision (contact_id_l varchar, contact_id_r varchar, kind varchar)")
        run_model(connection, all_models()["issues.refused_join"])
        rows = connection.sql("select subject, person_id, detail from issues.refused_join").fetchall()
    assert rows == [("people:P1|P2", "P1", "P1 and P2: only a thread")]
