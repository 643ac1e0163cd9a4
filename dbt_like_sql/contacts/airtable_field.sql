-- One row per field of the Airtable tables that are read: what it is now, what it was in the reading before and at first,
-- and its role. Fields that are gone stay, and so do those the settings name and no reading ever had.
with reading as (
    select batch_id, row_number() over (order by sequence desc) as age
    from landing.batch
    where source = 'airtable' and entity = 'fields'
),

version as (
    select r.base_id, r.table_id, r.table_name, r.field_id, r.name as field_name, r.type as field_type, g.age
    from raw.airtable_fields as r
    inner join reading as g on r._batch_id = g.batch_id
),

newest as (
    select *
    from version
    qualify row_number() over (partition by base_id, table_id, field_id order by age) = 1
),

first_version as (
    select base_id, table_id, field_id, field_type
    from version
    qualify row_number() over (partition by base_id, table_id, field_id order by age desc) = 1
),

before as (
    select base_id, table_id, field_id, field_name, field_type
    from version
    where age = 2
),

table_then as (
    select distinct base_id, table_id
    from version
    where age = 2
),

table_now as (
    select base_id, table_id, max(table_name) as table_name
    from version
    where age = 1
    group by base_id, table_id
)

select
    coalesce(n.base_id, r.base_id) as base_id,
    coalesce(n.table_id, r.table_id) as table_id,
    coalesce(w.table_name, n.table_name, r.table_label) as table_name,
    coalesce(n.field_id, r.field_id) as field_id,
    n.field_name,
    n.field_type,
    r.role,
    coalesce(n.age = 1, false) as present,
    b.field_name as earlier_name,
    b.field_type as earlier_type,
    f.field_type as first_type,
    t.table_id is not null and w.table_id is not null as comparable
from newest as n
full outer join contacts.airtable_role as r
    on n.base_id = r.base_id and n.table_id = r.table_id and n.field_id = r.field_id
left join first_version as f on n.base_id = f.base_id and n.table_id = f.table_id and n.field_id = f.field_id
left join before as b on n.base_id = b.base_id and n.table_id = b.table_id and n.field_id = b.field_id
left join table_then as t on n.base_id = t.base_id and n.table_id = t.table_id
left join table_now as w on n.base_id = w.base_id and n.table_id = w.table_id
