-- One row per mentor id that two people of one season carry.
select
    'mentor:' || season || ':' || upper(mentor_id) as subject,
    cast(null as varchar) as person_id,
    'Mentor id ' || upper(mentor_id) || ' of ' || season || ' is carried by '
    || string_agg(person_id, ', ' order by person_id) as detail
from people.participation
where mentor_id is not null
group by season, upper(mentor_id)
having count(distinct person_id) > 1
