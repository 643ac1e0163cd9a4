-- One row per list with columns that are nobody's field: they are kept as they are, in the raw table.
select
    'list:' || batch_id as subject,
    cast(null as varchar) as person_id,
    max(file_name) || ': kept as they are: ' || string_agg(column_name, ', ' order by position)
    || case when max(sums_left_out) > 0 then '; ' || max(sums_left_out) || ' rows of sums left out' else '' end as detail
from contacts.list_column
where field is null and how <> 'plain'
group by batch_id
