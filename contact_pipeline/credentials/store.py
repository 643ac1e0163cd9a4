"""The encrypted store of a workspace: values by name, encrypted with Fernet, in `credentials.json` of the home.

Keeping, replacing, removing and re-encrypting belong here. A replaced value is kept beside the new one until the new
one has worked, so that a mistyped or not yet active key stops nothing.

Every change is one file put in the place of another. A rotation is three such steps: both keys are written, the values
are encrypted anew, the old key is dropped. After a kill between any two the keys that are there still open the store.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from contact_pipeline.credentials.files import ExposedFileError, read_private, write_private
from contact_pipeline.credentials.key_ring import FileKeyRing, KeyRing, SystemKeyRing, system_keyring_works
from contact_pipeline.sources.errors import SourceRefused

STORE_FILE = "credentials.json"
LOCK_FILE = "credentials.lock"
NAME = re.compile(r"[A-Z][A-Z0-9_]{1,79}")
LONGEST_VALUE = 4_096
LOOKS = 5
"""How often a reader looks again: a rotation may stand between reading the file and reading its keys."""


class CredentialError(SourceRefused):
    """A credential cannot be kept or read; the message says what to do and never holds a value."""


@dataclass(frozen=True)
class Credential:
    """One value; printing it shows when it was set, never what it is.

    Attributes:
        value: the key itself.
        set_at: when it was set, ISO 8601.
        previous: the value it replaced, until this one has worked.
    """

    value: str = field(repr=False)
    set_at: str
    previous: str | None = field(default=None, repr=False)


class CredentialStore:
    """The credentials of one home.

    Args:
        home: the workspace's folder; made when the first credential is set.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._path = home / STORE_FILE

    def read(self) -> dict[str, Credential]:
        """Every credential by name.

        Raises:
            CredentialError: the store cannot be opened: its key is gone or open to others, or it is damaged.
        """
        for _ in range(LOOKS):
            head = self._head()
            if head is None:
                return {}
            found = _decrypted(head["token"], self._keys(head))
            if found is not None:
                return found
        raise CredentialError(
            f"{self._path} cannot be decrypted with the key in {self.place_of_key()}. Restore both from one "
            f"backup, or delete {self._path} and set every credential again: contact-pipeline credentials set NAME"
        )

    def set(self, name: str, value: str, now: datetime, *, keep_old: bool = True) -> bool:
        """Keep a value; gives whether it took another one's place.

        Args:
            name: the name by which settings and code know it.
            value: one line of printable ASCII.
            now: when it is set.
            keep_old: whether a value that worked is kept until this one has.

        Raises:
            CredentialError: name or value cannot be one, or the store cannot be opened.
        """
        checked_name(name)
        credential = Credential(checked_value(name, value), now.isoformat())

        def change(known: dict[str, Credential]) -> bool:
            earlier = known.get(name)
            if earlier is not None and earlier.value == credential.value:
                return True
            kept = earlier.previous or earlier.value if earlier is not None and keep_old else None
            known[name] = replace(credential, previous=kept if kept != credential.value else None)
            return earlier is not None

        return self._changed(change)

    def remove(self, name: str) -> bool:
        """Forget a value and the one before it; gives whether there was one."""
        return self._changed(lambda known: known.pop(name, None) is not None)

    def worked(self, name: str, value: str) -> bool:
        """The value was accepted: the one it replaced is forgotten. Gives whether there was one."""

        def change(known: dict[str, Credential]) -> bool:
            credential = known.get(name)
            if credential is None or credential.value != value or credential.previous is None:
                return False
            known[name] = replace(credential, previous=None)
            return True

        return self._changed(change)

    def rotate(self) -> int:
        """Encrypt everything with a new key; gives how many credentials there are.

        Raises:
            CredentialError: the store cannot be opened; nothing was changed.
        """
        from cryptography.fernet import Fernet

        with self._lock():
            known = self.read()
            head = self._head()
            if head is None:
                return 0
            new = Fernet.generate_key().decode("ascii")
            ring = self._ring(head)
            _written(ring, [new, *self._keys(head)])
            self._write(head, known, new)
            _written(ring, [new])
            return len(known)

    def place_of_key(self) -> str:
        """Where the key of the store is, for people; empty where nothing was ever kept."""
        head = self._head()
        return self._ring(head).place() if head is not None else ""

    def _changed(self, change: Callable[[dict[str, Credential]], bool]) -> bool:
        """Let `change` alter the credentials and write them if it did; one process at a time."""
        with self._lock():
            known = self.read()
            before = dict(known)
            answer = change(known)
            if known != before:
                head = self._head() or self._new_head()
                self._write(head, known, self._keys(head)[0])
            return answer

    def _lock(self) -> FileLock:
        self._home.mkdir(parents=True, exist_ok=True)
        return FileLock(self._home / LOCK_FILE, mode=0o600)

    def _head(self) -> dict[str, str] | None:
        """What stands in the file in the open: which key ring, the store's id, and the token."""
        try:
            content = read_private(self._path)
        except ExposedFileError as error:
            raise CredentialError(str(error)) from error
        if content is None:
            return None
        try:
            head = json.loads(content)
            return {name: str(head[name]) for name in ("id", "key_in", "token")}
        except (ValueError, KeyError, TypeError):
            raise CredentialError(f"{self._path} is damaged: restore it and its key from a backup.") from None

    def _new_head(self) -> dict[str, str]:
        """A store's beginning: its id, and a key where the system keeps secrets, else in a file.

        A key file that is there already is used: it is the first step of an earlier beginning that was cut off.
        """
        from cryptography.fernet import Fernet

        store_id, key = secrets.token_hex(8), Fernet.generate_key().decode("ascii")
        system = SystemKeyRing(store_id)
        if system_keyring_works() and system.keeps([key]):
            return {"id": store_id, "key_in": system.kind, "token": ""}
        head = {"id": store_id, "key_in": FileKeyRing.kind, "token": ""}
        ring = self._ring(head)
        if not _read(ring):
            _written(ring, [key])
        return head

    def _ring(self, head: dict[str, str]) -> KeyRing:
        return SystemKeyRing(head["id"]) if head["key_in"] == SystemKeyRing.kind else FileKeyRing(self._home)

    def _keys(self, head: dict[str, str]) -> list[str]:
        """The keys, newest first.

        Raises:
            CredentialError: there are none to be had.
        """
        ring = self._ring(head)
        keys = _read(ring)
        if not keys:
            raise CredentialError(
                f"The key of {self._path} is not in {ring.place()}: unlock the keyring or restore the key from a "
                f"backup. If it is lost, delete {self._path} and set every credential again."
            )
        return keys

    def _write(self, head: dict[str, str], known: dict[str, Credential], key: str) -> None:
        from cryptography.fernet import Fernet

        plain = json.dumps({name: asdict(credential) for name, credential in known.items()})
        token = Fernet(key).encrypt(plain.encode("ascii")).decode("ascii")
        write_private(self._path, json.dumps({"version": 1, **head, "token": token}, indent=1).encode("ascii"))


