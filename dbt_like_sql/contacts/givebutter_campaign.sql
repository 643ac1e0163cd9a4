-- One row per campaign of the Givebutter account, as last read.
select
    r._record_id as campaign_id,
    r.code,
    r.title,
    r.type as campaign_type,
    r.status,
    try_cast(r.goal as decimal(18, 2)) as goal,
    try_cast(r.raised as decimal(18, 2)) as raised,
    try_cast(try_cast(r.donors as double) as integer) as donors,
    r.url,
    try_cast(r.end_at as timestamptz) as ends_at,
    try_cast(r.created_at as timestamptz) as created_at,
    try_cast(r.updated_at as timestamptz) as modified_at,
    b.arrived_at as observed_at
from raw.givebutter_campaigns as r
inner join landing.batch as b on r._batch_id = b.batch_id
qualify row_number() over (partition by r._record_id order by b.sequence desc, r._line desc) = 1
