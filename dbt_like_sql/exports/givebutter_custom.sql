-- One row per row of the import file and custom field of the season: what the cell says, and what Givebutter held when last
-- read. A field that Givebutter owns is handed back as it was read.
with held as (
    select
        c.contact_id,
        v.title,
        max(v.value) as value
    from contacts.contact as c
    inner join contacts.givebutter_custom_value as v on c.record_id = v.record_id and c.batch_id = v.batch_id and c.line = v.line
    where c.source = 'givebutter' and c.entity = 'contacts'
    group by c.contact_id, v.title
)

select
    r.person_id,
    f.position,
    f.title,
    f.type,
    f.options,
    case
        when f.owner = 'givebutter' then h.value
        when f.type = 'yes_no' then case when v.value = 'true' then f.options[1] else f.options[2] end
        else v.value
    end as value,
    h.value as held_value
from exports.givebutter_row as r
inner join mentors.custom_field as f on r.season = f.season
left join mentors.value as v on r.person_id = v.person_id and r.season = v.season and f.value_name = v.name
left join held as h on r.contact_id = h.contact_id and f.title = h.title
