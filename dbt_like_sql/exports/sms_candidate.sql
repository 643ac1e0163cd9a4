-- One row per mentor of the current season: the number a text goes to, if any. Of the mentor's own numbers the best one counts
-- that is a mobile. In the US and Canada libphonenumber cannot tell a mobile from a landline (fixed_line_or_mobile): such a
-- number counts as a mobile. Landlines, toll-free and other kinds get no text, and a number with an extension neither.
with number as (
    select
        f.person_id,
        f.value as phone,
        min(p.line_type) as line_type
    from people.field_value as f
    inner join people.crosswalk as x on f.person_id = x.person_id
    inner join contacts.phone as p on x.contact_id = p.contact_id and f.value = p.e164 and p.valid and p.extension is null
    where f.field = 'phone' and p.line_type in ('mobile', 'fixed_line_or_mobile')
    group by f.person_id, f.value, f.rank
    qualify row_number() over (partition by f.person_id order by f.rank) = 1
)

select
    m.person_id,
    m.season,
    m.mentor_id,
    m.mentor_key,
    m.preferred_name,
    m.first_name,
    m.last_name,
    m.status,
    m.shift_preference,
    n.phone,
    n.line_type,
    m.phone as best_phone
from mentors.mentor as m
inner join mentors.season as s on m.season = s.season and s.current
left join number as n on m.person_id = n.person_id
