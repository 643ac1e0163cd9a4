-- One row per company of Givebutter's own list of companies, in the columns all sources share: an organisation that can be
-- looked up, never matched with people. Its people are contacts of their own.
with ranked as (
    select
        r.*,
        b.arrived_at,
        row_number() over (partition by r._record_id order by b.sequence desc, r._line desc) as newest
    from raw.givebutter_companies as r
    inner join landing.batch as b on r._batch_id = b.batch_id
)

select
    'givebutter.companies:' || _record_id as contact_id,
    'givebutter' as source,
    'companies' as entity,
    _record_id as record_id,
    _batch_id as batch_id,
    _line as line,
    arrived_at as observed_at,
    try_cast(created_at as timestamptz) as created_at,
    try_cast(updated_at as timestamptz) as modified_at,
    cast(null as varchar) as prefix_raw,
    cast(null as varchar) as first_raw,
    cast(null as varchar) as middle_raw,
    cast(null as varchar) as last_raw,
    cast(null as varchar) as suffix_raw,
    cast(null as varchar) as preferred_raw,
    cast(null as varchar) as birth_raw,
    cast(null as varchar) as gender,
    coalesce(nullif(trim(company_name), ''), nullif(trim(company), ''), 'company ' || _record_id) as employer,
    nullif(trim(title), '') as title,
    list_filter(
        list_concat(
            [trim(coalesce(primary_phone, ''))],
            list_filter(try_cast(phones as json) ->> '$[*].value', lambda x: x <> coalesce(primary_phone, ''))
        ),
        lambda x: x <> ''
    ) as phones_raw,
    list_filter(
        list_concat(
            [trim(coalesce(primary_email, ''))],
            list_filter(try_cast(emails as json) ->> '$[*].value', lambda x: x <> coalesce(primary_email, ''))
        ),
        lambda x: x <> ''
    ) as emails_raw,
    nullif(trim(try_cast(primary_address as json) ->> '$.address_1'), '') as line1_raw,
    nullif(trim(try_cast(primary_address as json) ->> '$.address_2'), '') as line2_raw,
    nullif(trim(try_cast(primary_address as json) ->> '$.city'), '') as city_raw,
    nullif(trim(try_cast(primary_address as json) ->> '$.state'), '') as state_raw,
    nullif(trim(try_cast(primary_address as json) ->> '$.zipcode'), '') as zip_raw,
    nullif(trim(try_cast(primary_address as json) ->> '$.country'), '') as country_raw,
    coalesce(try_cast(try_cast(tags as json) as varchar[]), cast([] as varchar[])) as tags,
    nullif(trim(external_id), '') as external_id,
    cast(null as varchar) as mentor_id,
    cast(null as varchar) as member_id,
    cast(null as varchar) as season,
    nullif(trim(linkedin_url), '') as linkedin,
    cast(null as varchar) as household_ref,
    case when lower(email_opt_in) in ('false', '0') then 'no' else nullif(trim(is_email_subscribed), '') end
        as email_consent_raw,
    case when lower(sms_opt_in) in ('false', '0') then 'no' else nullif(trim(is_phone_subscribed), '') end as sms_consent_raw,
    case when address_unsubscribed_at is not null then 'no' else nullif(trim(is_address_subscribed), '') end
        as mail_consent_raw
from ranked
where newest = 1
