"""Settings: where a workspace lives, what it is called, which thresholds it uses.

Paths, names, thresholds and the *names* of credentials belong here. Reading files or opening connections does not.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from contact_pipeline.mentors.season import read_season, season_path
from contact_pipeline.sources.settings import Airtable, Contactics, Givebutter, Jotform, Listomatic

SETTINGS_FILE = "contact_pipeline.toml"


def problem_of(error: Exception) -> str:
    """Why settings could not be read, in words; no value is repeated, as it may be a key that does not belong there."""
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(
        f"{'.'.join(map(str, one['loc'])) or 'settings'}: "
        + ("there is no such setting" if one["type"] == "extra_forbidden" else one["msg"])
        for one in error.errors(include_url=False, include_input=False)
    )


class Settings(BaseSettings):
    """One workspace's settings: environment first (`CONTACT_PIPELINE_…`), then the file of the season, then
    `<home>/contact_pipeline.toml`.

    What `<home>/seasons/<season>.toml` says of campaign, forms and consent holds; what it leaves out may stand in the
    settings file.
    A platform's settings are a table of their own (`[jotform]`); in the environment two underscores lead into it
    (`CONTACT_PIPELINE_JOTFORM__TIME_ZONE`).
    """

    model_config = SettingsConfigDict(
        env_prefix="CONTACT_PIPELINE_", env_nested_delimiter="__", extra="forbid", hide_input_in_errors=True
    )

    home: Path = Path("data")
    workspace: str = Field("default", description="Short name that qualifies a PID outside its workspace.")
    region: str = Field("US", description="Region assumed for phone numbers written without a country code.")
    season: str = Field("2026", description="Season whose mentors are exported.")
    season_consent: bool = Field(
        False,
        description="Whether the season's sign-up form asks for consent to messages (decision 31); "
        "without it a new contact is exported as 'no'.",
    )
    join_threshold: float = Field(
        0.99, description="Match probability from which two contacts join by themselves (decision 5)."
    )
    review_threshold: float = Field(0.75, description="Match probability from which a human is asked (decision 5).")
    birth_year_gap: int = Field(
        13, ge=1, description="Years between two births from which they are two people's (decision 15)."
    )
    churn_budget: float = Field(
        0.05, ge=0, le=1, description="Share of people whose PID a run may change before it stops and asks."
    )
    churn_at_least: int = Field(25, ge=0, description="So many may change in any case, however few people there are.")
    administrators: tuple[str, ...] = Field(
        (),
        description="Who may change what imports are asked for: names of users, as `--actor` or the machine has them.",
    )
    lock_wait_seconds: float = Field(600.0, description="How long a run waits for the warehouse before it gives up.")
    drop_guard: float = Field(0.5, description="A full file with fewer than this share of the last one's rows is held.")
    voters_path: Path | None = Field(
        None, description="The voter file's DuckDB file, where several workspaces share one; normally in the home."
    )
    voters_state: str = Field(
        "FL",
        pattern="^[A-Z]{2}$",
        description="Whose the files in inbox/voters/ are; inbox/voters/GA/ is Georgia's.",
    )
    voter_link_threshold: float = Field(
        0.75, description="Probability from which a person is linked to a voter, as probable (decision 5)."
    )
    voter_sure_threshold: float = Field(0.95, description="Probability from which such a link is sure (decision 5).")
    now: datetime | None = Field(None, description="A fixed clock, for rehearsals and tests; normally unset.")

    first_load_days: int = Field(
        90,
        ge=0,
        description="The first reading of Listomatic and Contactics takes who was active in so many days; 0 takes "
        "everybody.",
    )
    allowed_hosts: tuple[str, ...] = Field(
        (), description="Hosts that may be asked besides the platforms' own; Listomatic's and Contactics' stand here."
    )
    givebutter: Givebutter = Givebutter()
    jotform: Jotform = Jotform()
    airtable: Airtable = Airtable()
    listomatic: Listomatic = Listomatic()
    contactics: Contactics = Contactics()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, which wins over the season's file, which wins over the settings file."""
        given = {**env_settings(), **init_settings()}
        home = Path(str(given.get("home", "data")))
        from_file = TomlConfigSettingsSource(settings_cls, toml_file=home / SETTINGS_FILE)
        named = given.get("season") or from_file().get("season") or cls.model_fields["season"].default
        path = season_path(home, str(named))
        of_season = read_season(path).as_settings() if path.is_file() else {}
        return init_settings, env_settings, InitSettingsSource(settings_cls, of_season), from_file

    def clock(self) -> datetime:
        """The current time in UTC, or the fixed one."""
        return self.now if self.now is not None else datetime.now(UTC)

    @property
    def inbox(self) -> Path:
        """`inbox/<source>/`: files dropped by people."""
        return self.home / "inbox"

    @property
    def landing(self) -> Path:
        """The bytes that arrived, and `manifest.jsonl`."""
        return self.home / "landing"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file only the pipeline opens."""
        return self.home / "warehouse.duckdb"

    @property
    def voters(self) -> Path:
        """The voter file: a link to the newest load's DuckDB file, which readers attach read-only."""
        return self.voters_path if self.voters_path is not None else self.home / "voters.duckdb"

    @property
    def published(self) -> Path:
        """Numbered read-only snapshots and the pointer file."""
        return self.home / "published"

    @property
    def exports(self) -> Path:
        """Files to send back."""
        return self.home / "exports"

    @property
    def imports(self) -> Path:
        """Plans of imports, a folder each."""
        return self.home / "imports"

    @property
    def charts(self) -> Path:
        """Charts of the linking models, as HTML."""
        return self.home / "charts"

    @property
    def ledger_url(self) -> str:
        """SQLAlchemy URL of the ledger."""
        return f"sqlite:///{self.home / 'ledger.sqlite'}"

    @property
    def sandbox(self) -> Path:
        """The invented campaign's files, where this home is a demo."""
        return self.home / "sandbox"
