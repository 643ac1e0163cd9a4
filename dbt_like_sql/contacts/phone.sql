-- One row per contact and phone number it lists, in the source's order. A cell with two numbers gives two rows.
with cell as (
    select
        contact_id,
        source,
        entity,
        unnest(phones_raw) as cell,
        generate_subscripts(phones_raw, 1) as cell_position
    from contacts.source_record
)

select
    c.contact_id,
    c.source,
    c.entity,
    cast(row_number() over (partition by c.contact_id order by c.cell_position, s.position) as integer) as position,
    s.value as raw,
    v.e164,
    v.extension,
    v.country,
    v.line_type,
    v.valid,
    v.reason
from cell as c
inner join contacts.phone_cell as s on c.cell = s.raw
inner join contacts.phone_value as v on s.value = v.raw
