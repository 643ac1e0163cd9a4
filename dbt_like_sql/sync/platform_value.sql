-- One row per person of the season, field and version of their Givebutter contact: what Givebutter said then, as written.
-- A preferred name that holds the whole name or a title is none. Of e-mail addresses the first counts that is not the
-- school's (decision 25).
with version as (
    select
        c.person_id,
        c.contact_id,
        case when s.name_column = 'Preferred First Name' then v.preferred_first else v.prefix_raw end as called,
        v.*
    from mentors.contact_match as c
    inner join mentors.season as s on c.season = s.season and s.current
    inner join contacts.givebutter_version as v on c.givebutter_contact_id = v.record_id
    where c.chosen and not c.stale
),

school as (
    select person_id, max(lower(split_part(value, '@', 2))) as domain, max(lower(value)) as email
    from sync.form_value
    where field = 'school_email'
    group by person_id
),

mail as (
    select
        v.*,
        list_filter(list_transform(v.emails, lambda x: lower(trim(x))), lambda x: x <> '') as addresses,
        s.domain,
        s.email as school_email
    from version as v
    left join school as s on v.person_id = s.person_id
),

said as (
    select *, 'first_name' as field, first_raw as value from version
    union all
    select *, 'middle_name', middle_raw from version
    union all
    select *, 'last_name', last_raw from version
    union all
    select *, 'preferred_name', called
    from version
    where
        not coalesce(contains(called, ' ') and contains(lower(called), lower(last_raw)), false)
        and lower(replace(called, '.', '')) not in ('mr', 'mrs', 'ms', 'miss', 'mx', 'dr', 'prof', 'rev')
    union all
    select *, 'birth_date', birth_raw from version
    union all
    select *, 'gender', gender from version
    union all
    select *, 'phone', list_extract(list_filter(phones, lambda x: trim(x) <> ''), 1) from version
    union all
    select
        * exclude (addresses, domain, school_email),
        'email',
        list_extract(list_filter(addresses, lambda x: split_part(x, '@', 2) is distinct from domain), 1)
    from mail
    union all
    select
        * exclude (addresses, domain, school_email),
        'school_email',
        case when list_contains(addresses, school_email) then school_email
            else list_extract(list_filter(addresses, lambda x: split_part(x, '@', 2) = domain), 1)
        end
    from mail
    where domain is not null
    union all
    select v.*, o.field, u.value
    from version as v
    inner join contacts.givebutter_custom_value as u on v.batch_id = u.batch_id and v.line = u.line and v.record_id = u.record_id
    inner join people.ownership as o on u.title = o.custom_field
)

select
    person_id,
    contact_id,
    field,
    trim(value) as value,
    modified_at as said_at,
    observed_at as arrived_at,
    read_on,
    sequence,
    line
from said
where trim(value) <> ''
