-- One row per pair of people strong evidence would join and a cannot-link rule kept apart (suffix, birth year, season ids).
with pair as (
    select
        least(l.person_id, r.person_id) as person_l,
        greatest(l.person_id, r.person_id) as person_r,
        f.reason
    from identity.refused as f
    inner join people.crosswalk as l on f.record_id_l = l.contact_id
    inner join people.crosswalk as r on f.record_id_r = r.contact_id
    where l.person_id <> r.person_id
)

select
    'people:' || person_l || '|' || person_r as subject,
    person_l as person_id,
    person_l || ' and ' || person_r || ': ' || min(reason) as detail
from pair
group by person_l, person_r
