-- One row per person and season: what is done, since when, and what was raised, in dollars and cents. What an administrator
-- said of training or of dropping out wins over forms and lists (mentors.task_said). A sign-up that says nothing of anybody,
-- neither name nor phone nor e-mail, makes no mentor; it stays an issue (missing_mentor_id).
with form_answer as (
    select
        x.person_id,
        s.season,
        min(case when s.entity = 'setups' then s.created_at end) as setup_at,
        min(case when s.form = 'training' or ends_with(s.form, '/training') then s.created_at end) as training_form_at
    from contacts.jotform_submission as s
    inner join people.crosswalk as x on 'jotform.' || s.entity || ':' || s.record_id = x.contact_id
    where s.entity in ('setups', 'further_forms')
    group by x.person_id, s.season
),

page as (
    select
        person_id,
        season,
        string_agg(member_id, ', ' order by member_id) as member_id,
        min(campaign_joined_at) as campaign_joined_at,
        sum(coalesce(raised, cast(0 as decimal(18, 2)))) as raised
    from mentors.member
    group by person_id, season
),

said as (
    select
        person_id,
        season,
        max(case when task = 'training' then done end) as training,
        max(case when task = 'training' then decided_at end) as training_said_at,
        max(case when task = 'dropped' then done end) as dropped,
        max(case when task = 'dropped' then decided_at end) as dropped_said_at
    from mentors.task_said
    group by person_id, season
)

select
    p.person_id,
    p.season,
    true as signup_done,
    p.signed_up_at as signup_at,
    f.setup_at is not null as setup_done,
    f.setup_at,
    g.person_id is not null as campaign_member,
    g.campaign_joined_at,
    g.member_id,
    cast(coalesce(g.raised, 0) as decimal(18, 2)) as amount_raised,
    s.goal,
    coalesce(g.raised >= s.goal, false) as fundraised_done,
    coalesce(d.training, a.done, f.training_form_at is not null) as training_done,
    case
        when coalesce(d.training, a.done, true) then coalesce(d.training_said_at, a.trained_at, f.training_form_at)
    end as training_at,
    coalesce(d.dropped, false) as dropped,
    case when d.dropped then d.dropped_said_at end as dropped_at
from people.participation as p
inner join mentors.season as s on p.season = s.season
inner join people.person as n on p.person_id = n.person_id
left join form_answer as f on p.person_id = f.person_id and p.season = f.season
left join mentors.trained as a on p.person_id = a.person_id and p.season = a.season
left join page as g on p.person_id = g.person_id and p.season = g.season
left join said as d on p.person_id = d.person_id and p.season = d.season
where coalesce(n.first_name, n.last_name, n.phone, n.email) is not null
