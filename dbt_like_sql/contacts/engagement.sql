-- One row per contact of a list platform: how much they take part, how they like to be reached, whether they are still there.
select
    'listomatic.people:' || record_id as contact_id,
    'listomatic' as source,
    'people' as entity,
    record_id,
    external_ref,
    engagement_score,
    segments,
    cast(null as bigint) as interaction_count,
    cast(null as varchar) as last_interaction_type,
    cast(null as varchar) as contact_preference,
    case when deleted_at is null then 'active' else 'deleted' end as status,
    deleted_at
from contacts.listomatic_latest
union all
select
    'contactics.contacts:' || record_id,
    'contactics',
    'contacts',
    record_id,
    cast(null as varchar),
    cast(null as double),
    cast([] as varchar[]),
    interaction_count,
    last_interaction_type,
    contact_preference,
    status,
    cast(null as timestamptz)
from contacts.contactics_latest
