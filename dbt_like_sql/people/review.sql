-- One row per question a human should answer, the one that avoids most harm first, grouped by the person it is about.
-- harm = 100 * money + 10 * messages + records, each from 0 to 9: money counts doublings of 25 dollars given or raised;
-- messages 4 for a mentor of the season, 3 for a phone or e-mail they share, 2 for a past export; records the contacts.
-- obvious: 0.9 probable, one name or two that stand for one, nothing in common that a third has too, no contradiction, no
-- namesake in the ZIP, no other question about either; and the birth year in common, or phone and e-mail without one home (a
-- home with one name may be father and son) where the names are the same or the e-mail is named after one of the two.
with asked as (
    select person_l as person_id from people.question
    union all
    select person_r as person_id from people.question
),

busy as (
    select person_id, cast(count(*) as integer) as questions from asked group by person_id
),

namesake as (
    select
        q.person_l,
        q.person_r,
        count(*) as others
    from people.question as q
    inner join people.person as l on q.person_l = l.person_id
    inner join people.person as o
        on
            lower(l.first_name) = lower(o.first_name)
            and lower(l.last_name) = lower(o.last_name)
            and l.zip5 = o.zip5
            and o.person_id <> q.person_l
            and o.person_id <> q.person_r
    group by q.person_l, q.person_r
),

season as (
    select person_id from exports.givebutter_candidate group by person_id
),

weighed as (
    select
        q.*,
        k.* exclude (person_l, person_r),
        l.questions as questions_l,
        r.questions as questions_r,
        coalesce(n.others, 0) as namesakes,
        round(coalesce(ml.given + ml.raised, 0) + coalesce(mr.given + mr.raised, 0), 2) as money,
        sl.person_id is not null or sr.person_id is not null as in_season,
        coalesce(el.exports, 0) + coalesce(er.exports, 0) as exports
    from people.question as q
    inner join people.likeness as k on q.person_l = k.person_l and q.person_r = k.person_r
    inner join busy as l on q.person_l = l.person_id
    inner join busy as r on q.person_r = r.person_id
    left join namesake as n on q.person_l = n.person_l and q.person_r = n.person_r
    left join people.money as ml on q.person_l = ml.person_id
    left join people.money as mr on q.person_r = mr.person_id
    left join season as sl on q.person_l = sl.person_id
    left join season as sr on q.person_r = sr.person_id
    left join people.exported as el on q.person_l = el.person_id
    left join people.exported as er on q.person_r = er.person_id
),

told as (
    select
        w.*,
        case when w.questions_r > w.questions_l then w.person_r else w.person_l end as group_id,
        cast(
            100 * case when w.money > 0 then least(9, 1 + floor(log2(1 + w.money / 25))) else 0 end
            + 10 * (
                case when w.in_season then 4 else 0 end
                + case when w.shared_phones + w.shared_emails > 0 then 3 else 0 end
                + case when w.exports > 0 then 2 else 0 end
            )
            + least(9, w.contacts) as integer
        ) as harm,
        list_filter(
            [
                case when w.same_name then 'the same name' end,
                case when not w.same_name and w.same_last_name then 'the same last name' end,
                case when not w.same_name and w.given_name_fits then 'first names that go together' end,
                case when w.same_birth_date then 'the same birth date' end,
                case when w.same_birth_year and not w.same_birth_date then 'the same birth year' end,
                case when w.shared_phones > 0 then 'a phone number in common' end,
                case when w.shared_emails > 0 then 'an e-mail address in common' end,
                case when w.same_home then 'the same address' end,
                case when w.same_zip and not w.same_home then 'the same ZIP' end
            ],
            lambda x: x is not null
        ) as speaks_for,
        list_filter(
            [
                w.reason,
                case when w.first_names_known and not w.given_name_fits and not w.same_name then 'different first names' end,
                case when w.last_names_known and not w.same_last_name then 'different last names' end,
                case when w.births_known and not w.same_birth_year then 'different birth years' end,
                case when w.births_known and w.same_birth_year and not w.same_birth_date then 'no birth date in common' end,
                case when w.suffixes_differ then 'different suffixes' end,
                case when w.one_suffix then 'only one has a suffix' end,
                case when w.middle_names_differ then 'different middle names' end,
                case when w.signups_differ then 'sign-ups with different ids' end,
                case when w.homes_known and not w.same_home then 'different addresses' end,
                case when w.shared_phones + w.shared_emails = 0 then 'no phone number or e-mail address in common' end,
                case when w.shared_phones + w.shared_emails > 0 and w.shared_by_nobody_else = 0
                    then 'others have that phone number or e-mail address too' end,
                case when w.namesakes > 0 then 'others of that name live in that ZIP' end
            ],
            lambda x: x is not null
        ) as speaks_against,
        w.kind = 'in doubt'
        and w.match_probability >= 0.9
        and (w.same_name or (w.given_name_fits and w.same_last_name))
        and w.shared_by_nobody_else > 0
        and w.shared_by_nobody_else = w.shared_phones + w.shared_emails
        and w.namesakes = 0
        and w.questions_l = 1
        and w.questions_r = 1
        and not (w.births_known and not w.same_birth_year)
        and not (w.suffixes_differ or w.one_suffix or w.middle_names_differ or w.signups_differ)
        and (
            w.same_birth_year
            or (w.shared_phones > 0 and w.shared_emails > 0 and not w.same_home and (w.same_name or w.own_mailbox))
        ) as obvious
    from weighed as w
),

headed as (
    select *, max(harm) over (partition by group_id) as group_harm from told
)

select
    cast(row_number() over (order by group_harm desc, group_id, harm desc, person_l, person_r) as integer) as position,
    group_id,
    person_l,
    person_r,
    contact_id_l,
    contact_id_r,
    kind,
    match_probability,
    match_weight,
    pairs,
    harm,
    money,
    in_season,
    cast(exports as integer) as exports,
    contacts,
    speaks_for,
    speaks_against,
    obvious
from headed
