-- One row per Givebutter contact: the newest row any export held of it, in the columns all sources share.
-- A partial export never deletes: a contact absent from the newest file keeps its last row.
with ranked as (
    select
        r.*,
        b.arrived_at,
        try_cast(r."Last Modified (UTC)" as timestamp) as modified,
        try_cast(r."Date Created (UTC)" as timestamp) as created,
        row_number() over (
            partition by r._record_id
            order by try_cast(r."Last Modified (UTC)" as timestamp) desc nulls last, b.sequence desc, r._line desc
        ) as newest
    from raw.givebutter_contacts as r
    inner join landing.batch as b on r._batch_id = b.batch_id
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
    nullif(trim("Engage Email Subscribed"), '') as email_consent_raw,
    nullif(trim("Engage SMS Subscribed"), '') as sms_consent_raw,
    nullif(trim("Engage Mail Subscribed"), '') as mail_consent_raw
from ranked
where newest = 1
