"""The record kinds we know: one `Entity` per kind, as data.

What a platform calls its columns and which column identifies a record belongs here. How records are fetched belongs to
each platform's module; how they become contacts to `dbt_like_sql/contacts/`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entity:
    """One kind of record a platform holds.

    `id_column` is None where the source has no id of its own: the record id is then a hash of its cells.
    `columns` are the columns our SQL names; raw tables always have them, even when a file does not.
    `required` must be in a file's header for it to be taken as this entity.
    `modified_column` holds the source's own modified time (UTC), used for the age of content.
    """

    source: str
    name: str
    id_column: str | None
    columns: tuple[str, ...]
    required: tuple[str, ...] = ()
    modified_column: str | None = None

    @property
    def key(self) -> str:
        """`source.entity`, for example `givebutter.contacts`."""
        return f"{self.source}.{self.name}"

    @property
    def table(self) -> str:
        """The raw table, for example `raw.givebutter_contacts`."""
        return f"raw.{self.source}_{self.name}"


GIVEBUTTER_CONTACT_COLUMNS = (
    "Givebutter Contact ID", "Contact External ID", "Contact Since", "Prefix", "First Name", "Preferred First Name",
    "Middle Name", "Last Name", "Suffix", "Date of Birth", "Gender", "Pronouns", "Employer", "Title", "Primary Email",
    "Additional Emails", "Primary Phone", "Additional Phones", "Address Line 1", "Address Line 2", "City", "State",
    "Postal Code", "Country", "Additional Addresses", "Website", "Twitter", "LinkedIn", "Facebook", "TikTok",
    "Instagram", "Recurring Contributions", "Total Contributions", "Last Donation Amount", "Total Soft Credits",
    "Engage Email Subscribed", "Engage SMS Subscribed", "Engage Mail Subscribed", "Tags", "Notes", "Household ID",
    "Household", "Household Primary Contact", "Date Created (UTC)", "Last Modified (UTC)",
)  # fmt: skip
"""The 45 base columns of a 2026 export in order (sources.md 2.1)."""

GIVEBUTTER_COLUMNS_NEW_IN_2026 = (
    "Contact Since", "Preferred First Name", "Pronouns", "TikTok", "Instagram", "Last Donation Amount",
)  # fmt: skip
"""Columns a 2025 export lacks (sources.md 2.1)."""

GIVEBUTTER_CONTACTS = Entity(
    source="givebutter",
    name="contacts",
    id_column="Givebutter Contact ID",
    columns=GIVEBUTTER_CONTACT_COLUMNS,
    required=("Givebutter Contact ID", "First Name", "Last Name"),
    modified_column="Last Modified (UTC)",
)

GIVEBUTTER_FAILED_ROWS = Entity(
    source="givebutter",
    name="failed_rows",
    id_column=None,
    columns=("id", "contact_id", "givebutter_contact_id", "external_id", "ERRORS"),
    required=("ERRORS",),
)
"""Rows an import refused, as Givebutter hands them back (sources.md 2.3); under which name the id comes is unknown."""

GIVEBUTTER_MEMBER_COLUMNS = (
    "id", "first_name", "last_name", "email", "phone", "display_name", "picture", "raised", "goal", "donors",
    "items", "url", "created_at", "updated_at",
)  # fmt: skip

GIVEBUTTER_MEMBERS = Entity(
    source="givebutter",
    name="members",
    id_column="id",
    columns=GIVEBUTTER_MEMBER_COLUMNS,
    modified_column="updated_at",
)

GIVEBUTTER_API_CONTACT_COLUMNS = (
    "id", "external_id", "contact_since", "type", "prefix", "first_name", "preferred_name", "middle_name", "last_name",
    "suffix", "gender", "pronouns", "dob", "company", "employer", "company_name", "point_of_contact",
    "associated_companies", "title", "website_url", "twitter_url", "linkedin_url", "facebook_url", "tiktok_url",
    "instagram_url", "emails", "phones", "primary_email", "primary_phone", "note", "addresses", "primary_address",
    "last_donation_amount", "stats", "tags", "custom_fields", "external_ids", "is_email_subscribed",
    "is_phone_subscribed", "is_address_subscribed", "email_opt_in", "sms_opt_in", "address_unsubscribed_at",
    "archived_at", "created_at", "updated_at", "salutation_name",
)  # fmt: skip
"""The 47 properties of a contact over the API (sources.md 1.5)."""

GIVEBUTTER_API_CONTACTS = Entity(
    source="givebutter",
    name="api_contacts",
    id_column="id",
    columns=(*GIVEBUTTER_API_CONTACT_COLUMNS, "answered"),
    modified_column="updated_at",
)
"""The contacts of `givebutter.contacts` once more, over the API: one contact, two readings. `answered` is 404 in the
note that a contact asked for singly is gone."""

GIVEBUTTER_COMPANIES = Entity(
    "givebutter", "companies", "id", GIVEBUTTER_API_CONTACT_COLUMNS, modified_column="updated_at"
)

GIVEBUTTER_HOUSEHOLDS = Entity(
    source="givebutter",
    name="households",
    id_column="id",
    columns=(
        "id", "name", "head_contact_id", "account_id", "envelope_name", "note", "created_at", "updated_at", "contacts",
    ),
    modified_column="updated_at",
)  # fmt: skip

GIVEBUTTER_CAMPAIGNS = Entity(
    source="givebutter",
    name="campaigns",
    id_column="id",
    columns=(
        "id", "code", "type", "title", "status", "slug", "url", "goal", "raised", "donors", "currency", "timezone",
        "end_at", "created_at", "updated_at",
    ),
    modified_column="updated_at",
)  # fmt: skip

JOTFORM_COLUMNS = (
    "id",
    "form_id",
    "ip",
    "created_at",
    "updated_at",
    "status",
    "new",
    "flag",
    "notes",
    "answers",
)

JOTFORM_SIGNUPS = Entity("jotform", "signups", "id", JOTFORM_COLUMNS, modified_column="updated_at")
JOTFORM_SETUPS = Entity("jotform", "setups", "id", JOTFORM_COLUMNS, modified_column="updated_at")
JOTFORM_FURTHER_FORMS = Entity("jotform", "further_forms", "id", JOTFORM_COLUMNS, modified_column="updated_at")
"""The submissions of every other form a workspace names; `form_id` says whose they are."""

JOTFORM_QUESTIONS = Entity(
    "jotform", "questions", "id", ("id", "form_id", "qid", "name", "text", "type", "order", "required", "options")
)
"""The questions of every form, so that a change of one is seen."""

LISTOMATIC_PEOPLE = Entity(
    source="listomatic",
    name="people",
    id_column="id",
    columns=(
        "id", "external_ref", "full_name", "email_address", "primary_phone", "segments", "engagement_score",
        "list_membership", "created_at", "updated_at", "deleted_at",
    ),
    modified_column="updated_at",
)  # fmt: skip

CONTACTICS_CONTACTS = Entity(
    source="contactics",
    name="contacts",
    id_column="id",
    columns=(
        "id", "first_name", "last_name", "primary_email", "mobile_phone", "landline_phone", "interaction_count",
        "last_interaction_type", "contact_preference", "activity_timeline", "status", "modified",
    ),
    modified_column="modified",
)  # fmt: skip

AIRTABLE_RECORDS = Entity(
    source="airtable",
    name="records",
    id_column="key",
    columns=("key", "id", "base_id", "table_id", "createdTime", "fields", "deleted"),
)
"""The records of every table that is read, cells by field id; `key` is `base/table/record`."""

AIRTABLE_FIELDS = Entity(
    source="airtable",
    name="fields",
    id_column="key",
    columns=("key", "base_id", "table_id", "table_name", "field_id", "name", "type", "options"),
)
"""The fields of those tables, so that a change of one is seen."""

LIST_PEOPLE = Entity(source="list", name="people", id_column=None, columns=())

LEADS_PEOPLE = Entity(
    "leads", "people", "lead_id", ("lead_id", "name", "email", "phone", "company", "linkedin_url", "tags")
)
"""Legacy JSON lead files; `lead_id` is the best of a record's ids with its kind, or a hash of what it says."""

