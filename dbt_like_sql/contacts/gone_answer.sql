-- One row per e-mail address, phone number or consent that a record said which is gone at Jotform or Airtable, by its last
-- version that says anything. No contact is made of it; who said no in it stays opted out, also where no run ever saw it.
with submission as (
    select 'signups' as entity, * from raw.jotform_signups
    union all by name
    select 'setups' as entity, * from raw.jotform_setups
    union all by name
    select 'further_forms' as entity, * from raw.jotform_further_forms
),

gone_submission as (
    select s.entity, s._record_id as record_id, s.form_id, s.answers, b.arrived_at
    from submission as s
    inner join landing.batch as b on s._batch_id = b.batch_id
    left join contacts.jotform_submission as j on s.entity = j.entity and s._record_id = j.record_id
    where j.record_id is null and s.answers is not null
    qualify row_number() over (partition by s.entity, s._record_id order by b.sequence desc, s._line desc) = 1
),

gone_record as (
    select r._record_id as record_id, r.base_id, r.table_id, try_cast(r.fields as json) as cells, b.arrived_at
    from raw.airtable_records as r
    inner join landing.batch as b on r._batch_id = b.batch_id
    left join contacts.airtable_latest as l on r._record_id = l.record_id
    where l.record_id is null and r.fields is not null
    qualify row_number() over (partition by r._record_id order by b.sequence desc, r._line desc) = 1
),

cell as (
    select
        g.record_id,
        a.role,
        g.arrived_at,
        case when json_type(f.value) = 'ARRAY' then f.value else json_array(f.value) end as listed
    from gone_record as g
    cross join json_each(g.cells) as f
    inner join contacts.airtable_role as a
        on g.base_id = a.base_id and g.table_id = a.table_id and f.key = a.field_id and a.role in ('email', 'phone')
),

said as (
    select
        'jotform.' || g.entity || ':' || g.record_id as contact_id,
        'jotform.' || g.entity as source,
        q.role,
        coalesce(
            a.value ->> '$.answer.full', (a.value ->> '$.answer.area') || (a.value ->> '$.answer.phone'), a.value ->> '$.answer'
        ) as value,
        g.arrived_at as observed_at
    from gone_submission as g
    inner join contacts.form as f on g.entity = f.entity and (g.entity <> 'further_forms' or g.form_id = f.form_id)
    cross join json_each(try_cast(g.answers as json)) as a
    inner join contacts.question as q on f.form = q.form and (a.value ->> '$.name') = q.question
    where q.role in ('email', 'school_email', 'phone', 'email_consent', 'sms_consent')
    union all
    select 'airtable.records:' || c.record_id, 'airtable.records', c.role, v.value ->> '$', c.arrived_at
    from cell as c
    cross join json_each(c.listed) as v
    union all
    select 'airtable.records:' || r.record_id, 'airtable.records', r.role, r.value, g.arrived_at
    from contacts.airtable_refusal as r
    inner join gone_record as g on r.record_id = g.record_id
)

select contact_id, source, role, trim(value) as value, observed_at
from said
where trim(value) <> ''
