-- One row per field of a mentor's Givebutter contact, row of a file of ours and value the row wrote there, where no reading
-- ever showed the value although the contact was changed after the file was made: somebody changed it again before anybody
-- read, or it never arrived. proven: it arrived. The row did, because the contact shows what only a file writes (tags and
-- custom fields may come over the API as well), and so did its column: another row of the file shows it, or the row made the
-- contact, which says something there. Nothing is told of a file that was not imported: it took no effect, and left a contact
-- alone that it names. E-mails and phones are sets an import adds to and are not here (exports.taken_away). The ledger keeps
-- hashes; the words are the form's and those humans decided.
with carried as (
    select
        field,
        unnest(
            case when field = 'preferred_name' then ['prefix', 'preferred_first'] else [field] end
        ) as sent_as
    from (values ('preferred_name'), ('first_name'), ('middle_name'), ('last_name'), ('birth_date')) as name (field)
    union
    select field, 'custom: ' || custom_field
    from people.ownership
    where custom_field is not null and direction in ('from form', 'both ways')
),

word as (
    select person_id, field, value from sync.form_value
    union all
    select person_id, field, value from people.decided_value
),

ours as (
    select
        w.person_id,
        w.field,
        lower(regexp_replace(trim(coalesce(cast(b.birth_date as varchar), w.value)), '\s+', ' ', 'g')) as compared_as,
        min(w.value) as value
    from word as w
    left join sync.birth_value as b on w.field = 'birth_date' and w.value = b.raw
    group by w.person_id, w.field, compared_as
),

sent as (
    select
        r.export_id,
        r.row_number,
        r.contact_id,
        r.hash_key,
        r.exported_at,
        r.read_sequence,
        lead(r.read_sequence) over (partition by r.exported_as order by r.export_id, r.row_number) as next_sequence
    from exports.sent_row as r
    where r.target = 'givebutter' and r.read_sequence is not null
),

reached as (
    select
        o.export_id,
        o.row_number,
        o.person_id,
        o.outcome,
        c.record_id,
        c.touched,
        c.before_modified,
        s.contact_id,
        s.hash_key,
        s.exported_at,
        s.read_sequence,
        s.next_sequence,
        count(*) filter (where not v.shown_before) > 0 as says_more,
        count(*) filter (
            where v.shown_after and not v.shown_before and v.field <> 'tag' and not starts_with(v.field, 'custom: ')
        ) > 0 as arrived
    from exports.outcome as o
    inner join sent as s on o.export_id = s.export_id and o.row_number = s.row_number
    inner join exports.sent_candidate as c
        on o.export_id = c.export_id and o.row_number = c.row_number and o.contact_id = c.record_id
    inner join exports.value_shown as v
        on c.export_id = v.export_id and c.row_number = v.row_number and c.record_id = v.record_id
    where o.outcome not in ('rejected', 'gone')
    group by all
),

left_alone as (
    select distinct r.export_id
    from reached as r
    inner join landing.batch as b
        on
            b.source = 'givebutter' and (b.entity = 'api_contacts' or (b.entity = 'contacts' and b.full_snapshot))
            and b.sequence > r.read_sequence and b.sequence <= coalesce(r.next_sequence, b.sequence)
    where r.contact_id is not null and r.says_more and not r.touched
),

file as (
    select r.export_id, bool_or(r.arrived) as imported, bool_or(a.export_id is not null) as left_alone
    from reached as r
    left join left_alone as a on r.export_id = a.export_id
    group by r.export_id
),

arrived_column as (
    select distinct v.export_id, v.field
    from exports.value_shown as v
    inner join reached as r
        on v.export_id = r.export_id and v.row_number = r.row_number and v.record_id = r.record_id and r.arrived
    where v.shown_after and not v.shown_before
),

written as (
    select
        r.*,
        n.field,
        o.value,
        o.compared_as,
        r.arrived and (r.outcome = 'created' or a.export_id is not null) as proven
    from reached as r
    inner join file as f on r.export_id = f.export_id and (f.imported or not f.left_alone)
    inner join exports.value_shown as v
        on
            r.export_id = v.export_id and r.row_number = v.row_number and r.record_id = v.record_id
            and not v.shown_before and not v.shown_after
    inner join carried as n on v.field = n.sent_as
    inner join ours as o
        on
            r.person_id = o.person_id and n.field = o.field
            and v.value_hash = left(sha256(r.hash_key || chr(31) || v.field || chr(31) || o.compared_as), 20)
    left join arrived_column as a on v.export_id = a.export_id and v.field = a.field
    where r.touched
)

select
    w.person_id,
    p.contact_id,
    w.field,
    w.export_id,
    w.row_number,
    min(w.value) as value,
    w.compared_as,
    bool_or(w.proven) as proven,
    w.exported_at,
    w.read_sequence,
    min(p.said_at) as changed_at
from written as w
inner join sync.platform_value as p
    on
        w.person_id = p.person_id and p.contact_id = 'givebutter.contacts:' || w.record_id and w.field = p.field
        and p.sequence > w.read_sequence and (w.before_modified is null or p.said_at > w.before_modified)
left join sync.birth_value as b on p.field = 'birth_date' and p.value = b.raw
group by w.person_id, p.contact_id, w.field, w.export_id, w.row_number, w.compared_as, w.exported_at, w.read_sequence
having
    count(*) filter (
        where lower(regexp_replace(coalesce(cast(b.birth_date as varchar), p.value), '\s+', ' ', 'g')) = w.compared_as
    ) = 0
