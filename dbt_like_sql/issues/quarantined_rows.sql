-- One row per batch with rows that could not be taken, until a later file of its name or a later whole list takes its place.
select
    'batch:' || b.batch_id as subject,
    cast(null as varchar) as person_id,
    b.quarantined || ' of ' || b.seen || ' records of ' || coalesce(b.file_name, b.batch_id) || ' could not be taken' as detail
from landing.batch as b
where
    b.quarantined > 0
    and b.superseded_by is null
    and not exists (
        select 1
        from landing.batch as n
        where
            n.source = b.source
            and n.entity = b.entity
            and n.kind = b.kind
            and n.sequence > b.sequence
            and (lower(n.file_name) = lower(b.file_name) or (n.full_snapshot and n.source not in ('list', 'behaviour', 'training')))
    )
