-- One row per person and season: who the mentor is, what they chose, where they stand, and which Givebutter contact is theirs.
-- mentors.mentor adds the text they are told.
with answer as (
    select
        x.person_id,
        s.season,
        a.role,
        a.answer_text as said
    from contacts.jotform_answer as a
    inner join contacts.jotform_submission as s on a.entity = s.entity and a.record_id = s.record_id
    inner join people.crosswalk as x on 'jotform.' || s.entity || ':' || s.record_id = x.contact_id
    where
        a.role in ('shift_preference', 'partner_preference', 'shirt_size', 'class_year', 'email', 'school_email')
        and (a.role <> 'email' or s.entity = 'signups')
        and a.answer_text <> ''
    qualify row_number() over (
            partition by x.person_id, s.season, a.role
            order by coalesce(s.modified_at, s.created_at) desc nulls last, s.record_id desc
        ) = 1
),

chosen as (
    select
        w.person_id,
        w.season,
        max(case when w.role = 'shift_preference' then w.said end) as shift_preference,
        max(case when w.role = 'partner_preference' then w.said end) as partner_preference,
        max(case when w.role = 'shirt_size' then w.said end) as shirt_size,
        max(case when w.role = 'class_year' then w.said end) as class_year,
        max(case when w.role = 'email' and e.valid then e.email end) as personal_email,
        max(case when w.role = 'school_email' and e.valid then e.email end) as school_email
    from answer as w
    left join contacts.email_value as e on w.said = e.raw
    group by w.person_id, w.season
),

settled as (
    select
        person_id,
        max(case when field = 'shift_preference' then value end) as shift_preference,
        max(case when field = 'partner_preference' then value end) as partner_preference,
        max(case when field = 'class_year' then value end) as class_year,
        max(case when field = 'email' then lower(value) end) as personal_email
    from sync.field_state
    group by person_id
),

matched as (
    select
        person_id,
        season,
        max(case when chosen then givebutter_contact_id end) as givebutter_contact_id,
        max(case when chosen then contact_id end) as givebutter_record,
        max(case when chosen and stale then 1 else 0 end) = 1 as contact_deleted,
        sum(case when same_person then 1 else 0 end) as givebutter_contacts,
        max(case when in_doubt then 1 else 0 end) = 1 as in_doubt
    from mentors.contact_match
    group by person_id, season
),

status as (
    select
        t.person_id,
        t.season,
        r.status
    from mentors.task as t
    inner join mentors.status_rule as r
        on
            coalesce(r.dropped = t.dropped, true)
            and coalesce(r.fundraised_done = t.fundraised_done, true)
            and coalesce(r.training_done = t.training_done, true)
            and coalesce(r.campaign_member = t.campaign_member, true)
            and coalesce(r.setup_done = t.setup_done, true)
    qualify row_number() over (partition by t.person_id, t.season order by r.position) = 1
)

select
    p.person_id,
    p.season,
    p.mentor_id,
    p.mentor_key,
    case
        when contains(n.preferred_name, ' ') and contains(lower(n.preferred_name), lower(n.last_name)) then n.first_name
        else n.preferred_name
    end as preferred_name,
    n.first_name,
    n.middle_name,
    n.last_name,
    n.suffix,
    n.phone,
    coalesce(f.personal_email, c.personal_email, case when n.email is distinct from c.school_email then n.email end) as personal_email,
    c.school_email,
    n.gender,
    c.shirt_size,
    coalesce(f.class_year, c.class_year) as class_year,
    coalesce(f.shift_preference, c.shift_preference) as shift_preference,
    coalesce(f.partner_preference, c.partner_preference) as partner_preference,
    s.status,
    t.amount_raised,
    t.goal,
    t.member_id,
    m.givebutter_contact_id,
    m.givebutter_record,
    coalesce(m.contact_deleted, false) as contact_deleted,
    cast(coalesce(m.givebutter_contacts, 0) as integer) as givebutter_contacts,
    coalesce(m.in_doubt, false) as in_doubt,
    p.signup_contact_id,
    p.signed_up_at
from people.participation as p
inner join people.person as n on p.person_id = n.person_id
inner join mentors.task as t on p.person_id = t.person_id and p.season = t.season
inner join status as s on p.person_id = s.person_id and p.season = s.season
left join chosen as c on p.person_id = c.person_id and p.season = c.season
left join mentors.season as y on p.season = y.season and y.current
left join settled as f on p.person_id = f.person_id and y.season is not null
left join matched as m on p.person_id = m.person_id and p.season = m.season
