-- One row per contact whose name is a placeholder.
select
    c.contact_id || '|name' as subject,
    x.person_id,
    c.contact_id || ': ' || coalesce(c.name_reason, 'the name is a placeholder') as detail
from contacts.contact as c
left join people.crosswalk as x on c.contact_id = x.contact_id
where c.name_junk
