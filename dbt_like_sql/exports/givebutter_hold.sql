-- One row per person of the season and reason to leave them out of the file (DESIGN 8).
with reason as (
    select i.person_id, 'under_review' as code, i.detail
    from (
        select person_l as person_id, detail
        from (
            select split_part(split_part(subject, ':', 2), '|', 1) as person_l, detail from issues.possible_same_person
        )
        union all
        select person_r, detail
        from (select split_part(subject, '|', 2) as person_r, detail from issues.possible_same_person)
    ) as i
    union all
    select split_part(split_part(subject, ':', 2), '|', 1), 'kept_apart', detail from issues.refused_join
    union all
    select split_part(subject, '|', 2), 'kept_apart', detail from issues.refused_join
    union all
    select c.person_id, 'mentor_id_claimed_twice', 'mentor id ' || upper(c.mentor_id)
    from exports.givebutter_candidate as c
    inner join (
        select season, mentor_key
        from exports.givebutter_candidate
        where mentor_key is not null
        group by season, mentor_key
        having count(*) > 1
    ) as twice on c.season = twice.season and c.mentor_key = twice.mentor_key
    union all
    select c.person_id, 'contact_in_doubt', min('contact ' || m.givebutter_contact_id || ': ' || m.doubt)
    from exports.givebutter_candidate as c
    inner join mentors.contact_match as m on c.person_id = m.person_id and c.season = m.season and m.doubt is not null
    group by c.person_id
    union all
    select person_id, 'dropped', 'no contact is made for a mentor who dropped out'
    from exports.givebutter_candidate
    where status = 'dropped' and givebutter_contact_id is null
    union all
    select c.person_id, 'contact_claimed_twice', 'contact ' || c.givebutter_contact_id
    from exports.givebutter_candidate as c
    where
        c.givebutter_contact_id in (
            select givebutter_contact_id
            from exports.givebutter_candidate
            where givebutter_contact_id is not null
            group by givebutter_contact_id
            having count(*) > 1
        )
    union all
    select
        x.person_id,
        'newest_row_unreadable',
        'contact ' || c.record_id || ': line ' || j.line || ' of batch ' || j.batch_id || ' could not be taken'
    from landing.reject as j
    inner join landing.batch as b on j.batch_id = b.batch_id and b.source = 'givebutter' and b.entity = 'contacts'
    inner join contacts.contact as c
        on c.contact_id = 'givebutter.contacts:' || regexp_extract(j.raw, '^[" ]*([0-9]+)["\s,;]', 1)
    inner join landing.batch as held on c.batch_id = held.batch_id
    inner join people.crosswalk as x on c.contact_id = x.contact_id
    where b.sequence >= held.sequence
    union all
    select person_id, 'contact_deleted', 'contact ' || givebutter_contact_id || ' is gone in Givebutter'
    from exports.givebutter_candidate
    where stale
    union all
    select c.person_id, 'no_last_name', 'Givebutter refuses an individual without a last name'
    from exports.givebutter_candidate as c
    inner join people.person as p on c.person_id = p.person_id
    where p.last_name is null
    union all
    select c.person_id, 'no_way_to_reach', 'neither e-mail nor phone'
    from exports.givebutter_candidate as c
    inner join people.person as p on c.person_id = p.person_id
    where p.email is null and p.phone is null
)

select
    r.person_id,
    r.code,
    min(r.detail) as detail,
    max(c.givebutter_contact_id) as givebutter_contact_id,
    max(c.mentor_id) as mentor_id
from reason as r
inner join exports.givebutter_candidate as c on r.person_id = c.person_id
group by r.person_id, r.code
