"""Whether a list may be loaded, and how its columns are read: decided once, when it arrives, and kept in the ledger.

Bringing together the file's sample, the suggestion, presets and what somebody asked for belongs here. Recognising
columns belongs to `sources.list_file`, keeping bytes to `store`.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from contact_pipeline.landing.list_sample import Sample, sample_of_batch
from contact_pipeline.landing.manifest import Batch
from contact_pipeline.landing.outcomes import Held, Refused
from contact_pipeline.ledger.ledger import Ledger
from contact_pipeline.ledger.mappings import Preset, fitting_preset, mapping_of, preset_by_name, presets, record_mapping
from contact_pipeline.sources.entities import LIST_PEOPLE, Entity
from contact_pipeline.sources.list_file.document import MappingDocument, described, document_of, fingerprint, from_json
from contact_pipeline.sources.list_file.fields import fields
from contact_pipeline.sources.list_file.suggest import TAKE, ColumnSuggestion, Suggestion, suggest
from contact_pipeline.sources.list_file.telling import suggestion_table

PIPELINE = "pipeline"

REPORT_KEY = "Import row key (do not change)"
"""A column every report of an import has, and no list of somebody else's: it says whose row it is."""


@dataclass(frozen=True)
class Decision:
    """How one list would be read.

    Attributes:
        document: Column → field.
        suggestion: What is known of each column, the preset's word among it.
        preset: The preset that was used, if any.
        problems: Why a human should decide first; empty where nothing.
        fingerprint: Of the header.
    """

    document: MappingDocument
    suggestion: Suggestion
    preset: Preset | None
    problems: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True)
class ListGate:
    """Decides for lists that arrive; other entities pass.

    Attributes:
        ledger: Where presets are, and where the mapping of each batch is kept.
        source: The folder the file was dropped into; `list` otherwise.
        preset: The name of the preset to use; None for the fitting one.
        now: When this is.
        actor: Who handed the file in.
        shown_as: How the file is named in the command that confirms; the batch's id where None.
    """

    ledger: Ledger
    now: datetime
    source: str = LIST_PEOPLE.source
    preset: str | None = None
    actor: str = PIPELINE
    shown_as: str | None = None

    def judge(self, copy: Path, batch: Batch, entity: Entity) -> None:
        """Let a list pass and remember how it is read; one that was read before is read the same way again.

        Raises:
            Held: A human should say what its columns are; the message holds the suggestion and the command.
            Refused: See `decide`.
        """
        if entity.key != LIST_PEOPLE.key or (self.preset is None and mapping_of(self.ledger, batch.batch_id)):
            return
        decision = self.decide(sample_of_batch(copy, batch, entity))
        if decision.problems:
            raise Held(held_message(decision, self.shown_as or batch.batch_id))
        self.record(batch.batch_id, decision)

    def decide(self, sample: Sample) -> Decision:
        """How a list with this sample would be read.

        Raises:
            Refused: The preset that was asked for does not exist; or the file is a report of an import.
        """
        if REPORT_KEY in sample.columns:
            raise Refused(
                "The file is a report of an import: its rows are corrections, no new people. Dropped into the inbox "
                "it is taken with the next run; by hand: contact-pipeline imports plan FILE"
            )
        suggestion = suggest(sample.columns, sample.rows, header=sample.header)
        mark = fingerprint(sample.columns, header=sample.header, suggestion=suggestion)
        preset = self._preset(mark)
        if preset is None:
            return Decision(document_of(suggestion), suggestion, None, suggestion.problems, mark)
        return with_preset(suggestion, preset, mark, header=sample.header)

    def _preset(self, mark: str) -> Preset | None:
        if self.preset is None:
            return fitting_preset(self.ledger, source=self.source, fingerprint=mark, actor=self.actor)
        found = preset_by_name(self.ledger, self.preset)
        if found is None:
            known = ", ".join(preset.name for preset in presets(self.ledger)) or "none"
            raise Refused(f"There is no preset {self.preset!r}. Known: {known}.")
        return found

    def record(self, batch_id: str, decision: Decision, *, how: str | None = None, actor: str | None = None) -> None:
        """Remember how a batch is read."""
        record_mapping(
            self.ledger,
            batch_id,
            how=how or ("preset" if decision.preset else "automatic"),
            preset_id=decision.preset.preset_id if decision.preset else None,
            mapping=decision.document.as_json(),
            columns=described(decision.suggestion),
            now=self.now,
            actor=actor or self.actor,
        )


