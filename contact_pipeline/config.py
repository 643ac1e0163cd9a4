"""Settings: where a workspace lives, what it is called, which thresholds it uses.

Paths, names, thresholds and the *names* of credentials belong here. Reading files or opening connections does not.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

HOME_VARIABLE = "CONTACT_PIPELINE_HOME"
SETTINGS_FILE = "contact_pipeline.toml"


class Settings(BaseSettings):
    """One workspace's settings: environment first (`CONTACT_PIPELINE_…`), then `<home>/contact_pipeline.toml`."""

    model_config = SettingsConfigDict(env_prefix="CONTACT_PIPELINE_", extra="ignore")

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
    lock_wait_seconds: float = Field(600.0, description="How long a run waits for the warehouse before it gives up.")
    drop_guard: float = Field(0.5, description="A full file with fewer than this share of the last one's rows is held.")
    voters_path: Path | None = Field(
        None, description="The voter file's DuckDB file, where several workspaces share one; normally in the home."
    )
    now: datetime | None = Field(None, description="A fixed clock, for rehearsals and tests; normally unset.")

    givebutter_base_url: str = "https://api.givebutter.com"
    givebutter_campaign: str = Field(
        "", description="Campaign whose members are read; empty means Givebutter is not polled."
    )
    givebutter_key_variable: str = Field("GIVEBUTTER_API_KEY", description="Name of the variable that holds the key.")
    jotform_base_url: str = "https://api.jotform.com"
    jotform_signup_form: str = Field("", description="Form id; empty means the form is not polled.")
    jotform_setup_form: str = Field("", description="Form id; empty means the form is not polled.")
    jotform_key_variable: str = "JOTFORM_API_KEY"
    jotform_questions: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="Per form kind (signups, setups): question name to role, added to the shipped ones.",
    )
    first_load_days: int = Field(
        90,
        ge=0,
        description="The first reading of Listomatic and Contactics takes who was active in so many days; 0 takes "
        "everybody.",
    )
    listomatic_base_url: str = Field(
        "", description="Address below which `/v2` lies; empty means Listomatic is not polled."
    )
    listomatic_key_variable: str = "LISTOMATIC_API_KEY"
    contactics_base_url: str = Field(
        "", description="Address below which `/api/1` lies; empty means Contactics is not polled."
    )
    contactics_client_id: str = Field("", description="The program's public id in the Contactics account.")
    contactics_secret_variable: str = Field(
        "CONTACTICS_CLIENT_SECRET", description="Name of the variable that holds the program's secret."
    )
    jotform_time_zone: str = Field("America/New_York", description="Zone of the zone-less times in Jotform's answers.")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, which wins over the file in the home folder."""
        given = {**env_settings(), **init_settings()}
        home = Path(str(given.get("home", "data")))
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, toml_file=home / SETTINGS_FILE),
        )

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
    def ledger_url(self) -> str:
        """SQLAlchemy URL of the ledger."""
        return f"sqlite:///{self.home / 'ledger.sqlite'}"

    @property
    def sandbox(self) -> Path:
        """The invented campaign's files, where this home is a demo."""
        return self.home / "sandbox"
