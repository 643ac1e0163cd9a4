-- One row per contact that money is tied to: what a Givebutter contact gave, what a campaign member raised.
select
    'givebutter.contacts:' || o.record_id as contact_id,
    cast(r.contributed as double) as given,
    cast(0 as double) as raised
from contacts.givebutter_origin as o
inner join contacts.givebutter_reading as r on o.record_id = r.record_id and o.reading = r.reading
where r.contributed > 0
union all
select
    c.contact_id,
    cast(0 as double) as given,
    coalesce(try_cast(r.raised as double), 0) as raised
from contacts.givebutter_member as c
inner join raw.givebutter_members as r on c.batch_id = r._batch_id and c.line = r._line
where coalesce(try_cast(r.raised as double), 0) > 0
