-- One row per mentor, season and named value that a custom field may show: tasks as true or false, amounts as plain numbers,
-- texts filled in.
with fact as (
    select m.*, t.signup_done, t.setup_done, t.campaign_member, t.fundraised_done, t.training_done, t.dropped
    from mentors.mentor as m
    inner join mentors.task as t on m.person_id = t.person_id and m.season = t.season
),

named as (
    select person_id, season, 'preferred_name' as name, preferred_name as value from fact
    union all
    select person_id, season, 'first_name', first_name from fact
    union all
    select person_id, season, 'last_name', last_name from fact
    union all
    select person_id, season, 'full_name', concat_ws(' ', first_name, last_name) from fact
    union all
    select person_id, season, 'mentor_id', mentor_id from fact
    union all
    select person_id, season, 'season', season from fact
    union all
    select person_id, season, 'shift_preference', shift_preference from fact
    union all
    select person_id, season, 'partner_preference', partner_preference from fact
    union all
    select person_id, season, 'shirt_size', shirt_size from fact
    union all
    select person_id, season, 'class_year', class_year from fact
    union all
    select person_id, season, 'status', status from fact
    union all
    select person_id, season, 'amount_raised', cast(amount_raised as varchar) from fact
    union all
    select person_id, season, 'amount_missing', cast(greatest(goal - amount_raised, cast(0 as decimal(18, 2))) as varchar)
    from fact
    union all
    select person_id, season, 'goal', cast(goal as varchar) from fact
    union all
    select person_id, season, 'signup_done', cast(signup_done as varchar) from fact
    union all
    select person_id, season, 'setup_done', cast(setup_done as varchar) from fact
    union all
    select person_id, season, 'campaign_member', cast(campaign_member as varchar) from fact
    union all
    select person_id, season, 'fundraised_done', cast(fundraised_done as varchar) from fact
    union all
    select person_id, season, 'training_done', cast(training_done as varchar) from fact
    union all
    select person_id, season, 'dropped', cast(dropped as varchar) from fact
    union all
    select person_id, season, template, text from mentors.text where template <> 'note'
)

select person_id, season, name, value
from named
where value is not null and value <> ''
