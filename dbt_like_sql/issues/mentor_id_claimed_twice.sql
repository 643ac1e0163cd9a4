-- One row per mentor id that two people of one season carry.
select
    'mentor:' || season || ':' || mentor_key as subject,
    cast(null as varchar) as person_id,
    'Mentor id ' || mentor_key || ' of ' || season || ' is carried by '
    || string_agg(person_id, ', ' order by person_id) as detail
from people.participation
where mentor_key is not null
group by season, mentor_key
having count(distinct person_id) > 1
