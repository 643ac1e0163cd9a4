-- One row per line of an invented state file, in the words of the 48-column layout (sources.md 5.4).
-- Needs the table voter_line(line, n, kind) and the macros of `voters.py`; every choice is a hash of (person, salt).
-- Six neighbours in number are three homes: one person, a couple, and parents with a grown child.
with person as (
    select
        line, n, kind, n // 6 * 3 + [0, 1, 1, 2, 2, 2][1 + n % 6] as home, n % 6 as place,
        n % 6 = 5 and drawn(n // 6, 11, 25) = 0 as is_junior,
        n % 6 = 3 and drawn(n // 6, 11, 25) = 0 as is_senior,
        changed(n, 1, 50) as is_moved, changed(n, 2, 500) as is_renamed, changed(n, 3, 500) as is_reissued
    from voter_line
), home as (
    select
        *, case when is_moved or kind = 'mover' then home + 2_000_000_000 else home end as address_key,
        case when place = 4 or (place <> 5 and drawn(n, 12, 2) = 0) then 'F' else 'M' end as sex,
        1 + drawn(case when is_moved or kind = 'mover' then home + 2_000_000_000 else home end, 13, len(getvariable('places'))) as place_slot
    from person
), named as (
    select
        *, getvariable('places')[place_slot] as town,
        case when sex = 'F' then getvariable('women')[1 + drawn(n, 14, len(getvariable('women')))]
             when is_junior or is_senior then getvariable('men')[1 + drawn(n // 6, 15, len(getvariable('men')))]
             else getvariable('men')[1 + drawn(n, 15, len(getvariable('men')))] end as first_name,
        case when is_renamed or (place not in (3, 5) and drawn(n, 16, 10) = 0)
             then getvariable('surnames')[1 + drawn(n, case when is_renamed then 18 else 17 end, len(getvariable('surnames')))]
             else getvariable('surnames')[1 + drawn(home, 17, len(getvariable('surnames')))] end as last_name,
        case when is_junior then 'JR' when is_senior then 'SR' when sex = 'M' and drawn(n, 19, 60) = 0 then 'III' end as suffix,
        date '1936-01-01' + (case when place = 5 then 23_000 else 0 end + drawn(n, 20, case when place = 5 then 3_500 else 21_000 end))::integer as born,
        drawn(n, 21, 10) < 7 as is_upper, drawn(n, 22, 3) = 0 as says_null, drawn(n, 23, 350) = 0 as is_exempt
    from home
), written as (
    select
        *, case when drawn(n, 24, 3) = 0 then null else chr(65 + drawn(n, 25, 26)::integer) end as initial,
        100 + drawn(address_key, 26, 9_800) || ' '
            || getvariable('streets')[1 + drawn(address_key, 27, len(getvariable('streets')))] as street,
        case when drawn(address_key, 28, 5) = 0 then 'APT ' || (1 + drawn(address_key, 29, 400)) end as unit,
        town.zips[1 + drawn(address_key, 30, len(town.zips))] as zip_code,
        telephone(town.area, home, 31, drawn(n, 32, 4)) as home_phone,
        telephone(town.area, n, 33, drawn(n, 34, 4)) as own_phone,
        drawn(n, 35, 100) as luck
    from named
)
select
    line, n, kind, is_exempt, town.code as county_code,
    case kind when 'reused' then voter_number(former_of(n)) when 'duplicate' then voter_number(n)
              when 'mover' then voter_number(n + 300_000_000)
              else voter_number(case when is_reissued then n + 400_000_000 else n end) end as svid,
    left(md5(n::varchar), 12) as uid,
    'H' || address_key as household_id,
    lettered(first_name, is_upper) as first_name,
    coalesce(initial, absent(says_null)) as middle_name,
    lettered(last_name, is_upper) || case when suffix is not null and luck < 33 then case when luck < 10 then ', ' else ' ' end || suffix else '' end as last_name,
    case when suffix is null or luck < 33 then absent(says_null) else suffix end as name_suffix,
    case when luck < 8 then first_name else absent(says_null) end as first_name_mydata,
    case when luck < 8 then last_name else absent(says_null) end as last_name_mydata,
    case when drawn(n, 36, 50) = 0 then 'U' else sex end as gender,
    case when luck < 60 then strftime(born, '%m/%d/%Y') else born::varchar end as date_of_birth,
    (2026 - year(born))::varchar as age,
    ['1', '2', '3', '4', '5', '5', '5', '6', '9'][1 + drawn(n, 37, 9)] as race,
    ['HISPANIC', 'EUROPEAN', 'AFRICAN AMERICAN', 'EAST ASIAN', null][1 + drawn(n, 38, 5)] as ethnicity,
    case when is_exempt then '*** Protected ***' else street end as address,
    case when is_exempt then null else unit end as address_line_2,
    case when is_exempt then null else upper(town.city) end as city,
    getvariable('state') as state,
    case when is_exempt then null else zip_code end as zip,
    case when luck < 70 and not is_exempt then lpad(drawn(address_key, 39, 10_000)::varchar, 4, '0') end as zip_plus_4,
    town.county as county, town.fips as county_fips,
    case when luck = 1 then 'PO BOX ' || drawn(n, 40, 9_999) end as mailing_address,
    absent(says_null) as mailing_address_line_2,
    case when luck = 1 then 'HOBOKEN' end as mailing_city,
    case when luck = 1 then 'NJ' end as mailing_state,
    case when luck = 1 then '07030' end as mailing_zip,
    case when is_exempt then null else (town.latitude + drawn(address_key, 41, 9_999) / 100_000)::decimal(9, 5)::varchar end as latitude,
    case when is_exempt then null else (town.longitude - drawn(address_key, 42, 9_999) / 100_000)::decimal(9, 5)::varchar end as longitude,
    case when is_exempt then null when luck < 55 then own_phone else absent(says_null) end as cell_phone,
    case when is_exempt then null when luck between 30 and 70 then home_phone else absent(says_null) end as landline_phone,
    case when luck < 5 and not is_exempt then own_phone end as phone1,
    case when luck < 5 and not is_exempt then 'Cell' end as phone_type_for_phone_1,
    case when luck = 7 then '1' else '0' end as do_not_call,
    case when luck between 20 and 35 and not is_exempt then mailbox(first_name, last_name, n) else absent(says_null) end as email,
    case when luck between 30 and 38 and not is_exempt then upper(mailbox(first_name, last_name, n)) end as email_mydata,
    ['REP', 'REP', 'REP', 'DEM', 'DEM', 'NPA', 'NPA', 'LPF', 'IND'][1 + drawn(n, 43, 9)] as registered_party,
    case when drawn(n, 44, 12) = 0 then 'INA' else 'ACT' end as voter_status,
    (born + 6_600 + drawn(n, 45, 3_000)::integer)::varchar as registration_date,
    lpad(drawn(address_key, 46, 990)::varchar, 4, '0') as precinct,
    (1 + drawn(address_key, 47, 28))::varchar as congressional_district,
    (1 + drawn(address_key, 48, 40))::varchar as state_senate_district,
    (1 + drawn(address_key, 49, 120))::varchar as state_house_district,
    ['Y', 'A', 'E', 'N'][1 + drawn(n, 50, 4)] as general_2024,
    ['Y', 'A', 'E', 'N', null][1 + drawn(n, 51, 5)] as primary_2024,
    ['Y', 'A', 'E', 'N'][1 + drawn(n, 52, 4)] as general_2022,
    (drawn(n, 53, 10_000) / 100)::decimal(5, 2)::varchar as turnout_score,
    (date '2026-03-31' + case when kind = 'duplicate' then 30 else 0 end + drawn(n, 54, 28)::integer)::varchar as last_updated
from written
