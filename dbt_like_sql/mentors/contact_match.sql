-- One row per mentor, season and Givebutter contact that may be theirs, with what speaks for it (decisions 1, 2, 18). Linking
-- says whose a contact is (same_person); signals are what the sign-up, set-up and page agree on with it. An external id
-- counts only if a file of ours wrote it. Of several contacts of one person the one with most evidence serves, then the last
-- modified, then the highest id; a contact that is gone only where no other is left and nobody said that a new one is to be
-- made. doubt names the issue a human must settle; until then the mentor has no contact, unless one is theirs for sure and the
-- doubt is about another (decision 18).
with mentor as (
    select person_id, season, mentor_key from people.participation
),

own as (
    select m.person_id, m.season, c.contact_id, c.entity, c.first_key, c.preferred_key, c.last_key
    from mentor as m
    inner join people.crosswalk as x on m.person_id = x.person_id
    inner join contacts.contact as c on x.contact_id = c.contact_id
    where c.source = 'jotform' or c.entity = 'members'
),

shared as (
    select o.person_id, o.season, t.contact_id, o.entity, 'phone' as signal
    from own as o
    inner join contacts.phone as p on o.contact_id = p.contact_id and p.valid
    inner join contacts.phone as t on p.e164 = t.e164 and t.source = 'givebutter' and t.entity = 'contacts' and t.valid
    union all
    select o.person_id, o.season, t.contact_id, o.entity, 'email'
    from own as o
    inner join contacts.email as e on o.contact_id = e.contact_id and e.valid and not e.junk
    inner join contacts.email as t on e.email = t.email and t.source = 'givebutter' and t.entity = 'contacts' and t.valid
),

written as (
    select c.contact_id, min(w.person_id) as written_for, count(distinct w.person_id) as people
    from contacts.contact as c
    inner join identity.written_external_id as w on upper(c.external_id) = upper(w.external_id)
    where
        c.source = 'givebutter'
        and c.entity = 'contacts'
        and w.first_written < c.observed_at
        and (w.contact_id = c.record_id or w.contact_id is null)
    group by c.contact_id
),

candidate as (
    select m.person_id, m.season, x.contact_id
    from mentor as m
    inner join people.crosswalk as x on m.person_id = x.person_id and x.source = 'givebutter' and x.entity = 'contacts'
    union
    select person_id, season, contact_id from shared
    union
    select m.person_id, m.season, w.contact_id
    from mentor as m
    inner join written as w on m.person_id = w.written_for
),

signal as (
    select
        person_id,
        season,
        contact_id,
        max(case when signal = 'phone' and entity <> 'members' then 1 else 0 end) = 1 as phone_agrees,
        max(case when signal = 'email' and entity <> 'members' then 1 else 0 end) = 1 as email_agrees,
        max(case when entity = 'members' then 1 else 0 end) = 1 as member_agrees
    from shared
    group by person_id, season, contact_id
),

named as (
    select distinct k.person_id, k.season, k.contact_id
    from candidate as k
    inner join contacts.contact as c on k.contact_id = c.contact_id
    inner join own as o on k.person_id = o.person_id and k.season = o.season and c.last_key = o.last_key
    left join contacts.nickname as a on c.first_key = a.name_key
    left join contacts.nickname as b on o.first_key = b.name_key
    where
        c.first_key in (o.first_key, o.preferred_key)
        or c.preferred_key in (o.first_key, o.preferred_key)
        or len(list_filter(a.canonical_names, lambda x: list_contains(b.canonical_names, x))) > 0
),

anew as (
    select person_id, season from mentors.task_said where task = 'new_contact' and done
),

