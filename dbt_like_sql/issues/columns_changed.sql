-- One row per newest batch whose columns differ from what came before it, while no later batch agrees with it.
-- A file is compared with the file before it. A reading of an API leaves out what is empty, so there a column is new only
-- if no reading ever had it and our SQL does not know it, and gone only if every reading of some size had it before.
with named as (
    select
        batch_id, source, entity, kind, raw_columns, full_snapshot, accepted, sequence,
        case when kind = 'file' then file_name else 'the API' end as came_as,
        case
            when source in ('list', 'behaviour') then regexp_replace(lower(file_name), '[0-9]+', '', 'g')
            else ''
        end as stream
    from landing.batch
    where superseded_by is null
),

ranked as (
    select
        *,
        row_number() over (partition by source, entity, kind, stream order by sequence desc) as back,
        count(*) over (partition by source, entity, kind, stream) as batches
    from named
),

newest as (
    select batch_id, source, entity, kind, stream, came_as, full_snapshot or accepted >= 100 as is_large
    from ranked
    where back = 1 and batches > 1
),

seen as (
    select batch_id, source, entity, kind, stream, back, accepted, unnest(raw_columns) as column_name from ranked
),

before as (
    select
        n.batch_id,
        s.column_name,
        count(*) filter (where s.accepted >= 20) as large_batches_with,
        max(case when s.back = 2 then 1 else 0 end) as in_last
    from newest as n
    inner join seen as s
        on n.source = s.source and n.entity = s.entity and n.kind = s.kind and n.stream = s.stream and s.back > 1
    group by n.batch_id, s.column_name
),

large_before as (
    select n.batch_id, count(*) filter (where r.accepted >= 20) as large_batches
    from newest as n
    inner join ranked as r
        on n.source = r.source and n.entity = r.entity and n.kind = r.kind and n.stream = r.stream and r.back > 1
    group by n.batch_id
),

added as (
    select n.batch_id, s.column_name
    from newest as n
    inner join seen as s on n.batch_id = s.batch_id
    left join before as b on n.batch_id = b.batch_id and s.column_name = b.column_name
    left join landing.known_column as k
        on n.source = k.source and n.entity = k.entity and s.column_name = k.column_name
    where
        (n.kind = 'file' and coalesce(b.in_last, 0) = 0)
        or (n.kind = 'pages' and b.column_name is null and k.column_name is null)
),

gone as (
    select n.batch_id, b.column_name
    from newest as n
    inner join before as b on n.batch_id = b.batch_id
    inner join large_before as l on n.batch_id = l.batch_id
    left join seen as s on n.batch_id = s.batch_id and b.column_name = s.column_name
    where
        s.column_name is null
        and (
            (n.kind = 'file' and b.in_last = 1)
            or (n.kind = 'pages' and n.is_large and l.large_batches > 0 and b.large_batches_with = l.large_batches)
        )
),

alike as (
    select
        g.batch_id,
        g.column_name as old_name,
        a.column_name as new_name,
        levenshtein(lower(g.column_name), lower(a.column_name)) as distance,
        greatest(length(g.column_name), length(a.column_name)) as longest,
        count(*) over (partition by g.batch_id) as pairs
    from gone as g
    inner join added as a on g.batch_id = a.batch_id
),

renamed as (
    select batch_id, string_agg(old_name || ' → ' || new_name, ', ' order by old_name, new_name) as pairs
    from alike
    where
        distance * 2 <= longest
        or pairs = 1
        or contains(lower(new_name), lower(old_name))
        or contains(lower(old_name), lower(new_name))
    group by batch_id
),

added_names as (
    select batch_id, string_agg(column_name, ', ' order by column_name) as names from added group by batch_id
),

gone_names as (
    select batch_id, string_agg(column_name, ', ' order by column_name) as names from gone group by batch_id
)

select
    'batch:' || n.batch_id as subject,
    cast(null as varchar) as person_id,
    n.source || '.' || n.entity || ' from ' || n.came_as || ': '
    || concat_ws(
        '; ', 'added: ' || a.names, 'gone: ' || g.names, 'maybe renamed: ' || r.pairs
    ) as detail
from newest as n
left join added_names as a on n.batch_id = a.batch_id
left join gone_names as g on n.batch_id = g.batch_id
left join renamed as r on n.batch_id = r.batch_id
where a.names is not null or g.names is not null
