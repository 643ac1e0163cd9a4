"""What a column is taken for, case by case."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_pipeline.sources.list_file.suggest import Suggestion, is_total, suggest
from contact_pipeline_tests.sources.list_file.corpus.files import table_of
from contact_pipeline_tests.sources.list_file.corpus.layouts import read_layouts


def suggested(text: str, *, header: bool = True) -> Suggestion:
    """The suggestion for a list written as CSV."""
    rows = list(csv.reader(io.StringIO(text)))
    names = rows.pop(0) if header else [f"column_{place}" for place in range(1, len(rows[0]) + 1)]
    return suggest(names, rows, header=header)


def layout(columns: str, *, header: bool = True, languages: str = "en es") -> Suggestion:
    """The suggestion for sixty invented people in a layout of the corpus's notation."""
    [read] = read_layouts(f"case | {languages}\n{columns}")
    table = table_of(read)
    names = list(table.headers) if header else [f"column_{place}" for place in range(1, len(table.headers) + 1)]
    return suggest(names, table.rows, header=header)


def fields_of(found: Suggestion) -> list[str | None]:
    return [column.field for column in found.columns]


def test_two_columns_of_one_meaning_are_both_taken_in_order() -> None:
    found = layout(
        "Name=full ; Cell=dash ; Home Phone=phone2 ; Email=email ; Work Email=email2 ; Tags=tags ; Labels=tags"
    )
    assert fields_of(found) == ["full_name", "phone", "phone", "email", "email", "tags", "tags"]
    assert found.problems == ()


def test_a_file_may_mix_languages() -> None:
    found = layout(
        "First Name=first ; Apellido=last ; Courriel=email ; Telefone=mixed ; PLZ=zip ; Città=city ; Eta=state"
    )
    assert fields_of(found) == ["first_name", "last_name", "email", "phone", "zip", "city", "state"]


def test_a_header_that_lies_follows_the_cells_less_surely_and_says_so() -> None:
    found = layout("Name=full ; Phone=email")
    assert fields_of(found) == ["full_name", "email"]
    assert found.columns[1].lies
    assert found.columns[1].confidence < layout("Name=full ; Email=email").columns[1].confidence
    assert "says otherwise" in found.columns[1].why


def test_a_buyer_beside_an_attendee_is_somebody_else_and_alone_whom_the_list_is_about() -> None:
    beside = layout("Attendee name=full ; Attendee email=email ; Buyer name=otherfull ; Buyer email=otheremail")
    assert fields_of(beside) == ["full_name", "email", None, None]
    assert fields_of(layout("Buyer name=full ; Buyer email=email")) == ["full_name", "email"]


def test_a_swapped_pair_of_headers_is_set_right() -> None:
    found = layout("Name=full ; Phone=email ; Email=phone ; Zip=zip")
    assert fields_of(found)[1] == "email"
    assert found.columns[1].lies
    assert found.columns[2].lies
    assert found.columns[2].field != "email"


def test_two_columns_that_contend_for_one_field_wait_for_a_human() -> None:
    found = layout("First Name=first ; Last Name=last ; Birthday=dob ; Date of Birth=dobus ; Email=email")
    assert "birth_date" not in found.mapping().values() or not found.problems
    differing = suggested("Email,City,Town\na@example.org,Tampa,Miami\nb@example.org,Orlando,Ocala\n")
    assert any("'City' and 'Town' both seem to be city" in problem for problem in differing.problems)
    assert "city" not in differing.mapping().values()


def test_of_two_columns_that_say_the_same_one_is_kept_and_said() -> None:
    found = suggested("Email,City,City (2)\na@example.org,Tampa,Tampa\nb@example.org,Ocala,Ocala\n")
    assert fields_of(found) == ["email", "city", None]
    assert found.problems == ()
    assert "'City' is city already" in found.columns[2].why


def test_what_is_somebody_elses_is_left_alone() -> None:
    found = layout(
        "Name=full ; Email=email ; Spouse Email=otheremail ; Emergency Contact Phone=otherphone\n"
        "Company Phone=otherphone"
    )
    assert fields_of(found) == ["full_name", "email", None, None, None]
    assert "somebody else's (spouse)" in found.columns[2].why
    assert found.problems == ()


def test_a_list_that_names_nobody_is_held() -> None:
    found = layout("Ticket #=smallid ; Amount=money ; Date=dayus")
    assert "who somebody is" in found.problems[0]


def test_an_unclear_opt_out_holds_the_list() -> None:
    found = layout("Email=email ; Unsubscribed=event")
    assert any("Unsubscribed" in problem or "do_not_contact" in problem for problem in found.problems)


