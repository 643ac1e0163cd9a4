-- One row per form question with a role that was renamed, retyped or removed while others still say who somebody is.
with changed as (
    select
        form,
        question_id,
        case
            when mapped_by = 'id'
                then 'question ' || question_id || ' was ' || earlier_question || ', is now ' || question
                    || ': its answers are still read as ' || role || '. Map it: ' || question || ' = "' || role
                    || '" in [jotform.forms.' || form || '.questions], or = "" if it asks for something else'
            when lost_role is not null and present
                then 'question ' || question_id || ' was ' || earlier_question || ', is now ' || question
                    || ' of another type (' || question_type || '): its answers are no longer read as ' || lost_role
                    || '. Map it in [jotform.forms.' || form || '.questions] if they should be'
            when lost_role is not null
                then 'question ' || question_id || ' (' || question || ', read as ' || lost_role
                    || ') is no longer on the form'
            when role is not null and present and earlier_type is not null
                then 'question ' || question_id || ' (' || question || ') was of type ' || earlier_type || ', is now '
                    || question_type || ': look whether its answers are still understood as ' || role
        end as what
    from contacts.jotform_question
)

select
    'jotform.form:' || form || '|question:' || question_id as subject,
    cast(null as varchar) as person_id,
    'Form ' || form || ': ' || what as detail
from changed
where what is not null
