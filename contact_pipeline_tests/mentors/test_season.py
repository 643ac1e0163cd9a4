"""Promises of the season's file: a new season is a new file, and what cannot be is told with its place."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import tomlkit

from contact_pipeline.config import Settings
from contact_pipeline.mentors.season import EXAMPLE, SeasonError, read_season, season_of, seasons_of
from contact_pipeline.mentors.tables import FACTS as NAMES
from contact_pipeline.mentors.tables import dollars, texts_of
from contact_pipeline.sources.jotform.forms import write_forms
from contact_pipeline.warehouse.models import SqlModel, all_models, run_model


def written(home: Path, season: str = "2027", replaced: tuple[str, str] | None = None, **changes: object) -> Path:
    """The example as a home's season file, with some entries changed; a dot leads into a table."""
    document = tomlkit.parse(EXAMPLE.read_text(encoding="utf-8"))
    document["season"] = season
    for name, value in changes.items():
        document[name] = value
    text = tomlkit.dumps(document)
    path = home / "seasons" / f"{season}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace(*replaced) if replaced else text, encoding="utf-8")
    return path


def test_a_new_season_is_a_new_file(tmp_path: Path) -> None:
    written(tmp_path, "2027", givebutter_campaign="NEXT27", consent_asked=True, forms={"signups": {"id": "271"}})
    settings = Settings(home=tmp_path, season="2027")
    assert (settings.givebutter.campaign, settings.season_consent) == ("NEXT27", True)
    assert settings.jotform.form_id("signups") == "271"
    assert season_of(settings).goal == Decimal("75.00")


def test_without_a_file_the_settings_are_the_season(tmp_path: Path) -> None:
    text = 'season = "2026"\nseason_consent = true\n[givebutter]\ncampaign = "X"\n[jotform.forms.setups]\nid = "2"\n'
    (tmp_path / "contact_pipeline.toml").write_text(text, encoding="utf-8")
    season = season_of(Settings(home=tmp_path))
    assert (season.season, season.givebutter_campaign, season.consent_asked) == ("2026", "X", True)
    assert season.forms["setups"].id == "2"


def test_what_the_file_leaves_out_may_stand_in_the_settings(tmp_path: Path) -> None:
    written(tmp_path, "2027", forms={"signups": {"id": "271"}})
    text = 'season = "2027"\n[givebutter]\ncampaign = "X"\n[jotform.forms.opinion]\nid = "9"\n'
    (tmp_path / "contact_pipeline.toml").write_text(text, encoding="utf-8")
    settings = Settings(home=tmp_path)
    assert settings.givebutter.campaign == "X"
    assert settings.jotform.all_forms == {"signups": "271", "opinion": "9"}


def test_earlier_seasons_come_before_the_current_one_and_share_no_form_with_it(tmp_path: Path) -> None:
    written(tmp_path, "2026", forms={"signups": {"id": "261"}})
    written(tmp_path, "2027", forms={"signups": {"id": "271"}})
    assert [season.season for season in seasons_of(Settings(home=tmp_path, season="2027"))] == ["2026", "2027"]
    written(tmp_path, "2026", forms={"signups": {"id": "271"}})
    with pytest.raises(SeasonError, match=r"The form 271 \(signups\) stands in the seasons 2026 and 2027"):
        seasons_of(Settings(home=tmp_path, season="2027"))


