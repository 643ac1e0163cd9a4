import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from itertools import combinations
from typing import Any

import phonenumbers
import pytest

from contact_pipeline.sandbox.campaign import ALL_CASES, Campaign, Truth, invent, shuffled
from contact_pipeline.sandbox.campaign.names import AMERICAN, ORIGINS, SPANISH
from contact_pipeline.sandbox.campaign.variants import JUNK_EMAILS, JUNK_PHONES
from contact_pipeline_tests.sandbox.campaigns import TODAY, small_campaign, whole_campaign

EXAMPLE_DOMAINS = ("example.org", "example.com", "example.net")


def record_keys(campaign: Campaign) -> list[str]:
    return [
        *(f"givebutter.contacts:{row['Givebutter Contact ID']}" for row in campaign.contacts),
        *(f"givebutter.members:{member['id']}" for member in campaign.members),
        *(f"jotform.signups:{signup['id']}" for signup in campaign.signups),
        *(f"jotform.setups:{setup['id']}" for setup in campaign.setups),
    ]


def contact_truth(campaign: Campaign) -> dict[str, Truth]:
    prefix = "givebutter.contacts:"
    return {t.record_key.removeprefix(prefix): t for t in campaign.truth if t.record_key.startswith(prefix)}


def rows_of(campaign: Campaign, case: str) -> dict[str, list[dict[str, str]]]:
    """The contacts of a case by person."""
    truth = contact_truth(campaign)
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in campaign.contacts:
        told = truth[row["Givebutter Contact ID"]]
        if told.case == case:
            found[told.person].append(row)
    return found


def answers(submission: dict[str, Any]) -> dict[str, Any]:
    given = submission["answers"]
    return {a["name"]: a["answer"] for a in given.values() if "answer" in a} if isinstance(given, dict) else {}


def test_a_campaign_has_exactly_the_asked_number_of_contacts_and_mentors() -> None:
    campaign = whole_campaign()
    mentors = {t.person for t in campaign.truth if t.record_key.startswith("jotform.signups")}
    unknown = {t.person for t in campaign.truth if t.case == "empty_submission"}
    assert len(campaign.contacts) == 40_156
    assert len(mentors - unknown) == 555
    assert len(campaign.members) == 490
    assert len(campaign.signups) == 568
    assert len(campaign.setups) == 470


def test_450_of_555_mentors_have_at_least_one_contact() -> None:
    campaign = whole_campaign()
    known = {told.person for told in contact_truth(campaign).values()}
    mentors = {t.person for t in campaign.truth if t.record_key.startswith("jotform.signups")}
    assert len(mentors & known) == 450


def test_200_contacts_are_those_of_former_mentors_and_70_of_them_return() -> None:
    campaign = whole_campaign()
    truth = contact_truth(campaign)
    cases = [truth[row["Givebutter Contact ID"]].case for row in campaign.contacts]
    assert cases.count("former_mentor") + cases.count("returning_mentor") == 200
    assert cases.count("returning_mentor") == 70


def test_about_one_person_in_25_has_more_than_one_contact() -> None:
    counts = Counter(told.person for told in contact_truth(whole_campaign()).values())
    several = sum(1 for count in counts.values() if count > 1)
    assert 0.03 <= several / len(counts) <= 0.05
    assert sum(1 for count in counts.values() if count == 3) >= 50


def test_about_one_contact_in_three_has_a_birth_date() -> None:
    filled = sum(1 for row in whole_campaign().contacts if row["Date of Birth"])
    assert 0.30 <= filled / 40_156 <= 0.40


def test_the_truth_covers_each_record_exactly_once() -> None:
    for campaign in (whole_campaign(), small_campaign()):
        assert sorted(record_keys(campaign)) == sorted(told.record_key for told in campaign.truth)
        assert len(set(record_keys(campaign))) == len(campaign.truth)


@pytest.mark.parametrize("case", [case.name for case in ALL_CASES])
def test_every_case_is_there_at_least_a_handful_of_times(case: str) -> None:
    assert whole_campaign().cases().get(case, 0) >= 5
    assert small_campaign().cases().get(case, 0) >= 3


def test_the_truth_tells_where_each_persons_name_comes_from_and_when_they_were_born() -> None:
    told = {(t.person, t.origin, t.born) for t in whole_campaign().truth}
    assert len(told) == len({person for person, _, _ in told})
    assert {origin for _, origin, _ in told} == {*ORIGINS.values(), AMERICAN, SPANISH}
    assert all(1930 <= born <= TODAY.year for _, _, born in told)


def test_the_names_of_the_truth_stand_in_no_record() -> None:
    campaign = small_campaign()
    shown = repr((campaign.contacts, campaign.members, campaign.signups, campaign.setups))
    for told in campaign.truth:
        assert told.person not in shown
        assert told.household not in shown


