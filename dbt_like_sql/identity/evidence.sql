-- One row per contact that names a person: what matching may look at, and nothing else. Invalid values and junk addresses
-- are left out, and so are a birth date in the year it was read in, which is the day of the form or this year's birthday,
-- and an external id unless a file of ours wrote it before Givebutter showed it (decision 2).
with phone as (
    select contact_id, list_sort(list_distinct(list(e164))) as phones
    from contacts.phone
    where valid
    group by contact_id
),

email as (
    select contact_id, list_sort(list_distinct(list(email))) as emails
    from contacts.email
    where valid and not junk
    group by contact_id
),

written as (
    select c.contact_id
    from contacts.contact as c
    inner join identity.written_external_id as w
        on
            c.external_id = w.external_id
            and (w.contact_id = c.contact_id or w.contact_id = c.record_id or w.contact_id is null)
    where w.first_written < c.observed_at
    group by c.contact_id
)

select
    c.contact_id as record_id,
    c.source || '.' || c.entity as source_dataset,
    case when c.name_junk then null else c.first_key end as first_name,
    case when c.name_junk then null else c.middle_key end as middle_name,
    case when c.name_junk then null else c.last_key end as last_name,
    c.preferred_key as preferred_name,
    k.canonical_names,
    c.suffix_key as suffix,
    case when coalesce(c.birth_year < extract(year from c.observed_at), true) then c.birth_date end as birth_date,
    case when coalesce(c.birth_year < extract(year from c.observed_at), true) then c.birth_year end as birth_year,
    coalesce(p.phones, cast([] as varchar[])) as phones,
    coalesce(e.emails, cast([] as varchar[])) as emails,
    c.street_number,
    c.street_name,
    c.unit,
    c.city_key as city,
    c.state,
    c.zip5,
    o.company_key as company,
    list_filter(
        [
            case when c.mentor_key is not null then 'mentor:' || c.mentor_key end,
            case when w.contact_id is not null then 'mentor:' || c.external_key end,
            case when c.member_id is not null then 'member:' || c.member_id end,
            case when u.linkedin_key is not null then 'linkedin:' || u.linkedin_key end
        ],
        lambda x: x is not null
    ) as external_ids,
    coalesce(v.voter_ids, cast([] as varchar[])) as voter_ids,
    list_filter(
        [case when c.entity = 'signups' and c.mentor_key is not null then c.season || ':' || c.mentor_key end],
        lambda x: x is not null
    ) as season_ids
from contacts.contact as c
left join phone as p on c.contact_id = p.contact_id
left join email as e on c.contact_id = e.contact_id
left join contacts.nickname as k on c.first_key = k.name_key
left join contacts.company_value as o on c.employer = o.raw
left join contacts.linkedin_value as u on c.linkedin = u.raw
left join written as w on c.contact_id = w.contact_id
left join contacts.given_voter_id as v on c.contact_id = v.contact_id
where c.kind = 'individual'
