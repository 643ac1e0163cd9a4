-- One row per person and voter who may be one, the best of what the person's contacts say, with rank and margin among the
-- person's voters. A choice of a human comes first, whatever the evidence; `not this voter` holds for the whole person. Of two
-- choices that contradict each other on one person's contacts the newest stands.
with choice as (
    select x.person_id, c.state, c.voter_id, c.kind, c.decided_by, c.decided_at
    from identity.voter_choice as c
    inner join people.crosswalk as x on c.contact_id = x.contact_id
    qualify row_number() over (
            partition by x.person_id, c.state, c.voter_id order by c.decision_id desc, c.contact_id
        ) = 1
),

rejected as (
    select person_id, state, voter_id from choice where kind = 'not_voter'
),

chosen as (
    select person_id, state, voter_id, decided_at, decided_by from choice where kind = 'voter'
),

found as (
    select
        x.person_id,
        k.state,
        k.voter_id,
        k.record_id as contact_id,
        k.match_type,
        k.rule,
        k.match_weight,
        k.probability,
        k.namesakes,
        k.corroborated,
        c.observed_at
    from identity.voter_candidate as k
    inner join people.crosswalk as x on k.record_id = x.contact_id
    inner join contacts.contact as c on k.record_id = c.contact_id
    left join rejected as r on x.person_id = r.person_id and k.state = r.state and k.voter_id = r.voter_id
    where r.person_id is null
),

best as (
    select *
    from found
    qualify
        row_number() over (
            partition by person_id, state, voter_id order by probability desc, match_weight desc, contact_id
        ) = 1
),

claim as (
    select
        coalesce(b.person_id, h.person_id) as person_id,
        coalesce(b.state, h.state) as state,
        coalesce(b.voter_id, h.voter_id) as voter_id,
        b.contact_id,
        case when h.person_id is not null then 'decision' else b.match_type end as match_type,
        case when h.person_id is not null then 1.0 else b.probability end as probability,
        b.rule,
        b.match_weight,
        b.namesakes,
        coalesce(b.corroborated, false) as corroborated,
        b.observed_at,
        h.decided_by,
        h.decided_at,
        h.person_id is not null as is_chosen
    from best as b
    full join chosen as h on b.person_id = h.person_id and b.state = h.state and b.voter_id = h.voter_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by person_id
            order by is_chosen desc, decided_at desc, probability desc, match_weight desc, state, voter_id
        ) as rank,
        row_number() over (
            partition by state, voter_id
            order by is_chosen desc, decided_at desc, probability desc, match_weight desc, person_id
        ) as rank_of_person,
        lead(probability, 1, 0) over (
            partition by person_id
            order by is_chosen desc, decided_at desc, probability desc, match_weight desc, state, voter_id
        ) as next_probability
    from claim
)

select
    person_id,
    state,
    voter_id,
    contact_id,
    match_type,
    rule,
    match_weight,
    probability,
    cast(rank as integer) as rank,
    cast(rank_of_person as integer) as rank_of_person,
    round(probability - next_probability, 6) as margin,
    coalesce(namesakes, 0) as namesakes,
    corroborated,
    is_chosen,
    decided_by,
    decided_at,
    observed_at
from ranked
