"""Which of Jotform's forms are read, and by which settings.

Putting settings and client together belongs here; paging and limits belong to the client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from contact_pipeline.config import Settings
from contact_pipeline.sources.entities import JOTFORM_SETUPS, JOTFORM_SIGNUPS, Entity
from contact_pipeline.sources.pull import Fetching, Pull
from contact_pipeline.sources.secret import Secret


@contextmanager
def _submissions(form: str, settings: Settings, keys: Mapping[str, str], _: str | None) -> Iterator[Pull]:
    from contact_pipeline.sources.jotform.client import JotformClient, records_of

    key = Secret.from_environment(settings.jotform.credential, keys)
    with JotformClient(settings.jotform.base_url, key) as client:
        yield Pull(client.submission_pages(settings.jotform.form_id(form)), records_of, lambda: client.calls)


def _form(entity: Entity) -> Fetching:
    """A form whose entity has its name."""
    return Fetching(
        entity, 15, lambda settings: settings.jotform.form_id(entity.name), partial(_submissions, entity.name)
    )


FETCHINGS = (_form(JOTFORM_SIGNUPS), _form(JOTFORM_SETUPS))
