-- One row per person and channel anyone spoke of: an opt-out on any contact, in any source, wins (decision 31).
select
    x.person_id,
    c.channel,
    case when count(*) filter (where c.status in ('no', 'unreadable')) > 0 then 'no' else 'yes' end as status,
    min(case when c.status in ('no', 'unreadable') then c.contact_id end) as opted_out_on,
    max(c.said_at) as said_at
from contacts.consent as c
inner join people.crosswalk as x on c.contact_id = x.contact_id
group by x.person_id, c.channel
