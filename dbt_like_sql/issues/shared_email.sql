-- One row per e-mail address that more than one person lists.
select
    'email:' || m.email as subject,
    cast(null as varchar) as person_id,
    count(distinct x.person_id) || ' people: ' || string_agg(distinct x.person_id, ', ' order by x.person_id) as detail
from contacts.email as m
inner join people.crosswalk as x on m.contact_id = x.contact_id
where m.valid and not m.junk
group by m.email
having count(distinct x.person_id) > 1
