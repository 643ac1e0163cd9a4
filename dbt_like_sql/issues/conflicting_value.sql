-- One row per person of a season and field in which Givebutter says something else than we do, and nobody settled it.
select
    subject,
    person_id,
    field || ': ours ' || ours || ', Givebutter contact ' || split_part(contact_id, ':', 2) || ' says ' || theirs
    || coalesce(', both had ' || base, '') as detail
from sync.conflict
