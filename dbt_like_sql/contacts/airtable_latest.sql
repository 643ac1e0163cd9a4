-- One row per record of the Airtable tables that are read, as last told. Who is missing from the newest whole reading, or
-- was told deleted since, is left out; the raw rows stay.
with version as (
    select
        r._record_id as record_id,
        r._batch_id as batch_id,
        r._line as line,
        r.base_id,
        r.table_id,
        b.arrived_at as observed_at,
        b.sequence,
        try_cast(r.createdTime as timestamptz) as created_at,
        try_cast(r.fields as json) as cells,
        r.deleted
    from raw.airtable_records as r
    inner join landing.batch as b on r._batch_id = b.batch_id
),

newest as (
    select *
    from version
    qualify row_number() over (partition by record_id order by sequence desc, line desc) = 1
),

whole_reading as (
    select coalesce(max(sequence), 0) as sequence
    from landing.batch
    where source = 'airtable' and entity = 'records' and full_snapshot
)

select n.record_id, n.batch_id, n.line, n.base_id, n.table_id, n.observed_at, n.created_at, n.cells
from newest as n
cross join whole_reading as w
where n.sequence >= w.sequence and n.deleted is null
