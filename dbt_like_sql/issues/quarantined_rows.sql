-- One row per batch with rows that could not be taken.
select
    'batch:' || batch_id as subject,
    cast(null as varchar) as person_id,
    quarantined || ' of ' || seen || ' records of ' || coalesce(file_name, batch_id) || ' could not be taken' as detail
from landing.batch
where quarantined > 0
