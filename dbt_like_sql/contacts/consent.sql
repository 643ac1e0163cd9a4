-- One row per contact and channel whose source says yes or no. Silence is no row: it is neither (decision 31).
with said as (
    select contact_id, source, entity, coalesce(modified_at, created_at, observed_at) as said_at, 'email' as channel, email_consent_raw as answer
    from contacts.source_record
    union all
    select contact_id, source, entity, coalesce(modified_at, created_at, observed_at), 'sms', sms_consent_raw
    from contacts.source_record
    union all
    select contact_id, source, entity, coalesce(modified_at, created_at, observed_at), 'mail', mail_consent_raw
    from contacts.source_record
)

select
    contact_id,
    source,
    entity,
    channel,
    case
        when lower(answer) in ('no', 'n', 'false', '0', 'unsubscribed', 'opted out', '["no"]') then 'no'
        when lower(answer) in ('yes', 'y', 'true', '1', 'subscribed', 'opted in', '["yes"]') then 'yes'
        else 'unreadable'
    end as status,
    said_at
from said
where answer is not null
