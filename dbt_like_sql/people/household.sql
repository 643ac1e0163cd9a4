-- One row per person who shares a home with others: one address and unit. Where a building has units and a person gives
-- none, only people of one last name share a home there. Never evidence that two people are one.
with placed as (
    select
        person_id,
        lower(address_line) || '|' || zip5 as building,
        lower(unit) as unit,
        lower(last_name) as family
    from people.person
    where address_line is not null and zip5 is not null
),

building as (
    select building, count(unit) > 0 as has_units
    from placed
    group by building
),

home as (
    select
        p.person_id,
        p.building || '|' || case
            when p.unit is not null then 'unit ' || p.unit
            when b.has_units then 'family ' || coalesce(p.family, p.person_id)
            else 'house'
        end as home_key
    from placed as p
    inner join building as b on p.building = b.building
)

select
    person_id,
    min(person_id) over (partition by home_key) as household_id,
    cast(count(*) over (partition by home_key) as integer) as members
from home
qualify count(*) over (partition by home_key) between 2 and 12
