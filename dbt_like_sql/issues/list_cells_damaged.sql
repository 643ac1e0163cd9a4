-- One row per column of a list with cells that a spreadsheet program has damaged. They are left out, never guessed.
select
    'list column:' || batch_id || ':' || column_name as subject,
    cast(null as varchar) as person_id,
    file_name || ', column ' || column_name || ' (' || field || '): ' || concat_ws(
        '; ',
        case when damaged > 0 then damaged || ' cells are unreadable (1.2E+10, ####, #REF!) and left out' end,
        case when lost_zeros > 0 then lost_zeros || ' ZIP codes have lost their leading zero and are left out' end,
        case when day_numbers > 0 then day_numbers || ' dates are day numbers and left out' end
    ) as detail
from contacts.list_column
where damaged > 0 or lost_zeros > 0 or day_numbers > 0
