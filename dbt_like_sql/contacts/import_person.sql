-- One row per record that an import brought in, in the columns all sources share; of a row that was imported again after a
-- correction the last version. The import's policy stands as the entity: how much its word counts hangs on it
-- (people.ownership).
with newest as (
    select r.*, b.arrived_at, b.content_at
    from raw.imports_people as r
    inner join landing.batch as b on r._batch_id = b.batch_id
    qualify row_number() over (partition by r._record_id order by b.sequence desc, r._line desc) = 1
)

select
    'imports.people:' || r._record_id as contact_id,
    'imports' as source,
    r.policy as entity,
    r._record_id as record_id,
    r._batch_id as batch_id,
    r._line as line,
    r.arrived_at as observed_at,
    cast(null as timestamptz) as created_at,
    r.content_at as modified_at,
    nullif(trim(r.prefix_raw), '') as prefix_raw,
    nullif(trim(r.first_raw), '') as first_raw,
    nullif(trim(r.middle_raw), '') as middle_raw,
    nullif(trim(r.last_raw), '') as last_raw,
    nullif(trim(r.suffix_raw), '') as suffix_raw,
    nullif(trim(r.preferred_raw), '') as preferred_raw,
    nullif(trim(r.birth_raw), '') as birth_raw,
    nullif(trim(r.gender), '') as gender,
    nullif(trim(r.employer), '') as employer,
    nullif(trim(r.title), '') as title,
    list_filter(string_split(coalesce(r.phones_raw, ''), chr(10)), lambda x: trim(x) <> '') as phones_raw,
    list_filter(string_split(coalesce(r.emails_raw, ''), chr(10)), lambda x: trim(x) <> '') as emails_raw,
    nullif(trim(r.line1_raw), '') as line1_raw,
    nullif(trim(r.line2_raw), '') as line2_raw,
    nullif(trim(r.city_raw), '') as city_raw,
    nullif(trim(r.state_raw), '') as state_raw,
    nullif(trim(r.zip_raw), '') as zip_raw,
    nullif(trim(r.country_raw), '') as country_raw,
    list_filter(string_split(coalesce(r.tags, ''), chr(10)), lambda x: trim(x) <> '') as tags,
    nullif(trim(r.external_id), '') as external_id,
    nullif(trim(r.mentor_id), '') as mentor_id,
    cast(null as varchar) as member_id,
    cast(null as varchar) as season,
    nullif(trim(r.linkedin), '') as linkedin,
    cast(null as varchar) as household_ref,
    nullif(trim(r.email_consent_raw), '') as email_consent_raw,
    nullif(trim(r.sms_consent_raw), '') as sms_consent_raw,
    nullif(trim(r.mail_consent_raw), '') as mail_consent_raw
from newest as r
