-- One row per Airtable field that was added, removed, renamed or retyped by the last change of its base's fields, or that
-- has a role and is of another type than it was at first.
with change as (
    select
        *,
        case
            when not present and role is null and earlier_name is not null
                then 'the field ' || earlier_name || ' (' || field_id || ') was removed'
            when present and earlier_name is null and comparable and role is null
                then 'the field ' || field_name || ' (' || field_id || ', ' || field_type || ') is new and has no role'
            when present and role is not null and field_type <> first_type
                then 'the field ' || field_name || ' (' || field_id || ') was of type ' || first_type || ', is now '
                    || field_type || ': look whether its cells still are a ' || role
            when present and earlier_type <> field_type
                then 'the field ' || field_name || ' (' || field_id || ') was of type ' || earlier_type || ', is now '
                    || field_type
            when present and earlier_name <> field_name
                then 'the field ' || earlier_name || ' (' || field_id || ') is now called ' || field_name
                    || coalesce(' and is still read as ' || role, '')
        end as what
    from contacts.airtable_field
)

select
    'airtable:' || base_id || '/' || table_id || '/' || field_id as subject,
    cast(null as varchar) as person_id,
    'Airtable table ' || table_name || ': ' || what as detail
from change
where what is not null
