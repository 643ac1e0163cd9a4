-- One row per form question without a role: its answers are kept and used for nothing.
select
    'jotform.form:' || form || '|question:' || question_id as subject,
    cast(null as varchar) as person_id,
    'Form ' || form || ': question ' || question_id || ' (' || question || coalesce(', "' || question_text || '"', '')
    || case
        when present then ') has no role: its answers are kept, and used for nothing'
        else ') had no role and is no longer on the form'
    end as detail
from contacts.jotform_question
where
    mapped_by is null
    and lost_role is null
    and question_type not in (
        'control_head', 'control_text', 'control_button', 'control_pagebreak', 'control_divider', 'control_collapse',
        'control_image', 'control_captcha'
    )
