-- One row per person and season with more than one sign-up; the newest counts.
select
    'person:' || person_id || '|' || season as subject,
    person_id,
    signups || ' sign-ups for ' || season || '; the newest, ' || signup_contact_id || ', counts' as detail
from people.participation
where signups > 1
