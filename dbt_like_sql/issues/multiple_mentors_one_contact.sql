-- One row per Givebutter contact that two mentors of a season claim, and neither by a clear margin: nobody gets it (decision 1).
select
    'contact:' || c.contact_id || '|mentors' as subject,
    min(c.contact_person_id) as person_id,
    'Contact ' || min(c.givebutter_contact_id) || ' fits ' || count(distinct c.person_id) || ' mentors alike: '
    || string_agg(distinct c.person_id, ', ' order by c.person_id) as detail
from mentors.contact_match as c
where c.doubt = 'multiple_mentors_one_contact'
group by c.contact_id
