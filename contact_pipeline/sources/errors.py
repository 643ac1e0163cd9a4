"""What a source can say other than "here it is": three errors, told apart by what to do next.

The kinds of failure belong here. Deciding which answer of a platform is which kind belongs to that platform's module.
No message carries a key, an address of a person or any part of an answer's body.
"""

from __future__ import annotations

from datetime import datetime


class SourceError(Exception):
    """A source gave no usable answer. The message says which source, what happened and what to do next."""


class SourceUnavailable(SourceError):
    """Passing: busy, broken or out of reach after several tries. The next run tries again by itself."""


class SourceRefused(SourceError):
    """Permanent: trying again cannot help until a person changes something (a key, an address, a form id, a bill)."""


class KeyNotAccepted(SourceRefused):
    """The platform does not know the key, or no longer.

    Attributes:
        variable: the name of the key.
    """

    def __init__(self, message: str, variable: str) -> None:
        super().__init__(message)
        self.variable = variable


class QuotaExhausted(SourceUnavailable):
    """Nothing may be asked before `until`: the calls are used up (sources.md 3.7), or the platform asked for patience.

    Attributes:
        until: first moment (UTC) at which asking makes sense again.
    """

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until
