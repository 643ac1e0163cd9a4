-- One row per pair of people with a match probability between the thresholds: a human decides (decision 5). A pair that
-- somebody told apart is no question any more.
with pair as (
    select
        least(l.person_id, r.person_id) as person_l,
        greatest(l.person_id, r.person_id) as person_r,
        p.match_probability
    from identity.pair as p
    inner join people.crosswalk as l on p.record_id_l = l.contact_id
    inner join people.crosswalk as r on p.record_id_r = r.contact_id
    where l.person_id <> r.person_id
),

told_apart as (
    select least(l.person_id, r.person_id) as person_l, greatest(l.person_id, r.person_id) as person_r
    from identity.decision as d
    inner join people.crosswalk as l on d.contact_id_l = l.contact_id
    inner join people.crosswalk as r on d.contact_id_r = r.contact_id
    where d.kind = 'different' and l.person_id <> r.person_id
    group by 1, 2
)

select
    'people:' || p.person_l || '|' || p.person_r as subject,
    p.person_l as person_id,
    p.person_l || ' and ' || p.person_r || ', match probability '
    || cast(round(max(p.match_probability), 3) as varchar) as detail
from pair as p
left join told_apart as t on p.person_l = t.person_l and p.person_r = t.person_r
where t.person_l is null
group by p.person_l, p.person_r
