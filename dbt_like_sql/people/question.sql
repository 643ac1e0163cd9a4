-- One row per two people of whom nobody has said yet whether they are one: the evidence is in doubt, or is of a kind that
-- joins nobody by itself, or would join them and a rule keeps them apart. The pair of contacts that speaks loudest stands for
-- the two.
with pair as (
    select
        case when l.person_id < r.person_id then l.person_id else r.person_id end as person_l,
        case when l.person_id < r.person_id then r.person_id else l.person_id end as person_r,
        case when l.person_id < r.person_id then p.record_id_l else p.record_id_r end as contact_id_l,
        case when l.person_id < r.person_id then p.record_id_r else p.record_id_l end as contact_id_r,
        p.match_weight,
        p.match_probability,
        p.asked_because
    from identity.pair as p
    inner join people.crosswalk as l on p.record_id_l = l.contact_id
    inner join people.crosswalk as r on p.record_id_r = r.contact_id
    where l.person_id <> r.person_id
),

refused as (
    select
        least(l.person_id, r.person_id) as person_l,
        greatest(l.person_id, r.person_id) as person_r,
        min(f.reason) as reason
    from identity.refused as f
    inner join people.crosswalk as l on f.record_id_l = l.contact_id
    inner join people.crosswalk as r on f.record_id_r = r.contact_id
    where l.person_id <> r.person_id
    group by 1, 2
),

answered as (
    select
        least(l.person_id, r.person_id) as person_l,
        greatest(l.person_id, r.person_id) as person_r
    from identity.decision as d
    inner join people.crosswalk as l on d.contact_id_l = l.contact_id
    inner join people.crosswalk as r on d.contact_id_r = r.contact_id
    where l.person_id <> r.person_id
    group by 1, 2
)

select
    p.person_l,
    p.person_r,
    p.contact_id_l,
    p.contact_id_r,
    p.match_weight,
    p.match_probability,
    cast(count(*) over (partition by p.person_l, p.person_r) as integer) as pairs,
    case when f.person_l is null then 'in doubt' else 'kept apart' end as kind,
    coalesce(f.reason, p.asked_because) as reason
from pair as p
left join refused as f on p.person_l = f.person_l and p.person_r = f.person_r
left join answered as a on p.person_l = a.person_l and p.person_r = a.person_r
where a.person_l is null
qualify row_number() over (
        partition by p.person_l, p.person_r order by p.match_weight desc, p.contact_id_l, p.contact_id_r
    ) = 1
