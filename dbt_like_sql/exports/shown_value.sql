-- One row per version of a contact that a row of ours may have reached, and value it shows, by what exports.sent_value
-- compares it as. A status is yes or no, as our files write it.
with wanted as (
    select record_id, before_batch as batch_id, before_line as line from exports.sent_candidate where before_batch is not null
    union
    select record_id, after_batch, after_line from exports.sent_candidate where after_batch is not null
),

version as (
    select v.*
    from contacts.givebutter_version as v
    inner join wanted as w on v.record_id = w.record_id and v.batch_id = w.batch_id and v.line = w.line
),

shown as (
    select record_id, batch_id, line, 'external_id' as field, external_id as value from version
    union all
    select record_id, batch_id, line, 'prefix', prefix_raw from version
    union all
    select record_id, batch_id, line, 'first_name', first_raw from version
    union all
    select record_id, batch_id, line, 'preferred_first', preferred_first from version
    union all
    select record_id, batch_id, line, 'middle_name', middle_raw from version
    union all
    select record_id, batch_id, line, 'last_name', last_raw from version
    union all
    select record_id, batch_id, line, 'suffix', suffix_raw from version
    union all
    select v.record_id, v.batch_id, v.line, 'birth_date', coalesce(cast(b.birth_date as varchar), v.birth_raw)
    from version as v
    left join sync.birth_value as b on v.birth_raw = b.raw
    union all
    select record_id, batch_id, line, 'address_line', line1_raw from version
    union all
    select record_id, batch_id, line, 'city', city_raw from version
    union all
    select record_id, batch_id, line, 'state', state_raw from version
    union all
    select record_id, batch_id, line, 'zip', zip_raw from version
    union all
    select record_id, batch_id, line, 'email_status', email_answer from version
    union all
    select record_id, batch_id, line, 'sms_status', sms_answer from version
    union all
    select record_id, batch_id, line, 'mail_status', mail_answer from version
    union all
    select v.record_id, v.batch_id, v.line, 'email', u.value
    from version as v, unnest(v.emails) as u (value)
    union all
    select v.record_id, v.batch_id, v.line, 'phone', u.value
    from version as v, unnest(v.phones) as u (value)
    union all
    select v.record_id, v.batch_id, v.line, 'tag', u.value
    from version as v, unnest(v.tag_cells) as u (value)
    union all
    select v.record_id, v.batch_id, v.line, 'custom: ' || c.title, c.value
    from version as v
    inner join contacts.givebutter_custom_value as c
        on v.record_id = c.record_id and v.batch_id = c.batch_id and v.line = c.line
)

select distinct
    record_id,
    batch_id,
    line,
    field,
    case
        when not ends_with(field, '_status') then lower(trim(value))
        when lower(value) in ('yes', 'y', 'true', '1', 'subscribed') then 'yes'
        else 'no'
    end as value
from shown
where trim(value) <> ''