def with_preset(suggestion: Suggestion, preset: Preset, mark: str, *, header: bool) -> Decision:
    """The decision where a preset says what most columns are; the others are judged by themselves.

    A preset's word holds, unless the cells now say something else: then a human is asked once more.
    """
    said = from_json(preset.mapping)
    names = {" ".join(name.split()).lower(): name for name in said.columns}
    told: list[ColumnSuggestion] = []
    mapped: dict[str, str | None] = {}
    taken = {field for field in said.columns.values() if field}
    for column in suggestion.columns:
        known = names.get(" ".join(column.column.split()).lower())
        if known is None:
            told.append(_beside_preset(column, taken))
            mapped[column.column] = told[-1].field if told[-1].taken else None
        else:
            told.append(_by_preset(column, said.columns[known], preset))
            mapped[column.column] = said.columns[known]
    missing = [name for key, name in names.items() if said.columns[name] and not _there(key, suggestion)]
    whole = Suggestion(tuple(told))
    problems = list(whole.problems)
    if missing and mark != preset.fingerprint:
        problems += [f"the preset {preset.name!r} expects a column {name!r}, which is not here" for name in missing]
    return Decision(MappingDocument(mapped, said.answers, said.values), whole, preset, tuple(problems), mark)


def _there(key: str, suggestion: Suggestion) -> bool:
    return any(" ".join(column.column.split()).lower() == key for column in suggestion.columns)


def _by_preset(column: ColumnSuggestion, field: str | None, preset: Preset) -> ColumnSuggestion:
    doubt = None
    if field is not None and column.filled and _contradicted(column, field):
        doubt = f"the preset {preset.name!r} says {field}, but the cells have another form ({column.field})"
    return replace(
        column, field=field, confidence=1.0, why=f"the preset {preset.name!r} says so", doubt=doubt, lies=bool(doubt)
    )


PLAIN_FORMS = ("email", "phone", "linkedin")
"""Fields whose cells are like those of no other field."""


def _contradicted(column: ColumnSuggestion, field: str) -> bool:
    """Whether the preset says one of the fields that have a form of their own, and the cells plainly are another."""
    return field in PLAIN_FORMS and column.field in PLAIN_FORMS and column.field != field and column.confidence >= TAKE


def _beside_preset(column: ColumnSuggestion, taken: set[str]) -> ColumnSuggestion:
    """A column the preset does not know: never a second one of a field it has given out."""
    if column.field in taken and not fields()[column.field].several:
        return replace(column, field=None, why=f"the preset has another column for {column.field}", doubt=None)
    return column


def held_message(decision: Decision, named: str) -> str:
    """What to tell the sender: why it waits, what each column seems to be, and the command that confirms."""
    reasons = "\n".join(f"  - {problem}" for problem in decision.problems)
    return (
        "The columns are not sure enough to take the list: nothing of it was loaded.\n"
        f"{reasons}\n\nThis is what each column seems to be:\n\n{suggestion_table(decision.suggestion)}\n\n"
        f"If that is right:\n  contact-pipeline mapping confirm {shlex.quote(named)}\n"
        "If a column is something else, say so, for example:\n"
        f'  contact-pipeline mapping confirm {shlex.quote(named)} --set "COLUMN=field" --set "OTHER=keep"\n'
        "From then on lists with these columns are taken without asking."
    )
