-- One row per person of the season, field, side (ours: the forms and what humans decided; theirs: their Givebutter contact)
-- and change of what was said, with when we first saw it. Each side's changes are in the order of that side's own clock;
-- the two sides are put in order by when we saw them, never by comparing their clocks (decision 41). What a file of ours
-- proves to have written, and no reading showed, is a change of theirs as well, seen when the file left.
with rule as (
    select distinct field, compare from people.ownership where direction in ('from form', 'both ways', 'from Givebutter')
),

form as (
    select f.*
    from sync.form_value as f
    left join people.ownership as o on f.field = o.field and f.source_entity = o.source_entity
    qualify coalesce(o.rank, 99) = min(coalesce(o.rank, 99)) over (partition by f.person_id, f.field)
),

worded as (
    select person_id, 'ours' as side, contact_id, field, value, assumed, said_at, cast(null as date) as read_on, arrived_at, sequence, line
    from form
    union all
    select person_id, 'theirs', contact_id, field, value, false, said_at, read_on, arrived_at, sequence, line
    from sync.platform_value
    union all
    select person_id, 'theirs', contact_id, field, value, false, changed_at, null, exported_at, read_sequence, row_number
    from sync.unseen_value
    where proven
),

keyed as (
    select
        w.*,
        case
            when r.compare = 'phone' then p.e164
            when r.compare = 'date' then coalesce(cast(b.birth_date as varchar), w.value)
            else lower(regexp_replace(w.value, '\s+', ' ', 'g'))
        end as compared_as
    from worded as w
    inner join rule as r on w.field = r.field
    left join sync.phone_value as p on r.compare = 'phone' and w.value = p.raw and p.valid
    left join sync.birth_value as b on r.compare = 'date' and w.value = b.raw
),

dated as (
    select
        *,
        min(arrived_at) over (
            partition by person_id, side, field
            order by said_at nulls first, read_on nulls first, sequence, line
            rows between current row and unbounded following
        ) as seen_at,
        lag(compared_as) over (
            partition by person_id, side, field order by said_at nulls first, read_on nulls first, sequence, line
        ) as compared_before,
        row_number() over (
            partition by person_id, side, field order by said_at nulls first, read_on nulls first, sequence, line
        ) as place
    from keyed
    where compared_as is not null
),

change as (
    select person_id, side, contact_id, field, value, assumed, compared_as, seen_at, place, cast(null as bigint) as decision_id
    from dated
    where compared_as is distinct from compared_before
    union all
    select
        d.person_id,
        'ours',
        'decision:' || d.decision_id,
        d.field,
        d.value,
        false,
        lower(regexp_replace(d.value, '\s+', ' ', 'g')),
        d.decided_at,
        null,
        d.decision_id
    from people.decided_value as d
    inner join rule as r on d.field = r.field
    where d.person_id in (select person_id from sync.form_value)
)

select
    person_id,
    side,
    contact_id,
    field,
    value,
    assumed,
    compared_as,
    seen_at,
    lead(seen_at) over changes as seen_until,
    row_number() over changes as change_number,
    decision_id
from change
window changes as (partition by person_id, side, field order by seen_at, place nulls last, decision_id)
