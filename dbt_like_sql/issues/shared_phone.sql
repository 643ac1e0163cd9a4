-- One row per phone number that more than one person lists. Usual in a household; a phone alone never assigns (decision 1).
select
    'phone:' || p.e164 as subject,
    cast(null as varchar) as person_id,
    count(distinct x.person_id) || ' people: ' || string_agg(distinct x.person_id, ', ' order by x.person_id) as detail
from contacts.phone as p
inner join people.crosswalk as x on p.contact_id = x.contact_id
where p.valid
group by p.e164
having count(distinct x.person_id) > 1
