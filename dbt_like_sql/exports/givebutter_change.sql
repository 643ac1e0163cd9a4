-- One row per row of the import file and column in which it says something that Givebutter does not hold yet, as last read:
-- the reason why the row is in the file. E-mails, phones and tags are sets; an import adds to them. An empty cell changes
-- nothing and is no reason. Notes are appended, so one that the contact's notes hold is none.
with held as (
    select
        r.person_id,
        c.contact_id,
        c.external_id,
        c.tags,
        c.address_line,
        c.unit,
        c.city,
        c.state,
        c.zip5,
        c.birth_date,
        g.prefix_raw,
        g.preferred_first,
        g.first_raw,
        g.middle_raw,
        g.last_raw,
        c.suffix,
        coalesce(e."Notes", a.note) as notes
    from exports.givebutter_row as r
    inner join contacts.contact as c on r.contact_id = c.contact_id
    inner join contacts.givebutter_origin as o on c.record_id = o.record_id
    inner join contacts.givebutter_reading as g on o.record_id = g.record_id and o.reading = g.reading
    left join raw.givebutter_contacts as e on g.batch_id = e._batch_id and g.line = e._line and g.reading = 'export'
    left join raw.givebutter_api_contacts as a on g.batch_id = a._batch_id and g.line = a._line and g.reading = 'api'
),

plain as (
    select r.person_id, 'Contact External ID' as column_name, r."Contact External ID" as ours, h.external_id as theirs
    from exports.givebutter_row as r inner join held as h on r.person_id = h.person_id
    union all
    select r.person_id, 'Prefix', r."Prefix", h.prefix_raw
    from exports.givebutter_row as r inner join held as h on r.person_id = h.person_id
    union all
    select r.person_id, 'First Name', r."First Name", h.first_raw
    from exports.givebutter_row as r inner join held as h on r.person_id = h.person_id
    union all
    select r.person_id, 'Preferred First Name', r."Preferred First Name", h.preferred_first
    from exports.givebutter_row as r inner join held as h on r.person_id = h.person_id
    union all
    select r.person_id, 'Middle Name', r."Middle Name", h.middle_raw
    from exports.givebutter_row as r inner join held as h on r.person_id = h.person_id
    union all
    select r.person_id, 'Last Name', r."Last Name", h.last_raw
    from exports.givebutter_row as r inner join held as h on r.person_id = h.person_id
    union all
    select r.person_id, 'Suffix', r."Suffix", h.suffix
    from exports.givebutter_row as r inner join held as h on r.person_id = h.person_id
    union all
    select
        r.person_id,
        'Address Line 1',
        case when r."Address Line 1" is not null then concat_ws(', ', p.address_line, p.unit, p.city, p.state, p.zip5) end,
        concat_ws(', ', h.address_line, h.unit, h.city, h.state, h.zip5)
    from exports.givebutter_row as r
    inner join held as h on r.person_id = h.person_id
    inner join people.person as p on r.person_id = p.person_id
    union all
    select r.person_id, 'Date of Birth', r."Date of Birth", strftime(h.birth_date, '%m/%d/%Y')
    from exports.givebutter_row as r inner join held as h on r.person_id = h.person_id
    union all
    select r.person_id, 'Tags', r."Tags", array_to_string(list_sort(list_distinct(h.tags)), ', ')
    from exports.givebutter_row as r inner join held as h on r.person_id = h.person_id
    union all
    select r.person_id, 'Notes', r."Notes", case when not coalesce(contains(h.notes, r."Notes"), false) then h.notes else r."Notes" end
    from exports.givebutter_row as r inner join held as h on r.person_id = h.person_id
    union all
    select
        r.person_id,
        case s.channel
            when 'email' then 'Email Subscription Status'
            when 'sms' then 'Phone Subscription Status'
            else 'Address Subscription Status'
        end,
        case s.channel
            when 'email' then r."Email Subscription Status"
            when 'sms' then r."Phone Subscription Status"
            else r."Address Subscription Status"
        end,
        case when s.status = 'unreadable' then 'no' else s.status end
    from exports.givebutter_row as r
    inner join contacts.consent as s on r.contact_id = s.contact_id
    union all
    select v.person_id, v.title, v.value, v.held_value
    from exports.givebutter_custom as v
    inner join held as h on v.person_id = h.person_id
),

listed as (
    select
        r.person_id,
        case when f.field = 'email' then 'Primary Email' else 'Primary Phone Number' end as column_name,
        f.value as ours,
        cast(null as varchar) as theirs
    from exports.givebutter_row as r
    inner join people.field_value as f on r.person_id = f.person_id and f.field in ('email', 'phone')
    left join contacts.email as e on f.field = 'email' and r.contact_id = e.contact_id and f.value = e.email
    left join contacts.phone as p on f.field = 'phone' and r.contact_id = p.contact_id and f.value = p.e164
    left join exports.taken_away as t on f.person_id = t.person_id and f.field = t.field and f.value = t.value
    where
        r.contact_id is not null and e.contact_id is null and p.contact_id is null
        and (f.rank = 1 or t.person_id is null)
)

select person_id, column_name, ours, theirs, 'changed' as kind
from plain
where ours <> '' and ours is distinct from theirs
union all
select person_id, column_name, ours, theirs, 'added' as kind
from listed
union all
select person_id, 'Givebutter Contact ID', cast(null as varchar), cast(null as varchar), 'new contact'
from exports.givebutter_row
where contact_id is null
