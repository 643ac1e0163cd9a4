-- One row per source record: the canonical, normalised contact. The record as sent stays reachable by batch and line.
with best_phone as (
    select contact_id, e164, extension, line_type
    from contacts.phone
    where valid
    qualify row_number() over (partition by contact_id order by position) = 1
),

best_email as (
    select contact_id, email
    from contacts.email
    where valid
    qualify row_number() over (partition by contact_id order by position) = 1
)

select
    r.contact_id,
    r.source,
    r.entity,
    r.record_id,
    r.batch_id,
    r.line,
    case when n.first_key is null and n.last_key is null and r.employer is not null then 'organisation' else 'individual' end
        as kind,
    n.prefix,
    n.first_name,
    n.middle_name,
    n.last_name,
    n.suffix,
    coalesce(p.first_name, n.preferred_hint) as preferred_name,
    n.first_key,
    n.middle_key,
    n.last_key,
    n.suffix_key,
    p.first_key as preferred_key,
    n.junk as name_junk,
    n.reason as name_reason,
    d.birth_date,
    d.birth_year,
    d.reason as birth_reason,
    r.gender,
    r.employer,
    r.title,
    t.e164 as phone,
    t.extension as phone_extension,
    t.line_type as phone_type,
    e.email,
    a.line as address_line,
    a.street_number,
    a.street_name,
    a.unit,
    a.city,
    a.city_key,
    a.state,
    a.zip5,
    a.zip4,
    a.country,
    a.valid as address_valid,
    a.reason as address_reason,
    r.tags,
    r.external_id,
    nullif(regexp_replace(upper(regexp_replace(r.external_id, '[^A-Za-z0-9]', '', 'g')), '^(MN)?0*', ''), '') as external_key,
    r.mentor_id,
    nullif(regexp_replace(upper(regexp_replace(r.mentor_id, '[^A-Za-z0-9]', '', 'g')), '^(MN)?0*', ''), '') as mentor_key,
    r.member_id,
    r.season,
    r.linkedin,
    r.household_ref,
    r.created_at,
    r.modified_at,
    r.observed_at
from contacts.source_record as r
left join contacts.name_value as n
    on
        r.prefix_raw is not distinct from n.prefix_raw
        and r.first_raw is not distinct from n.first_raw
        and r.middle_raw is not distinct from n.middle_raw
        and r.last_raw is not distinct from n.last_raw
        and r.suffix_raw is not distinct from n.suffix_raw
left join contacts.preferred_value as p on r.preferred_raw = p.first_raw and not p.junk
left join contacts.birth_value as d on r.birth_raw = d.raw
left join contacts.address_value as a
    on
        r.line1_raw is not distinct from a.line1_raw
        and r.line2_raw is not distinct from a.line2_raw
        and r.city_raw is not distinct from a.city_raw
        and r.state_raw is not distinct from a.state_raw
        and r.zip_raw is not distinct from a.zip_raw
        and r.country_raw is not distinct from a.country_raw
left join best_phone as t on r.contact_id = t.contact_id
left join best_email as e on r.contact_id = e.contact_id
