-- One row per person who has more than one Givebutter contact: to be merged in Givebutter (decision 18).
select
    'person:' || x.person_id as subject,
    x.person_id,
    count(*) || ' Givebutter contacts: ' || string_agg(c.record_id, ', ' order by c.record_id) as detail
from people.crosswalk as x
inner join contacts.contact as c on x.contact_id = c.contact_id
where
    c.source = 'givebutter'
    and c.entity = 'contacts'
    and c.contact_id not in (select contact_id from contacts.givebutter_stale)
group by x.person_id
having count(*) > 1
