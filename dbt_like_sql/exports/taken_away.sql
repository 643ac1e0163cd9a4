-- One row per mentor of the season and e-mail address or phone number that their Givebutter contact listed when it was read and
-- lists no more, while it lists others of its kind: somebody took it away there. No file adds it again beside the first one.
with version as (
    select
        c.person_id,
        v.emails,
        v.phones,
        row_number() over (
            partition by c.person_id order by v.modified_at desc nulls last, v.read_on desc, v.sequence desc, v.line desc
        ) = 1 as newest
    from exports.givebutter_candidate as c
    inner join contacts.givebutter_version as v on 'givebutter.contacts:' || v.record_id = c.contact_id
),

listed as (
    select v.person_id, v.newest, 'email' as field, lower(trim(u.value)) as value
    from version as v, unnest(v.emails) as u (value)
    union all
    select v.person_id, v.newest, 'phone', trim(u.value)
    from version as v, unnest(v.phones) as u (value)
),

read as (
    select l.person_id, l.newest, l.field, coalesce(p.e164, l.value) as value
    from listed as l
    left join contacts.phone_value as p on l.field = 'phone' and l.value = p.raw and p.valid
    where l.value <> ''
),

judged as (
    select person_id, field, value, bool_or(newest) as still_there
    from read
    group by person_id, field, value
)

select person_id, field, value
from judged
where
    not still_there
    and exists (
        select 1 from judged as o where o.person_id = judged.person_id and o.field = judged.field and o.still_there
    )
