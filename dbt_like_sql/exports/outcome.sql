-- One row per row of every Givebutter file that left: what became of it, as Givebutter's next reading proves. created,
-- updated, rejected (its ERRORS file says why), merged (Givebutter folded a new row into a contact it had), gone (the
-- contact it names is no longer there), unchanged (read again, other rows of the file took effect and this one did not),
-- superseded (a later file carried the person before anybody read Givebutter again), unknown (it cannot be told yet).
with file_row as (
    select
        r.*,
        lead(r.read_sequence) over (partition by r.exported_as order by r.export_id, r.row_number) as next_sequence,
        row_number() over (partition by r.person_id order by r.export_id desc, r.row_number desc) = 1 as latest
    from exports.sent_row as r
    where r.target = 'givebutter' and r.read_sequence is not null
),

agreeing as (
    select
        export_id,
        row_number,
        record_id,
        cast(count(*) filter (where shown_before) as integer) as before,
        cast(count(*) filter (where shown_after) as integer) as after,
        cast(count(*) as integer) as written,
        count(*) filter (
            where shown_after and not shown_before and (field = 'tag' or starts_with(field, 'custom: '))
        ) as marks,
        array_to_string(list_sort(list(distinct field) filter (where not shown_after)), ', ') as missing
    from exports.value_shown
    group by export_id, row_number, record_id
),

reached as (
    select
        c.*,
        g.before,
        g.after,
        g.written,
        g.missing,
        c.touched
        and case c.found_by
            when 'contact id' then g.after = g.written or g.after > g.before or g.before = g.written
            when 'external id' then g.after > g.before
            else g.marks > 0
        end as effect
    from exports.sent_candidate as c
    inner join agreeing as g on c.export_id = g.export_id and c.row_number = g.row_number and c.record_id = g.record_id
),

chosen as (
    select *
    from reached
    qualify row_number() over (
            partition by export_id, row_number
            order by
                case when effect then 0 else 1 end, found_by, case when before_batch is null then 0 else 1 end,
                case when after_batch is null then 1 else 0 end, try_cast(record_id as bigint) desc nulls last, record_id
        ) = 1
),

refused as (
    select export_id, row_number, min(why) as why from exports.failed_row where export_id is not null group by all
),

whole_reading as (
    select r.export_id, r.row_number, count(*) > 0 as read_whole
    from file_row as r
    inner join landing.batch as b
        on
            b.source = 'givebutter' and b.entity in ('contacts', 'api_contacts') and b.full_snapshot
            and b.sequence > r.read_sequence and b.sequence <= coalesce(r.next_sequence, b.sequence)
    group by r.export_id, r.row_number
),

other_contact as (
    select x.person_id, max(x.record_id) as record_id
    from people.crosswalk as x
    left join contacts.givebutter_stale as s on x.contact_id = s.contact_id
    where x.source = 'givebutter' and x.entity = 'contacts' and s.contact_id is null
    group by x.person_id
),

known as (
    select
        r.export_id,
        r.row_number,
        r.person_id,
        r.exported_as,
        r.contact_id as named_contact_id,
        r.external_id,
        r.exported_at,
        r.latest,
        r.next_sequence is not null as carried_again,
        f.why,
        c.record_id,
        c.before_batch is not null as known_before,
        c.after_batch is not null as read_since,
        coalesce(c.effect, false) as effect,
        coalesce(c.touched, false) as touched,
        c.after = c.written as all_there,
        c.missing,
        coalesce(w.read_whole, false) as read_whole,
        r.contact_id is not null and s.contact_id is not null as gone,
        o.record_id as other_record_id
    from file_row as r
    left join chosen as c on r.export_id = c.export_id and r.row_number = c.row_number
    left join refused as f on r.export_id = f.export_id and r.row_number = f.row_number
    left join whole_reading as w on r.export_id = w.export_id and r.row_number = w.row_number
    left join contacts.givebutter_stale as s on 'givebutter.contacts:' || r.contact_id = s.contact_id
    left join other_contact as o on r.person_id = o.person_id
),

file as (
    select export_id, max(case when effect or why is not null then 1 else 0 end) = 1 as went_through
    from known
    group by export_id
),

judged as (
    select
        k.*,
        case
            when k.why is not null then 'rejected'
            when k.effect and k.named_contact_id is not null then 'updated'
            when k.effect and k.known_before then 'merged'
            when k.effect then 'created'
            when k.gone and not k.carried_again then 'gone'
            when k.carried_again and not k.read_since and not k.read_whole then 'superseded'
            when l.went_through and (k.read_whole or (k.named_contact_id is not null and k.read_since)) then 'unchanged'
            when k.carried_again then 'superseded'
            else 'unknown'
        end as outcome
    from known as k
    inner join file as l on k.export_id = l.export_id
)

select
    export_id,
    row_number,
    person_id,
    exported_as,
    external_id,
    named_contact_id,
    outcome,
    case
        when outcome in ('created', 'updated', 'merged') then record_id
        when outcome = 'gone' then other_record_id
        else named_contact_id
    end as contact_id,
    case outcome
        when 'rejected' then why
        when 'created' then 'Contact ' || record_id || ' is new.'
        when 'merged' then 'Givebutter folded the row into contact ' || record_id || ', which it had before.'
        when 'updated' then
            'Contact ' || record_id || case when all_there then ' says what the row says.'
                else ' was updated; it does not show: ' || missing || '.' end
        when 'gone' then
            'Contact ' || named_contact_id || ' is gone in Givebutter'
            || coalesce('; contact ' || other_record_id || ' is the same person''s.', '.')
        when 'unchanged' then
            case
                when named_contact_id is null then 'No contact was made, though other rows of the file took effect.'
                when all_there then 'Contact ' || named_contact_id || ' said so before and was not touched.'
                when touched then
                    'Contact ' || named_contact_id || ' was changed by somebody else; it does not show: ' || missing || '.'
                else 'Contact ' || named_contact_id || ' was not touched; it does not show: ' || missing || '.'
            end
        when 'superseded' then 'A later file carried the same person before Givebutter was read again.'
        else 'Nothing that was read since shows whether the file was imported.'
    end as detail,
    coalesce(all_there, false) as all_there,
    latest,
    exported_at
from judged
