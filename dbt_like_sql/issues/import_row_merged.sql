-- One row per person whose new row Givebutter folded into a contact it had, until a file names the contact as theirs.
select 'person:' || person_id || '|' || contact_id as subject, person_id, detail
from exports.outcome
where outcome = 'merged' and latest
