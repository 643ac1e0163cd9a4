-- One row per Givebutter contact that is gone there: its row and its link stay, its id is written into no file. The proof is
-- an answer about this one contact (404, or archived), or a whole reading of the API that no longer lists it although
-- Givebutter had dated it before the newest change that reading told of. An export of a later day that holds it, or a
-- later answer, lifts the mark. What only a window leaves out is no proof (decision 45).
with appearance as (
    select
        r._record_id as record_id,
        r.answered,
        r.archived_at,
        b.sequence,
        b.arrived_at
    from raw.givebutter_api_contacts as r
    inner join landing.batch as b on r._batch_id = b.batch_id
    qualify row_number() over (partition by r._record_id order by b.sequence desc, r._line desc) = 1
),

sweep as (
    select b.sequence, b.arrived_at, max(try_cast(r.updated_at as timestamptz)) as newest_change
    from landing.batch as b
    inner join raw.givebutter_api_contacts as r on b.batch_id = r._batch_id
    where b.full_snapshot
    group by b.sequence, b.arrived_at
    qualify row_number() over (order by b.sequence desc) = 1
),

known as (
    select record_id, max(read_on) filter (where reading = 'export') as exported_on, max(modified_at) as modified_at
    from contacts.givebutter_reading
    group by record_id
),

judged as (
    select
        k.record_id,
        k.exported_on,
        case
            when a.answered is not null then 'not found'
            when a.archived_at is not null then 'archived'
            when coalesce(a.sequence, 0) < s.sequence and coalesce(k.modified_at <= s.newest_change, true) then 'not listed'
        end as reason,
        case when a.answered is not null or a.archived_at is not null then a.arrived_at else s.arrived_at end as noticed_at
    from known as k
    left join appearance as a on k.record_id = a.record_id
    left join sweep as s on true
)

select
    'givebutter.contacts:' || record_id as contact_id,
    record_id,
    reason,
    noticed_at
from judged
where
    reason is not null
    and coalesce(exported_on <= cast(noticed_at as date), true)
    and record_id not in (select _record_id from raw.givebutter_companies)
