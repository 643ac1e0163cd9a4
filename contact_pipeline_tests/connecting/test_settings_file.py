"""Promises of writing settings: what was there stays, what is wanted stands there, and it is valid or not written."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_pipeline.config import Settings
from contact_pipeline.connecting.roles import guessed_form, guessed_role, plain_words, short_name
from contact_pipeline.connecting.settings_file import SettingsFileError, changed_text, write_settings

LAYOUTS = {
    "nothing": "",
    "comments only": "# ours\n\n# and more\n",
    "headers": '# ours\n[jotform.forms.signups]\nid = "1"  # old\n[givebutter]\ncampaign = "X"\n'
    '[jotform.forms.setups]\nid = "2"\n',
    "dotted keys below a header": '[jotform]\ntime_zone = "America/New_York"  # here\nforms.signups.id = "1"\n',
    "dotted keys at the top": 'jotform.forms.signups.id = "1"\nseason = "2026"\n',
    "inline tables": 'jotform = {forms = {signups = {id = "1"}}}\nseason = "2026"  # this one\n',
    "Windows line ends": 'season = "2026"\r\n[jotform.forms.signups]\r\nid = "1"\r\n',
}  # fmt: skip
WANTED = {
    ("jotform", "forms", "signups", "id"): "123",
    ("jotform", "forms", "lessons", "id"): "9",
    ("jotform", "forms", "lessons", "questions"): {"your name": "full_name", "ä": "email"},
    ("airtable", "tables", "leads", "base"): "app1",
    ("airtable", "tables", "leads", "table"): "tbl1",
    ("airtable", "tables", "leads", "fields"): {"fld1": "email"},
    ("allowed_hosts",): ["forms.example.org"],
    ("givebutter", "contacts"): True,
}


def said(content: dict[str, Any], place: tuple[str, ...]) -> Any:
    for name in place:
        content = content[name]
    return content


@pytest.mark.parametrize("text", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_takes_the_changes_and_keeps_the_rest(home: Path, text: str) -> None:
    home.mkdir()
    (home / "contact_pipeline.toml").write_bytes(text.encode())
    write_settings(home, WANTED)
    written = (home / "contact_pipeline.toml").read_bytes().decode()
    content = tomllib.loads(written)
    assert all(said(content, place) == value for place, value in WANTED.items())
    assert [comment for comment in text.split("#")[1:] if comment.split("\n")[0].strip() not in written] == []
    assert Settings(home=home).jotform.all_forms["signups"] == "123"
    assert write_settings(home, WANTED).read_bytes().decode() == written, "written twice is written once"


NAMES = st.sampled_from(["jotform", "forms", "signups", "id", "a b", "ä", "x"])


PLACES = st.dictionaries(st.lists(NAMES, min_size=1, max_size=4).map(tuple), st.text(max_size=5), max_size=4)


def is_one_wish(places: dict[tuple[str, ...], str]) -> bool:
    """Whether no place lies within another: a value is no table."""
    return not any(one != other and other[: len(one)] == one for one in places for other in places)


@given(before=PLACES.filter(is_one_wish), after=PLACES.filter(is_one_wish))
def test_whatever_is_written_reads_back_as_what_was_wanted_or_is_refused(
    before: dict[tuple[str, ...], str], after: dict[tuple[str, ...], str]
) -> None:
    text = changed_text("# ours\n", before)
    try:
        changed = changed_text(text, after)
    except SettingsFileError:
        assert not is_one_wish({**before, **after}), "only a wish against what stands there is refused"
        return
    content = tomllib.loads(changed)
    assert all(said(content, place) == value for place, value in after.items())
    assert changed.startswith("# ours\n")


@pytest.mark.parametrize("text", ["[jotform\n", 'nobody_knows_this = "x"\n', "season = 2026\n"])
def test_a_file_that_is_no_valid_settings_is_left_alone(home: Path, text: str) -> None:
    home.mkdir()
    (home / "contact_pipeline.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsFileError, match="cannot be changed"):
        write_settings(home, WANTED)
    assert (home / "contact_pipeline.toml").read_text(encoding="utf-8") == text


def test_a_file_others_may_not_read_stays_so(home: Path) -> None:
    home.mkdir()
    (home / "contact_pipeline.toml").write_text("", encoding="utf-8")
    (home / "contact_pipeline.toml").chmod(0o600)
    write_settings(home, WANTED)
    assert (home / "contact_pipeline.toml").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.iterdir()] == ["contact_pipeline.toml"]


ROLES = {
    "a question's own name": ("yourMentorNumber", "Your mentor number", "control_textbox", "mentor_id"),
    "a consent is no address": ("mayEmail", "May we e-mail you?", "control_checkbox", "email_consent"),
    "a consent named after its channel": ("Email consent", "", "singleSelect", "email_consent"),
    "an opt-in named after its channel": ("E-mail opted in", "", "checkbox", "email_consent"),
    "an opt-out is neither consent nor address": ("Do not email", "", "checkbox", ""),
    "an opt-out, in Airtable's own type": ("Email unsubscribed", "", "email", ""),
    "a school's address": ("ugaEmail", "UGA E-mail", "control_email", "school_email"),
    "a type where the words say nothing": ("q7", "Write to", "control_email", "email"),
    "a table's plain Name": ("Name", "", "singleLineText", "full_name"),
    "a company's name is no person's": ("Company name", "", "singleLineText", "company"),
    "nothing speaks for it": ("dish", "What is for lunch", "control_radio", ""),
    "an address of a page is none of a person": ("pageLink", "Link", "control_textbox", ""),
}
ALLOWED = ("mentor_id", "email_consent", "school_email", "email", "full_name", "company", "first_name", "address")


@pytest.mark.parametrize(("name", "label", "kind", "role"), ROLES.values(), ids=ROLES)
def test_fields_are_known_by_name_label_and_type(name: str, label: str, kind: str, role: str) -> None:
    assert guessed_role(name, label, kind, ALLOWED) == role


@pytest.mark.parametrize(
    ("title", "form"),
    [("Mentor Sign-up 2026", "signups"), ("MENTOR REGISTRATION", "signups"), ("Fundraising page set-up", "setups"),
     ("Page Setup", "setups"), ("Training: are you coming?", ""), ("", "")],
)  # fmt: skip
def test_forms_are_known_by_their_titles(title: str, form: str) -> None:
    assert guessed_form(title) == form


@given(st.text(max_size=80), st.sets(st.text(max_size=20), max_size=5))
def test_every_title_gives_a_name_that_is_free(title: str, taken: set[str]) -> None:
    name = short_name(title, taken)
    assert name
    assert name not in taken
    assert plain_words(name).replace(" ", "_") == name or not name.isascii() or name == "unnamed"
