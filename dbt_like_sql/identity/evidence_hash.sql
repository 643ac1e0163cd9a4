-- One row per contact: a hash of what it says of who it is. Decisions keep it, so that other evidence re-opens the question.
-- Ids our own exports wrote are left out: they follow from decisions and must not question them.
with phone as (
    select contact_id, string_agg(distinct e164, ',' order by e164) as phones
    from contacts.phone
    where valid
    group by contact_id
),

email as (
    select contact_id, string_agg(distinct email, ',' order by email) as emails
    from contacts.email
    where valid
    group by contact_id
)

select
    c.contact_id,
    sha256(
        coalesce(c.first_key, '') || chr(31) || coalesce(c.middle_key, '') || chr(31) || coalesce(c.last_key, '') || chr(31)
        || coalesce(c.preferred_key, '') || chr(31) || coalesce(c.suffix_key, '') || chr(31)
        || coalesce(cast(c.birth_date as varchar), cast(c.birth_year as varchar), '') || chr(31)
        || coalesce(c.street_number, '') || chr(31) || coalesce(c.street_name, '') || chr(31) || coalesce(c.unit, '')
        || chr(31) || coalesce(c.city_key, '') || chr(31) || coalesce(c.state, '') || chr(31) || coalesce(c.zip5, '')
        || chr(31) || coalesce(c.mentor_key, '') || chr(31) || coalesce(lower(c.linkedin), '') || chr(31)
        || coalesce(p.phones, '') || chr(31) || coalesce(e.emails, '')
    ) as evidence_hash
from contacts.contact as c
left join phone as p on c.contact_id = p.contact_id
left join email as e on c.contact_id = e.contact_id
