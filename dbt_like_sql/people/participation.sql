-- One row per person and season they signed up for, with the newest sign-up and the mentor id it carries (decision 3).
select
    x.person_id,
    c.season,
    c.mentor_id,
    c.mentor_key,
    c.contact_id as signup_contact_id,
    c.created_at as signed_up_at,
    count(*) over (partition by x.person_id, c.season) as signups
from contacts.contact as c
inner join people.crosswalk as x on c.contact_id = x.contact_id
where c.source = 'jotform' and c.entity = 'signups'
qualify row_number() over (
        partition by x.person_id, c.season order by coalesce(c.modified_at, c.created_at) desc nulls last, c.contact_id desc
    ) = 1