def test_the_same_seed_and_day_give_the_same_campaign_in_another_process() -> None:
    code = (
        "import hashlib; from contact_pipeline_tests.sandbox.campaigns import small_campaign;"
        "print(hashlib.sha256(repr(small_campaign()).encode()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": salt}, capture_output=True, text=True, check=True
        ).stdout
        for salt in ("1", "2")
    }
    assert len(found) == 1


def small_campaign_of_another_seed() -> Campaign:
    return invent(4, today=TODAY, contacts=700, mentors=160, former_mentors=40)


def test_another_seed_gives_another_campaign() -> None:
    other = small_campaign_of_another_seed()
    assert other.contacts != small_campaign().contacts
    assert {t.person for t in other.truth}.isdisjoint(t.person for t in small_campaign().truth)


def test_nothing_is_younger_than_the_day_it_is_seen_on() -> None:
    campaign = invent(3, today=date(2024, 2, 29), contacts=700, mentors=160, former_mentors=40)
    assert max(row["Last Modified (UTC)"] for row in campaign.contacts) <= "2024-02-29 06:00:00"
    assert max(str(member["updated_at"]) for member in campaign.members) <= "2024-02-29T06:00:00+00:00"
    assert all(row["Date Created (UTC)"] <= row["Last Modified (UTC)"] for row in campaign.contacts)


def test_shuffled_is_the_same_campaign_in_another_order() -> None:
    campaign = small_campaign()
    other = shuffled(campaign, 5)
    assert other.contacts != campaign.contacts
    assert sorted(map(repr, other.contacts)) == sorted(map(repr, campaign.contacts))
    assert sorted(map(repr, other.signups)) == sorted(map(repr, campaign.signups))
    assert sorted(other.truth, key=repr) == sorted(campaign.truth, key=repr)
    assert shuffled(campaign, 5) == other


def test_too_small_a_campaign_is_refused_with_the_size_it_needs() -> None:
    with pytest.raises(ValueError, match=r"300 contacts cannot hold every case: ask for at least \d+"):
        invent(1, today=TODAY, contacts=300, mentors=160, former_mentors=40)
    with pytest.raises(ValueError, match="50 mentors cannot hold every case: ask for at least 160"):
        invent(1, today=TODAY, contacts=900, mentors=50, former_mentors=40)
    with pytest.raises(ValueError, match="10 former mentors are too few"):
        invent(1, today=TODAY, contacts=900, mentors=160, former_mentors=10)


def us_numbers(campaign: Campaign) -> Iterator[str]:
    odd = {"junk_values", "foreign_phone", "two_phones_in_one_cell"}
    truth = contact_truth(campaign)
    for row in campaign.contacts:
        if truth[row["Givebutter Contact ID"]].case not in odd:
            yield from filter(None, [row["Primary Phone"], *row["Additional Phones"].split(", ")])


def test_phones_are_valid_us_numbers() -> None:
    numbers = list(us_numbers(whole_campaign()))
    assert len(numbers) > 20_000
    for number in numbers[::15]:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number, "US")), number


def test_no_email_leaves_the_domains_reserved_for_examples() -> None:
    campaign = whole_campaign()
    cells = [row[column] for row in campaign.contacts for column in ("Primary Email", "Additional Emails")]
    cells += [str(member["email"]) for member in campaign.members if member["email"]]
    for submission in (*campaign.signups, *campaign.setups):
        cells += [str(value) for name, value in answers(submission).items() if "email" in name.lower() and "@" in value]
    addresses = {address.strip().lower() for cell in cells for address in cell.split(",")} - {"", *JUNK_EMAILS}
    assert len(addresses) > 20_000
    for address in addresses:
        domain = address.rpartition("@")[2]
        assert domain in EXAMPLE_DOMAINS or domain.endswith(tuple(f".{example}" for example in EXAMPLE_DOMAINS)), (
            address
        )


def test_strangers_share_a_phone_or_email_only_where_the_case_says_so() -> None:
    campaign = whole_campaign()
    truth = contact_truth(campaign)
    holders: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in campaign.contacts:
        told = truth[row["Givebutter Contact ID"]]
        for value in (last_ten(row["Primary Phone"]), row["Primary Email"].lower()):
            holders[value].add((told.person, told.case))
    sharing = {
        case
        for value, people in holders.items()
        if value and len({person for person, _ in people}) > 1
        for _, case in people
    }
    assert "plain" not in sharing
    assert "namesakes" not in sharing
    assert "plain_mentor" not in sharing
    assert {"spouses_sharing_a_phone", "office_line", "shared_work_email", "junk_values"} <= sharing


def last_ten(cell: str) -> str:
    figures = "".join(letter for letter in cell.partition("x")[0] if letter.isdigit())
    return figures[-10:] if len(figures) >= 10 else ""


