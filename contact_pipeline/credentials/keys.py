"""Looking a credential up by its name: the environment first, then the workspace's encrypted store.

The one place that reads keys out of the environment. The store is opened when a name is asked for that the environment
does not have, and not before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property

from contact_pipeline.config import Settings
from contact_pipeline.credentials.store import Credential, CredentialStore


class Keys(Mapping[str, str]):
    """Credentials by name. Printing it shows nothing; iterating gives the names.

    Args:
        environment: variables that win over the store; an empty one counts as not set.
        store: the workspace's.
    """

    def __init__(self, environment: Mapping[str, str], store: CredentialStore) -> None:
        self._environment = environment
        self._store = store

    def __getitem__(self, name: str) -> str:
        """The value.

        Raises:
            KeyError: nothing has that name.
            CredentialError: the store cannot be opened.
        """
        own = self._environment.get(name, "").strip()
        return own or self._kept[name].value

    def __iter__(self) -> Iterator[str]:
        yield from {**dict.fromkeys(self._environment), **dict.fromkeys(self._kept)}

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return "Keys(environment, store)"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("Credentials are not written anywhere: pass their names instead.")

    def before(self, name: str) -> Mapping[str, str] | None:
        """The same with the value that `name` had before, while that one is still kept; else None."""
        if self._environment.get(name, "").strip() or name not in self._kept:
            return None
        earlier = self._kept[name].previous
        return {name: earlier} if earlier is not None else None

    def worked(self, name: str) -> None:
        """The value of `name` was accepted: the one it replaced is no longer needed."""
        if not self._environment.get(name, "").strip() and name in self._kept and self._kept[name].previous is not None:
            self._store.worked(name, self._kept[name].value)

    @cached_property
    def _kept(self) -> dict[str, Credential]:
        return self._store.read()


def keys_of(settings: Settings, environment: Mapping[str, str] | None = None) -> Keys:
    """The credentials a workspace knows, by name.

    Args:
        settings: the workspace's.
        environment: `os.environ` where not given.
    """
    return Keys(os.environ if environment is None else environment, CredentialStore(settings.home))
