-- One row per Jotform submission, in the columns all sources share; none for forms that do not ask who somebody is.
with wide as (
    select
        entity,
        record_id,
        max(case when role = 'full_name' then (answer ->> '$.prefix') end) as name_prefix,
        coalesce(
            max(case when role = 'full_name' then coalesce(answer ->> '$.first', answer_text) end),
            max(case when role = 'first_name' then answer_text end)
        ) as name_first,
        max(case when role = 'full_name' then (answer ->> '$.middle') end) as name_middle,
        coalesce(
            max(case when role = 'full_name' then (answer ->> '$.last') end),
            max(case when role = 'last_name' then answer_text end)
        ) as name_last,
        max(case when role = 'full_name' then (answer ->> '$.suffix') end) as name_suffix,
        max(case when role = 'preferred_name' then answer_text end) as preferred_name,
        max(case when role = 'email' then answer_text end) as email,
        max(case when role = 'school_email' then answer_text end) as school_email,
        max(
            case
                when role = 'phone'
                    then coalesce(answer ->> '$.full', (answer ->> '$.area') || (answer ->> '$.phone'), answer_text)
            end
        ) as phone,
        max(
            case
                when role = 'birth_date'
                    then coalesce(
                        (answer ->> '$.year') || '-' || lpad(answer ->> '$.month', 2, '0') || '-'
                        || lpad(answer ->> '$.day', 2, '0'),
                        answer_text
                    )
            end
        ) as birth_date,
        max(case when role = 'address' then (answer ->> '$.addr_line1') end) as line1,
        max(case when role = 'address' then (answer ->> '$.addr_line2') end) as line2,
        max(case when role = 'address' then (answer ->> '$.city') end) as city,
        max(case when role = 'address' then (answer ->> '$.state') end) as state,
        max(case when role = 'address' then (answer ->> '$.postal') end) as zip,
        max(case when role = 'address' then (answer ->> '$.country') end) as country,
        max(case when role = 'gender' then answer_text end) as gender,
        max(case when role = 'mentor_id' then answer_text end) as mentor_id,
        max(case when role = 'email_consent' then answer_text end) as email_consent,
        max(case when role = 'sms_consent' then answer_text end) as sms_consent
    from contacts.jotform_answer
    group by entity, record_id
)

select
    'jotform.' || s.entity || ':' || s.record_id as contact_id,
    'jotform' as source,
    s.entity,
    s.record_id,
    s.batch_id,
    s.line,
    s.observed_at,
    s.created_at,
    coalesce(s.modified_at, s.created_at) as modified_at,
    nullif(trim(w.name_prefix), '') as prefix_raw,
    nullif(trim(w.name_first), '') as first_raw,
    nullif(trim(w.name_middle), '') as middle_raw,
    nullif(trim(w.name_last), '') as last_raw,
    nullif(trim(w.name_suffix), '') as suffix_raw,
    nullif(trim(w.preferred_name), '') as preferred_raw,
    nullif(trim(w.birth_date), '') as birth_raw,
    nullif(trim(w.gender), '') as gender,
    cast(null as varchar) as employer,
    cast(null as varchar) as title,
    list_filter([trim(w.phone)], lambda x: x <> '') as phones_raw,
    list_filter([trim(w.email), trim(w.school_email)], lambda x: x <> '') as emails_raw,
    nullif(trim(w.line1), '') as line1_raw,
    nullif(trim(w.line2), '') as line2_raw,
    nullif(trim(w.city), '') as city_raw,
    nullif(trim(w.state), '') as state_raw,
    nullif(trim(w.zip), '') as zip_raw,
    nullif(trim(w.country), '') as country_raw,
    cast([] as varchar[]) as tags,
    cast(null as varchar) as external_id,
    nullif(trim(w.mentor_id), '') as mentor_id,
    cast(null as varchar) as member_id,
    s.season,
    cast(null as varchar) as linkedin,
    cast(null as varchar) as household_ref,
    nullif(trim(w.email_consent), '') as email_consent_raw,
    nullif(trim(w.sms_consent), '') as sms_consent_raw,
    cast(null as varchar) as mail_consent_raw
from contacts.jotform_submission as s
left join wide as w on s.entity = w.entity and s.record_id = w.record_id
where s.form in (select form from contacts.question where of_person)
