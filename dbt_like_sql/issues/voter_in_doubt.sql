-- One row per person whose voter a human should confirm: linked as probable, or not linked because two voters or two people
-- claim each other.
with best as (
    select c.*, s.link_threshold
    from people.voter_claim as c
    cross join identity.voter_setting as s
    where c.rank = 1 and c.probability >= s.link_threshold and not c.is_chosen
)

select
    'voter:' || b.person_id as subject,
    b.person_id,
    b.state || ':' || b.voter_id || ', probability ' || cast(round(b.probability, 3) as varchar)
    || case
        when m.pid is not null then ', linked as probable'
        when not b.corroborated then ', not linked: only names and city agree'
        when b.rank_of_person > 1 then ', not linked: another person fits this voter better'
        else ', not linked: another voter fits this person as well'
    end as detail
from best as b
left join people.person_voter_match as m on b.person_id = m.pid
where m.pid is null or m.band = 'probable'
