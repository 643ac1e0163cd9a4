-- One row per person whose row left no trace in Givebutter although other rows of the same file did.
select 'person:' || person_id || '|import' as subject, person_id, detail
from exports.outcome
where outcome = 'unchanged' and latest and not all_there
