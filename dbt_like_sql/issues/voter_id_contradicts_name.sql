-- One row per contact whose given voter id belongs to somebody of another name, birth year or suffix (decision 14).
select
    'voter_id:' || t.record_id || '|' || t.state || ':' || t.voter_id as subject,
    x.person_id,
    t.record_id || ' gives ' || t.state || ':' || t.voter_id || ', whose name, suffix or birth year is another' as detail
from identity.voter_tier as t
inner join people.crosswalk as x on t.record_id = x.contact_id
left join identity.voter_choice as c
    on t.record_id = c.contact_id and t.state = c.state and t.voter_id = c.voter_id
where t.tier = 'voter id contradicted' and c.contact_id is null