@pytest.mark.parametrize(
    ("changes", "replaced", "told"),
    [
        ({"goal": 75.0}, None, 'write money as text, for example goal = "75.00"'),
        ({"goal": "75.005"}, None, "decimal places"),
        ({"external_id": "email"}, None, "'mentor_id' or 'pid'"),
        ({"colour": "red"}, None, "colour: there is no such entry"),
        ({}, ("{goal} so far", "{gaol} so far"), r"\[messages\] reminder: there is nothing called \{gaol\}"),
        ({}, ("{goal} so far", "{goal so far"), "expected '}'"),
        ({}, ("{goal} so far", "{goal!r} so far"), "write a name alone in braces"),
        ({"note": "for {status_text}"}, None, r"\[note\] note: there is nothing called \{status_text\}"),
        ({}, ('"signup_done"', '"sign_up"'), "there is no value 'sign_up'"),
        ({}, ('type = "choice"', 'type = "yes_no"'), "two words"),
        ({}, ('value = "signup_done"', 'value = "goal"'), "a task .* goes with yes_no"),
        ({}, ('title = "💸 Givebutter Page Setup"', 'title = "📝 Sign Up Complete"'), "two custom fields"),
        ({}, ('always = ["Mentors {season}"]', 'always = ["gala"]'), "begins with none of `ours`"),
        ({}, ('complete = "Hi', 'done = "Hi'), "status_text"),
        ({}, ("[messages]", "[messages"), "is not TOML"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_is_told_with_its_place(
    tmp_path: Path, changes: dict[str, object], replaced: tuple[str, str] | None, told: str
) -> None:
    path = written(tmp_path, "2027", replaced, **changes)
    with pytest.raises(SeasonError, match=told) as error:
        read_season(path)
    assert str(path) in str(error.value)


def test_a_file_under_another_seasons_name_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "2027")
    with pytest.raises(SeasonError, match="named 2028, but says season = '2027'"):
        read_season(path.rename(path.with_stem("2028")))


FACTS = dict.fromkeys(NAMES) | {
    "status": "needs_fundraising", "preferred_name": "{goal}", "first_name": "Mari", "mentor_id": "1", "season": "2026",
    "amount_raised": Decimal("74.99"), "goal": Decimal("75.00"),
}  # fmt: skip


def test_texts_are_filled_exactly_and_a_name_in_braces_stays_a_name() -> None:
    texts = texts_of(read_season(EXAMPLE), FACTS)
    assert texts["status_text"] == "Hi {goal}! You raised $74.99 of $75: $0.01 to go."
    assert texts["message.status"] == texts["status_text"]


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "$0"), ("0.10", "$0.10"), ("75.00", "$75"), ("1012.50", "$1,012.50"), ("0.3", "$0.30")],
)
def test_amounts_are_written_as_people_write_them(amount: str, text: str) -> None:
    assert dollars(Decimal(amount)) == text


def test_sign_ups_of_an_earlier_season_stay_that_seasons() -> None:
    """The entity is one, the forms are two; a third form that no season names makes nobody a mentor."""
    with duckdb.connect() as connection:
        for schema in ("landing", "raw", "contacts"):
            connection.execute(f"create schema {schema}")
        connection.execute(
            "create table landing.batch as select 'b' || n as batch_id, 'jotform' as source, 'signups' as entity, "
            "n as sequence, timestamptz '2027-01-01' as arrived_at, n = 2 as full_snapshot from range(1, 3) as t(n)"
        )
        for table in ("signups", "setups", "further_forms"):
            connection.execute(
                f"create table raw.jotform_{table} (_record_id varchar, _batch_id varchar, _line bigint, "
                "form_id varchar, status varchar, created_at varchar, updated_at varchar, answers varchar)"
            )
        for number, (batch, form) in enumerate((("b1", "261"), ("b2", "271"), ("b1", "999")), start=1):
            values = [str(number), batch, 1, form, "ACTIVE", "2026-10-01 08:00:00", None, "{}"]
            connection.execute("insert into raw.jotform_signups values (?, ?, ?, ?, ?, ?, ?, ?)", values)
        write_forms(
            connection, forms={"signups": "271"}, season="2027", time_zone="America/New_York", consent_asked=False,
            earlier={"2026": {"signups": "261"}},
        )  # fmt: skip
        run_model(connection, all_models()["contacts.jotform_submission"])
        run_model(connection, SqlModel("contacts.told", "", all_models()["issues.form_of_no_season"].query))
        found = "select record_id, season, form from contacts.jotform_submission order by 1"
        assert connection.execute(found).fetchall() == [("1", "2026", "2026/signups"), ("2", "2027", "signups")]
        told = connection.execute("select detail from contacts.told").fetchall()
        assert told == [("Form 999: 1 submissions count for no season",)]
