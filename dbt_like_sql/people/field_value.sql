-- One row per person, field and distinct value, best first: rank 1 is the value the person shows, the others lost to it.
-- What decides (decision 24): a lock; then, for people of the season, what sync.field_state found (owner and three-way), for
-- others the value a human chose; then the owner's word, the latest, the source's own order; ties by contact id. Of imports
-- that fill blanks the first to land stays (decision 33).
with claim as (
    select
        c.*,
        case
            when c.source = 'decision' and c.entity = 'lock' then 'locked'
            when s.person_id is null and c.source = 'decision' then 'chosen'
            when c.contact_id = s.value_from and (c.field <> 'email' or lower(c.value) = lower(s.value)) then s.outcome
        end as chosen_because
    from people.claim as c
    left join sync.field_state as s on c.person_id = s.person_id and c.field = s.field
),

weighed as (
    select
        *,
        case
            when chosen_because = 'locked' then 0
            when chosen_because is not null then 1
            when source = 'decision' then 3
            else 2
        end as choice
    from claim
),

best_claim as (
    select
        *,
        count(*) over (partition by person_id, field, lower(value)) as claims,
        row_number() over (
            partition by person_id, field, lower(value)
            order by choice, owner_rank, filled_at, said_at desc nulls last, position, contact_id
        ) as claim_order
    from weighed
)

select
    person_id,
    field,
    value,
    contact_id,
    source,
    entity,
    owner_rank,
    said_at,
    cast(claims as integer) as claims,
    chosen_because,
    cast(
        row_number() over (
            partition by person_id, field
            order by choice, owner_rank, filled_at, position, said_at desc nulls last, contact_id, value
        ) as integer
    ) as rank
from best_claim
where claim_order = 1
