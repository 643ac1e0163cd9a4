-- One row per Givebutter contact whose external id is the season's mentor id of another person (decision 2).
select
    c.contact_id || '|external_id' as subject,
    x.person_id,
    'Contact ' || c.record_id || ' carries external id ' || c.external_id || ', the mentor id of ' || p.person_id as detail
from contacts.contact as c
inner join people.crosswalk as x on c.contact_id = x.contact_id
inner join people.participation as p on c.external_key = p.mentor_key
inner join people.participation as own on x.person_id = own.person_id and p.season = own.season
where c.source = 'givebutter' and c.entity = 'contacts' and p.person_id <> x.person_id
