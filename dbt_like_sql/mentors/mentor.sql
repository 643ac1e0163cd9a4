-- One row per person and season: the mentor, whole, with the text that says where they stand.
select
    r.*,
    t.text as status_text
from mentors.roster as r
left join mentors.text as t on r.person_id = t.person_id and r.season = t.season and t.template = 'status_text'
