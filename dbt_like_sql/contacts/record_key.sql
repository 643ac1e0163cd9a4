-- One row per record of any source and e-mail address or phone number it carries: how lookup finds it.
with contact_key as (
    select 'email' as kind, email as value, contact_id
    from contacts.email
    where valid
    union
    select 'phone' as kind, e164 as value, contact_id
    from contacts.phone
    where valid
)

select k.kind, k.value, c.source, c.entity, c.record_id, c.batch_id, c.line
from contact_key as k
inner join contacts.contact as c on k.contact_id = c.contact_id
union all
select kind, value, 'behaviour' as source, 'records' as entity, record_id, batch_id, line
from contacts.behaviour_key
