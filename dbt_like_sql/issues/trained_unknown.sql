-- One row per line of a training list that names no mentor: neither its mentor id nor its e-mail address is known.
select
    'row:' || l.batch_id || '|' || l.line as subject,
    cast(null as varchar) as person_id,
    'Training list ' || l.batch_id || ', line ' || l.line || ': ' || case
        when l.mentor_key is not null then 'no mentor has that mentor id'
        else 'no mentor has that e-mail address'
    end as detail
from mentors.training_list as l
where
    not exists (select 1 from people.participation as p where l.mentor_key = p.mentor_key)
    and (
        l.mentor_key is not null
        or not exists (
            select 1
            from contacts.email as e
            inner join people.crosswalk as x on e.contact_id = x.contact_id
            inner join people.participation as p on x.person_id = p.person_id
            where l.email = e.email and e.valid
        )
    )
