-- One row per mentor of the current season: which Givebutter contact is theirs, if any, and what it carries of ours.
select
    m.person_id,
    m.season,
    m.mentor_id,
    m.mentor_key,
    m.signup_contact_id,
    m.status,
    m.givebutter_record as contact_id,
    m.givebutter_contact_id,
    c.external_id,
    c.tags,
    m.contact_deleted as stale,
    m.givebutter_contacts,
    m.in_doubt
from mentors.mentor as m
inner join mentors.season as s on m.season = s.season and s.current
left join contacts.contact as c on m.givebutter_record = c.contact_id
