"""Written values become comparable ones: phones, e-mails, names, addresses, dates.

What a written value means belongs here, one value at a time (`parse_…`, `normalise`) and set-based over a warehouse
(`build_…_values`: one row per distinct raw value). Which column of which source holds a value does not, nor does what
follows from an invalid one: SQL models join the value tables, `issues` reports.

Three rules hold for every field: the original is kept beside the reading; nothing is guessed without `reason` saying
so; a cell over its length cap is refused before any parser sees it.
"""

from contact_pipeline.normalize.address_values import build_address_values
from contact_pipeline.normalize.date_values import build_date_values
from contact_pipeline.normalize.email_values import build_email_values
from contact_pipeline.normalize.multi import build_multi_values, split_multi
from contact_pipeline.normalize.name_values import build_name_values
from contact_pipeline.normalize.nickname import build_nicknames
from contact_pipeline.normalize.one_value import FIELDS, Normalised, normalise
from contact_pipeline.normalize.phone_values import build_phone_values

__all__ = [
    "FIELDS",
    "Normalised",
    "build_address_values",
    "build_date_values",
    "build_email_values",
    "build_multi_values",
    "build_name_values",
    "build_nicknames",
    "build_phone_values",
    "normalise",
    "split_multi",
]
