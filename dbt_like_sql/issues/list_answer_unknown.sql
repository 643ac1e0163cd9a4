-- One row per column of consent in a list with answers that nobody understands.
select
    'list column:' || batch_id || ':' || column_name as subject,
    cast(null as varchar) as person_id,
    file_name || ', column ' || column_name || ' (' || field || '): ' || unread_answers || ' of ' || filled
    || ' answers are neither a yes nor a no' as detail
from contacts.list_column
where unread_answers > 0
