-- One row per mentor's Givebutter contact that carries an external id which is not theirs and which no file of ours wrote for
-- them. Name, phone and e-mail count; the next import file puts it right (decisions 2, 3).
select
    c.contact_id || '|external_id' as subject,
    c.person_id,
    'Contact ' || c.givebutter_contact_id || ' carries external id ' || c.external_id || ', the mentor id is '
    || upper(m.mentor_id) as detail
from mentors.contact_match as c
inner join mentors.season as s on c.season = s.season and s.current and s.external_id_kind = 'mentor_id'
inner join mentors.mentor as m on c.person_id = m.person_id and c.season = m.season
inner join contacts.contact as g on c.contact_id = g.contact_id
where c.chosen and g.external_key is not null and g.external_key <> m.mentor_key and not c.external_id_agrees
