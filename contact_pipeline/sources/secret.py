"""A credential, known by its name.

Holding a key so that it cannot be printed by accident belongs here. Where keys come from (environment, encrypted store)
belongs to the caller, who passes them in as a mapping.
"""

from __future__ import annotations

from collections.abc import Mapping

from contact_pipeline.sources.errors import SourceRefused


class Secret:
    """One key. Printing, formatting, comparing or pickling it never shows its value; only `reveal()` does."""

    __slots__ = ("_value", "variable")

    def __init__(self, variable: str, value: str) -> None:
        self.variable = variable
        self._value = value

    @classmethod
    def from_environment(cls, variable: str, environment: Mapping[str, str]) -> Secret:
        """The key that `variable` holds.

        Args:
            variable: name of the variable, for example `GIVEBUTTER_API_KEY`.
            environment: credentials by name, usually `credentials.keys_of(settings)`.

        Raises:
            SourceRefused: the variable is missing, empty or no single line; the message names it.
        """
        value = environment.get(variable, "").strip()
        if not value:
            raise SourceRefused(
                f"No key: set {variable} to the account's API key (contact-pipeline credentials set {variable}, or the "
                "environment variable of that name) and run again."
            )
        if not value.isascii() or not value.isprintable():
            raise SourceRefused(f"The credential {variable} holds something that is no key: copy the key again.")
        return cls(variable, value)

    def reveal(self) -> str:
        """The key itself, for the header of a request and nothing else."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.variable})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError(f"{self!r} is not written anywhere: pass the variable's name instead.")
