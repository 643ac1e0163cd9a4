-- One row per pair of people with a match probability between the thresholds: a human decides (decision 5).
with pair as (
    select
        least(l.person_id, r.person_id) as person_l,
        greatest(l.person_id, r.person_id) as person_r,
        p.match_probability
    from identity.pair as p
    inner join people.crosswalk as l on p.record_id_l = l.contact_id
    inner join people.crosswalk as r on p.record_id_r = r.contact_id
    where l.person_id <> r.person_id
)

select
    'people:' || person_l || '|' || person_r as subject,
    person_l as person_id,
    person_l || ' and ' || person_r || ', match probability ' || cast(round(max(match_probability), 3) as varchar) as detail
from pair
group by person_l, person_r
