"""A mentor season, as one file says it: campaign, forms, goal, consent, tags, custom fields, texts.

Reading and judging the file belongs here. What the words lead to belongs to the SQL of `dbt_like_sql/mentors/` and to
the exports. Nothing is read from a platform here.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from contact_pipeline.sources.settings import Form

if TYPE_CHECKING:
    from contact_pipeline.config import Settings

EXAMPLE = Path(__file__).parent / "seasons" / "example.toml"

FormRole = Literal["signups", "setups", "training", "partners"]
Status = Literal["needs_setup", "needs_page", "needs_fundraising", "needs_training", "complete", "dropped"]
STATUSES: tuple[Status, ...] = get_args(Status)
FORM_ROLES: tuple[FormRole, ...] = get_args(FormRole)

PLACEHOLDERS = {
    "preferred_name": "the name the mentor goes by",
    "first_name": "first name",
    "last_name": "last name",
    "full_name": "first and last name",
    "mentor_id": "mentor id as the sign-up says it",
    "season": "the season",
    "shift_preference": "answer to the shift question",
    "partner_preference": "answer to the partner question",
    "shirt_size": "answer to the shirt question",
    "class_year": "answer to the class question",
    "status": "the status, for example needs_page",
    "amount_raised": "what was raised, for example $12.50",
    "amount_missing": "what is missing to the goal; $0 once it is reached",
    "goal": "the season's goal, for example $75",
}
"""What may stand in braces in a text, and what it becomes."""

FLAGS = ("signup_done", "setup_done", "campaign_member", "fundraised_done", "training_done", "dropped")
"""Tasks as yes or no; a custom field may show them."""

SHORT_TEXT = 255
"""Characters a short text may have in Givebutter: a longer one fails the whole row (sources.md 2.3)."""


class SeasonError(ValueError):
    """A season's file cannot be used; the message says which file, where in it, and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tags(_Part):
    """Which tags are ours, and which a mentor has.

    Attributes:
        ours: beginnings of the tags we add and remove; all others are left alone (decision 29).
        always: tags of every mentor of the season.
        by_status: tags by status.
    """

    ours: tuple[str, ...] = ("Mentors {season}",)
    always: tuple[str, ...] = ("Mentors {season}",)
    by_status: dict[Status, tuple[str, ...]] = Field(default_factory=dict)

    def of(self, status: str, season: str) -> tuple[str, ...]:
        """The tags a mentor of this status has, in order."""
        wanted = (*self.always, *dict(self.by_status).get(status, ()))  # type: ignore[call-overload]
        return tuple(dict.fromkeys(tag.replace("{season}", season) for tag in wanted))

    def beginnings(self, season: str) -> tuple[str, ...]:
        """What our tags begin with."""
        return tuple(tag.replace("{season}", season) for tag in self.ours)

    @model_validator(mode="after")
    def _only_ours(self) -> Self:
        given = [*self.always, *(tag for tags in self.by_status.values() for tag in tags)]
        for tag in given:
            if not any(tag.startswith(beginning) for beginning in self.ours):
                raise ValueError(f"the tag {tag!r} begins with none of `ours`; we could never remove it")
            if len(tag) > 64 or "," in tag:
                raise ValueError(f"the tag {tag!r} is longer than 64 characters or holds a comma")
        return self


class CustomField(_Part):
    """One custom field of Givebutter.

    Attributes:
        title: its title there, to the letter.
        type: what its cells may be.
        value: whose value it shows: a placeholder, a task, `status_text`, or `message.<name>`.
        allowed: the options Givebutter knows; anything else is refused before it leaves.
        owner: `ours`: we write it; `givebutter`: edited there, we only hand back what was read.
    """

    title: str = Field(min_length=1)
    type: Literal["yes_no", "choice", "short_text", "long_text", "number", "date"]
    value: str
    allowed: tuple[str, ...] = ()
    owner: Literal["ours", "givebutter"] = "ours"

    @property
    def options(self) -> tuple[str, ...]:
        """What a cell may say; empty where anything of the type will do."""
        return self.allowed or (("Yes", "No") if self.type == "yes_no" else ())

    @model_validator(mode="after")
    def _choice_has_options(self) -> Self:
        if self.type == "choice" and not self.allowed:
            raise ValueError("a choice needs `allowed`, the options Givebutter knows")
        if self.type == "yes_no" and len(self.options) != 2:
            raise ValueError("`allowed` of yes_no are two words: first that of yes, then that of no")
        return self


