-- One row per person and channel opted out on one contact and subscribed on another; the opt-out holds for all.
select
    'person:' || x.person_id || '|' || s.channel as subject,
    x.person_id,
    s.channel || ': opted out on ' || string_agg(s.contact_id, ', ' order by s.contact_id) filter (where s.status <> 'yes')
    || ', subscribed on '
    || string_agg(s.contact_id, ', ' order by s.contact_id) filter (where s.status = 'yes') as detail
from contacts.consent as s
inner join people.crosswalk as x on s.contact_id = x.contact_id
group by x.person_id, s.channel
having count(*) filter (where s.status <> 'yes') > 0 and count(*) filter (where s.status = 'yes') > 0
