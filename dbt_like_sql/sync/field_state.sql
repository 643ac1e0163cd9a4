-- One row per person of the season and field that both sides may say: what we have, what Givebutter has, what both last
-- held alike (base), who changed it since, and what follows (decision 24: lock, owner, three-way, latest). Names that are
-- read as one (Smith Jr in one cell or in two) are alike. Two that never agreed and are one name in two spellings (Ed and
-- Edward, an accent, an initial, half of a double name) are no conflict: the form's stands. Our own value that comes back from Givebutter is no change of
-- theirs, unless a later one of ours had arrived there before. Where nobody can tell whether our value arrived and was put
-- back, or never arrived (in_doubt), it is a conflict, and nothing is written over a field that goes both ways. Changes of
-- both sides that were seen within an hour count as made at once: no side knew of the other, and which was read first says
-- nothing. All of it is made anew from the readings that landed, the files that left and the decisions: nothing of it has to
-- be remembered.
with ours as (
    select * from sync.said where side = 'ours'
),

theirs as (
    select * from sync.said where side = 'theirs'
),

ours_now as (
    select * from ours qualify row_number() over (partition by person_id, field order by change_number desc) = 1
),

theirs_now as (
    select * from theirs qualify row_number() over (partition by person_id, field order by change_number desc) = 1
),

arrival as (
    select t.person_id, t.field, t.change_number, max(o.change_number) as ours_number
    from theirs as t
    inner join ours as o
        on
            t.person_id = o.person_id and t.field = o.field and t.compared_as = o.compared_as
            and (o.seen_at < t.seen_at or (o.decision_id is null and o.seen_at = t.seen_at))
    group by t.person_id, t.field, t.change_number
),

echo as (
    select t.person_id, t.field, t.change_number, min(t.seen_at) as held_at, min(t.value) as value
    from theirs as t
    inner join ours as o
        on t.person_id = o.person_id and t.field = o.field and t.compared_as = o.compared_as and o.seen_at < t.seen_at
    left join theirs as b
        on
            t.person_id = b.person_id and t.field = b.field and t.compared_as = b.compared_as
            and b.change_number < t.change_number
    left join arrival as a on t.person_id = a.person_id and t.field = a.field and a.change_number < t.change_number
    group by t.person_id, t.field, t.change_number
    having
        (max(b.seen_until) is null or max(b.seen_until) <= max(o.seen_at))
        and (max(a.ours_number) is null or max(a.ours_number) <= max(o.change_number))
),

agreement as (
    select
        o.person_id,
        o.field,
        greatest(o.seen_at, t.seen_at) as held_at,
        t.value,
        o.change_number as ours_number,
        t.change_number as theirs_number,
        o.seen_until
    from ours as o
    inner join theirs as t on o.person_id = t.person_id and o.field = t.field and o.compared_as = t.compared_as
    where (o.seen_at < t.seen_until or t.seen_until is null) and (t.seen_at < o.seen_until or o.seen_until is null)
),

rule as (
    select field, min(direction) as direction, min(compare) as compare
    from people.ownership
    where direction in ('from form', 'both ways', 'from Givebutter')
    group by field
),

held as (
    select person_id, field, held_at, value from agreement
    union all
    select person_id, field, held_at, value from echo
    union all
    select a.person_id, a.field, t.seen_at, t.value
    from agreement as a
    inner join rule as r on a.field = r.field and r.direction = 'both ways'
    inner join theirs as t on a.person_id = t.person_id and a.field = t.field and t.change_number > a.theirs_number
    where t.seen_at < a.seen_until - interval 1 hour or a.seen_until is null
),

base as (
    select person_id, field, value, held_at
    from held
    qualify row_number() over (partition by person_id, field order by held_at desc, value) = 1
),

agreed_now as (
    select distinct a.person_id, a.field
    from agreement as a
    inner join ours_now as o on a.person_id = o.person_id and a.field = o.field and a.ours_number = o.change_number
    inner join theirs_now as t on a.person_id = t.person_id and a.field = t.field
    left join echo as e on t.person_id = e.person_id and t.field = e.field and t.change_number = e.change_number
    where e.person_id is null
),

look as (
    select distinct person_id, contact_id, sequence, arrived_at from sync.platform_value
),

shown as (
    select distinct field, sequence from sync.platform_value
),

blank_before as (
    select distinct t.person_id, t.field
    from theirs as t
    inner join look as l on t.person_id = l.person_id and t.contact_id = l.contact_id and l.arrived_at < t.seen_at
    inner join shown as s on t.field = s.field and l.sequence = s.sequence
    where t.change_number = 1
),

changed_there as (
    select distinct t.person_id, t.field
    from theirs as t
    inner join ours_now as o
        on
            t.person_id = o.person_id and t.field = o.field
            and (t.seen_at > o.seen_at or (o.decision_id is null and t.seen_at > o.seen_at - interval 1 hour))
    left join echo as e on t.person_id = e.person_id and t.field = e.field and t.change_number = e.change_number
    left join blank_before as b on t.person_id = b.person_id and t.field = b.field
    where (t.change_number > 1 or b.person_id is not null) and e.person_id is null and t.compared_as <> o.compared_as
),

