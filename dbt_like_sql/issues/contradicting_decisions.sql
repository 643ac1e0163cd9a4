-- One row per decision that two contacts are one person which could not be followed: another decision keeps them apart.
select
    'decision:' || d.decision_id as subject,
    min(l.person_id) as person_id,
    'decision ' || d.decision_id || ': ' || min(l.person_id) || ' and ' || min(r.person_id) || ' are still two people' as detail
from identity.decision as d
inner join people.crosswalk as l on d.contact_id_l = l.contact_id
inner join people.crosswalk as r on d.contact_id_r = r.contact_id
where d.kind = 'same' and l.person_id <> r.person_id
group by d.decision_id
