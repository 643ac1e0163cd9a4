-- One row per row of ours that Givebutter refused to import, until a later file of the person goes through; and per refused
-- row that is nobody's of ours.
with judged as (
    select *
    from exports.outcome
    where outcome in ('created', 'updated', 'merged', 'rejected', 'unchanged', 'gone')
    qualify row_number() over (partition by person_id order by export_id desc, row_number desc) = 1
)

select 'person:' || person_id || '|import' as subject, person_id, 'Givebutter: ' || detail as detail
from judged
where outcome = 'rejected'
union all
select
    'batch:' || batch_id || '|' || line,
    cast(null as varchar),
    'Line ' || line || ' of a file of failed rows is none of our files'': ' || coalesce(why, 'no reason given')
from exports.failed_row
where export_id is null
