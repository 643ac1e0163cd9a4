"""Which of Jotform's forms are read, and by which settings.

Putting settings and client together belongs here; when a window is enough belongs to `window`, paging to the client.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from contact_pipeline.config import Settings
from contact_pipeline.sources.entities import (
    JOTFORM_FURTHER_FORMS,
    JOTFORM_QUESTIONS,
    JOTFORM_SETUPS,
    JOTFORM_SIGNUPS,
    Entity,
)
from contact_pipeline.sources.pages import Keep
from contact_pipeline.sources.pull import Fetching, Pull
from contact_pipeline.sources.secret import Secret

Forms = Callable[[Settings], dict[str, str]]
"""The forms of an entity: name to id."""


@contextmanager
def _submissions(
    forms: Forms, whole: bool, settings: Settings, keys: Mapping[str, str], cursor: str | None
) -> Iterator[Pull]:
    from contact_pipeline.sources.jotform.client import JotformClient, records_of
    from contact_pipeline.sources.jotform.reading import read_forms

    with JotformClient(settings.jotform.base_url, _key(settings, keys)) as client:
        now, guard = settings.clock(), settings.drop_guard
        keep = partial(Keep.below, settings.landing, "jotform")
        reading = read_forms(client, forms(settings), cursor, whole=whole, now=now, drop_guard=guard, keep=keep)
        yield Pull(
            reading.pages(),
            records_of,
            lambda: client.calls,
            window=not reading.full,
            cursor=reading.cursor,
            calls_left=lambda: client.calls_left,
            note=lambda: ". ".join(filter(None, [reading.note, few_calls(settings, client.calls_left)])),
        )


@contextmanager
def _questions(settings: Settings, keys: Mapping[str, str], _: str | None) -> Iterator[Pull]:
    from contact_pipeline.sources.jotform.client import JotformClient
    from contact_pipeline.sources.jotform.reading import question_pages, questions_of

    with JotformClient(settings.jotform.base_url, _key(settings, keys)) as client:
        yield Pull(
            question_pages(client, settings.jotform.all_forms),
            questions_of,
            lambda: client.calls,
            calls_left=lambda: client.calls_left,
            note=lambda: few_calls(settings, client.calls_left),
        )


def few_calls(settings: Settings, calls_left: int | None) -> str:
    """A warning where fewer calls are left today than the share the settings name; else empty."""
    a_day = settings.jotform.calls_per_day
    if calls_left is None or a_day is None or calls_left >= settings.jotform.warn_below * a_day:
        return ""
    return f"Only {calls_left:,} of {a_day:,} calls are left until midnight in New York"


def _key(settings: Settings, keys: Mapping[str, str]) -> Secret:
    return Secret.from_environment(settings.jotform.credential, keys)


def _form(entity: Entity, forms: Forms) -> Fetching:
    return Fetching(
        entity,
        15,
        lambda settings: ", ".join(forms(settings).values()),
        partial(_submissions, forms, False),
        partial(_submissions, forms, True),
        lambda settings: settings.jotform.whole_every_hours,
    )


def _named(entity: Entity) -> Forms:
    """The one form whose name the entity has."""
    return lambda settings: {name: form for name, form in settings.jotform.all_forms.items() if name == entity.name}


FETCHINGS = (
    _form(JOTFORM_SIGNUPS, _named(JOTFORM_SIGNUPS)),
    _form(JOTFORM_SETUPS, _named(JOTFORM_SETUPS)),
    _form(JOTFORM_FURTHER_FORMS, lambda settings: settings.jotform.further_forms),
    Fetching(JOTFORM_QUESTIONS, 60, lambda settings: ", ".join(settings.jotform.all_forms.values()), _questions),
)
