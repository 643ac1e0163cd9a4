-- What a load makes of the rows it has read; the statements are parted by lines of dashes. Parameter: state.

-- Rows without an id, and the header once more, are put aside.
insert into reject
select voter_state, file_number, line,
       case when voter_id is null then 'no voter id' else 'the header once more' end,
       concat_ws(', ', voter_id, last_name, first_name, county)
from voter where voter_id is null or lower(voter_id) in (select unnest(getvariable('id_headers')));
----
delete from voter where voter_id is null or lower(voter_id) in (select unnest(getvariable('id_headers')));
----
-- One row per id: the row updated last, else the one further down; the others are kept in `repeat`. Where one of them is
-- of an exempt voter, that one stays, and nothing personal is kept of the others.
create temp table spare as
with repeated as (select voter_id from voter group by voter_id having count(*) > 1)
select voter.rowid as place
from voter semi join repeated using (voter_id)
qualify row_number() over (
    partition by voter_id order by protected desc, last_updated desc nulls last, registration_date desc nulls last, file_number desc, line desc
) > 1;
----
insert into repeat
select voter.* from voter semi join spare on voter.rowid = spare.place
where voter_id not in (select voter_id from voter where protected);
----
insert into repeat by name
select voter_state, voter_id, true as protected, file_number, line
from voter semi join spare on voter.rowid = spare.place
where voter_id in (select voter_id from voter where protected);
----
delete from voter where rowid in (select place from spare);
----
drop table spare;
----
-- One row per pair of ids that look like one person: same names and birth date, no other middle name or suffix, and at
-- least one thing more that agrees. Namesakes born on one day exist, so this is a hint, never a merge.
insert into same_person
with person as (
    select voter_id, hash(upper(last_name), upper(first_name), date_of_birth) as key
    from voter where date_of_birth is not null and last_name is not null and first_name is not null
), shared as (
    select key from person group by key having count(*) between 2 and 20
), alike as (
    select voter.*, key from person join shared using (key) join voter using (voter_id)
), pair as (
    select
        one.voter_id, other.voter_id as other_voter_id,
        list_filter([
            case when upper(one.middle_name) = upper(other.middle_name) then 'middle_name' end,
            case when one.cell_phone = other.cell_phone then 'cell_phone' end,
            case when one.landline_phone = other.landline_phone then 'landline_phone' end,
            case when lower(one.email) = lower(other.email) then 'email' end,
            case when one.zip = other.zip and one.address = other.address then 'address' end
        ], lambda word: word is not null) as agree
    from alike as one join alike as other on one.key = other.key and one.voter_id < other.voter_id
    where upper(one.last_name) = upper(other.last_name) and upper(one.first_name) = upper(other.first_name)
      and one.date_of_birth = other.date_of_birth
      and coalesce(upper(one.name_suffix) = upper(other.name_suffix), true)
      and coalesce(left(upper(one.middle_name), 1) = left(upper(other.middle_name), 1), true)
)
select $state, voter_id, other_voter_id, agree from pair where len(agree) > 0;
