-- One row per Listomatic person and list they are or were on, as the newest version of the person says.
select
    'listomatic.people:' || p.record_id as contact_id,
    'listomatic' as source,
    'people' as entity,
    p.record_id,
    trim(m.value ->> '$.list_id') as list_id,
    trim(m.value ->> '$.list_name') as list_name,
    lower(trim(m.value ->> '$.status')) as status,
    try_cast(m.value ->> '$.joined_at' as timestamptz) as joined_at
from contacts.listomatic_latest as p
cross join json_each(p.list_membership) as m
where (m.value ->> '$.list_id') is not null
qualify row_number() over (partition by p.record_id, trim(m.value ->> '$.list_id') order by m.key) = 1
