-- One row per person of the season who is not held: the cells of the Givebutter import file by the template's own headers
-- (sources.md 2.2), then what the custom fields are made of. Tags are Givebutter's own plus ours, so that an import that
-- replaces tags loses none. An address goes whole or not at all. A status is never empty beside an address it is about.
with kept as (
    select c.*
    from exports.givebutter_candidate as c
    where c.person_id not in (select person_id from exports.givebutter_hold)
),

extra as (
    select
        f.person_id,
        string_agg(case when f.field = 'email' then f.value end, ', ' order by f.rank) as more_emails,
        string_agg(case when f.field = 'phone' then f.value end, ', ' order by f.rank) as more_phones
    from people.field_value as f
    where f.rank > 1 and f.field in ('email', 'phone')
    group by f.person_id
),

reached as (
    select
        x.person_id,
        max(case when c.entity = 'setups' then 1 else 0 end) as setup_done,
        max(case when c.entity = 'members' then 1 else 0 end) as is_member
    from people.crosswalk as x
    inner join contacts.contact as c on x.contact_id = c.contact_id
    group by x.person_id
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
    select season, max(case when consent_asked then 'yes' else 'no' end) as new_contact_status
    from contacts.form
    where entity = 'signups'
    group by season
)

select
    k.person_id,
    k.season,
    k.contact_id,
    k.givebutter_contact_id as "Givebutter Contact ID",
    upper(k.mentor_id) as "Contact External ID",
    cast(null as varchar) as "Contact Since",
    case when contains(p.preferred_name, ' ') and contains(lower(p.preferred_name), lower(p.last_name)) then p.first_name
        else left(p.preferred_name, 32)
    end as "Prefix",
    p.first_name as "First Name",
    cast(null as varchar) as "Preferred First Name",
    p.middle_name as "Middle Name",
    p.last_name as "Last Name",
    p.suffix as "Suffix",
    p.email as "Primary Email",
    p.phone as "Primary Phone Number",
    case when p.address_line is not null and p.city is not null and p.state is not null and p.zip5 is not null
        then p.address_line end as "Address Line 1",
    case when p.address_line is not null and p.city is not null and p.state is not null and p.zip5 is not null
        then 'Unit ' || p.unit end as "Address Line 2",
    case when p.address_line is not null and p.city is not null and p.state is not null and p.zip5 is not null
        then p.city end as "City",
    case when p.address_line is not null and p.city is not null and p.state is not null and p.zip5 is not null
        then p.state end as "State",
    case when p.address_line is not null and p.city is not null and p.state is not null and p.zip5 is not null
        then p.zip5 end as "Zip Code",
    case when p.address_line is not null and p.city is not null and p.state is not null and p.zip5 is not null
        then 'USA' end as "Country",
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
    array_to_string(
        list_sort(list_distinct(list_concat(coalesce(k.tags, cast([] as varchar[])), ['Mentors ' || k.season]))), ', '
    ) as "Tags",
    cast(null as varchar) as "Notes",
    case
        when c.email_status = 'no' then 'no'
        when k.contact_id is not null then coalesce(s.email_status, 'no')
        else coalesce(c.email_status, b.new_contact_status, 'no')
    end as "Email Subscription Status",
    case
        when c.sms_status = 'no' then 'no'
        when k.contact_id is not null then coalesce(s.sms_status, 'no')
        else coalesce(c.sms_status, b.new_contact_status, 'no')
    end as "Phone Subscription Status",
    case
        when c.mail_status = 'no' then 'no'
        when k.contact_id is not null then coalesce(s.mail_status, 'no')
        else coalesce(c.mail_status, b.new_contact_status, 'no')
    end as "Address Subscription Status",
    'yes' as signup_done,
    case when r.setup_done = 1 then 'yes' else 'no' end as setup_done,
    case when r.is_member = 1 then 'yes' else 'no' end as page_done
from kept as k
inner join people.person as p on k.person_id = p.person_id
left join extra as e on k.person_id = e.person_id
left join reached as r on k.person_id = r.person_id
left join consent as c on k.person_id = c.person_id
left join contact_says as s on k.contact_id = s.contact_id
left join basis as b on k.season = b.season
