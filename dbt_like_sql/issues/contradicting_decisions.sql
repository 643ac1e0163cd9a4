-- One row per decision that could not be followed because another decision stands against it: two contacts of one person
-- that are kept apart, a voter that a newer choice gave to somebody else or took away, a voter denied and chosen since.
with voter as (
    select c.decision_id, c.kind, c.state, c.voter_id, x.person_id, m.voter_id is not null as linked
    from identity.voter_choice as c
    inner join people.crosswalk as x on c.contact_id = x.contact_id
    left join people.person_voter_match as m
        on x.person_id = m.pid and c.state = m.state and c.voter_id = m.voter_id
)

select
    'decision:' || d.decision_id as subject,
    min(l.person_id) as person_id,
    'decision ' || d.decision_id || ': ' || min(l.person_id) || ' and ' || min(r.person_id) || ' are still two people' as detail
from identity.decision as d
inner join people.crosswalk as l on d.contact_id_l = l.contact_id
inner join people.crosswalk as r on d.contact_id_r = r.contact_id
where d.kind = 'same' and l.person_id <> r.person_id
group by d.decision_id
union all
select
    'decision:' || decision_id as subject,
    min(person_id) as person_id,
    'decision ' || decision_id || ': ' || min(person_id) || case when min(kind) = 'voter' then ' is not linked to ' else ' is linked to ' end
    || min(state || ':' || voter_id) || ', as another decision says' as detail
from voter
where (kind = 'voter') <> linked
group by decision_id
