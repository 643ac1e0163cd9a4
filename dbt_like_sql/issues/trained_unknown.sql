-- One row per line of a training list that makes nobody trained, and per list in which no column says who somebody is. A later
-- list of the same file name takes its place: a corrected list, dropped again, closes what was wrong in the first.
with batch as (
    select batch_id, file_name
    from landing.batch
    where source = 'training' and superseded_by is null
    qualify row_number() over (partition by coalesce(lower(file_name), batch_id) order by sequence desc) = 1
),

named as (
    select l.batch_id, l.line, min(p.signed_up_at) as first_sign_up
    from mentors.training_list as l
    inner join people.participation as p on l.mentor_key = p.mentor_key
    group by l.batch_id, l.line
    union all
    select l.batch_id, l.line, min(p.signed_up_at)
    from mentors.training_list as l
    inner join contacts.email as e on l.email = e.email and e.valid
    inner join people.crosswalk as x on e.contact_id = x.contact_id
    inner join people.participation as p on x.person_id = p.person_id
    where l.mentor_key is null
    group by l.batch_id, l.line
)

select
    'row:' || l.batch_id || '|' || l.line as subject,
    cast(null as varchar) as person_id,
    'Training list ' || b.file_name || ', line ' || l.line || ': ' || case
        when n.first_sign_up is not null then 'that mentor signed up after the list was made'
        when l.mentor_key is not null then 'no mentor has that mentor id'
        when l.email is not null then 'no mentor has that e-mail address'
        else 'neither a mentor id nor an e-mail address'
    end as detail
from mentors.training_list as l
inner join batch as b on l.batch_id = b.batch_id
left join named as n on l.batch_id = n.batch_id and l.line = n.line
where n.batch_id is null or n.first_sign_up > l.listed_at
union all
select
    'batch:' || b.batch_id as subject,
    cast(null as varchar) as person_id,
    'Training list ' || b.file_name || ' names nobody: no column is called mentor id or e-mail' as detail
from batch as b
left join mentors.training_list as l on b.batch_id = l.batch_id
where l.batch_id is null
