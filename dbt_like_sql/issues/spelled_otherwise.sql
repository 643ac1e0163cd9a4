-- One row per person of the season whose name Givebutter has held in another spelling ever since (Ed for Edward, an accent, an
-- initial, half of a double name): the form's stands, and our next file writes it.
select
    'person:' || person_id || '|' || field || '|' || contact_id as subject,
    person_id,
    field || ': ours ' || ours || ', Givebutter contact ' || split_part(contact_id, ':', 2) || ' says ' || theirs as detail
from sync.field_state
where outcome = 'ours' and direction = 'from form' and changed_by = 'unknown'
