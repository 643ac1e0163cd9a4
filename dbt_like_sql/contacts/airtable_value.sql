-- One row per Airtable record, field with a role and value in its cell. A cell may hold one value or many, texts or objects
-- (collaborators, buttons); attachments, ids of linked records and errors of formulas say nothing of a person.
with cell as (
    select
        l.record_id,
        r.role,
        r.field_id,
        r.position as field_position,
        case when json_type(f.value) = 'ARRAY' then f.value else json_array(f.value) end as listed
    from contacts.airtable_latest as l
    cross join json_each(l.cells) as f
    inner join contacts.airtable_role as r on l.base_id = r.base_id and l.table_id = r.table_id and f.key = r.field_id
),

part as (
    select
        c.record_id,
        c.role,
        c.field_id,
        c.field_position,
        cast(v.key as integer) + 1 as position,
        case
            when json_type(v.value) <> 'OBJECT' then v.value ->> '$'
            when (v.value ->> '$.filename') is not null then null
            when c.role = 'email' and (v.value ->> '$.email') is not null then v.value ->> '$.email'
            when c.role = 'linkedin' and (v.value ->> '$.url') is not null then v.value ->> '$.url'
            else coalesce(v.value ->> '$.name', v.value ->> '$.text', v.value ->> '$.label', v.value ->> '$.value')
        end as value
    from cell as c
    cross join json_each(c.listed) as v
)

select record_id, role, field_id, field_position, position, trim(value) as value
from part
where trim(value) <> '' and not regexp_matches(trim(value), '^rec[A-Za-z0-9]{14}$')
