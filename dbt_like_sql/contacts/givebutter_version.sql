-- One row per Givebutter contact and version anyone ever read of it: every row of every export, every record the API sent,
-- in the columns all sources share. Versions are put in order by Givebutter's own date, then by when they were read.
with exported as (
    select
        r._record_id as record_id,
        'export' as reading,
        r._batch_id as batch_id,
        r._line as line,
        b.sequence,
        b.arrived_at as observed_at,
        coalesce(
            try_cast(nullif(regexp_extract(b.file_name, '20[0-9]{2}-[0-9]{2}-[0-9]{2}'), '') as date),
            cast(b.arrived_at as date)
        ) as read_on,
        timezone('UTC', try_cast(r."Date Created (UTC)" as timestamp)) as created_at,
        timezone('UTC', try_cast(r."Last Modified (UTC)" as timestamp)) as modified_at,
        nullif(trim(r."Prefix"), '') as prefix_raw,
        nullif(trim(r."First Name"), '') as first_raw,
        nullif(trim(r."Middle Name"), '') as middle_raw,
        nullif(trim(r."Last Name"), '') as last_raw,
        nullif(trim(r."Suffix"), '') as suffix_raw,
        nullif(trim(r."Preferred First Name"), '') as preferred_first,
        nullif(trim(r."Date of Birth"), '') as birth_raw,
        nullif(trim(r."Gender"), '') as gender,
        nullif(trim(r."Employer"), '') as employer,
        nullif(trim(r."Title"), '') as title,
        string_split(concat_ws(',', r."Primary Phone", r."Additional Phones"), ',') as phones,
        string_split(concat_ws(',', r."Primary Email", r."Additional Emails"), ',') as emails,
        nullif(trim(r."Address Line 1"), '') as line1_raw,
        nullif(trim(r."Address Line 2"), '') as line2_raw,
        nullif(trim(r."City"), '') as city_raw,
        nullif(trim(r."State"), '') as state_raw,
        nullif(trim(r."Postal Code"), '') as zip_raw,
        nullif(trim(r."Country"), '') as country_raw,
        string_split(coalesce(r."Tags", ''), ',') as tag_cells,
        nullif(trim(r."Contact External ID"), '') as external_id,
        nullif(trim(r."LinkedIn"), '') as linkedin,
        nullif(trim(r."Household ID"), '') as household_ref,
        try_cast(r."Total Contributions" as decimal(18, 2)) as contributed,
        nullif(trim(r."Engage Email Subscribed"), '') as email_answer,
        nullif(trim(r."Engage SMS Subscribed"), '') as sms_answer,
        nullif(trim(r."Engage Mail Subscribed"), '') as mail_answer
    from raw.givebutter_contacts as r
    inner join landing.batch as b on r._batch_id = b.batch_id
),

sent as (
    select
        r._record_id as record_id,
        'api' as reading,
        r._batch_id as batch_id,
        r._line as line,
        b.sequence,
        b.arrived_at as observed_at,
        cast(b.arrived_at as date) as read_on,
        date_trunc('second', try_cast(r.created_at as timestamptz)) as created_at,
        date_trunc('second', try_cast(r.updated_at as timestamptz)) as modified_at,
        nullif(trim(r.prefix), '') as prefix_raw,
        nullif(trim(r.first_name), '') as first_raw,
        nullif(trim(r.middle_name), '') as middle_raw,
        nullif(trim(r.last_name), '') as last_raw,
        nullif(trim(r.suffix), '') as suffix_raw,
        nullif(trim(r.preferred_name), '') as preferred_first,
        nullif(trim(r.dob), '') as birth_raw,
        nullif(trim(r.gender), '') as gender,
        coalesce(nullif(trim(r.employer), ''), nullif(trim(r.company_name), ''), nullif(trim(r.company), '')) as employer,
        nullif(trim(r.title), '') as title,
        list_concat(
            [coalesce(r.primary_phone, '')],
            list_filter(try_cast(r.phones as json) ->> '$[*].value', lambda x: x <> coalesce(r.primary_phone, ''))
        ) as phones,
        list_concat(
            [coalesce(r.primary_email, '')],
            list_filter(try_cast(r.emails as json) ->> '$[*].value', lambda x: x <> coalesce(r.primary_email, ''))
        ) as emails,
        nullif(trim(try_cast(r.primary_address as json) ->> '$.address_1'), '') as line1_raw,
        nullif(trim(try_cast(r.primary_address as json) ->> '$.address_2'), '') as line2_raw,
        nullif(trim(try_cast(r.primary_address as json) ->> '$.city'), '') as city_raw,
        nullif(trim(try_cast(r.primary_address as json) ->> '$.state'), '') as state_raw,
        nullif(trim(try_cast(r.primary_address as json) ->> '$.zipcode'), '') as zip_raw,
        nullif(trim(try_cast(r.primary_address as json) ->> '$.country'), '') as country_raw,
        coalesce(try_cast(try_cast(r.tags as json) as varchar[]), string_split(coalesce(r.tags, ''), ',')) as tag_cells,
        nullif(trim(r.external_id), '') as external_id,
        nullif(trim(r.linkedin_url), '') as linkedin,
        cast(null as varchar) as household_ref,
        try_cast(try_cast(r.stats as json) ->> '$.total_contributions' as decimal(18, 2)) as contributed,
        case when lower(r.email_opt_in) in ('false', '0') then 'no' else nullif(trim(r.is_email_subscribed), '') end
            as email_answer,
        case when lower(r.sms_opt_in) in ('false', '0') then 'no' else nullif(trim(r.is_phone_subscribed), '') end as sms_answer,
        case when r.address_unsubscribed_at is not null then 'no' else nullif(trim(r.is_address_subscribed), '') end
            as mail_answer
    from raw.givebutter_api_contacts as r
    inner join landing.batch as b on r._batch_id = b.batch_id
    where r.answered is null
)

select * from exported
union all by name
select * from sent
