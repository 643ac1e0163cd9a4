-- One row per question of people.question: what the two people have in common and what they do not, over all their contacts.
with asked as (
    select person_l as person_id from people.question
    union
    select person_r as person_id from people.question
),

fact as (
    select
        x.person_id,
        list_distinct(list(e.first_name || ' ' || e.last_name)) as names,
        list_distinct(list(e.first_name)) as first_names,
        list_distinct(flatten(list(coalesce(e.canonical_names, [e.first_name])))) as given_names,
        list_distinct(list(e.last_name)) as last_names,
        list_distinct(list(e.suffix)) as suffixes,
        list_distinct(list(left(e.middle_name, 1))) as initials,
        list_distinct(list(cast(e.birth_date as varchar))) as birth_dates,
        list_distinct(list(e.birth_year)) as birth_years,
        list_distinct(list(e.street_number || ' ' || e.street_name || ' ' || coalesce(e.unit, '') || ' ' || e.zip5)) as homes,
        list_distinct(list(e.zip5)) as zips,
        list_distinct(flatten(list(e.season_ids))) as season_ids,
        count(*) as contacts
    from identity.evidence as e
    inner join people.crosswalk as x on e.record_id = x.contact_id
    inner join asked as a on x.person_id = a.person_id
    group by x.person_id
),

shared as (
    select
        q.person_l,
        q.person_r,
        count(distinct case when l.kind = 'phone' then l.value end) as phones,
        count(distinct case when l.kind = 'email' then l.value end) as emails,
        count(distinct case when l.holders = 2 then l.value end) as own
    from people.question as q
    inner join people.shared_identifier as l on q.person_l = l.person_id
    inner join people.shared_identifier as r on q.person_r = r.person_id and l.kind = r.kind and l.value = r.value
    group by q.person_l, q.person_r
),

named as (
    select distinct
        x.person_id,
        replace(e.first_name, ' ', '') as first_letters,
        replace(e.last_name, ' ', '') as last_letters
    from identity.evidence as e
    inner join people.crosswalk as x on e.record_id = x.contact_id
    inner join asked as a on x.person_id = a.person_id
    where length(e.first_name) > 1 and e.last_name is not null
),

mailbox as (
    select
        l.person_id as person_l,
        r.person_id as person_r,
        replace(replace(replace(split_part(l.value, '@', 1), '.', ''), '_', ''), '-', '') as letters
    from people.shared_identifier as l
    inner join people.shared_identifier as r on l.kind = r.kind and l.value = r.value
    where l.kind = 'email' and l.holders = 2
),

own_mailbox as (
    select q.person_l, q.person_r
    from people.question as q
    inner join mailbox as m on q.person_l = m.person_l and q.person_r = m.person_r
    inner join named as n on n.person_id in (q.person_l, q.person_r)
    where
        (length(n.first_letters) > 2 and contains(m.letters, n.first_letters))
        or starts_with(m.letters, left(n.first_letters, 1) || n.last_letters)
        or starts_with(m.letters, n.last_letters || left(n.first_letters, 1))
    group by q.person_l, q.person_r
)

select
    q.person_l,
    q.person_r,
    len(list_intersect(l.names, r.names)) > 0 as same_name,
    len(list_intersect(l.given_names, r.given_names)) > 0 as given_name_fits,
    len(list_intersect(l.last_names, r.last_names)) > 0 as same_last_name,
    len(l.first_names) > 0 and len(r.first_names) > 0 as first_names_known,
    len(l.last_names) > 0 and len(r.last_names) > 0 as last_names_known,
    len(list_intersect(l.birth_dates, r.birth_dates)) > 0 as same_birth_date,
    len(list_intersect(l.birth_years, r.birth_years)) > 0 as same_birth_year,
    len(l.birth_years) > 0 and len(r.birth_years) > 0 as births_known,
    len(list_intersect(l.homes, r.homes)) > 0 as same_home,
    len(l.homes) > 0 and len(r.homes) > 0 as homes_known,
    len(list_intersect(l.zips, r.zips)) > 0 as same_zip,
    len(l.suffixes) > 0 and len(r.suffixes) > 0 and len(list_intersect(l.suffixes, r.suffixes)) = 0 as suffixes_differ,
    (len(l.suffixes) > 0) <> (len(r.suffixes) > 0) as one_suffix,
    len(l.initials) > 0 and len(r.initials) > 0 and len(list_intersect(l.initials, r.initials)) = 0 as middle_names_differ,
    len(l.season_ids) > 0 and len(r.season_ids) > 0 and len(list_intersect(l.season_ids, r.season_ids)) = 0 as signups_differ,
    cast(coalesce(s.phones, 0) as integer) as shared_phones,
    cast(coalesce(s.emails, 0) as integer) as shared_emails,
    cast(coalesce(s.own, 0) as integer) as shared_by_nobody_else,
    o.person_l is not null as own_mailbox,
    cast(l.contacts + r.contacts as integer) as contacts
from people.question as q
inner join fact as l on q.person_l = l.person_id
inner join fact as r on q.person_r = r.person_id
left join shared as s on q.person_l = s.person_l and q.person_r = s.person_r
left join own_mailbox as o on q.person_l = o.person_l and q.person_r = o.person_r
