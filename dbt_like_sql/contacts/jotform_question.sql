-- One row per form and question id ever seen: how the question is now, how it was, and what role its answers have.
-- A role comes by name. A question that was renamed keeps the role of its earlier name by its id, as long as its type is
-- the same and no other question of the form has that role by name: until a human maps the new name.
with version as (
    select
        f.form,
        f.entity,
        q.form_id,
        q.qid as question_id,
        q.name as question,
        regexp_replace(q.text, '<[^>]*>', '', 'g') as question_text,
        q.type as question_type,
        q.required,
        q.options,
        m.role,
        b.sequence,
        b.arrived_at
    from raw.jotform_questions as q
    inner join landing.batch as b on q._batch_id = b.batch_id
    inner join contacts.form as f on q.form_id = f.form_id
    left join contacts.question as m on f.form = m.form and q.name = m.question
),

reading as (
    select max(sequence) as sequence
    from landing.batch
    where source = 'jotform' and entity = 'questions'
),

newest as (
    select v.*, v.sequence = r.sequence as present
    from version as v
    cross join reading as r
    qualify row_number() over (partition by v.form_id, v.question_id order by v.sequence desc) = 1
),

held as (
    select distinct form_id, role
    from newest
    where present and role <> ''
),

earlier_name as (
    select n.form_id, n.question_id, e.question, e.question_type, e.role
    from newest as n
    inner join version as e on n.form_id = e.form_id and n.question_id = e.question_id
    where e.sequence < n.sequence and e.question <> n.question and e.role <> ''
    qualify row_number() over (partition by n.form_id, n.question_id order by e.sequence desc) = 1
),

earlier_type as (
    select n.form_id, n.question_id, e.question_type
    from newest as n
    inner join version as e on n.form_id = e.form_id and n.question_id = e.question_id
    where e.sequence < n.sequence and e.question_type <> n.question_type
    qualify row_number() over (partition by n.form_id, n.question_id order by e.sequence desc) = 1
),

judged as (
    select
        n.*,
        e.question as earlier_question,
        t.question_type as earlier_type,
        e.role as earlier_role,
        case
            when n.role = '' then 'nothing'
            when n.role is not null then 'name'
            when e.role is not null and e.question_type = n.question_type and h.role is null then 'id'
        end as mapped_by
    from newest as n
    left join earlier_name as e on n.form_id = e.form_id and n.question_id = e.question_id
    left join earlier_type as t on n.form_id = t.form_id and n.question_id = t.question_id
    left join held as h on n.form_id = h.form_id and e.role = h.role
),

with_role as (
    select *, case mapped_by when 'name' then role when 'id' then earlier_role end as role_now
    from judged
),

answered as (
    select distinct form_id, role_now as role
    from with_role
    where present and role_now is not null
)

select
    j.form,
    j.entity,
    j.form_id,
    j.question_id,
    j.question,
    j.question_text,
    j.question_type,
    j.required,
    j.options,
    j.present,
    j.role_now as role,
    j.mapped_by,
    j.earlier_question,
    j.earlier_type,
    case
        when j.present and (j.mapped_by in ('name', 'nothing', 'id') or a.role is not null) then null
        when a.role is not null then null
        else coalesce(j.role_now, j.earlier_role)
    end as lost_role,
    j.arrived_at as observed_at
from with_role as j
left join answered as a on j.form_id = a.form_id and coalesce(j.role_now, j.earlier_role) = a.role
