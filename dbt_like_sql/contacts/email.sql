-- One row per contact and e-mail address it lists, in the source's order. A cell with two addresses gives two rows.
with cell as (
    select
        contact_id,
        source,
        entity,
        unnest(emails_raw) as cell,
        generate_subscripts(emails_raw, 1) as cell_position
    from contacts.source_record
)

select
    c.contact_id,
    c.source,
    c.entity,
    cast(row_number() over (partition by c.contact_id order by c.cell_position, s.position) as integer) as position,
    s.value as raw,
    v.email,
    v.local_part,
    v.domain,
    v.valid,
    v.junk,
    v.reason
from cell as c
inner join contacts.email_cell as s on c.cell = s.raw
inner join contacts.email_value as v on s.value = v.raw
