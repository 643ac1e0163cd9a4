-- One row per submission and answered question, as Jotform sent it, with the role the question has for us (or none).
select
    s.form,
    s.entity,
    s.record_id,
    a.key as question_id,
    a.value ->> '$.name' as question,
    case when m.role is null then k.role else nullif(m.role, '') end as role,
    a.value -> '$.answer' as answer,
    trim(a.value ->> '$.answer') as answer_text
from contacts.jotform_submission as s
cross join json_each(s.answers) as a
left join contacts.question as m on s.form = m.form and (a.value ->> '$.name') = m.question
left join contacts.jotform_question as k on s.form_id = k.form_id and a.key = k.question_id and k.mapped_by = 'id'
where (a.value -> '$.answer') is not null
