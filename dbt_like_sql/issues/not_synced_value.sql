-- One row per person of the season and field that is kept apart on purpose (decision 30) and differs in Givebutter.
with newest as (
    select person_id, field, value, 'ours' as side, cast(null as varchar) as contact_id
    from sync.form_value
    qualify row_number() over (partition by person_id, field order by said_at desc, sequence desc, line desc) = 1
    union all
    select person_id, field, value, 'theirs', contact_id
    from sync.platform_value
    qualify row_number() over (partition by person_id, field order by said_at desc, sequence desc, line desc) = 1
)

select
    'person:' || o.person_id || '|' || o.field as subject,
    o.person_id,
    o.field || ' differs in Givebutter contact ' || split_part(t.contact_id, ':', 2) || '; neither side changes the other' as detail
from newest as o
inner join newest as t on o.person_id = t.person_id and o.field = t.field and t.side = 'theirs'
inner join (select distinct field from people.ownership where direction = 'not synced') as r on o.field = r.field
where o.side = 'ours' and lower(o.value) <> lower(t.value)
