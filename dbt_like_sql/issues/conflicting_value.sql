-- One row per person of a season and owned field in which Givebutter says something else than the sign-up form.
with ours as (
    select f.person_id, f.field, f.value
    from people.field_value as f
    inner join people.participation as p on f.person_id = p.person_id
    where f.rank = 1 and f.source = 'jotform' and f.field in ('first_name', 'last_name', 'birth_date', 'phone', 'email')
),

theirs as (
    select person_id, field, contact_id, min(value) as value, list(lower(value)) as all_values
    from people.claim
    where source = 'givebutter' and entity = 'contacts'
    group by person_id, field, contact_id
)

select
    'person:' || o.person_id || '|' || o.field || '|' || t.contact_id as subject,
    o.person_id,
    o.field || ': ours ' || o.value || ', Givebutter contact ' || split_part(t.contact_id, ':', 2) || ' says ' || t.value
        as detail
from ours as o
inner join theirs as t on o.person_id = t.person_id and o.field = t.field
where not list_contains(t.all_values, lower(o.value))
