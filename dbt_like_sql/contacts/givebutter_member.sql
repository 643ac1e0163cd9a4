-- One row per campaign member of Givebutter, newest pull first, in the columns all sources share. Members carry no
-- contact id (decision 48): which contact a member is stays a matching problem.
with ranked as (
    select
        r.*,
        b.arrived_at,
        row_number() over (partition by r._record_id order by b.sequence desc, r._line desc) as newest
    from raw.givebutter_members as r
    inner join landing.batch as b on r._batch_id = b.batch_id
)

select
    'givebutter.members:' || _record_id as contact_id,
    'givebutter' as source,
    'members' as entity,
    _record_id as record_id,
    _batch_id as batch_id,
    _line as line,
    arrived_at as observed_at,
    try_cast(created_at as timestamptz) as created_at,
    try_cast(updated_at as timestamptz) as modified_at,
    cast(null as varchar) as prefix_raw,
    nullif(trim(first_name), '') as first_raw,
    cast(null as varchar) as middle_raw,
    nullif(trim(last_name), '') as last_raw,
    cast(null as varchar) as suffix_raw,
    cast(null as varchar) as preferred_raw,
    cast(null as varchar) as birth_raw,
    cast(null as varchar) as gender,
    cast(null as varchar) as employer,
    cast(null as varchar) as title,
    list_filter([trim(phone)], lambda x: x <> '') as phones_raw,
    list_filter([trim(email)], lambda x: x <> '') as emails_raw,
    cast(null as varchar) as line1_raw,
    cast(null as varchar) as line2_raw,
    cast(null as varchar) as city_raw,
    cast(null as varchar) as state_raw,
    cast(null as varchar) as zip_raw,
    cast(null as varchar) as country_raw,
    cast([] as varchar[]) as tags,
    cast(null as varchar) as external_id,
    cast(null as varchar) as mentor_id,
    _record_id as member_id,
    cast(null as varchar) as season,
    cast(null as varchar) as linkedin,
    cast(null as varchar) as household_ref,
    cast(null as varchar) as email_consent_raw,
    cast(null as varchar) as sms_consent_raw,
    cast(null as varchar) as mail_consent_raw
from ranked
where newest = 1