def evidence(campaign: Campaign) -> dict[str, set[str]]:
    """Per record, what could tie it to another: numbers, addresses, birth date with a name, home with a name."""
    found: dict[str, set[str]] = {}
    for row in campaign.contacts:
        names = {word for cell in ("First Name", "Last Name") for word in row[cell].lower().replace("-", " ").split()}
        home = row["Address Line 1"].split(" ")[0] + row["Postal Code"]
        ties = {row["LinkedIn"], *(e.strip().lower() for e in row["Additional Emails"].split(","))}
        ties |= {row["Primary Email"].lower(), *(last_ten(p) for p in row["Additional Phones"].split(","))}
        ties.add("" if row["Primary Phone"] in JUNK_PHONES else last_ten(row["Primary Phone"]))
        ties |= {f"{name} {value}" for name in names for value in (row["Date of Birth"], home) if value}
        found[f"givebutter.contacts:{row['Givebutter Contact ID']}"] = ties - {""}
    for member in campaign.members:
        ties = {str(member["email"]).lower(), last_ten(str(member["phone"]))}
        found[f"givebutter.members:{member['id']}"] = ties - {""}
    for entity, submissions in (("signups", campaign.signups), ("setups", campaign.setups)):
        for submission in submissions:
            given = answers(submission)
            ties = {str(given.get(name, "")).lower() for name in ("personalEmail", "schoolEmail", "email")}
            phone = given.get("phone") or {}
            ties.add(last_ten(str(phone.get("full") or "".join(phone.values()))))
            found[f"jotform.{entity}:{submission['id']}"] = ties - {""}
    return found


@pytest.mark.parametrize("make", [whole_campaign, small_campaign, small_campaign_of_another_seed])
def test_the_records_of_one_person_always_hang_together_by_some_evidence(make: Callable[[], Campaign]) -> None:
    campaign = make()
    ties = evidence(campaign)
    records: dict[str, list[str]] = defaultdict(list)
    for told in campaign.truth:
        records[told.person].append(told.record_key)
    alone = []
    for person, keys in records.items():
        reached, waiting = {keys[0]}, [keys[0]]
        while waiting:
            at = waiting.pop()
            near = [key for key in keys if key not in reached and ties[key] & ties[at]]
            reached.update(near)
            waiting += near
        if len(reached) < len(keys):
            alone.append(person)
    assert alone == []


def test_a_father_and_son_of_one_name_always_differ_in_suffix_or_birth_date() -> None:
    homes: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in (row for rows in rows_of(whole_campaign(), "father_and_son_of_one_name").values() for row in rows):
        homes[row["First Name"].lower().strip() + row["Postal Code"] + row["Address Line 1"].split(" ")[0]].append(row)
    pairs = [pair for rows in homes.values() for pair in combinations(rows, 2)]
    assert len(pairs) >= 85
    for one, other in pairs:
        suffixes = {bool(row["Suffix"]) or " " in row["Last Name"] for row in (one, other)}
        born = {one["Date of Birth"][:4], other["Date of Birth"][:4]}
        assert suffixes == {True} or ("" not in born and len(born) == 2)


def test_unrelated_namesakes_of_one_city_agree_in_nothing_else() -> None:
    rows = [row for rows in rows_of(whole_campaign(), "namesakes").values() for row in rows]
    for one, other in combinations(rows, 2):
        if one["Last Name"] == other["Last Name"] and one["First Name"] == other["First Name"]:
            for column in ("Primary Phone", "Primary Email", "Address Line 1", "Date of Birth"):
                assert not one[column] or one[column] != other[column]


def test_leaving_on_one_contact_stands_beside_a_subscription_on_the_other() -> None:
    for rows in rows_of(whole_campaign(), "opted_out_on_one").values():
        assert sorted(row["Engage SMS Subscribed"] for row in rows) == ["no", "yes"]


def test_one_person_with_three_contacts_changed_phone_and_email_one_after_the_other() -> None:
    for rows in rows_of(whole_campaign(), "three_contacts").values():
        assert len({last_ten(row["Primary Phone"]) for row in rows}) == 2
        assert len({row["Primary Email"].lower() for row in rows}) == 2


def test_a_prefix_that_holds_a_full_name_is_a_mentors() -> None:
    people = rows_of(whole_campaign(), "full_name_in_prefix")
    assert len(people) == 8
    for rows in people.values():
        assert " " in rows[0]["Prefix"]


def test_a_reused_mentor_id_is_a_strangers_external_id() -> None:
    campaign = whole_campaign()
    truth = {told.record_key: told for told in campaign.truth}
    old = {
        row["Contact External ID"]: row["Givebutter Contact ID"]
        for row in campaign.contacts
        if truth[f"givebutter.contacts:{row['Givebutter Contact ID']}"].case == "former_mentor"
    }
    reused = [s for s in campaign.signups if truth[f"jotform.signups:{s['id']}"].case == "mentor_with_reused_id"]
    assert len(reused) == 8
    for signup in reused:
        number = str(answers(signup)["mentorId"]).removeprefix("MN")
        stranger = truth[f"givebutter.contacts:{old[number]}"].person
        assert stranger != truth[f"jotform.signups:{signup['id']}"].person