def checked_name(name: str) -> str:
    """The name of a credential: that of a variable, in capitals.

    Raises:
        CredentialError: it is something else; it is not repeated, as it may be a key typed in the wrong place.
    """
    if not NAME.fullmatch(name):
        raise CredentialError(
            "A credential's name is written like GIVEBUTTER_API_KEY: capitals, digits, underscores. The key itself is "
            "asked for afterwards and is never part of the command. If a key was typed here, it now stands in the "
            "shell's history: make a new one at the platform."
        )
    return name


def checked_value(name: str, value: str) -> str:
    """A value as it is kept: without the spaces and line end around it.

    Raises:
        CredentialError: it is empty, of several lines, or holds what no key holds.
    """
    text = value.strip()
    if not text:
        raise CredentialError(f"Nothing was given for {name}: nothing was changed.")
    if not text.isascii() or not text.isprintable() or len(text) > LONGEST_VALUE:
        raise CredentialError(f"What was given for {name} is no key: copy the key again. Nothing was changed.")
    return text


def _read(ring: KeyRing) -> list[str]:
    try:
        return ring.read()
    except ExposedFileError as error:
        raise CredentialError(str(error)) from error


def _written(ring: KeyRing, keys: list[str]) -> None:
    if not ring.keeps(keys):
        raise CredentialError(f"{ring.place()} does not take the new key: unlock it and try again. Nothing is lost.")


def _decrypted(token: str, keys: list[str]) -> dict[str, Credential] | None:
    """The credentials in a token; None where none of the keys opens it."""
    from cryptography.fernet import Fernet, InvalidToken, MultiFernet

    try:
        plain: dict[str, dict[str, Any]] = json.loads(
            MultiFernet([Fernet(key) for key in keys]).decrypt(token.encode())
        )
    except (InvalidToken, ValueError):
        return None
    return {name: Credential(**fields) for name, fields in plain.items()}