def test_a_yes_and_a_no_are_never_confused() -> None:
    cases = {
        "Email Opt In": "email_consent", "Email Opt Out": "email_opt_out", "Do Not Email": "email_opt_out",
        "Unsubscribed": "do_not_contact", "Subscribed": "email_consent", "SMS opt-in": "sms_consent",
        "Do not text": "sms_opt_out", "OK to mail?": "mail_consent", "Désabonné": "do_not_contact",
        "Abonné": "email_consent", "¿Acepta correos?": "email_consent", "No enviar correo": "email_opt_out",
        "Newsletter": "email_consent", "Abgemeldet": "do_not_contact", "Aceita SMS": "sms_consent",
    }  # fmt: skip
    for header, field in cases.items():
        found = layout(f"Email=email ; {header}=yesno")
        assert fields_of(found) == ["email", field], header


def test_a_phone_number_is_no_opt_out_because_it_is_called_no() -> None:
    for header in ("Mobile No.", "Phone No", "Tel. No", "Cell no."):
        assert fields_of(layout(f"Name=full ; {header}=dash")) == ["full_name", "phone"], header


def test_ids_amounts_and_dates_are_nobodys_field() -> None:
    found = layout("Email=email ; Transaction=tenid ; Code=fiveint ; Value=money ; When=dayus ; IP=ip ; Ref=longid")
    assert found.mapping() == {"Email": "email"}
    assert found.problems == ()


def test_a_file_without_a_header_maps_by_its_cells_or_waits() -> None:
    found = layout("a=email ; b=phone ; c=full ; d=fulladdr", header=False)
    assert fields_of(found) == ["email", "phone", "full_name", "full_address"]
    assert found.problems == ()
    assert layout("a=smallid ; b=money ; c=word", header=False).problems


def test_a_full_address_and_a_street_are_told_apart_under_one_name() -> None:
    assert fields_of(layout("Email=email ; Address=fulladdr"))[1] == "full_address"
    assert fields_of(layout("Email=email ; Address=street"))[1] == "address"


@pytest.mark.parametrize(
    ("columns", "languages", "expected"),
    [
        ("Nombre=first ; Apellidos=last", "es", ["first_name", "last_name"]),
        ("Nombre=full", "es", ["full_name"]),
        ("Nom=last ; Prénom=first", "fr", ["last_name", "first_name"]),
        ("Nom=full", "fr", ["full_name"]),
        ("Name=last ; Vorname=first", "de", ["last_name", "first_name"]),
        ("Nome=first ; Cognome=last", "it", ["first_name", "last_name"]),
        ("Name=lastfirst", "en", ["full_name"]),
    ],
)
def test_a_vague_name_means_what_its_neighbours_leave_over(
    columns: str, languages: str, expected: list[str | None]
) -> None:
    assert fields_of(layout(f"{columns} ; Email=email", languages=languages))[:-1] == expected


def test_job_titles_and_courtesy_titles_share_a_name() -> None:
    assert fields_of(layout("Title=prefix ; Name=full"))[0] == "prefix"
    assert fields_of(layout("Title=title ; Name=full"))[0] == "title"


def test_the_row_of_sums_is_no_person() -> None:
    assert is_total(("Total", "", "4,215.00"))
    assert is_total(("Suma:", None, "12"))
    assert not is_total(("Total", "Recall", "a@example.org"))
    assert not is_total(("", ""))


def test_an_unknown_column_of_addresses_beside_a_known_one_stays_as_it_is() -> None:
    found = layout("Email=email ; Buddy=otheremail")
    assert fields_of(found) == ["email", None]
    assert fields_of(layout("Buddy=email")) == ["email"], "alone it is the list's own"


def test_a_list_of_strangers_asks_whose_it_is() -> None:
    found = layout("Guardian Name=full ; Guardian Email=email ; Grade=count")
    assert fields_of(found)[:2] == ["full_name", "email"]
    assert found.problems


@settings(max_examples=60)
@given(order=st.permutations(["Name=full", "Cell=dash", "E-mail=email", "Zip=zip", "Notes=note", "DOB=dob"]))
def test_the_order_of_the_columns_changes_nothing(order: list[str]) -> None:
    found = layout(" ; ".join(order))
    assert {column.column: column.field for column in found.columns} == {
        "Name": "full_name", "Cell": "phone", "E-mail": "email", "Zip": "zip", "Notes": None, "DOB": "birth_date",
    }  # fmt: skip
