-- One row per contact and voter that a tier speaks about: a voter id given and consistent with the name, or contradicting
-- it; the one voter of that name at the address; the one voter of that name in the city with another agreeing field
-- (decision 5: name and city alone never link). What no tier settles is left to the model.
with pair as (
    select
        n.record_id,
        n.state,
        n.voter_id,
        coalesce(list_contains(e.voter_ids, n.state || ':' || n.voter_id), false) as given,
        coalesce(n.first_name = e.first_name, false) as same_first,
        coalesce(
            n.first_name = e.first_name
            or n.first_name = e.preferred_name
            or list_contains(e.canonical_names, n.first_name)
            or split_part(e.first_name, ' ', 1) = n.first_name,
            false
        ) as first_agrees,
        coalesce(
            levenshtein(n.first_name, e.first_name) <= 1
            or (length(e.first_name) = 1 and left(n.first_name, 1) = e.first_name),
            false
        ) as first_close,
        coalesce(n.last_name = e.last_name, false) as last_agrees,
        coalesce(
            levenshtein(n.last_name, e.last_name) <= 1
            or list_contains(string_split_regex(e.last_name, '[ -]+'), n.last_name)
            or list_contains(string_split_regex(n.last_name, '[ -]+'), e.last_name),
            false
        ) as last_close,
        coalesce(n.street_number = e.street_number and n.street_name = e.street_name and n.zip5 = e.zip5, false)
            as same_address,
        coalesce(n.city = e.city, false) as same_city,
        coalesce(n.birth_date = e.birth_date, false) as same_birth_date,
        coalesce(year(n.birth_date) = e.birth_year, false) as same_birth_year,
        coalesce(len(list_intersect(n.phones, e.phones)) > 0, false) as same_phone,
        coalesce(len(list_intersect(n.emails, e.emails)) > 0, false) as same_email,
        coalesce(abs(year(n.birth_date) - e.birth_year) > 1, false) as other_birth_year,
        coalesce(n.suffix <> e.suffix, false) as other_suffix,
        coalesce(left(n.middle_name, 1) <> left(e.middle_name, 1), false) as other_middle,
        coalesce(n.unit <> lower(e.unit), false) as other_unit
    from identity.voter_near as n
    inner join identity.evidence as e on n.record_id = e.record_id
),

judged as (
    select
        *,
        other_birth_year or other_suffix or other_middle as contradicted,
        (first_agrees or first_close) and (last_agrees or last_close or same_birth_date)
        and not other_birth_year and not other_suffix as fits_id,
        sum(case when first_agrees and last_agrees and same_address then 1 else 0 end) over (partition by record_id)
            as at_address,
        sum(case when first_agrees and last_agrees and same_city then 1 else 0 end) over (partition by record_id)
            as in_city
    from pair
),

told as (
    select
        record_id,
        state,
        voter_id,
        case
            when given and fits_id then 'voter id'
            when given then 'voter id contradicted'
            when first_agrees and last_agrees and same_address and at_address = 1 and not contradicted and not other_unit
                then 'name and address'
            when
                same_first and last_agrees and same_city and in_city = 1 and not contradicted
                and (same_birth_date or same_birth_year or same_phone or same_email)
                then 'name and city'
        end as tier
    from judged
)

select
    record_id,
    state,
    voter_id,
    tier,
    tier <> 'voter id contradicted' as settled
from told
where tier is not null
