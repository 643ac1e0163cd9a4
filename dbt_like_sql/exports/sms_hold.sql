-- One row per mentor of the season and reason to send them no text. Consent is asked of the person and of the number: who left
-- on any contact, and a number anybody left on, get none; silence is no consent (decisions 31, 32). Of two mentors with one
-- number the file takes one, which is decided when it is written, after its filters.
with left_number as (
    select distinct p.e164 as phone
    from contacts.consent as c
    inner join contacts.phone as p on c.contact_id = p.contact_id and p.valid
    where c.channel = 'sms' and c.status <> 'yes'
),

reason as (
    select person_id, 'dropped' as code, 'dropped out' as detail
    from exports.sms_candidate
    where status = 'dropped'
    union all
    select person_id, 'no_phone', 'no phone number' from exports.sms_candidate where phone is null and best_phone is null
    union all
    select person_id, 'no_mobile', 'none of the numbers is a mobile' from exports.sms_candidate where phone is null and best_phone is not null
    union all
    select c.person_id, 'opted_out', coalesce('left texts on ' || s.opted_out_on, 'left texts')
    from exports.sms_candidate as c
    inner join people.consent as s on c.person_id = s.person_id and s.channel = 'sms' and s.status = 'no'
    union all
    select c.person_id, 'no_consent', 'nobody said yes to texts'
    from exports.sms_candidate as c
    left join people.consent as s on c.person_id = s.person_id and s.channel = 'sms'
    where s.person_id is null
    union all
    select c.person_id, 'number_opted_out', 'someone left texts on this number'
    from exports.sms_candidate as c
    inner join left_number as l on c.phone = l.phone
    union all
    select person_id, code, detail
    from exports.givebutter_hold
    where code in ('under_review', 'kept_apart', 'mentor_id_claimed_twice', 'contact_in_doubt', 'newest_row_unreadable')
)

select
    r.person_id,
    r.code,
    min(r.detail) as detail,
    max(c.mentor_id) as mentor_id
from reason as r
inner join exports.sms_candidate as c on r.person_id = c.person_id
group by r.person_id, r.code
