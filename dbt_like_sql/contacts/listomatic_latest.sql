-- One row per Listomatic person: the newest version that names somebody or an address, its fields typed. A tombstone may
-- come without fields, so whether somebody was deleted there is the last version's word, and the values an earlier one's.
with version as (
    select
        r._record_id as record_id,
        r._batch_id as batch_id,
        r._line as line,
        b.arrived_at as observed_at,
        b.sequence,
        try_cast(r.created_at as timestamptz) as created_at,
        try_cast(r.updated_at as timestamptz) as modified_at,
        try_cast(r.deleted_at as timestamptz) as deleted_at,
        nullif(trim(r.full_name), '') as full_name,
        nullif(trim(r.email_address), '') as email_address,
        nullif(trim(r.primary_phone), '') as primary_phone,
        nullif(trim(r.external_ref), '') as external_ref,
        try_cast(r.engagement_score as double) as engagement_score,
        try_cast(try_cast(r.segments as json) as varchar[]) as segments,
        try_cast(r.list_membership as json) as list_membership
    from raw.listomatic_people as r
    inner join landing.batch as b on r._batch_id = b.batch_id
),

last_word as (
    select record_id, deleted_at
    from version
    qualify row_number() over (partition by record_id order by modified_at desc nulls last, sequence desc, line desc) = 1
)

select
    v.record_id,
    v.batch_id,
    v.line,
    v.observed_at,
    v.created_at,
    v.modified_at,
    w.deleted_at,
    v.full_name,
    v.email_address,
    v.primary_phone,
    v.external_ref,
    v.engagement_score,
    list_filter(coalesce(v.segments, cast([] as varchar[])), lambda x: trim(x) <> '') as segments,
    v.list_membership
from version as v
inner join last_word as w on v.record_id = w.record_id
qualify row_number() over (
        partition by v.record_id
        order by
            case when coalesce(v.full_name, v.email_address, v.primary_phone) is null then 1 else 0 end,
            v.modified_at desc nulls last,
            v.sequence desc,
            v.line desc
    ) = 1
