-- One row per person whose voter a human chose although the voter file says another name, birth year or suffix of that id, or
-- does not hold it: perhaps a slip of the pen. The choice stands all the same.
with compared as (
    select
        c.person_id,
        c.state,
        c.voter_id,
        v.in_file,
        e.record_id is not null and e.first_name is not null and e.last_name is not null as named,
        coalesce(
            (
                v.first_name = e.first_name
                or v.first_name = e.preferred_name
                or list_contains(e.canonical_names, v.first_name)
                or levenshtein(v.first_name, e.first_name) <= 1
                or left(v.first_name, length(e.first_name)) = e.first_name
            )
            and (
                v.last_name = e.last_name
                or levenshtein(v.last_name, e.last_name) <= 1
                or list_contains(string_split_regex(e.last_name, '[ -]+'), v.last_name)
                or list_contains(string_split_regex(v.last_name, '[ -]+'), e.last_name)
                or v.birth_date = e.birth_date
            ),
            false
        ) as name_fits,
        abs(year(v.birth_date) - e.birth_year) > 1 as other_birth_year,
        v.suffix <> e.suffix as other_suffix
    from people.voter_claim as c
    inner join identity.chosen_voter as v on c.state = v.state and c.voter_id = v.voter_id
    inner join people.crosswalk as x on c.person_id = x.person_id
    left join identity.evidence as e on x.contact_id = e.record_id
    where c.is_chosen
),

judged as (
    select
        person_id,
        state,
        voter_id,
        not bool_and(in_file) as unknown_id,
        bool_or(named) and not bool_or(name_fits) as other_name,
        coalesce(bool_and(other_birth_year), false) as other_birth_year,
        coalesce(bool_and(other_suffix), false) as other_suffix
    from compared
    group by person_id, state, voter_id
)

select
    'chosen_voter:' || person_id || '|' || state || ':' || voter_id as subject,
    person_id,
    state || ':' || voter_id || case
        when unknown_id then ' is in no loaded voter file'
        when other_name then ' has another name in the voter file'
        when other_birth_year then ' has another birth year in the voter file'
        else ' has another suffix in the voter file'
    end as detail
from judged
where unknown_id or other_name or other_birth_year or other_suffix
