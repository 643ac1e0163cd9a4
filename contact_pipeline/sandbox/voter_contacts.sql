-- One row per invented contact of a person who may be in the voter file, in the canonical columns of `identity`.
-- Needs `invented_voter` over lines of the drawn people, each once as `person` and once as `mover` (their next address),
-- and the macros of `voters.py` and `voter_contacts.py`. Every choice is a hash of (person, salt).
with plain as (
    select
        n, kind, svid, regexp_replace(last_name, ',? (JR|SR|III)$', '', 'i') as last_name, first_name,
        nullif(middle_name, 'NULL') as middle_name,
        coalesce(nullif(name_suffix, 'NULL'), nullif(upper(regexp_extract(last_name, ' (JR|SR|III)$', 1, 'i')), '')) as suffix,
        case when date_of_birth like '__/__/____' then strptime(date_of_birth, '%m/%d/%Y')::date else date_of_birth::date end as born,
        case when gender = 'U' then null else gender end as gender,
        address, address_line_2, city, zip,
        nullif(cell_phone, 'NULL') as cell_phone, nullif(landline_phone, 'NULL') as landline_phone,
        nullif(email, 'NULL') as email
    from invented_voter
), placed as (
    select
        here.*, later.address as later_address, later.address_line_2 as later_unit, later.city as later_city, later.zip as later_zip,
        n >= getvariable('people') as is_absent,
        drawn(n, 210, 100) < 12 as is_moved,
        here.gender = 'F' and drawn(n, 211, 100) < 5 as is_married,
        drawn(n, 212, 100) as place_luck, drawn(n, 213, 100) as birth_luck, drawn(n, 214, 100) as first_luck,
        drawn(n, 215, 100) as last_luck, drawn(n, 216, 100) as phone_luck, drawn(n, 217, 100) as email_luck,
        drawn(n, 218, 1000) as id_luck,
        coalesce(getvariable('nicknames')[here.first_name.lower()], []) as called
    from plain as here join plain as later using (n)
    where here.kind = 'person' and later.kind = 'mover'
), renamed as (
    select
        *,
        case
            when first_luck < 15 and len(called) > 0 then called[1 + drawn(n, 220, len(called))]
            when first_luck between 15 and 17 then mistyped(first_name, n, 221)
            when first_luck = 18 then left(first_name, 1)
            when first_luck between 19 and 21 and middle_name is not null then first_name || ' ' || middle_name
            else first_name end as written_first,
        case
            when is_married and drawn(n, 222, 4) = 0
                then last_name || '-' || getvariable('surnames')[1 + drawn(n, 223, len(getvariable('surnames')))]
            when is_married then getvariable('surnames')[1 + drawn(n, 223, len(getvariable('surnames')))]
            when last_luck < 3 then mistyped(last_name, n, 224)
            else last_name end as written_last
    from placed
)
select
    'list.people:' || n as record_id,
    null::varchar as prefix,
    written_first as first_name,
    case when drawn(n, 225, 10) < 4 then middle_name end as middle_name,
    written_last as last_name,
    case when drawn(n, 226, 2) = 0 then suffix end as suffix,
    null::varchar as full_name,
    case when drawn(n, 227, 20) = 0 and len(called) > 0 then called[1] end as preferred_name,
    case
        when birth_luck < 1 then strftime(born + 9, '%Y-%m-%d')
        when birth_luck < 2 then strftime(born, '%Y-%d-%m')
        when birth_luck < 50 then strftime(born, '%Y-%m-%d')
        when birth_luck < 62 then year(born)::varchar end as birth_date,
    case
        when phone_luck < 55 then coalesce(cell_phone, own_number(n))
        when phone_luck < 65 then coalesce(landline_phone, own_number(n))
        when phone_luck < 85 then own_number(n) end as phone,
    null::varchar as phone2,
    case when email_luck < 60 then coalesce(email, mailbox(first_name, last_name, n)) when email_luck < 80 then mailbox(first_name, last_name, n + 41) end as email,
    null::varchar as email2,
    null::varchar as street_number,
    case when place_luck < 70 then case when is_moved then later_address else address end end as address_line_1,
    case when place_luck < 60 then case when is_moved then later_unit else address_line_2 end end as address_line_2,
    case when place_luck < 90 then case when is_moved then later_city else city end end as city,
    case when place_luck < 90 then 'FL' end as state,
    case when place_luck < 85 then case when is_moved then later_zip else zip end end as zip,
    'US' as country,
    null::varchar as company,
    null::varchar as external_id,
    case
        when id_luck >= 80 then null
        when id_luck < 1 then voter_number(n - n % 6 + (n + 1) % 6)
        when id_luck < 2 then voter_number(n + 1_000_003)
        when not is_absent then svid end as voter_id,
    case when not is_absent then svid end as true_voter_id,
    case when not is_absent then voter_number(n + 300_000_000) end as second_voter_id,
    case
        when is_absent then 'not in the file' when is_moved then 'moved' when is_married then 'married'
        when first_luck < 15 and len(called) > 0 then 'nickname' when first_luck < 18 or last_luck < 3 then 'typo'
        else 'plain' end as story
from renamed
