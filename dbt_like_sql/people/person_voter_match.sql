-- One row per person who is linked to a voter: from the lower threshold as probable, from the upper one as sure (decision 5).
-- One voter per person, one person per voter of a state (decision 8): each must be the other's best. What a human chose is
-- linked whatever the evidence; two voters of one person that both pass the threshold are linked to neither, and names with
-- a city alone link nobody.
select
    c.person_id as pid,
    c.state,
    c.voter_id,
    c.match_type,
    case when c.is_chosen or c.probability >= s.sure_threshold then 'sure' else 'probable' end as band,
    c.probability as score,
    coalesce(c.rule, 'decision') as rule,
    to_json(struct_pack(
        contact_id := c.contact_id,
        match_weight := c.match_weight,
        margin := c.margin,
        namesakes := c.namesakes
    )) as details,
    greatest(c.observed_at, coalesce(c.decided_at, c.observed_at), coalesce(s.loaded_at, c.observed_at)) as matched_at,
    coalesce(c.decided_by, 'pipeline') as matched_by,
    c.decided_by as verified_by,
    c.decided_at as verified_at
from people.voter_claim as c
cross join identity.voter_setting as s
where
    c.rank = 1
    and c.rank_of_person = 1
    and (
        c.is_chosen
        or (c.corroborated and c.probability >= s.link_threshold and c.probability - c.margin < s.link_threshold)
    )
