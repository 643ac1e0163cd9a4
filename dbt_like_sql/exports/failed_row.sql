-- One row per row that Givebutter refused to import, out of the ERRORS files that came back, and the row of ours it was:
-- found by contact id, else by external id, in the last file that left before it came back and held it.
with failed as (
    select
        f._batch_id as batch_id,
        f._line as line,
        b.sequence,
        b.arrived_at as noticed_at,
        coalesce(nullif(trim(f.id), ''), nullif(trim(f.contact_id), ''), nullif(trim(f.givebutter_contact_id), '')) as record_id,
        nullif(trim(f.external_id), '') as external_id,
        nullif(trim(f."ERRORS"), '') as why
    from raw.givebutter_failed_rows as f
    inner join landing.batch as b on f._batch_id = b.batch_id
)

select
    f.batch_id,
    f.line,
    f.sequence,
    f.noticed_at,
    f.record_id,
    f.external_id,
    f.why,
    r.export_id,
    r.row_number,
    r.person_id,
    r.exported_as
from failed as f
left join exports.sent_row as r
    on
        r.target = 'givebutter'
        and r.read_sequence < f.sequence
        and (
            (f.record_id is not null and r.contact_id = f.record_id)
            or (f.record_id is null and r.contact_id is null and upper(r.external_id) = upper(f.external_id))
        )
qualify row_number() over (partition by f.batch_id, f.line order by r.export_id desc nulls last, r.row_number desc) = 1
