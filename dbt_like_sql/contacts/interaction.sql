-- One row per contact and touchpoint on a timeline of Contactics. A record carries its last 20 only, so what any version of
-- it ever told is kept; the same touchpoint told by several versions is one row.
select
    'contactics.contacts:' || r._record_id as contact_id,
    'contactics' as source,
    'contacts' as entity,
    r._record_id as record_id,
    try_cast(a.value ->> '$.at' as timestamptz) as occurred_at,
    lower(trim(a.value ->> '$.type')) as interaction_type,
    trim(a.value ->> '$.channel') as channel,
    trim(a.value ->> '$.summary') as summary
from raw.contactics_contacts as r
cross join json_each(try_cast(r.activity_timeline as json)) as a
where try_cast(a.value ->> '$.at' as timestamptz) is not null
group by all
