-- One row per dropped file of Givebutter contacts: how many it holds, how many of them are mentors of the season, how many of
-- those had a contact nobody had read before, how many contacts stand for people who have another one in it, and how old
-- its content was when it came.
with held as (
    select r._batch_id as batch_id, r._record_id as record_id, min(b.sequence) as sequence
    from raw.givebutter_contacts as r
    inner join landing.batch as b on r._batch_id = b.batch_id
    group by r._batch_id, r._record_id
),

first_read as (
    select record_id, min(sequence) as sequence from contacts.givebutter_version group by record_id
),

mentor as (
    select m.givebutter_contact_id
    from mentors.roster as m
    inner join mentors.season as s on m.season = s.season and s.current
    where m.givebutter_contact_id is not null
),

counted as (
    select
        h.batch_id,
        count(*) filter (where m.givebutter_contact_id is not null) as mentors_matched,
        count(*) filter (where m.givebutter_contact_id is not null and f.sequence = h.sequence) as new_contact_ids,
        count(*) - count(distinct x.person_id) as duplicates
    from held as h
    inner join people.crosswalk as x on x.contact_id = 'givebutter.contacts:' || h.record_id
    left join first_read as f on h.record_id = f.record_id
    left join mentor as m on h.record_id = m.givebutter_contact_id
    group by h.batch_id
)

select
    b.batch_id,
    b.file_name,
    b.arrived_at,
    b.content_at,
    b.seen,
    b.accepted,
    b.quarantined,
    coalesce(c.mentors_matched, 0) as mentors_matched,
    coalesce(c.new_contact_ids, 0) as new_contact_ids,
    coalesce(c.duplicates, 0) as duplicates,
    round((epoch(b.arrived_at) - epoch(b.content_at)) / 3600, 1) as age_hours
from landing.batch as b
left join counted as c on b.batch_id = c.batch_id
where b.source = 'givebutter' and b.entity = 'contacts'