IMPORT_COLUMNS = (
    "row_key", "row_number", "import_id", "policy", "prefix_raw", "first_raw", "middle_raw", "last_raw", "suffix_raw",
    "preferred_raw", "birth_raw", "gender", "employer", "title", "phones_raw", "emails_raw", "line1_raw", "line2_raw",
    "city_raw", "state_raw", "zip_raw", "country_raw", "tags", "external_id", "mentor_id", "voter_id", "linkedin",
    "email_consent_raw", "sms_consent_raw", "mail_consent_raw",
)  # fmt: skip

IMPORTS_PEOPLE = Entity("imports", "people", "row_key", IMPORT_COLUMNS, required=("row_key", "policy"))
"""The accepted rows of an import, in the columns all sources share; several phones, e-mails or tags one a line.

`row_key` stands for a file and a record of it. `policy` is `fill` or `update`."""

BEHAVIOUR_RECORDS = Entity(source="behaviour", name="records", id_column=None, columns=())
"""Donors, volunteers, events: files of any columns, kept as they are; no contacts."""

TRAINING_LISTS = Entity(source="training", name="attendance", id_column=None, columns=())
"""Who was trained: files of any columns with a mentor id or an e-mail address in each row."""

ENTITIES: dict[str, Entity] = {
    entity.key: entity
    for entity in (
        GIVEBUTTER_CONTACTS,
        GIVEBUTTER_MEMBERS,
        GIVEBUTTER_API_CONTACTS,
        GIVEBUTTER_COMPANIES,
        GIVEBUTTER_HOUSEHOLDS,
        GIVEBUTTER_CAMPAIGNS,
        GIVEBUTTER_FAILED_ROWS,
        JOTFORM_SIGNUPS,
        JOTFORM_SETUPS,
        JOTFORM_FURTHER_FORMS,
        JOTFORM_QUESTIONS,
        LISTOMATIC_PEOPLE,
        CONTACTICS_CONTACTS,
        AIRTABLE_RECORDS,
        AIRTABLE_FIELDS,
        LIST_PEOPLE,
        LEADS_PEOPLE,
        IMPORTS_PEOPLE,
        BEHAVIOUR_RECORDS,
        TRAINING_LISTS,
    )
}

FILE_ENTITIES: dict[str, Entity] = {
    "givebutter": GIVEBUTTER_CONTACTS,
    "list": LIST_PEOPLE,
    "leads": LEADS_PEOPLE,
    "behaviour": BEHAVIOUR_RECORDS,
    "training": TRAINING_LISTS,
}
"""The entity a file dropped for a source holds."""
