-- One row per person: the best value of every field. Where each came from, and what lost, is in people.field_value.
with best as (
    select
        person_id,
        max(case when field = 'prefix' then value end) as prefix,
        max(case when field = 'first_name' then value end) as first_name,
        max(case when field = 'middle_name' then value end) as middle_name,
        max(case when field = 'last_name' then value end) as last_name,
        max(case when field = 'suffix' then value end) as suffix,
        max(case when field = 'preferred_name' then value end) as preferred_name,
        max(case when field = 'birth_date' then value end) as birth_date,
        max(case when field = 'gender' then value end) as gender,
        max(case when field = 'employer' then value end) as employer,
        max(case when field = 'title' then value end) as title,
        max(case when field = 'phone' then value end) as phone,
        max(case when field = 'email' then value end) as email,
        max(case when field = 'address' then contact_id end) as address_contact_id
    from people.field_value
    where rank = 1
    group by person_id
),

contacts_of as (
    select
        x.person_id,
        count(*) as contacts,
        list_sort(list_distinct(list(c.source))) as sources,
        max(coalesce(c.modified_at, c.created_at, c.observed_at)) as last_changed_at
    from people.crosswalk as x
    inner join contacts.contact as c on x.contact_id = c.contact_id
    group by x.person_id
)

select
    k.person_id,
    b.prefix,
    b.first_name,
    b.middle_name,
    b.last_name,
    b.suffix,
    coalesce(b.preferred_name, b.first_name) as preferred_name,
    cast(b.birth_date as date) as birth_date,
    b.gender,
    b.employer,
    b.title,
    b.phone,
    b.email,
    a.address_line,
    a.unit,
    a.city,
    a.state,
    a.zip5,
    a.zip4,
    a.country,
    cast(k.contacts as integer) as contacts,
    k.sources,
    k.last_changed_at
from contacts_of as k
left join best as b on k.person_id = b.person_id
left join contacts.contact as a on b.address_contact_id = a.contact_id
