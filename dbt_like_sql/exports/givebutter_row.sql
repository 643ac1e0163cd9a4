-- One row per mentor of the season who is not held: the cells of the Givebutter import file by the template's own headers
-- (sources.md 2.2). Of tags, all that are not ours stay as Givebutter has them, and ours are those of the status (decision 29).
-- An address goes whole or not at all. A status is never empty beside an address it is about; a no is nobody's to lift
-- (decision 31).
with kept as (
    select c.*, s.external_id_kind, s.name_column, s.consent_asked, s.tag_beginnings
    from exports.givebutter_candidate as c
    inner join mentors.season as s on c.season = s.season
    where c.person_id not in (select person_id from exports.givebutter_hold)
),

extra as (
    select
        f.person_id,
        string_agg(case when f.field = 'email' then f.value end, ', ' order by f.rank) as more_emails,
        string_agg(case when f.field = 'phone' then f.value end, ', ' order by f.rank) as more_phones
    from people.field_value as f
    left join exports.taken_away as t on f.person_id = t.person_id and f.field = t.field and f.value = t.value
    where f.rank > 1 and f.field in ('email', 'phone') and t.person_id is null
    group by f.person_id
),

consent as (
    select
        person_id,
        max(case when channel = 'email' then status end) as email_status,
        max(case when channel = 'sms' then status end) as sms_status,
        max(case when channel = 'mail' then status end) as mail_status
    from people.consent
    group by person_id
),

contact_says as (
    select
        contact_id,
        max(case when channel = 'email' then status end) as email_status,
        max(case when channel = 'sms' then status end) as sms_status,
        max(case when channel = 'mail' then status end) as mail_status
    from contacts.consent
    group by contact_id
),

basis as (
    select
        k.*,
        m.preferred_name,
        c.external_key,
        case when k.consent_asked then 'yes' else 'no' end as new_contact_status,
        list_filter(
            coalesce(k.tags, cast([] as varchar[])),
            lambda t: len(list_filter(k.tag_beginnings, lambda b: starts_with(t, b))) = 0
        ) as tags_of_others
    from kept as k
    inner join mentors.mentor as m on k.person_id = m.person_id and k.season = m.season
    left join contacts.contact as c on k.contact_id = c.contact_id
),

placed as (
    select
        person_id,
        address_line is not null and city is not null and state is not null and zip5 is not null as whole
    from people.person
)

select
    k.person_id,
    k.season,
    k.contact_id,
    k.givebutter_contact_id as "Givebutter Contact ID",
    case
        when k.external_id_kind = 'pid' then k.person_id
        when k.external_key = k.mentor_key then k.external_id
        else upper(regexp_replace(k.mentor_id, '\s+', '', 'g'))
    end as "Contact External ID",
    cast(null as varchar) as "Contact Since",
    case when k.name_column in ('Prefix', 'both') then left(k.preferred_name, 32) end as "Prefix",
    p.first_name as "First Name",
    case when k.name_column in ('Preferred First Name', 'both') then k.preferred_name end as "Preferred First Name",
    p.middle_name as "Middle Name",
    p.last_name as "Last Name",
    p.suffix as "Suffix",
    p.email as "Primary Email",
    p.phone as "Primary Phone Number",
    case when a.whole then p.address_line end as "Address Line 1",
    case when a.whole then 'Unit ' || p.unit end as "Address Line 2",
    case when a.whole then p.city end as "City",
    case when a.whole then p.state end as "State",
    case when a.whole then p.zip5 end as "Zip Code",
    case when a.whole then 'USA' end as "Country",
    cast(null as varchar) as "Gender",
    cast(null as varchar) as "Pronouns",
    cast(null as varchar) as "Household Name",
    cast(null as varchar) as "Household Envelope Name",
    cast(null as varchar) as "Is Household Primary Contact",
    e.more_emails as "Email Addresses",
    e.more_phones as "Phone Numbers",
    strftime(p.birth_date, '%m/%d/%Y') as "Date of Birth",
    cast(null as varchar) as "Employer",
    cast(null as varchar) as "Title",
    cast(null as varchar) as "Twitter URL",
    cast(null as varchar) as "LinkedIn URL",
    cast(null as varchar) as "Facebook URL",
    cast(null as varchar) as "TikTok URL",
    array_to_string(list_sort(list_distinct(list_concat(k.tags_of_others, t.tags))), ', ') as "Tags",
    n.text as "Notes",
    case
        when c.email_status = 'no' then 'no'
        when k.contact_id is not null then coalesce(s.email_status, 'no')
        else coalesce(c.email_status, k.new_contact_status)
    end as "Email Subscription Status",
    case
        when c.sms_status = 'no' then 'no'
        when k.contact_id is not null then coalesce(s.sms_status, 'no')
        else coalesce(c.sms_status, k.new_contact_status)
    end as "Phone Subscription Status",
    case
        when c.mail_status = 'no' then 'no'
        when k.contact_id is not null then coalesce(s.mail_status, 'no')
        else coalesce(c.mail_status, k.new_contact_status)
    end as "Address Subscription Status"
from basis as k
inner join people.person as p on k.person_id = p.person_id
inner join placed as a on k.person_id = a.person_id
inner join mentors.season_tag as t on k.season = t.season and k.status = t.status
left join extra as e on k.person_id = e.person_id
left join consent as c on k.person_id = c.person_id
left join contact_says as s on k.contact_id = s.contact_id
left join mentors.text as n on k.person_id = n.person_id and k.season = n.season and n.template = 'note'
