-- One row per contact whose birth date cannot be one.
select
    c.contact_id || '|birth_date' as subject,
    x.person_id,
    c.contact_id || ': ' || c.birth_reason as detail
from contacts.contact as c
left join people.crosswalk as x on c.contact_id = x.contact_id
where c.birth_year is null and c.birth_reason is not null
