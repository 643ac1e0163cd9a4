-- One row per Givebutter contact that is gone there. Its link to the person stays; no file carries its id any more.
select
    'contact:' || s.contact_id as subject,
    x.person_id,
    'Givebutter contact ' || s.record_id || ': ' || case s.reason
        when 'archived' then 'archived'
        when 'not found' then 'deleted (Givebutter does not know it)'
        else 'deleted (no longer in the list of all contacts)'
    end as detail
from contacts.givebutter_stale as s
inner join people.crosswalk as x on s.contact_id = x.contact_id
