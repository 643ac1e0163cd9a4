-- One row per import that counts, and some of whose rows were refused: they are nobody until somebody corrects them.
select
    'import:' || h.import_id as subject,
    cast(null as varchar) as person_id,
    h.file_name || ' (' || h.import_id || '): ' || h.refused || ' of ' || h.rows || ' rows were refused: '
    || array_to_string(h.top_errors, ', ') as detail
from contacts.import_history as h
where h.status = 'applied' and h.refused > 0
