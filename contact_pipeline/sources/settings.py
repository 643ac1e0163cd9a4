"""What a workspace says about each platform: addresses, names of credentials, what to read, how often, how many calls.

Only data belongs here. A platform of which nothing is named to read is not polled; keys themselves are never settings.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Minutes = Annotated[int, Field(ge=1)]
Calls = Annotated[int, Field(ge=1)]


class Platform(BaseModel):
    """What is said of every platform.

    Attributes:
        every_minutes: how often an entity is read, by entity name; what is not named keeps the shipped cadence
            (decision 44).
        calls_per_day: the most requests in 24 hours; None where nothing limits them.
        calls_per_month: the most requests in 30 days.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    every_minutes: dict[str, Minutes] = Field(default_factory=dict)
    calls_per_day: Calls | None = None
    calls_per_month: Calls | None = None


class Givebutter(Platform):
    """A Givebutter account."""

    base_url: str = "https://api.givebutter.com"
    credential: str = Field("GIVEBUTTER_API_KEY", description="Name of the key.")
    campaign: str = Field("", description="Id or code of the campaign whose members are read; empty: none.")
    contacts: bool = Field(
        False, description="Whether contacts, companies, households and campaigns are read over the API."
    )
    whole_every_hours: int = Field(
        168, ge=1, description="How often all contacts are read, beside the changed ones: it shows who was deleted."
    )
    single_reads: int = Field(
        200, ge=0, description="How many contacts that are no longer listed are asked for singly at most, each time."
    )


class Form(BaseModel):
    """One Jotform form: its id, and its question names with their roles where they differ from the shipped ones."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = ""
    questions: dict[str, str] = Field(default_factory=dict)


class Jotform(Platform):
    """A Jotform account; the forms `signups` and `setups` are known by name, any other is read beside them.

    Attributes:
        forms: by the name the workspace gives them.
        whole_every_hours: how often forms are read whole: only that shows edits and deletions. New submissions come
            through windows in between.
        warn_below: the share of `calls_per_day` below which a reading warns.
    """

    base_url: str = Field("https://api.jotform.com", description="Or the EU, HIPAA or Enterprise address.")
    credential: str = Field("JOTFORM_API_KEY", description="Name of the key.")
    forms: dict[str, Form] = Field(default_factory=dict)
    time_zone: str = Field("America/New_York", description="Zone of the zone-less times in its answers.")
    calls_per_day: Calls | None = Field(1_000, description="The smallest plan's (sources.md 3.7).")
    whole_every_hours: Annotated[int, Field(ge=1)] = 24
    warn_below: Annotated[float, Field(ge=0, le=1)] = 0.1

    @model_validator(mode="after")
    def _one_name_per_form(self) -> Self:
        ids = list(self.all_forms.values())
        twice = sorted({form for form in ids if ids.count(form) > 1})
        if twice:
            raise ValueError(f"two names stand for one form: {', '.join(twice)}")
        return self

    @property
    def all_forms(self) -> dict[str, str]:
        """Name to id of every form that has an id."""
        return {name: form.id.strip() for name, form in self.forms.items() if form.id.strip()}

    @property
    def further_forms(self) -> dict[str, str]:
        """Of them, those that are neither sign-ups nor set-ups."""
        return {name: form for name, form in self.all_forms.items() if name not in ("signups", "setups")}

    def form_id(self, name: str) -> str:
        """The id of a form by its name; empty where the workspace does not have it."""
        return self.forms[name].id if name in self.forms else ""


class Listomatic(Platform):
    """A Listomatic account."""

    base_url: str = Field("", description="Address below which `/v2` lies; empty: not polled.")
    credential: str = Field("LISTOMATIC_API_KEY", description="Name of the key.")


class Contactics(Platform):
    """A Contactics account."""

    base_url: str = Field("", description="Address below which `/api/1` lies; empty: not polled.")
    client_id: str = Field("", description="The program's public id in the account; empty: not polled.")
    credential: str = Field("CONTACTICS_CLIENT_SECRET", description="Name of the program's secret.")


AirtableRole = Literal[
    "full_name", "prefix", "first_name", "middle_name", "last_name", "suffix", "preferred_name", "email", "phone",
    "birth_date", "gender", "company", "title", "linkedin", "address", "unit", "city", "state", "zip", "country",
    "tags", "external_id", "mentor_id", "email_consent", "sms_consent", "mail_consent", "modified_at",
]  # fmt: skip
"""What a field of a table can say of a person; several fields may have one role."""


class AirtableTable(BaseModel):
    """One table of an Airtable base.

    Attributes:
        base: the base's id (`app…`).
        table: the table's id (`tbl…`).
        fields: field id (`fld…`) to role; a field keeps its role when it is renamed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    base: str
    table: str
    fields: dict[str, AirtableRole] = Field(default_factory=dict)


class Airtable(Platform):
    """An Airtable account; only the tables named here are read.

    Attributes:
        tables: by the name the workspace gives them.
        webhooks: base id to the webhook (`ach…`) that tells what changed there; bases without one are read whole.
        whole_every_hours: how often everything is read beside the webhooks, which keeps them alive as well.
    """

    base_url: str = "https://api.airtable.com"
    credential: str = Field("AIRTABLE_API_KEY", description="Name of the personal access token.")
    tables: dict[str, AirtableTable] = Field(default_factory=dict)
    webhooks: dict[str, str] = Field(default_factory=dict)
    whole_every_hours: Annotated[int, Field(ge=1, le=144)] = 6
    calls_per_month: Calls | None = Field(1_000, description="The free plan's; larger plans say more (sources.md 4).")

    @model_validator(mode="after")
    def _one_name_per_table(self) -> Self:
        named = [(one.base, one.table) for one in self.tables.values()]
        twice = sorted({table for base, table in named if named.count((base, table)) > 1})
        if twice:
            raise ValueError(f"two names stand for one table: {', '.join(twice)}")
        return self

    @property
    def places(self) -> tuple[tuple[str, str], ...]:
        """Base id and table id of every table, sorted."""
        return tuple(sorted((one.base, one.table) for one in self.tables.values()))
