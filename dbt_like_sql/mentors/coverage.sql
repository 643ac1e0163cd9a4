-- One row per season: how many mentors have a Givebutter contact id, how many wait for the next export, and how many of those
-- are in doubt, with the sentence that says so.
with counted as (
    select
        season,
        cast(count(*) as integer) as mentors,
        cast(count(*) filter (where givebutter_contact_id is not null and not contact_deleted) as integer) as with_contact,
        cast(count(*) filter (where in_doubt) as integer) as in_doubt
    from mentors.roster
    group by season
)

select
    season,
    mentors,
    with_contact,
    mentors - with_contact as waiting,
    in_doubt,
    with_contact || ' of ' || mentors || ' mentors have a contact id; ' || (mentors - with_contact)
    || ' wait for the next export; ' || in_doubt || ' are in doubt' as sentence
from counted
