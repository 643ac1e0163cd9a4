-- One row per Listomatic person, in the columns all sources share. The name stands in one field, which the name reader
-- takes apart. Who was deleted there stays a contact (decision 45), and an opt-out outlives the deletion. Leaving one list,
-- or an address that bounced, is a no to e-mail; being on a list is no yes (decision 31).
with opt_out as (
    select record_id, 'no' as email_consent
    from contacts.listomatic_membership
    where status in ('unsubscribed', 'bounced')
    group by record_id
)

select
    'listomatic.people:' || p.record_id as contact_id,
    'listomatic' as source,
    'people' as entity,
    p.record_id,
    p.batch_id,
    p.line,
    p.observed_at,
    p.created_at,
    p.modified_at,
    cast(null as varchar) as prefix_raw,
    p.full_name as first_raw,
    cast(null as varchar) as middle_raw,
    cast(null as varchar) as last_raw,
    cast(null as varchar) as suffix_raw,
    cast(null as varchar) as preferred_raw,
    cast(null as varchar) as birth_raw,
    cast(null as varchar) as gender,
    cast(null as varchar) as employer,
    cast(null as varchar) as title,
    list_filter([p.primary_phone], lambda x: x is not null) as phones_raw,
    list_filter([p.email_address], lambda x: x is not null) as emails_raw,
    cast(null as varchar) as line1_raw,
    cast(null as varchar) as line2_raw,
    cast(null as varchar) as city_raw,
    cast(null as varchar) as state_raw,
    cast(null as varchar) as zip_raw,
    cast(null as varchar) as country_raw,
    p.segments as tags,
    cast(null as varchar) as external_id,
    cast(null as varchar) as mentor_id,
    cast(null as varchar) as member_id,
    cast(null as varchar) as season,
    cast(null as varchar) as linkedin,
    cast(null as varchar) as household_ref,
    o.email_consent as email_consent_raw,
    cast(null as varchar) as sms_consent_raw,
    cast(null as varchar) as mail_consent_raw
from contacts.listomatic_latest as p
left join opt_out as o on p.record_id = o.record_id
