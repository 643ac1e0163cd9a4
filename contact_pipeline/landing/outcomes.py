"""The ways landing says no, each with a message for the person who sent the file.

The exceptions of this package belong here. Who shows the message, and how, does not.
"""

from __future__ import annotations


class Refused(Exception):
    """The file cannot be taken as what it was sent as; the message says why and what to do next."""


class Held(Exception):
    """The file may be fine but somebody has to wait or decide first; the message says what."""


class Later(Exception):
    """Nothing is wrong with the file and nobody has to do anything: a later run takes it; the message says why."""


class LandingDamagedError(Exception):
    """What lies in landing is not what the manifest says; restore it from a backup before going on."""


class LedgerImbalanceError(Exception):
    """Two independent counts of one file's records differ: nothing of it may be loaded."""
