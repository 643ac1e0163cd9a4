-- One row per contact whose preferred name (the Prefix column) holds a full name, which Givebutter refuses (decision 27).
select
    c.contact_id || '|prefix' as subject,
    x.person_id,
    c.contact_id || ': the prefix holds a full name' as detail
from contacts.source_record as r
inner join contacts.contact as c on r.contact_id = c.contact_id
inner join people.crosswalk as x on c.contact_id = x.contact_id
where
    r.prefix_raw is not null
    and c.last_name is not null
    and contains(lower(r.prefix_raw), lower(c.last_name))
    and contains(trim(r.prefix_raw), ' ')
