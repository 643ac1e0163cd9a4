-- One row per person of the season: which Givebutter contact is theirs, if any. Of several contacts that are surely one
-- person the last modified serves, then the highest id (decision 18); one that is gone in Givebutter only where no other is
-- left, and then the person is held.
with contact as (
    select
        x.person_id,
        c.contact_id,
        c.record_id,
        c.external_id,
        c.tags,
        c.prefix,
        s.contact_id is not null as stale,
        count(*) over (partition by x.person_id) as contacts,
        row_number() over (
            partition by x.person_id
            order by
                case when s.contact_id is null then 0 else 1 end,
                c.modified_at desc nulls last, try_cast(c.record_id as bigint) desc nulls last, c.record_id desc
        ) as choice
    from contacts.contact as c
    inner join people.crosswalk as x on c.contact_id = x.contact_id
    left join contacts.givebutter_stale as s on c.contact_id = s.contact_id
    where c.source = 'givebutter' and c.entity = 'contacts'
)

select
    p.person_id,
    p.season,
    p.mentor_id,
    p.mentor_key,
    p.signup_contact_id,
    c.contact_id,
    c.record_id as givebutter_contact_id,
    c.external_id,
    c.tags,
    coalesce(c.stale, false) as stale,
    coalesce(c.contacts, 0) as givebutter_contacts
from people.participation as p
inner join contacts.form as f on p.season = f.season and f.entity = 'signups' and f.current
left join contact as c on p.person_id = c.person_id and c.choice = 1
