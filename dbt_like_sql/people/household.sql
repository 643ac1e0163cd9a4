-- One row per person living with others of the same last name or phone at one address. Never evidence that two are one.
with home as (
    select
        person_id,
        lower(address_line) || '|' || coalesce(lower(unit), '') || '|' || zip5 as home_key
    from people.person
    where address_line is not null and zip5 is not null
)

select
    person_id,
    min(person_id) over (partition by home_key) as household_id,
    cast(count(*) over (partition by home_key) as integer) as members
from home
qualify count(*) over (partition by home_key) between 2 and 12
