-- One row per Givebutter contact and way of reading it: the newest row any export held of it (export), and the newest
-- record the API sent of it (api), in the columns all sources share. Of versions that Givebutter dates alike, the one read
-- last counts (a file's name says the day, whatever day it was dropped), but a "no" to messages in any version of that
-- date, read either way, stays a no (decision 31: whether leaving a list moves Last Modified is unknown). A version that
-- says nothing of a channel, because its column is renamed, empty or not there, takes back no earlier answer.
with ranked as (
    select
        *,
        bool_or(coalesce(lower(email_answer), 'yes') not in ('yes', 'y', 'true', '1', 'subscribed'))
            over (partition by record_id, modified_at) as left_email,
        bool_or(coalesce(lower(sms_answer), 'yes') not in ('yes', 'y', 'true', '1', 'subscribed'))
            over (partition by record_id, modified_at) as left_sms,
        bool_or(coalesce(lower(mail_answer), 'yes') not in ('yes', 'y', 'true', '1', 'subscribed'))
            over (partition by record_id, modified_at) as left_mail,
        row_number() over (
            partition by record_id, reading
            order by modified_at desc nulls last, read_on desc, sequence desc, line desc
        ) as newest
    from contacts.givebutter_version
),

answered as (
    select
        *,
        case when left_email then 'no' else email_answer end as email_said,
        case when left_sms then 'no' else sms_answer end as sms_said,
        case when left_mail then 'no' else mail_answer end as mail_said
    from ranked
),

kept as (
    select
        *,
        last_value(email_said ignore nulls) over earlier as email_consent_raw,
        last_value(sms_said ignore nulls) over earlier as sms_consent_raw,
        last_value(mail_said ignore nulls) over earlier as mail_consent_raw
    from answered
    window earlier as (
        partition by record_id
        order by modified_at nulls first, read_on, sequence, line
        rows between unbounded preceding and current row
    )
)

select
    record_id,
    reading,
    batch_id,
    line,
    observed_at,
    read_on,
    created_at,
    modified_at,
    prefix_raw,
    first_raw,
    middle_raw,
    last_raw,
    suffix_raw,
    preferred_first,
    birth_raw,
    gender,
    employer,
    title,
    list_filter(list_transform(phones, lambda x: trim(x)), lambda x: x <> '') as phones_raw,
    list_filter(list_transform(emails, lambda x: trim(x)), lambda x: x <> '') as emails_raw,
    line1_raw,
    line2_raw,
    city_raw,
    state_raw,
    zip_raw,
    country_raw,
    list_filter(list_transform(tag_cells, lambda x: trim(x)), lambda x: x <> '') as tags,
    external_id,
    linkedin,
    household_ref,
    contributed,
    email_consent_raw,
    sms_consent_raw,
    mail_consent_raw
from kept
where newest = 1
