-- One row per person of the season, field and version of a form's submission: what the form said then, as written. The
-- name gone by is the first name where nobody gave another (it is never empty). Versions that say the same are one.
with submission as (
    select 'signups' as entity, * from raw.jotform_signups
    union all by name
    select 'setups' as entity, * from raw.jotform_setups
),

version as (
    select
        x.person_id,
        x.contact_id,
        f.form,
        s.entity,
        s.form_id,
        s.answers,
        b.arrived_at,
        b.sequence,
        s._line as line,
        coalesce(try_cast(s.updated_at as timestamp), try_cast(s.created_at as timestamp)) as said_at
    from submission as s
    inner join landing.batch as b on s._batch_id = b.batch_id
    inner join contacts.form as f on s.entity = f.entity and f.current
    inner join people.crosswalk as x on x.contact_id = 'jotform.' || s.entity || ':' || s._record_id
    qualify
        s.answers is distinct from lag(s.answers) over (
            partition by x.contact_id
            order by coalesce(try_cast(s.updated_at as timestamp), try_cast(s.created_at as timestamp)), b.sequence, s._line
        )
),

answer as (
    select
        v.*,
        case when m.role is null then k.role else nullif(m.role, '') end as role,
        a.value -> '$.answer' as answer,
        trim(a.value ->> '$.answer') as answer_text
    from version as v
    cross join json_each(v.answers) as a
    left join contacts.question as m on v.form = m.form and (a.value ->> '$.name') = m.question
    left join contacts.jotform_question as k on v.form_id = k.form_id and a.key = k.question_id and k.mapped_by = 'id'
    where (a.value -> '$.answer') is not null
),

said as (
    select *, role as field, answer_text as value, false as assumed
    from answer
    where role not in ('full_name', 'phone', 'birth_date', 'address')
    union all
    select *, 'first_name', coalesce(answer ->> '$.first', answer_text), false from answer where role = 'full_name'
    union all
    select *, 'middle_name', answer ->> '$.middle', false from answer where role = 'full_name'
    union all
    select *, 'last_name', answer ->> '$.last', false from answer where role = 'full_name'
    union all
    select *, 'preferred_name', coalesce(answer ->> '$.first', answer_text), true
    from answer as a
    where
        role in ('full_name', 'first_name')
        and not exists (
            select 1
            from answer as p
            where
                p.contact_id = a.contact_id and p.sequence = a.sequence and p.line = a.line
                and p.role = 'preferred_name' and p.answer_text <> ''
        )
    union all
    select *, 'phone', coalesce(answer ->> '$.full', (answer ->> '$.area') || (answer ->> '$.phone'), answer_text), false
    from answer
    where role = 'phone'
    union all
    select
        *,
        'birth_date',
        coalesce(
            (answer ->> '$.year') || '-' || lpad(answer ->> '$.month', 2, '0') || '-' || lpad(answer ->> '$.day', 2, '0'),
            answer_text
        ),
        false
    from answer
    where role = 'birth_date'
)

select
    person_id,
    contact_id,
    'jotform.' || entity as source_entity,
    field,
    trim(value) as value,
    assumed,
    said_at,
    arrived_at,
    sequence,
    line
from said
where trim(value) <> ''
