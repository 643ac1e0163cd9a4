-- One row per contact and voter that may be one person, with rule, probability, rank and margin. The probability weighs all
-- candidates of a contact against each other, against namesakes who were not compared, and against not being in the file
-- (decisions 6 and 7). A voter someone said it is not is no candidate any more.
with pair as (
    select
        p.record_id,
        p.state,
        p.voter_id,
        p.rule,
        p.match_weight,
        p.corroborated,
        pow(2, p.match_weight) as odds,
        t.tier,
        coalesce(t.settled, false) as settled
    from identity.voter_pair as p
    left join identity.voter_tier as t
        on p.record_id = t.record_id and p.state = t.state and p.voter_id = t.voter_id
    left join identity.voter_choice as c
        on p.record_id = c.contact_id and p.state = c.state and p.voter_id = c.voter_id and c.kind = 'not_voter'
    where c.contact_id is null
),

weighed as (
    select
        p.*,
        n.namesakes,
        p.odds / (1 + coalesce(n.unseen_mass, 0) + sum(p.odds) over (partition by p.record_id)) as model_probability,
        max(p.match_weight) over (partition by p.record_id) as best_weight
    from pair as p
    left join identity.voter_namesake as n on p.record_id = n.record_id
),

judged as (
    select
        *,
        case
            when tier = 'voter id contradicted' then least(model_probability, 0.5)
            when settled and match_weight = best_weight and tier in ('voter id', 'name and address')
                then greatest(model_probability, 0.999)
            when settled and match_weight = best_weight then greatest(model_probability, 0.99)
            else model_probability
        end as probability
    from weighed
),

ranked as (
    select
        *,
        row_number() over (partition by record_id order by probability desc, match_weight desc, state, voter_id) as rank,
        lead(probability, 1, 0) over (partition by record_id order by probability desc, match_weight desc, state, voter_id)
            as next_probability
    from judged
)

select
    record_id,
    state,
    voter_id,
    coalesce(tier, 'evidence') as match_type,
    rule,
    round(match_weight, 6) as match_weight,
    round(probability, 6) as probability,
    corroborated,
    cast(rank as integer) as rank,
    round(probability - next_probability, 6) as margin,
    coalesce(namesakes, 0) as namesakes
from ranked
where probability >= 0.01 or rank = 1
