"""Credentials: known by name everywhere, held encrypted in the workspace, shown nowhere.

Where a key is looked up, how it is kept and how it is replaced belong here. What a key opens belongs to `sources`.
"""

from contact_pipeline.credentials.keys import Keys, keys_of
from contact_pipeline.credentials.store import CredentialError, CredentialStore, checked_name, checked_value

__all__ = ["CredentialError", "CredentialStore", "Keys", "checked_name", "checked_value", "keys_of"]
