-- One row per form and role that says who somebody is and that no question of the form has any more, or never had.
with missing as (
    select q.form, q.lost_role as role, min(q.question) as question
    from contacts.jotform_question as q
    where q.lost_role in (select m.role from contacts.question as m where m.of_person)
    group by q.form, q.lost_role
    union all
    select m.form, m.role, m.question
    from contacts.question as m
    where
        m.configured
        and m.of_person
        and m.form in (select q.form from contacts.jotform_question as q)
        and not exists (
            select 1
            from contacts.jotform_question as q
            where m.form = q.form and (m.question in (q.question, q.earlier_question) or (q.present and m.role = q.role))
        )
    union all
    select f.form, 'full_name' as role, cast(null as varchar) as question
    from contacts.form as f
    where
        f.entity <> 'further_forms'
        and f.current
        and f.form in (select q.form from contacts.jotform_question as q)
        and not exists (
            select 1 from contacts.jotform_question as q where f.form = q.form and q.present and q.role = 'full_name'
        )
)

select
    'jotform.form:' || form || '|role:' || role as subject,
    cast(null as varchar) as person_id,
    'Form ' || form || ': no question is read as ' || role || coalesce('; it was ' || min(question), '')
    || '. Say which one it is now in [jotform.forms.' || form || '.questions]' as detail
from missing
group by form, role
