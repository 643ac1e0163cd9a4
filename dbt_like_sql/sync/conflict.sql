-- One row per field in which Givebutter says something else than we do and nobody has settled it: both values, what both
-- last held alike, whose word counts, and what to do.
select
    sha256('conflicting_value' || chr(31) || 'person:' || s.person_id || '|' || s.field || '|' || s.contact_id) as fingerprint,
    'person:' || s.person_id || '|' || s.field || '|' || s.contact_id as subject,
    s.person_id,
    p.mentor_id,
    s.contact_id,
    s.field,
    s.ours,
    s.theirs,
    s.base,
    s.changed_by,
    case when s.direction = 'from form' then 'form' else 'either side' end as owner,
    'keep-ours' as suggestion,
    case
        when s.in_doubt and s.direction = 'both ways'
            then 'The contact was changed after our file left, and still says what it said: our file did not arrive, or somebody '
                || 'put it back. Nothing is written over it until you answer.'
        when s.in_doubt
            then 'The contact was changed after our file left, and still says what it said: our file did not arrive, or somebody '
                || 'put it back. The form owns this field: our next file puts it right.'
        when s.direction = 'both ways'
            then 'Both sides changed it since they last agreed. The form''s answer stands; accept theirs if it is newer.'
        when s.changed_by = 'theirs' then 'The form owns this field and was not changed: our next file puts it right.'
        when s.changed_by = 'both' then 'Both sides changed it. The form owns this field: our next file puts it right.'
        else 'The two never agreed. The form owns this field: our next file puts it right.'
    end as advice,
    s.theirs_since as since
from sync.field_state as s
inner join people.participation as p on s.person_id = p.person_id
inner join mentors.season as n on p.season = n.season and n.current
where s.outcome = 'conflict'
