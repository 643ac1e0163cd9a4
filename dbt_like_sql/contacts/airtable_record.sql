-- One row per Airtable record, in the columns all sources share. A base tells no time of change unless a field does
-- (decision 53): without a field of the role modified_at, what it says is as old as the record.
with first_value as (
    select record_id, role, value
    from contacts.airtable_value
    qualify row_number() over (partition by record_id, role order by field_position, position) = 1
),

wide as (
    select
        record_id,
        max(case when role = 'full_name' then value end) as full_name,
        max(case when role = 'prefix' then value end) as prefix,
        max(case when role = 'first_name' then value end) as first_name,
        max(case when role = 'middle_name' then value end) as middle_name,
        max(case when role = 'last_name' then value end) as last_name,
        max(case when role = 'suffix' then value end) as suffix,
        max(case when role = 'preferred_name' then value end) as preferred_name,
        max(case when role = 'birth_date' then value end) as birth_date,
        max(case when role = 'gender' then value end) as gender,
        max(case when role = 'company' then value end) as company,
        max(case when role = 'title' then value end) as title,
        max(case when role = 'address' then value end) as address,
        max(case when role = 'unit' then value end) as unit,
        max(case when role = 'city' then value end) as city,
        max(case when role = 'state' then value end) as state,
        max(case when role = 'zip' then value end) as zip,
        max(case when role = 'country' then value end) as country,
        max(case when role = 'external_id' then value end) as external_id,
        max(case when role = 'mentor_id' then value end) as mentor_id,
        max(case when role = 'linkedin' then value end) as linkedin,
        max(case when role = 'email_consent' then value end) as email_consent,
        max(case when role = 'sms_consent' then value end) as sms_consent,
        max(case when role = 'mail_consent' then value end) as mail_consent,
        max(case when role = 'modified_at' then value end) as modified_at
    from first_value
    group by record_id
),

refused as (
    select
        record_id,
        max(case when role = 'email_consent' then value end) as email_consent,
        max(case when role = 'sms_consent' then value end) as sms_consent,
        max(case when role = 'mail_consent' then value end) as mail_consent
    from contacts.airtable_refusal
    group by record_id
),

many as (
    select
        record_id,
        list(value order by field_position, position) filter (where role = 'phone') as phones,
        list(value order by field_position, position) filter (where role = 'email') as emails,
        list(value order by field_position, position) filter (where role = 'tags') as tags
    from contacts.airtable_value
    group by record_id
)

select
    'airtable.records:' || l.record_id as contact_id,
    'airtable' as source,
    'records' as entity,
    l.record_id,
    l.batch_id,
    l.line,
    l.observed_at,
    l.created_at,
    try_cast(w.modified_at as timestamptz) as modified_at,
    w.prefix as prefix_raw,
    case when w.first_name is null and w.last_name is null then w.full_name else w.first_name end as first_raw,
    w.middle_name as middle_raw,
    w.last_name as last_raw,
    w.suffix as suffix_raw,
    w.preferred_name as preferred_raw,
    w.birth_date as birth_raw,
    w.gender,
    w.company as employer,
    w.title,
    coalesce(m.phones, cast([] as varchar[])) as phones_raw,
    coalesce(m.emails, cast([] as varchar[])) as emails_raw,
    w.address as line1_raw,
    w.unit as line2_raw,
    w.city as city_raw,
    w.state as state_raw,
    w.zip as zip_raw,
    w.country as country_raw,
    coalesce(m.tags, cast([] as varchar[])) as tags,
    w.external_id,
    w.mentor_id,
    cast(null as varchar) as member_id,
    cast(null as varchar) as season,
    w.linkedin,
    cast(null as varchar) as household_ref,
    coalesce(w.email_consent, n.email_consent) as email_consent_raw,
    coalesce(w.sms_consent, n.sms_consent) as sms_consent_raw,
    coalesce(w.mail_consent, n.mail_consent) as mail_consent_raw
from contacts.airtable_latest as l
left join wide as w on l.record_id = w.record_id
left join refused as n on l.record_id = n.record_id
left join many as m on l.record_id = m.record_id
