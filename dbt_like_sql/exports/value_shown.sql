-- One row per value a row of a Givebutter file wrote and contact the row may have reached: whether the contact showed it when
-- the file was made, and whether it shows it as last read before a later file carried the person.
select
    c.export_id,
    c.row_number,
    c.record_id,
    w.field,
    w.value_hash,
    b.value is not null as shown_before,
    a.value is not null as shown_after
from exports.sent_candidate as c
inner join exports.sent_row as r on c.export_id = r.export_id and c.row_number = r.row_number
inner join exports.sent_value as w on c.export_id = w.export_id and c.row_number = w.row_number
left join exports.shown_value as b
    on
        c.record_id = b.record_id and c.before_batch = b.batch_id and c.before_line = b.line and w.field = b.field
        and w.value_hash = left(sha256(r.hash_key || chr(31) || b.field || chr(31) || b.value), 20)
left join exports.shown_value as a
    on
        c.record_id = a.record_id and c.after_batch = a.batch_id and c.after_line = a.line and w.field = a.field
        and w.value_hash = left(sha256(r.hash_key || chr(31) || a.field || chr(31) || a.value), 20)
