-- One row per campaign member whose person has no Givebutter contact we know of; none before any contact was read.
select
    c.contact_id as subject,
    x.person_id,
    'Campaign member ' || c.record_id || ' has no known Givebutter contact' as detail
from contacts.contact as c
inner join people.crosswalk as x on c.contact_id = x.contact_id
where
    c.entity = 'members'
    and exists (select 1 from contacts.contact as k where k.source = 'givebutter' and k.entity = 'contacts')
    and not exists (
        select 1
        from people.crosswalk as y
        inner join contacts.contact as g on y.contact_id = g.contact_id
        where y.person_id = x.person_id and g.source = 'givebutter' and g.entity = 'contacts'
    )
