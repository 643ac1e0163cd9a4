-- One row per Jotform submission of every form, as its newest reading says; raw rows of earlier readings stay. Left out
-- are those marked deleted, those that the newest whole reading of their form no longer shows, and those of forms that no
-- season and no setting names (issue form_of_no_season).
-- Jotform's times carry no zone: the clock of contacts.form.time_zone is assumed (sources.md 3.5).
with submission as (
    select 'signups' as entity, * from raw.jotform_signups
    union all by name
    select 'setups' as entity, * from raw.jotform_setups
    union all by name
    select 'further_forms' as entity, * from raw.jotform_further_forms
),

ranked as (
    select
        s.*,
        b.arrived_at,
        b.sequence,
        b.full_snapshot,
        row_number() over (partition by s.entity, s._record_id order by b.sequence desc, s._line desc) as newest
    from submission as s
    inner join landing.batch as b on s._batch_id = b.batch_id
),

whole_reading as (
    select entity, form_id, sequence
    from ranked
    where full_snapshot
    union all
    select f.entity, f.form_id, b.sequence
    from contacts.form as f
    inner join landing.batch as b on f.entity = b.entity and b.source = 'jotform' and b.full_snapshot
    where f.entity <> 'further_forms' and f.current
),

last_whole as (
    select entity, form_id, max(sequence) as sequence
    from whole_reading
    group by entity, form_id
)

select
    f.form,
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
inner join contacts.form as f on r.entity = f.entity and r.form_id = f.form_id
left join last_whole as w on r.entity = w.entity and r.form_id = w.form_id
where r.newest = 1 and coalesce(r.status, 'ACTIVE') <> 'DELETED' and r.sequence >= coalesce(w.sequence, 0)
