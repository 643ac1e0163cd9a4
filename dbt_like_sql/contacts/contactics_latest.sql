-- One row per Contactics contact: its newest version, its fields typed. `modified` counts milliseconds since 1970 (UTC).
-- Missing values are omitted there, so a version without a preference takes back none that was said before (decision 31).
with version as (
    select
        r.*,
        b.arrived_at as observed_at,
        b.sequence,
        try_cast(try_cast(r.modified as double) as bigint) as milliseconds
    from raw.contactics_contacts as r
    inner join landing.batch as b on r._batch_id = b.batch_id
),

preferring as (
    select
        *,
        last_value(nullif(lower(trim(contact_preference)), '') ignore nulls) over (
            partition by _record_id
            order by milliseconds nulls first, sequence, _line
            rows between unbounded preceding and current row
        ) as preference
    from version
)

select
    _record_id as record_id,
    _batch_id as batch_id,
    _line as line,
    observed_at,
    case when milliseconds between 0 and 253402300799000 then timezone('UTC', epoch_ms(milliseconds)) end as modified_at,
    nullif(trim(first_name), '') as first_name,
    nullif(trim(last_name), '') as last_name,
    nullif(trim(primary_email), '') as primary_email,
    nullif(trim(mobile_phone), '') as mobile_phone,
    nullif(trim(landline_phone), '') as landline_phone,
    try_cast(interaction_count as bigint) as interaction_count,
    nullif(lower(trim(last_interaction_type)), '') as last_interaction_type,
    preference as contact_preference,
    coalesce(nullif(lower(trim(status)), ''), 'active') as status
from preferring
qualify row_number() over (
        partition by _record_id order by milliseconds desc nulls last, sequence desc, _line desc
    ) = 1
