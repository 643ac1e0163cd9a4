-- One row per Givebutter contact: which of its two readings gives its values (export or api), and what the other one adds.
-- Givebutter's own dates decide; of versions dated alike, or where one has no date, the API's counts.
select
    coalesce(a.record_id, e.record_id) as record_id,
    case
        when a.record_id is null or e.modified_at > a.modified_at then 'export'
        else 'api'
    end as reading,
    e.batch_id as export_batch_id,
    e.line as export_line,
    e.modified_at as export_modified_at,
    a.batch_id as api_batch_id,
    a.line as api_line,
    a.modified_at as api_modified_at,
    case
        when a.record_id is null or e.record_id is null then null
        when e.modified_at > a.modified_at then a.preferred_first
        else e.preferred_first
    end as preferred_from_other,
    e.household_ref as household_from_export
from (select * from contacts.givebutter_reading where reading = 'export') as e
full outer join (select * from contacts.givebutter_reading where reading = 'api') as a on e.record_id = a.record_id
