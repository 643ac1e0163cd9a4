-- One row per e-mail cell that is no address or belongs to nobody in particular.
select
    m.contact_id || '|email|' || m.position as subject,
    x.person_id,
    m.contact_id || ', e-mail ' || m.position || ': ' || coalesce(m.reason, 'belongs to nobody in particular') as detail
from contacts.email as m
left join people.crosswalk as x on m.contact_id = x.contact_id
where not m.valid or m.junk
