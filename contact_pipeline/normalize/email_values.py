"""The e-mail value table: ordinary addresses set-based, everything else through email-validator.

Which written forms are surely valid belongs here; the meaning of one address to `email`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_pipeline.normalize.email import EMAIL_CAP, parse_email
from contact_pipeline.normalize.junk import junk_words
from contact_pipeline.normalize.reference_data import reference_map
from contact_pipeline.normalize.value_table import parsed_table, scratch_table

if TYPE_CHECKING:
    import duckdb

ORDINARY = r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*\.)+[A-Za-z]+"
"""ASCII, no two marks together: what email-validator never refuses within its length limits."""

ORDINARY_LENGTH = 63
"""Characters of a whole address that exceeds no limit: a part before the @ may have 64, a label after it 63."""

SPECIAL_ENDINGS = r"(?:^|[@.])(?:arpa|invalid|local|localhost|onion|test)$"
"""Reserved names that email-validator refuses (its `SPECIAL_USE_DOMAIN_NAMES`)."""


def build_email_values(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Build the table of distinct e-mail cells and the plain form of each.

    Args:
        connection: A DuckDB connection that may write `target`.
        source: A select with one text column, `raw`. NULLs are left out; a blank cell is a row that is neither valid
            nor has a reason.
        target: Table to create or replace: raw, email, local_part, domain, valid, reason, junk; sorted by raw. email,
            local_part and domain are NULL where the address is not valid; `reason` on a valid one is a hint.
    """
    with (
        scratch_table(connection, "email_shaped", _shaped(source)) as shaped,
        parsed_table(connection, "email_odd", f"select raw from {shaped} where email is null", _schema(), _row) as odd,
    ):
        connection.register("normalize_typos", _words(reference_map("email_typos", "typed", "likely")))
        connection.register("normalize_locals", _words(junk_words("email_local")))
        connection.register("normalize_domains", _words(junk_words("email_domain")))
        connection.execute(
            f"create or replace table {target} as {_read_ordinary(shaped)} union all select * from {odd} order by raw"
        )
        for name in ("normalize_typos", "normalize_locals", "normalize_domains"):
            connection.unregister(name)


def _shaped(source: str) -> str:
    """Distinct raw, and its plain form where the form is certain."""
    return f"""
    with given as (select distinct raw::varchar as raw from ({source}) where raw is not null),
         trimmed as (select raw, trim(raw) as plain from given)
    select raw,
           case when regexp_full_match(plain, '{ORDINARY}') and not regexp_matches(lower(plain), '{SPECIAL_ENDINGS}')
                     and length(plain) <= {ORDINARY_LENGTH} and length(raw) <= {EMAIL_CAP}
                then lower(plain) end as email
    from trimmed"""


def _read_ordinary(shaped: str) -> str:
    """The seven columns for the rows whose plain form is known."""
    return f"""
    with parted as (
        select raw, email, split_part(email, '@', 1) as local_part, split_part(email, '@', 2) as domain
        from {shaped} where email is not null)
    select raw, email, local_part, domain, true as valid,
           case when typos.word is not null
                then domain || ' is probably a typing error for ' || typos.meaning end as reason,
           role.word is not null or placeholder.word is not null as junk
    from parted
    left join normalize_typos as typos on typos.word = domain
    left join normalize_locals as role on role.word = split_part(local_part, '+', 1)
    left join normalize_domains as placeholder on placeholder.word = domain"""


def _row(raw: str) -> tuple[str, str | None, str | None, str | None, bool, str | None, bool]:
    email = parse_email(raw)
    return (raw, email.email, email.local_part, email.domain, email.valid, email.reason, email.junk)


def _words(meanings: dict[str, str]) -> Any:
    import pyarrow as pa

    return pa.table({"word": list(meanings), "meaning": list(meanings.values())})


def _schema() -> Any:
    import pyarrow as pa

    text = [(name, pa.string()) for name in ("raw", "email", "local_part", "domain")]
    return pa.schema([*text, ("valid", pa.bool_()), ("reason", pa.string()), ("junk", pa.bool_())])
