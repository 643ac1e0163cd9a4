-- One row per Givebutter contact whose external id a file of ours wrote for another person than linking says (decision 2).
select
    'contact:' || c.contact_id || '|external_id' as subject,
    min(c.contact_person_id) as person_id,
    'Contact ' || min(c.givebutter_contact_id) || ' is of ' || min(c.contact_person_id) || ' by its name and addresses, but carries '
    || 'external id ' || min(c.external_id) || ', which a file of ours wrote for '
    || min(coalesce(case when c.external_id_agrees then c.person_id end, c.external_id_of)) as detail
from mentors.contact_match as c
where c.doubt = 'external_id_of_another'
group by c.contact_id
