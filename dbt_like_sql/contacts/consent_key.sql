-- One row per contact, channel and address an opt-out is remembered under, as the ledger's suppression list writes it: a hash.
-- A home is shared, so what somebody says of post holds for that name at that address; the address alone (whole_home) is
-- compared with what a human suppressed, and written down for nobody.
with address as (
    select contact_id, 'email' as channel, email as address, false as whole_home
    from contacts.email
    where email is not null
    union all
    select contact_id, 'sms', e164, false
    from contacts.phone
    where e164 is not null
    union all
    select contact_id, 'mail', concat_ws(', ', address_line, unit, city, zip5), true
    from contacts.contact
    where address_line is not null
    union all
    select
        contact_id,
        'mail',
        concat_ws(', ', address_line, unit, city, zip5, concat_ws(' ', first_key, last_key)),
        false
    from contacts.contact
    where address_line is not null and coalesce(first_key, last_key) is not null
)

select distinct
    contact_id,
    channel,
    sha256(channel || chr(31) || lower(address)) as address_hash,
    whole_home
from address
where trim(address) <> ''
