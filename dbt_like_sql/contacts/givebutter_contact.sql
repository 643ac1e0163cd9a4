-- One row per Givebutter contact: the newest row any export held of it, in the columns all sources share.
-- A partial export never deletes: a contact absent from the newest file keeps its last row. Of rows that Givebutter dates
-- alike, the one from the younger export counts (its file's name says the day, whatever day it was dropped), but a "no" to
-- messages in any of them stays a no (decision 31: whether leaving a list moves Last Modified is unknown).
with dated as (
    select
        r.*,
        b.arrived_at,
        try_cast(r."Last Modified (UTC)" as timestamp) as modified,
        try_cast(r."Date Created (UTC)" as timestamp) as created,
        b.sequence,
        coalesce(
            try_cast(nullif(regexp_extract(b.file_name, '20[0-9]{2}-[0-9]{2}-[0-9]{2}'), '') as date),
            cast(b.arrived_at as date)
        ) as exported_on,
        lower(trim(coalesce(r."Engage Email Subscribed", ''))) not in ('', 'yes', 'y', 'true', '1', 'subscribed')
            as left_email,
        lower(trim(coalesce(r."Engage SMS Subscribed", ''))) not in ('', 'yes', 'y', 'true', '1', 'subscribed')
            as left_sms,
        lower(trim(coalesce(r."Engage Mail Subscribed", ''))) not in ('', 'yes', 'y', 'true', '1', 'subscribed')
            as left_mail
    from raw.givebutter_contacts as r
    inner join landing.batch as b on r._batch_id = b.batch_id
),

ranked as (
    select
        *,
        bool_or(left_email) over (partition by _record_id, modified) as left_email_then,
        bool_or(left_sms) over (partition by _record_id, modified) as left_sms_then,
        bool_or(left_mail) over (partition by _record_id, modified) as left_mail_then,
        row_number() over (
            partition by _record_id
            order by modified desc nulls last, exported_on desc, sequence desc, _line desc
        ) as newest
    from dated
)

select
    'givebutter.contacts:' || _record_id as contact_id,
    'givebutter' as source,
    'contacts' as entity,
    _record_id as record_id,
    _batch_id as batch_id,
    _line as line,
    arrived_at as observed_at,
    timezone('UTC', created) as created_at,
    timezone('UTC', modified) as modified_at,
    nullif(trim("Prefix"), '') as prefix_raw,
    nullif(trim("First Name"), '') as first_raw,
    nullif(trim("Middle Name"), '') as middle_raw,
    nullif(trim("Last Name"), '') as last_raw,
    nullif(trim("Suffix"), '') as suffix_raw,
    coalesce(nullif(trim("Preferred First Name"), ''), nullif(trim("Prefix"), '')) as preferred_raw,
    nullif(trim("Date of Birth"), '') as birth_raw,
    nullif(trim("Gender"), '') as gender,
    nullif(trim("Employer"), '') as employer,
    nullif(trim("Title"), '') as title,
    list_filter(
        list_transform(string_split(concat_ws(',', "Primary Phone", "Additional Phones"), ','), lambda x: trim(x)), lambda x: x <> ''
    ) as phones_raw,
    list_filter(
        list_transform(string_split(concat_ws(',', "Primary Email", "Additional Emails"), ','), lambda x: trim(x)), lambda x: x <> ''
    ) as emails_raw,
    nullif(trim("Address Line 1"), '') as line1_raw,
    nullif(trim("Address Line 2"), '') as line2_raw,
    nullif(trim("City"), '') as city_raw,
    nullif(trim("State"), '') as state_raw,
    nullif(trim("Postal Code"), '') as zip_raw,
    nullif(trim("Country"), '') as country_raw,
    list_filter(
        list_transform(string_split(coalesce("Tags", ''), ','), lambda x: trim(x)), lambda x: x <> ''
    ) as tags,
    nullif(trim("Contact External ID"), '') as external_id,
    cast(null as varchar) as mentor_id,
    cast(null as varchar) as member_id,
    cast(null as varchar) as season,
    nullif(trim("LinkedIn"), '') as linkedin,
    nullif(trim("Household ID"), '') as household_ref,
    case when left_email_then then 'no' else nullif(trim("Engage Email Subscribed"), '') end as email_consent_raw,
    case when left_sms_then then 'no' else nullif(trim("Engage SMS Subscribed"), '') end as sms_consent_raw,
    case when left_mail_then then 'no' else nullif(trim("Engage Mail Subscribed"), '') end as mail_consent_raw
from ranked
where newest = 1