class Season(_Part):
    """One season; see `seasons/example.toml` for every entry with its meaning."""

    season: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 _-]*$")
    givebutter_campaign: str = ""
    goal: Decimal = Field(Decimal("75.00"), ge=0, max_digits=9, decimal_places=2)
    external_id: Literal["mentor_id", "pid"] = "mentor_id"
    name_column: Literal["Prefix", "Preferred First Name", "both"] = "Prefix"
    consent_asked: bool = False
    forms: dict[FormRole, Form] = Field(default_factory=dict)
    tags: Tags = Tags()
    status_text: dict[Status, str]
    messages: dict[str, str] = Field(default_factory=dict)
    note: str = ""
    custom_fields: tuple[CustomField, ...] = ()

    @field_validator("goal", mode="before")
    @classmethod
    def _exact_goal(cls, value: Any) -> Any:
        if isinstance(value, float):
            raise ValueError('write money as text, for example goal = "75.00"')
        return value

    @model_validator(mode="after")
    def _texts_can_be_filled(self) -> Self:
        missing = sorted(set(STATUSES) - self.status_text.keys())
        if missing:
            raise ValueError(f"[status_text] says nothing for: {', '.join(missing)}")
        texts_of_place = (("status_text", self.status_text), ("messages", self.messages), ("note", {"note": self.note}))
        for place, texts in texts_of_place:
            for name, text in texts.items():
                known = (*PLACEHOLDERS, "status_text") if place == "messages" else tuple(PLACEHOLDERS)
                for unknown in sorted(set(placeholders(text)) - set(known)):
                    raise ValueError(
                        f"[{place}] {name}: there is nothing called {{{unknown}}}; known are {', '.join(known)}"
                    )
        return self

    @model_validator(mode="after")
    def _fields_have_values(self) -> Self:
        known = {*PLACEHOLDERS, *FLAGS, "status_text", *(f"message.{name}" for name in self.messages)}
        titles = [field.title for field in self.custom_fields]
        for field in self.custom_fields:
            if field.value not in known:
                raise ValueError(f"custom field {field.title!r}: there is no value {field.value!r}")
            if (field.value in FLAGS) != (field.type == "yes_no"):
                raise ValueError(
                    f"custom field {field.title!r}: a task ({', '.join(FLAGS)}) goes with yes_no, and only it"
                )
            if titles.count(field.title) > 1:
                raise ValueError(f"two custom fields have the title {field.title!r}")
        return self

    def as_settings(self) -> dict[str, Any]:
        """What a season decides of the workspace's settings; what it leaves empty it does not decide."""
        forms = {name: form.model_dump(exclude_defaults=True) for name, form in self.forms.items() if form != Form()}
        decided: dict[str, Any] = {"season": self.season, "season_consent": self.consent_asked}
        if self.givebutter_campaign:
            decided["givebutter"] = {"campaign": self.givebutter_campaign}
        return {**decided, "jotform": {"forms": forms}} if forms else decided


def placeholders(text: str) -> tuple[str, ...]:
    """The names in braces in a text.

    Raises:
        ValueError: a brace is open, or holds more than a name.
    """
    found = []
    for _, name, spec, conversion in string.Formatter().parse(text):
        if name is not None and (spec or conversion or not name.isidentifier()):
            raise ValueError(f"write a name alone in braces, not {{{name}}}")
        if name is not None:
            found.append(name)
    return tuple(found)


def read_season(path: Path) -> Season:
    """The season a file describes.

    Raises:
        SeasonError: it cannot be read, or says something that cannot be.
    """
    return season_of_text(path.read_bytes(), path)


@cache
def season_of_text(content: bytes, path: Path) -> Season:
    """The season a file would describe if it held this; judged once however often it is asked for.

    Raises:
        SeasonError: it says something that cannot be.
    """
    try:
        season = Season.model_validate(tomllib.loads(content.decode("utf-8-sig")))
    except ValidationError as error:
        raise SeasonError(f"{path}: {_in_words(error)}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SeasonError(f"{path} is not TOML: {error}") from error
    if path != EXAMPLE and path.stem != season.season:
        raise SeasonError(f"{path}: the file is named {path.stem}, but says season = {season.season!r}")
    return season


def _in_words(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, one['loc'])) or 'the file'}: "
        + ("there is no such entry" if one["type"] == "extra_forbidden" else one["msg"].removeprefix("Value error, "))
        for one in error.errors(include_url=False)
    )


def season_path(home: Path, season: str) -> Path:
    """Where a home keeps a season's file."""
    return home / "seasons" / f"{season}.toml"


def seasons_of(settings: Settings) -> tuple[Season, ...]:
    """Every season the home has a file for, and the current one in any case; the current one last.

    Raises:
        SeasonError: a file cannot be used, or two seasons name one form.
    """
    current = season_of(settings)
    found = (*other_seasons(settings.home, current.season), current)
    refuse_shared_forms(found)
    return found


def other_seasons(home: Path, season: str) -> tuple[Season, ...]:
    """Every season the home has a file for, but the one named.

    Raises:
        SeasonError: a file cannot be used.
    """
    files = sorted((home / "seasons").glob("*.toml"))
    return tuple(found for found in map(read_season, files) if found.season != season)


def refuse_shared_forms(seasons: Iterable[Season]) -> None:
    """Raises SeasonError where two seasons name one form."""
    owner: dict[str, str] = {}
    for season in seasons:
        for name, form in season.forms.items():
            if form.id and owner.setdefault(form.id, season.season) != season.season:
                raise SeasonError(
                    f"The form {form.id} ({name}) stands in the seasons {owner[form.id]} and {season.season}; its "
                    "answers cannot be told apart. Copy the form in Jotform for the new season."
                )


def season_of(settings: Settings) -> Season:
    """The current season: its file, or the example with what the settings say.

    Raises:
        SeasonError: the file cannot be used.
    """
    path = season_path(settings.home, settings.season)
    plan = read_season(path) if path.exists() else read_season(EXAMPLE)
    forms = {name: form for name, form in settings.jotform.forms.items() if name in FORM_ROLES}
    return plan.model_copy(
        update={
            "season": settings.season,
            "givebutter_campaign": settings.givebutter.campaign,
            "consent_asked": settings.season_consent,
            "forms": forms,
        }
    )
