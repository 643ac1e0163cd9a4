-- One row per campaign member and season. A member's address names the campaign; where it names none of a season's, the
-- member is of the current season as long as the newest reading of the campaign lists them.
with newest as (
    select max(b.sequence) as sequence
    from landing.batch as b
    where b.source = 'givebutter' and b.entity = 'members' and b.full_snapshot
),

listed as (
    select distinct r._record_id as member_id
    from raw.givebutter_members as r
    inner join landing.batch as b on r._batch_id = b.batch_id
    inner join newest as n on b.sequence = n.sequence
),

named as (
    select
        f.member_id,
        s.season
    from contacts.givebutter_fundraising as f
    inner join mentors.season as s on contains(lower(f.url) || '/', '/' || lower(s.campaign) || '/')
)

select
    x.person_id,
    coalesce(n.season, s.season) as season,
    f.member_id,
    f.raised,
    f.goal as own_goal,
    f.url,
    f.campaign_joined_at,
    f.modified_at
from contacts.givebutter_fundraising as f
inner join people.crosswalk as x on f.contact_id = x.contact_id
inner join mentors.season as s on s.current
left join named as n on f.member_id = n.member_id
left join listed as l on f.member_id = l.member_id
where (n.season is not null and n.season <> s.season) or l.member_id is not null
