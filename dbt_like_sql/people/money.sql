-- One row per person that money is tied to: what they gave and what they raised, over all their contacts.
select
    x.person_id,
    sum(m.given) as given,
    sum(m.raised) as raised
from contacts.money as m
inner join people.crosswalk as x on m.contact_id = x.contact_id
group by x.person_id
