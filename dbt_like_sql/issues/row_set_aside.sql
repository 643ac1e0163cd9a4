-- One row per row that broke the contract of its table and was set aside; its record stays in the raw table.
select
    table_name || '|' || row_key as subject,
    cast(null as varchar) as person_id,
    table_name || ', ' || row_key || ': ' || string_agg(column_name || ' (' || rule || ')', ', ' order by column_name, rule)
        as detail
from meta.quarantine
group by table_name, row_key
