-- One row per campaign member of Givebutter: what they raised, and since when they take part (decision 49). The newest pull
-- counts. A member's contact is contacts.givebutter_member.
select
    'givebutter.members:' || r._record_id as contact_id,
    r._record_id as member_id,
    try_cast(r.raised as decimal(18, 2)) as raised,
    try_cast(r.goal as decimal(18, 2)) as goal,
    try_cast(try_cast(r.donors as double) as integer) as donors,
    try_cast(try_cast(r.items as double) as integer) as items,
    nullif(trim(r.url), '') as url,
    try_cast(r.created_at as timestamptz) as campaign_joined_at,
    try_cast(r.updated_at as timestamptz) as modified_at,
    b.arrived_at as observed_at
from raw.givebutter_members as r
inner join landing.batch as b on r._batch_id = b.batch_id
qualify row_number() over (partition by r._record_id order by b.sequence desc, r._line desc) = 1
