-- One row per contact, field and value: anything any source says of a person, with how much its word counts; and what a
-- human decided, with source "decision" and the decision's number in place of a contact.
with said as (
    select contact_id, 'prefix' as field, prefix as value, 1 as position from contacts.contact
    union all
    select contact_id, 'first_name', first_name, 1 from contacts.contact where not name_junk
    union all
    select contact_id, 'middle_name', middle_name, 1 from contacts.contact where not name_junk
    union all
    select contact_id, 'last_name', last_name, 1 from contacts.contact where not name_junk
    union all
    select contact_id, 'suffix', suffix, 1 from contacts.contact
    union all
    select contact_id, 'preferred_name', preferred_name, 1 from contacts.contact
    union all
    select contact_id, 'preferred_name', first_name, 2
    from contacts.contact
    where source = 'jotform' and entity = 'signups' and preferred_name is null and not name_junk
    union all
    select contact_id, 'birth_date', cast(birth_date as varchar), 1 from contacts.contact
    union all
    select contact_id, 'gender', lower(gender), 1 from contacts.contact
    union all
    select contact_id, 'employer', employer, 1 from contacts.contact
    union all
    select contact_id, 'title', title, 1 from contacts.contact
    union all
    select
        contact_id,
        'address',
        concat_ws(', ', address_line, unit, city, concat_ws(' ', state, zip5)),
        1
    from contacts.contact
    where address_valid and address_line is not null
    union all
    select contact_id, 'phone', e164, position from contacts.phone where valid
    union all
    select contact_id, 'email', email, position from contacts.email where valid and not junk
)

select
    x.person_id,
    s.field,
    s.value,
    s.contact_id,
    c.source,
    c.entity,
    s.position,
    coalesce(o.rank, 99) as owner_rank,
    coalesce(c.modified_at, c.created_at, c.observed_at) as said_at,
    case when c.source = 'imports' and c.entity = 'fill' then c.observed_at end as filled_at
from said as s
inner join contacts.contact as c on s.contact_id = c.contact_id
inner join people.crosswalk as x on s.contact_id = x.contact_id
left join people.ownership as o on s.field = o.field and o.source_entity = c.source || '.' || c.entity
where s.value is not null and s.value <> ''
union all
select
    d.person_id,
    d.field,
    d.value,
    'decision:' || d.decision_id,
    'decision',
    case when d.locked then 'lock' else 'use_value' end,
    1,
    0,
    d.decided_at,
    null
from people.decided_value as d
where d.field in (select field from said) and d.person_id in (select person_id from people.crosswalk)
