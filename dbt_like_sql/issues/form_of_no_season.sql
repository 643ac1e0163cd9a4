-- One row per Jotform form whose submissions we hold and that no season's file and no setting names: nobody becomes a mentor by it.
with held as (
    select form_id, count(distinct _record_id) as submissions from raw.jotform_signups group by form_id
    union all
    select form_id, count(distinct _record_id) from raw.jotform_setups group by form_id
)

select
    'jotform.form:' || h.form_id as subject,
    cast(null as varchar) as person_id,
    'Form ' || h.form_id || ': ' || sum(h.submissions) || ' submissions count for no season' as detail
from held as h
left join contacts.form as f on h.form_id = f.form_id
where f.form_id is null and h.form_id is not null
group by h.form_id
