-- One row per submission and answered question that has a role for us (contacts.question), as Jotform sent it.
select
    s.entity,
    s.record_id,
    q.role,
    a.value ->> '$.name' as question,
    a.value -> '$.answer' as answer,
    trim(a.value ->> '$.answer') as answer_text
from contacts.jotform_submission as s
cross join json_each(s.answers) as a
inner join contacts.question as q on s.entity = q.entity and (a.value ->> '$.name') = q.question
where (a.value -> '$.answer') is not null
