-- One row per voter and change between the file loaded before (`earlier`) and this one. Parameters: state, load_id.
-- Only the spelling counts, not upper or lower case. Of exempt voters nothing is told but that they became exempt or no
-- longer are.
insert into change
with before as (
    select voter_id, protected, date_of_birth as born, hash(upper(last_name)) as surname, hash(upper(first_name)) as forename,
           hash(upper(concat_ws('|', address, address_line_2, city, zip))) as home
    from earlier.voter where voter_state = $state
), after as (
    select voter_id, protected, date_of_birth as born, hash(upper(last_name)) as surname, hash(upper(first_name)) as forename,
           hash(upper(concat_ws('|', address, address_line_2, city, zip))) as home
    from voter where voter_state = $state
), compared as (
    select
        coalesce(after.voter_id, before.voter_id) as voter_id, before.voter_id is null as is_new,
        after.voter_id is null as is_gone, before.protected as was_protected, after.protected as is_protected,
        before.born <> after.born and before.forename <> after.forename as is_other,
        before.surname <> after.surname as has_other_name, before.home <> after.home as has_other_home
    from before full join after on before.voter_id = after.voter_id
    where before.voter_id is null or after.voter_id is null or before.protected <> after.protected
       or before.surname <> after.surname or before.home <> after.home or before.born <> after.born
), met as (
    select voter_id, 'new' as change from compared where is_new
    union all select voter_id, 'purged' from compared where is_gone
    union all select voter_id, case when is_protected then 'protected' else 'unprotected' end
              from compared where was_protected <> is_protected
    union all select voter_id, 'reused' from compared where is_other and not was_protected and not is_protected
    union all select voter_id, 'renamed' from compared
              where has_other_name and not is_other and not was_protected and not is_protected
    union all select voter_id, 'moved' from compared
              where has_other_home and not is_other and not was_protected and not is_protected
), newcomer as (
    select voter.voter_id, upper(last_name) as last_name, upper(first_name) as first_name, date_of_birth as born,
           upper(middle_name) as middle_name, upper(name_suffix) as suffix
    from voter join met on met.voter_id = voter.voter_id and met.change = 'new'
), leaver as (
    select voter.voter_id, upper(last_name) as last_name, upper(first_name) as first_name, date_of_birth as born,
           upper(middle_name) as middle_name, upper(name_suffix) as suffix
    from earlier.voter as voter join met on met.voter_id = voter.voter_id and met.change = 'purged'
    where voter.voter_state = $state
), reissue as (
    select newcomer.voter_id, leaver.voter_id as former_voter_id
    from newcomer join leaver using (last_name, first_name, born)
    where coalesce(newcomer.suffix = leaver.suffix, true)
      and coalesce(left(newcomer.middle_name, 1) = left(leaver.middle_name, 1), true)
    qualify count(*) over (partition by newcomer.voter_id) = 1 and count(*) over (partition by leaver.voter_id) = 1
), told as (
    select change, voter_id, null as former_voter_id from met
    where not (change = 'new' and voter_id in (select voter_id from reissue))
      and not (change = 'purged' and voter_id in (select former_voter_id from reissue))
    union all
    select 'reissued', voter_id, former_voter_id from reissue
)
select
    $state, $load_id, told.change, told.voter_id, told.former_voter_id,
    case told.change
        when 'moved' then concat_ws(', ', former.address, former.address_line_2, former.city, former.zip)
        when 'renamed' then former.last_name
        when 'reused' then concat_ws(', ', former.last_name, former.first_name, former.date_of_birth) end,
    case told.change
        when 'moved' then concat_ws(', ', present.address, present.address_line_2, present.city, present.zip)
        when 'renamed' then present.last_name
        when 'reused' then concat_ws(', ', present.last_name, present.first_name, present.date_of_birth) end
from told
left join voter as present on present.voter_id = told.voter_id and present.voter_state = $state
left join earlier.voter as former on former.voter_id = told.voter_id and former.voter_state = $state;
