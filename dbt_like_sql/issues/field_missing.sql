-- One row per Airtable field that the settings give a role and that its table has not, or not any more.
select
    'airtable:' || base_id || '/' || table_id || '/' || field_id as subject,
    cast(null as varchar) as person_id,
    'Airtable table ' || table_name || ': '
    || case
        when field_name is null then 'no field has the id ' || field_id || ', which is to be read as ' || role
        else 'the field ' || field_name || ' (' || field_id || '), read as ' || role || ', is gone'
    end as detail
from contacts.airtable_field
where role is not null and not present and exists (select 1 from raw.airtable_fields)
