-- One row per person and season that a training list names: by the season's mentor id, else by an e-mail address of the
-- person. A list counts for the newest season somebody had signed up for when it was made; the newest list wins.
with by_id as (
    select p.person_id, p.season, p.signed_up_at, l.*
    from mentors.training_list as l
    inner join people.participation as p on l.mentor_key = p.mentor_key and p.signed_up_at <= l.listed_at
),

by_email as (
    select distinct p.person_id, p.season, p.signed_up_at, l.*
    from mentors.training_list as l
    inner join contacts.email as e on l.email = e.email and e.valid
    inner join people.crosswalk as x on e.contact_id = x.contact_id
    inner join people.participation as p on x.person_id = p.person_id and p.signed_up_at <= l.listed_at
    where l.mentor_key is null
),

named as (
    select * from by_id
    union all
    select * from by_email
),

of_season as (
    select *
    from named
    qualify row_number() over (partition by batch_id, line order by signed_up_at desc, person_id) = 1
)

select
    person_id,
    season,
    done,
    coalesce(cast(trained_on as timestamptz), listed_at) as trained_at,
    batch_id,
    line
from of_season
qualify row_number() over (partition by person_id, season order by listed_at desc, batch_id desc, line desc) = 1
