"""Who the rows of a file are: linked on the side by the engine of a run, against everybody and against each other.

Linking, and saying whom a row is and why, belongs here. What follows for the row belongs to `outcome`.
"""

from __future__ import annotations

from typing import Final

from duckdb import DuckDBPyConnection

from contact_pipeline.config import Settings
from contact_pipeline.identity.evidence import evidence_columns
from contact_pipeline.identity.previewing import preview_clusters, preview_pairs
from contact_pipeline.imports.base import model_of, standing_of
from contact_pipeline.imports.plan import Base, let_go

PREFIX: Final = "imports.people:"
"""What stands before a row's key in its contact id."""

MATCH_COLUMNS: Final = (
    "row_key varchar, persons varchar[], first_row bigint, probability double, beside varchar, why varchar, "
    "perhaps varchar, perhaps_probability double"
)

_AGREES: Final = """
array_to_string(list_filter([
    case when list_has_any(l.emails, r.emails) then 'same e-mail' end,
    case when list_has_any(l.phones, r.phones) then 'same phone' end,
    case when list_has_any(l.external_ids, r.external_ids) or list_has_any(l.voter_ids, r.voter_ids)
        then 'same id' end,
    case when l.first_name = r.first_name and l.last_name = r.last_name then 'same name'
        when l.last_name = r.last_name then 'same last name' when l.first_name = r.first_name then 'same first name'
    end,
    case when l.birth_date = r.birth_date then 'same birth date' when l.birth_year = r.birth_year
        then 'same birth year' end,
    case when l.street_number = r.street_number and l.street_name = r.street_name
        and (l.zip5 = r.zip5 or l.city = r.city) then 'same address' when l.zip5 = r.zip5 then 'same ZIP' end
], lambda x: x is not null), ', ')
"""


def match_rows(connection: DuckDBPyConnection, settings: Settings, base: Base, rows: str) -> str | None:
    """Make `row_match` (`MATCH_COLUMNS`): one row per row of `rows`.

    `persons` are the PIDs its group has already; `first_row` is the number of the group's first row; `beside` the
    contact it resembles most in its group, with `probability` and `why`; `perhaps` somebody it may be, without joining.

    Args:
        connection: From `plan.open_tables`, the base attached.
        settings: Thresholds.
        base: From `base.attach_base`.
        rows: Table (row_key, row_number) of the rows that would land.

    Returns:
        Why everything had to be linked; None where only the file's rows were compared.
    """
    connection.execute(
        f"create or replace temp table new_record as select '{PREFIX}' || row_key as record_id from {rows}"
    )
    connection.execute(
        f"""
        create or replace temp view all_evidence as
        select {evidence_columns()} from base.identity.evidence anti join plan.evidence using (record_id)
        union all select {evidence_columns()} from plan.evidence semi join new_record using (record_id)
        """
    )
    let_go(connection)
    model, text = model_of(connection, base, "all_evidence")
    standing = standing_of(connection, text, settings.review_threshold)
    everything = preview_pairs(
        connection, "all_evidence", model, standing, "found_pair", threshold=settings.review_threshold
    )
    preview_clusters(
        connection,
        "all_evidence",
        "found_pair",
        "new_record",
        standing.decided,
        target="found_cluster",
        refused="found_refused",
        join_threshold=settings.join_threshold,
        birth_year_gap=settings.birth_year_gap,
    )
    _group(connection, rows)
    _explain(connection)
    connection.execute(
        f"""
        create or replace table row_match as
        select f.row_key, g.persons, g.first_row, b.match_probability as probability, b.beside, b.why,
            p.person_id as perhaps, p.match_probability as perhaps_probability
        from {rows} as f
        join row_group as g using (row_key)
        left join best_inside as b on b.record_id = g.record_id
        left join best_outside as p on p.record_id = g.record_id
        """
    )
    return everything


def _group(connection: DuckDBPyConnection, rows: str) -> None:
    """Make `row_group` (row_key, record_id, cluster_id, persons, first_row); who names nobody is alone."""
    connection.execute(
        f"""
        create or replace temp table row_group as
        with placed as (
            select f.row_key, f.row_number, n.record_id, coalesce(c.cluster_id, n.record_id) as cluster_id
            from {rows} as f join new_record as n on n.record_id = '{PREFIX}' || f.row_key
            left join found_cluster as c on c.record_id = n.record_id
        ),
        known as (
            select c.cluster_id, list_sort(list_distinct(list(x.person_id))) as persons
            from (
                from found_cluster union all
                select record_id, record_id from new_record anti join found_cluster using (record_id)
            ) as c
            join base.people.crosswalk as x on x.contact_id = c.record_id
            group by c.cluster_id
        ),
        first as (select cluster_id, min(row_number) as first_row from placed group by cluster_id)
        select p.row_key, p.record_id, p.cluster_id, coalesce(k.persons, []) as persons, f.first_row
        from placed as p join first as f using (cluster_id) left join known as k using (cluster_id)
        """
    )


def _explain(connection: DuckDBPyConnection) -> None:
    """Make `best_inside` and `best_outside`: for each row the pair that says most, of its own group and of others."""
    connection.execute(
        """
        create or replace temp table row_pair as
        with either as (
            select record_id_l as record_id, record_id_r as other, match_weight, match_probability from found_pair
            union all select record_id_r, record_id_l, match_weight, match_probability from found_pair
        )
        select e.*, x.person_id, o.cluster_id is not distinct from g.cluster_id as inside
        from either as e
        join row_group as g on g.record_id = e.record_id
        left join found_cluster as o on o.record_id = e.other
        left join base.people.crosswalk as x on x.contact_id = e.other
        """
    )
    connection.execute(
        f"""
        create or replace temp table best_inside as
        with best as (
            from row_pair where inside
            qualify row_number() over (
                partition by record_id order by person_id is null, match_weight desc, other
            ) = 1
        )
        select b.record_id, b.other as beside, b.match_probability, {_AGREES} as why
        from best as b
        join plan.evidence as l on l.record_id = b.record_id
        join all_evidence as r on r.record_id = b.other
        """
    )
    connection.execute(
        """
        create or replace temp table best_outside as
        from row_pair where not inside and person_id is not null
        qualify row_number() over (partition by record_id order by match_weight desc, other) = 1
        """
    )
