-- One row per person and channel anyone spoke of: an opt-out on any contact, in any source, wins (decision 31). A no whose
-- record is gone goes on for the person it belonged to and for whoever has the address it named.
with said as (
    select x.person_id, c.channel, c.status, c.contact_id, c.said_at
    from contacts.consent as c
    inner join people.crosswalk as x on c.contact_id = x.contact_id
),

outlived as (
    select o.channel, o.address_hash, o.contact_id, o.since
    from people.opt_out as o
    left join contacts.contact as c on o.contact_id = c.contact_id
    where c.contact_id is null
),

of_person as (
    select coalesce(x.person_id, g.person_id) as person_id, o.channel, o.contact_id, o.since
    from outlived as o
    left join people.crosswalk as x on o.contact_id = x.contact_id
    left join people.gone_contact as g on o.contact_id = g.contact_id
    union all
    select x.person_id, o.channel, coalesce(o.contact_id, k.contact_id), o.since
    from outlived as o
    inner join contacts.consent_key as k
        on o.channel = k.channel and o.address_hash = k.address_hash and (o.contact_id is null or not k.whole_home)
    inner join people.crosswalk as x on k.contact_id = x.contact_id
),

spoken as (
    select person_id, channel, status, contact_id, said_at from said
    union all
    select person_id, channel, 'no', contact_id, since
    from of_person
    where person_id in (select person_id from people.crosswalk)
)

select
    person_id,
    channel,
    case when count(*) filter (where status in ('no', 'unreadable')) > 0 then 'no' else 'yes' end as status,
    min(case when status in ('no', 'unreadable') then contact_id end) as opted_out_on,
    max(said_at) as said_at
from spoken
group by person_id, channel
