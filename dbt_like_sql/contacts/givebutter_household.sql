-- One row per household and contact in it, as the API's newest list of households says: a label of Givebutter's, never
-- evidence that two are one. A household that is no longer listed is gone.
with newest as (
    select batch_id, sequence, arrived_at
    from landing.batch
    where source = 'givebutter' and entity = 'households'
    qualify row_number() over (order by sequence desc) = 1
)

select
    r._record_id as household_id,
    nullif(trim(r.name), '') as household_name,
    nullif(trim(r.envelope_name), '') as envelope_name,
    m.value ->> '$.id' as contact_record_id,
    coalesce((m.value ->> '$.id') = r.head_contact_id, false) as is_head,
    try_cast(r.updated_at as timestamptz) as modified_at,
    n.arrived_at as observed_at
from raw.givebutter_households as r
inner join newest as n on r._batch_id = n.batch_id
cross join json_each(try_cast(r.contacts as json)) as m
where (m.value ->> '$.id') is not null
