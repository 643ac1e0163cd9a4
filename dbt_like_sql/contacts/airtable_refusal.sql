-- One row per Airtable record and consent role whose last answer, in any version, was not a yes. An emptied cell is omitted
-- by Airtable, like a box that is no longer ticked: silence takes back no "no", and is no yes (decision 31).
with answer as (
    select
        r._record_id as record_id,
        a.role,
        nullif(trim(try_cast(r.fields as json) ->> a.field_id), '') as value,
        b.sequence,
        r._line as line
    from raw.airtable_records as r
    inner join landing.batch as b on r._batch_id = b.batch_id
    inner join contacts.airtable_role as a
        on r.base_id = a.base_id and r.table_id = a.table_id and a.role in ('email_consent', 'sms_consent', 'mail_consent')
),

last_answer as (
    select record_id, role, value
    from answer
    where value is not null
    qualify row_number() over (partition by record_id, role order by sequence desc, line desc) = 1
)

select record_id, role, value
from last_answer
where lower(value) not in ('yes', 'y', 'true', '1', 'subscribed', 'opted in', '["yes"]')
