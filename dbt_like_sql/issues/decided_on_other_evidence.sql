-- One row per standing decision on contacts that stood on other evidence: a contact it names says something else today, or
-- others than then belong to the same people. What another decision brought or took away does not count.
with named as (
    select decision_id, kind, contact_id, evidence
    from identity.decision_seen
    where side <> 'beside'
),

changed as (
    select n.decision_id, count(*) as contacts
    from named as n
    left join identity.evidence_hash as h on n.contact_id = h.contact_id
    where n.evidence is not null and h.evidence_hash is distinct from n.evidence
    group by n.decision_id
),

looked as (
    select decision_id from identity.decision_seen where evidence is not null group by decision_id
),

person as (
    select n.decision_id, x.person_id
    from named as n
    inner join looked as k on n.decision_id = k.decision_id
    inner join people.crosswalk as x on n.contact_id = x.contact_id
    group by n.decision_id, x.person_id
),

together as (
    select p.decision_id, x.contact_id
    from person as p
    inner join people.crosswalk as x on p.person_id = x.person_id
),

decided as (
    select contact_id_l as contact_id, contact_id_r as other_id from identity.decision
    union all
    select contact_id_r, contact_id_l from identity.decision
),

joined as (
    select t.decision_id, t.contact_id
    from together as t
    left join identity.decision_seen as s on t.decision_id = s.decision_id and t.contact_id = s.contact_id
    where s.contact_id is null
),

joined_by_decision as (
    select j.decision_id, j.contact_id
    from joined as j
    inner join decided as d on j.contact_id = d.contact_id
    inner join together as t on j.decision_id = t.decision_id and d.other_id = t.contact_id
    group by j.decision_id, j.contact_id
),

gone as (
    select s.decision_id, s.contact_id
    from identity.decision_seen as s
    inner join looked as k on s.decision_id = k.decision_id
    left join together as t on s.decision_id = t.decision_id and s.contact_id = t.contact_id
    where t.contact_id is null
),

gone_by_decision as (
    select g.decision_id, g.contact_id
    from gone as g
    inner join decided as d on g.contact_id = d.contact_id
    inner join identity.decision_seen as s on g.decision_id = s.decision_id and d.other_id = s.contact_id
    group by g.decision_id, g.contact_id
),

moved as (
    select j.decision_id, j.contact_id
    from joined as j
    left join joined_by_decision as b on j.decision_id = b.decision_id and j.contact_id = b.contact_id
    where b.contact_id is null
    union all
    select g.decision_id, g.contact_id
    from gone as g
    left join gone_by_decision as b on g.decision_id = b.decision_id and g.contact_id = b.contact_id
    where b.contact_id is null
),

reason as (
    select decision_id, contacts as changed, 0 as moved from changed
    union all
    select decision_id, 0, count(*) from moved group by decision_id
)

select
    'decision:' || r.decision_id as subject,
    min(p.person_id) as person_id,
    'decision ' || r.decision_id || ' (' || min(n.kind) || '): ' || max(r.changed) || ' of its contacts say something else, '
    || max(r.moved) || ' others came or went since' as detail
from reason as r
inner join named as n on r.decision_id = n.decision_id
left join person as p on r.decision_id = p.decision_id
group by r.decision_id
