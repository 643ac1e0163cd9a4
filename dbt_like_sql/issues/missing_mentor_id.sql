-- One row per sign-up without a mentor id. None is invented (decision 20).
select
    p.signup_contact_id as subject,
    p.person_id,
    'Sign-up ' || p.signup_contact_id || ' carries no mentor id' as detail
from people.participation as p
where p.mentor_id is null
