"""The keys that open the store: in the operating system's keyring where there is one, else in a file of mode 0600.

Finding, reading and writing those keys belongs here. They come as a list, newest first: while a rotation is under way
there are two. Which values they encrypt belongs to `store`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from contact_pipeline.credentials.files import read_private, write_private

SERVICE = "contact-pipeline"
KEY_FILE = "credentials.key"
REAL_BACKEND = 1.0
"""Priority from which `keyring` recommends a backend; below are those that keep secrets in the open, or nowhere."""


class KeyRing(Protocol):
    """Where the keys are."""

    kind: str

    def read(self) -> list[str]:
        """The keys, newest first; none where none were written."""

    def keeps(self, keys: list[str]) -> bool:
        """Replace all of them at once; False where the place does not take them."""

    def place(self) -> str:
        """Where they are, for people."""


class FileKeyRing:
    """Keys in `credentials.key` of the home, one a line."""

    kind = "file"

    def __init__(self, home: Path) -> None:
        self._path = home / KEY_FILE

    def read(self) -> list[str]:
        """The keys, newest first.

        Raises:
            ExposedFileError: others may read the file.
        """
        return (read_private(self._path) or b"").decode("ascii", "replace").split()

    def keeps(self, keys: list[str]) -> bool:
        """Replace the file."""
        write_private(self._path, "".join(f"{key}\n" for key in keys).encode("ascii"))
        return True

    def place(self) -> str:
        """The file's path."""
        return str(self._path)


class SystemKeyRing:
    """Keys as one password of the operating system's keyring, under the store's own id."""

    kind = "keyring"

    def __init__(self, store_id: str) -> None:
        self._store_id = store_id

    def read(self) -> list[str]:
        """The keys, newest first; none where the keyring has none or is locked."""
        import keyring
        from keyring.errors import KeyringError

        try:
            return (keyring.get_password(SERVICE, self._store_id) or "").split()
        except KeyringError:
            return []

    def keeps(self, keys: list[str]) -> bool:
        """Replace the password, and read it back: some keyrings take a password and keep none."""
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(SERVICE, self._store_id, " ".join(keys))
        except KeyringError:
            return False
        return self.read() == keys

    def place(self) -> str:
        """The keyring's entry."""
        return f"the operating system's keyring ({SERVICE}, {self._store_id})"


def system_keyring_works() -> bool:
    """Whether the operating system has a keyring that keeps secrets: not one of the stand-ins of `keyring`."""
    import keyring

    try:
        return float(keyring.get_keyring().priority) >= REAL_BACKEND
    except (RuntimeError, TypeError):
        return False
