-- One row per column of a list whose cells are something else than its header says. The cells are believed, or nobody.
select
    'list column:' || batch_id || ':' || column_name as subject,
    cast(null as varchar) as person_id,
    file_name || ', column ' || column_name || ': its cells are something else than the header says; it was taken as '
    || coalesce(field, 'nobody''s field') as detail
from contacts.list_column
where contradicted and how <> 'confirmed'
