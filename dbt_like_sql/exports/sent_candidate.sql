-- One row per row of a Givebutter file that left and contact it may have reached: the contact it names, or, of a row without
-- one, whoever carries its external id or its person's name with a phone or an e-mail; with the version of the contact known
-- when the file was made and the newest one read since, before a later file carried the person. Readings are put in order by
-- when they landed, versions of a contact by Givebutter's own date (decision 41).
with file_row as (
    select
        r.*,
        lead(r.read_sequence) over (partition by r.exported_as order by r.export_id, r.row_number) as next_sequence
    from exports.sent_row as r
    where r.target = 'givebutter' and r.read_sequence is not null
),

shared as (
    select o.person_id, t.record_id
    from people.crosswalk as o
    inner join contacts.contact as c on o.contact_id = c.contact_id and c.source <> 'givebutter'
    inner join contacts.phone as p on o.contact_id = p.contact_id and p.valid
    inner join contacts.phone as s on p.e164 = s.e164 and s.valid and s.source = 'givebutter' and s.entity = 'contacts'
    inner join contacts.contact as t
        on s.contact_id = t.contact_id and c.last_key = t.last_key and c.first_key = t.first_key
    union
    select o.person_id, t.record_id
    from people.crosswalk as o
    inner join contacts.contact as c on o.contact_id = c.contact_id and c.source <> 'givebutter'
    inner join contacts.email as e on o.contact_id = e.contact_id and e.valid
    inner join contacts.email as s on e.email = s.email and s.valid and s.source = 'givebutter' and s.entity = 'contacts'
    inner join contacts.contact as t
        on s.contact_id = t.contact_id and c.last_key = t.last_key and c.first_key = t.first_key
),

candidate as (
    select export_id, row_number, contact_id as record_id, 'contact id' as found_by
    from file_row
    where contact_id is not null
    union all
    select distinct r.export_id, r.row_number, v.record_id, 'external id'
    from file_row as r
    inner join contacts.givebutter_version as v on upper(r.external_id) = upper(v.external_id)
    where r.contact_id is null
    union all
    select distinct r.export_id, r.row_number, s.record_id, 'name'
    from file_row as r
    inner join shared as s on r.person_id = s.person_id
    where r.contact_id is null
),

version as (
    select
        v.record_id,
        v.batch_id,
        v.line,
        v.sequence,
        v.modified_at,
        row_number() over (
            partition by v.record_id order by v.modified_at nulls first, v.read_on, v.sequence, v.line
        ) as place
    from contacts.givebutter_version as v
    where v.record_id in (select record_id from candidate)
),

placed as (
    select
        c.export_id,
        c.row_number,
        c.record_id,
        min(c.found_by) as found_by,
        max(case when v.sequence <= r.read_sequence then v.place end) as before_place,
        max(case when v.sequence > r.read_sequence and v.sequence <= coalesce(r.next_sequence, v.sequence) then v.place end)
            as after_place
    from candidate as c
    inner join file_row as r on c.export_id = r.export_id and c.row_number = r.row_number
    left join version as v on c.record_id = v.record_id
    group by c.export_id, c.row_number, c.record_id
)

select
    p.export_id,
    p.row_number,
    p.record_id,
    p.found_by,
    b.batch_id as before_batch,
    b.line as before_line,
    b.modified_at as before_modified,
    a.batch_id as after_batch,
    a.line as after_line,
    a.modified_at as after_modified,
    coalesce(a.modified_at > b.modified_at, a.batch_id is not null and b.batch_id is null) as touched
from placed as p
left join version as b on p.record_id = b.record_id and p.before_place = b.place
left join version as a on p.record_id = a.record_id and p.after_place = a.place
