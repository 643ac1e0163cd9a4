-- One row per Jotform submission of every form, newest pull first; deleted ones are left out, their raw rows stay.
-- Jotform's times carry no zone: the clock of contacts.form.time_zone is assumed (sources.md 3.5).
with submission as (
    select 'signups' as entity, * from raw.jotform_signups
    union all by name
    select 'setups' as entity, * from raw.jotform_setups
),

ranked as (
    select
        s.*,
        b.arrived_at,
        row_number() over (partition by s.entity, s._record_id order by b.sequence desc, s._line desc) as newest
    from submission as s
    inner join landing.batch as b on s._batch_id = b.batch_id
)

select
    r.entity,
    r._record_id as record_id,
    r._batch_id as batch_id,
    r._line as line,
    r.form_id,
    r.status,
    f.season,
    r.arrived_at as observed_at,
    timezone(f.time_zone, try_cast(r.created_at as timestamp)) as created_at,
    timezone(f.time_zone, try_cast(r.updated_at as timestamp)) as modified_at,
    r.answers
from ranked as r
inner join contacts.form as f on r.entity = f.entity
where r.newest = 1 and coalesce(r.status, 'ACTIVE') <> 'DELETED'
