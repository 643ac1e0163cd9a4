-- One row per person, field and distinct value, best first: rank 1 is the value the person shows, the others lost to it.
-- The owner's word comes first (decision 24), then the latest, then the source's own order; ties by contact id.
with best_claim as (
    select
        *,
        count(*) over (partition by person_id, field, lower(value)) as claims,
        row_number() over (
            partition by person_id, field, lower(value)
            order by owner_rank, said_at desc nulls last, position, contact_id
        ) as claim_order
    from people.claim
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
    cast(
        row_number() over (
            partition by person_id, field
            order by owner_rank, position, said_at desc nulls last, contact_id, value
        ) as integer
    ) as rank
from best_claim
where claim_order = 1
