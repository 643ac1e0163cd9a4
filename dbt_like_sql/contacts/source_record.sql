-- One row per record of every source, in the columns all sources share and in the source's own spelling.
select * from contacts.givebutter_contact
union all by name
select * from contacts.givebutter_member
union all by name
select * from contacts.givebutter_company
union all by name
select * from contacts.jotform_person
union all by name
select * from contacts.listomatic_person
union all by name
select * from contacts.contactics_contact
union all by name
select * from contacts.airtable_record
union all by name
select * from contacts.list_person
union all by name
select * from contacts.lead_person
