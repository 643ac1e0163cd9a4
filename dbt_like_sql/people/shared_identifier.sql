-- One row per phone number or e-mail address that more than one person lists, and person; holders says how many they are.
with held as (
    select 'phone' as kind, p.e164 as value, x.person_id
    from contacts.phone as p
    inner join people.crosswalk as x on p.contact_id = x.contact_id
    where p.valid
    group by p.e164, x.person_id
    union all
    select 'email' as kind, e.email as value, x.person_id
    from contacts.email as e
    inner join people.crosswalk as x on e.contact_id = x.contact_id
    where e.valid and not e.junk
    group by e.email, x.person_id
)

select
    kind,
    value,
    person_id,
    cast(count(*) over (partition by kind, value) as integer) as holders
from held
qualify count(*) over (partition by kind, value) > 1
