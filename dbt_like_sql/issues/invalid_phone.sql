-- One row per phone cell that is no phone number; it stays as it was sent and is used nowhere (decision 35).
select
    p.contact_id || '|phone|' || p.position as subject,
    x.person_id,
    p.contact_id || ', phone ' || p.position || ': ' || coalesce(p.reason, 'not a phone number') as detail
from contacts.phone as p
left join people.crosswalk as x on p.contact_id = x.contact_id
where not p.valid
