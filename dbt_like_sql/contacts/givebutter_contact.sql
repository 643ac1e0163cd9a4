-- One row per Givebutter contact, in the columns all sources share. An export's row and the API's record of one id are one
-- contact: the version Givebutter dates later gives its values, of two dated alike the API's; batch and line say which one
-- that was. What that version cannot know comes from the other: a household is told by exports and by the households' own
-- list, a preferred name by no export before 2026 (contacts.givebutter_origin says where that happened). A partial export
-- never deletes: a contact absent from the newest file keeps its last row.
with household as (
    select contact_record_id as record_id, min(household_id) as household_id
    from contacts.givebutter_household
    group by contact_record_id
),

chosen as (
    select
        r.*,
        o.preferred_from_other,
        o.household_from_export
    from contacts.givebutter_reading as r
    inner join contacts.givebutter_origin as o on r.record_id = o.record_id and r.reading = o.reading
)

select
    'givebutter.contacts:' || c.record_id as contact_id,
    'givebutter' as source,
    'contacts' as entity,
    c.record_id,
    c.batch_id,
    c.line,
    c.observed_at,
    c.created_at,
    c.modified_at,
    c.prefix_raw,
    c.first_raw,
    c.middle_raw,
    c.last_raw,
    c.suffix_raw,
    coalesce(c.preferred_first, c.preferred_from_other, c.prefix_raw) as preferred_raw,
    c.birth_raw,
    c.gender,
    c.employer,
    c.title,
    c.phones_raw,
    c.emails_raw,
    c.line1_raw,
    c.line2_raw,
    c.city_raw,
    c.state_raw,
    c.zip_raw,
    c.country_raw,
    c.tags,
    c.external_id,
    cast(null as varchar) as mentor_id,
    cast(null as varchar) as member_id,
    cast(null as varchar) as season,
    c.linkedin,
    coalesce(h.household_id, c.household_ref, c.household_from_export) as household_ref,
    c.email_consent_raw,
    c.sms_consent_raw,
    c.mail_consent_raw
from chosen as c
left join household as h on c.record_id = h.record_id
