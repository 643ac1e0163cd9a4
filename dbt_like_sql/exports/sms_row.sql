-- One row per mentor of the season who may get a text, and message of the season, filled in for them.
select
    c.person_id,
    c.season,
    c.mentor_id,
    c.mentor_key,
    c.preferred_name,
    c.last_name,
    c.status,
    c.shift_preference,
    c.phone,
    replace(t.template, 'message.', '') as message_name,
    t.text as message
from exports.sms_candidate as c
inner join mentors.text as t on c.person_id = t.person_id and c.season = t.season and starts_with(t.template, 'message.')
where c.person_id not in (select person_id from exports.sms_hold)