doubted as (
    select distinct u.person_id, u.field
    from sync.unseen_value as u
    inner join ours_now as o
        on u.person_id = o.person_id and u.field = o.field and u.compared_as = o.compared_as and o.seen_at <= u.exported_at
    inner join theirs_now as t
        on u.person_id = t.person_id and u.field = t.field and u.contact_id = t.contact_id and t.seen_at <= u.exported_at
    where not u.proven
),

listed as (
    select distinct t.person_id, t.field
    from theirs_now as t
    inner join ours_now as o on t.person_id = o.person_id and t.field = o.field
    inner join contacts.phone as p on t.contact_id = p.contact_id and o.compared_as = p.e164
    where t.field = 'phone'
),

read_alike as (
    select distinct t.person_id, t.field
    from theirs_now as t
    inner join ours_now as o on t.person_id = o.person_id and t.field = o.field
    inner join people.claim as a on o.contact_id = a.contact_id and o.field = a.field
    inner join people.claim as b on t.contact_id = b.contact_id and t.field = b.field and lower(a.value) = lower(b.value)
    where t.field in ('first_name', 'middle_name', 'last_name', 'preferred_name')
),

spelling as (
    select distinct t.person_id, t.field
    from theirs_now as t
    inner join ours_now as o on t.person_id = o.person_id and t.field = o.field
    inner join contacts.contact as a on o.contact_id = a.contact_id
    inner join contacts.contact as b on t.contact_id = b.contact_id
    left join contacts.nickname as m on a.first_key = m.name_key
    left join contacts.nickname as n on b.first_key = n.name_key
    where
        (
            t.field in ('first_name', 'middle_name')
            and (
                starts_with(t.compared_as, replace(o.compared_as, '.', '')) or starts_with(o.compared_as, replace(t.compared_as, '.', ''))
            )
        )
        or (
            t.field = 'first_name'
            and len(list_filter(m.canonical_names, lambda x: list_contains(n.canonical_names, x))) > 0
        )
        or (t.field = 'first_name' and a.first_key = b.first_key)
        or (t.field = 'last_name' and a.last_key = b.last_key)
        or (
            t.field = 'last_name'
            and len(
                list_filter(
                    string_split_regex(t.compared_as, '[ -]+'),
                    lambda x: list_contains(string_split_regex(o.compared_as, '[ -]+'), x)
                )
            ) > 0
        )
),

lock as (
    select person_id, field, value, decision_id from people.decided_value where locked
),

compared as (
    select
        coalesce(o.person_id, t.person_id) as person_id,
        coalesce(o.field, t.field) as field,
        r.direction,
        r.compare,
        o.value as ours,
        o.seen_at as ours_since,
        o.contact_id as ours_from,
        o.decision_id,
        t.value as theirs,
        t.seen_at as theirs_since,
        t.contact_id,
        b.value as base,
        b.held_at as base_at,
        l.value as locked_value,
        l.decision_id as lock_id,
        case
            when l.person_id is not null then 'locked'
            when t.person_id is null then 'ours'
            when o.person_id is null or r.direction = 'from Givebutter' then 'theirs'
            when o.compared_as = t.compared_as or n.person_id is not null then 'same'
            when o.assumed and b.person_id is null then 'theirs'
            when d.person_id is not null then 'conflict'
            when a.person_id is not null and r.direction = 'both ways' then 'theirs'
            when a.person_id is not null or c.person_id is not null then 'conflict'
            when b.person_id is not null or o.decision_id is not null or r.direction = 'both ways' then 'ours'
            when i.person_id is not null then 'same'
            when y.person_id is not null then 'ours'
            else 'conflict'
        end as outcome,
        case
            when o.person_id is null or t.person_id is null or o.compared_as = t.compared_as then 'nobody'
            when n.person_id is not null then 'nobody'
            when d.person_id is not null then 'unknown'
            when a.person_id is not null then 'theirs'
            when c.person_id is not null then 'both'
            when b.person_id is not null or o.decision_id is not null then 'ours'
            else 'unknown'
        end as changed_by,
        d.person_id is not null as doubted
    from ours_now as o
    full outer join theirs_now as t on o.person_id = t.person_id and o.field = t.field
    inner join rule as r on coalesce(o.field, t.field) = r.field
    left join base as b on o.person_id = b.person_id and o.field = b.field
    left join agreed_now as a on o.person_id = a.person_id and o.field = a.field
    left join changed_there as c on o.person_id = c.person_id and o.field = c.field
    left join doubted as d on o.person_id = d.person_id and o.field = d.field
    left join listed as i on o.person_id = i.person_id and o.field = i.field
    left join read_alike as n on o.person_id = n.person_id and o.field = n.field
    left join spelling as y on o.person_id = y.person_id and o.field = y.field
    left join lock as l on coalesce(o.person_id, t.person_id) = l.person_id and coalesce(o.field, t.field) = l.field
)

select
    person_id,
    field,
    contact_id,
    direction,
    compare,
    ours,
    ours_since,
    theirs,
    theirs_since,
    base,
    base_at,
    outcome,
    changed_by,
    in_doubt,
    case
        when outcome = 'locked' then locked_value
        when outcome = 'theirs' or (in_doubt and direction = 'both ways') then theirs
        else ours
    end as value,
    case
        when outcome = 'locked' then 'decision:' || lock_id
        when outcome = 'theirs' or (in_doubt and direction = 'both ways') then contact_id
        else ours_from
    end as value_from,
    coalesce(lock_id, decision_id) as decision_id
from (select *, outcome = 'conflict' and doubted as in_doubt from compared) as judged