weighed as (
    select
        k.person_id,
        k.season,
        k.contact_id,
        c.record_id as givebutter_contact_id,
        x.person_id as contact_person_id,
        x.person_id = k.person_id as same_person,
        n.contact_id is not null as name_agrees,
        coalesce(g.phone_agrees, false) as phone_agrees,
        coalesce(g.email_agrees, false) as email_agrees,
        coalesce(g.member_agrees, false) as member_agrees,
        coalesce(w.written_for = k.person_id and w.people = 1, false) as external_id_agrees,
        case when w.people = 1 and w.written_for <> k.person_id then w.written_for end as external_id_of,
        c.external_id,
        c.modified_at,
        s.contact_id is not null as stale,
        s.contact_id is not null and a.person_id is not null as given_up
    from candidate as k
    inner join contacts.contact as c on k.contact_id = c.contact_id
    inner join people.crosswalk as x on k.contact_id = x.contact_id
    left join signal as g on k.person_id = g.person_id and k.season = g.season and k.contact_id = g.contact_id
    left join named as n on k.person_id = n.person_id and k.season = n.season and k.contact_id = n.contact_id
    left join written as w on k.contact_id = w.contact_id
    left join contacts.givebutter_stale as s on k.contact_id = s.contact_id
    left join anew as a on k.person_id = a.person_id and k.season = a.season
),

counted as (
    select
        *,
        (case when name_agrees then 1 else 0 end) + (case when phone_agrees then 1 else 0 end)
        + (case when email_agrees then 1 else 0 end) + (case when member_agrees then 1 else 0 end)
        + (case when external_id_agrees then 2 else 0 end) as evidence
    from weighed
),

rivalled as (
    select
        k.*,
        max(case when r.name_agrees or r.external_id_agrees then r.evidence end) as rival_evidence
    from counted as k
    left join counted as r on k.contact_id = r.contact_id and k.season = r.season and k.person_id <> r.person_id
    group by all
),

asked as (
    select person_l as person_id, person_r as other_id from people.question where kind = 'in doubt'
    union all
    select person_r, person_l from people.question where kind = 'in doubt'
),

judged as (
    select
        r.*,
        case
            when not r.same_person and r.external_id_agrees then 'external_id_of_another'
            when r.same_person and r.external_id_of is not null then 'external_id_of_another'
            when not r.same_person and q.other_id is not null then 'possible_same_person'
            when r.same_person and r.rival_evidence >= r.evidence and r.evidence > 0 then 'multiple_mentors_one_contact'
            when not r.same_person and r.name_agrees and r.evidence > 1 and r.evidence >= r.rival_evidence
                then 'multiple_mentors_one_contact'
        end as doubt
    from rivalled as r
    left join asked as q on r.person_id = q.person_id and r.contact_person_id = q.other_id
),

ranked as (
    select
        *,
        max(case when doubt = 'external_id_of_another' or (doubt is not null and same_person) then 1 else 0 end)
            over (partition by person_id, season) = 1
        or (
            max(case when doubt is not null then 1 else 0 end) over (partition by person_id, season) = 1
            and max(case when same_person then 1 else 0 end) over (partition by person_id, season) = 0
        ) as in_doubt,
        row_number() over (
            partition by person_id, season
            order by
                case when same_person then 0 else 1 end, case when stale then 1 else 0 end, evidence desc,
                modified_at desc nulls last, try_cast(givebutter_contact_id as bigint) desc nulls last,
                givebutter_contact_id desc
        ) as choice,
        lead(evidence) over (
            partition by person_id, season
            order by
                case when same_person then 0 else 1 end, case when stale then 1 else 0 end, evidence desc,
                modified_at desc nulls last, try_cast(givebutter_contact_id as bigint) desc nulls last,
                givebutter_contact_id desc
        ) as next_evidence
    from judged
)

select
    person_id,
    season,
    contact_id,
    givebutter_contact_id,
    contact_person_id,
    same_person,
    name_agrees,
    phone_agrees,
    email_agrees,
    member_agrees,
    external_id_agrees,
    external_id,
    external_id_of,
    stale,
    cast(evidence as integer) as evidence,
    choice = 1 and same_person and not in_doubt and not given_up as chosen,
    case when choice = 1 and same_person then cast(evidence - coalesce(next_evidence, 0) as integer) end as margin,
    doubt,
    in_doubt
from ranked
