"""Promises of the encrypted store: nothing readable on disk, nothing lost, whatever is killed when."""

from __future__ import annotations

import json
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend

from contact_pipeline.config import Settings
from contact_pipeline.credentials import CredentialError, CredentialStore, files, keys_of
from contact_pipeline.credentials.key_ring import KEY_FILE
from contact_pipeline.credentials.store import STORE_FILE

NOW = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
VALUE = "1203|aVeryPrivateKeyOfTheAccount"
NAME = "GIVEBUTTER_API_KEY"


@pytest.fixture
def store(home: Path) -> CredentialStore:
    return CredentialStore(home)


def content_of(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_what_is_set_can_be_read_and_no_file_shows_it(store: CredentialStore, home: Path) -> None:
    assert not store.set(NAME, f" {VALUE}\n", NOW)
    assert CredentialStore(home).read()[NAME].value == VALUE
    assert VALUE.encode() not in content_of(home)


def test_only_the_owner_may_read_the_files(store: CredentialStore, home: Path) -> None:
    before = os.umask(0)
    try:
        store.set(NAME, VALUE, NOW)
    finally:
        os.umask(before)
    for name in (KEY_FILE, STORE_FILE):
        assert (home / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", [KEY_FILE, STORE_FILE])
def test_a_file_others_may_read_is_not_used(store: CredentialStore, home: Path, name: str) -> None:
    store.set(NAME, VALUE, NOW)
    (home / name).chmod(0o640)
    with pytest.raises(CredentialError, match=f"chmod 600 .*{name}"):
        store.read()


def test_a_lost_key_is_said_and_nothing_is_overwritten(store: CredentialStore, home: Path) -> None:
    store.set(NAME, VALUE, NOW)
    (home / KEY_FILE).unlink()
    kept = (home / STORE_FILE).read_bytes()
    for act in (store.read, store.rotate, lambda: store.set("JOTFORM_API_KEY", "other", NOW)):
        with pytest.raises(CredentialError, match="restore the key from a backup"):
            act()
    assert (home / STORE_FILE).read_bytes() == kept


def test_a_changed_store_is_refused_not_believed(store: CredentialStore, home: Path) -> None:
    store.set(NAME, VALUE, NOW)
    head = json.loads((home / STORE_FILE).read_text())
    head["token"] = head["token"][:-6] + "AAAA=="
    (home / STORE_FILE).write_text(json.dumps(head))
    with pytest.raises(CredentialError, match="cannot be decrypted"):
        store.read()


def test_the_replaced_value_is_kept_until_the_new_one_has_worked(store: CredentialStore) -> None:
    store.set(NAME, VALUE, NOW)
    assert store.set(NAME, "new", NOW)
    assert store.read()[NAME].previous == VALUE
    assert store.set(NAME, "newer", NOW)
    assert store.read()[NAME].previous == VALUE
    store.worked(NAME, "new")
    assert store.read()[NAME].previous == VALUE
    store.worked(NAME, "newer")
    assert store.read()[NAME].previous is None


@pytest.mark.parametrize("name", ["givebutter", "sk-1234567890", "A", "A B", "", "1KEY"])
def test_a_name_that_may_be_a_key_is_refused_and_not_repeated(store: CredentialStore, name: str) -> None:
    with pytest.raises(CredentialError) as caught:
        store.set(name, VALUE, NOW)
    assert len(name) < 3 or name not in str(caught.value)


@pytest.mark.parametrize("value", ["", " \n", "two\nlines", "snö", "bell\x07", "x" * 5000])
def test_what_is_no_key_is_refused_and_not_repeated(store: CredentialStore, home: Path, value: str) -> None:
    with pytest.raises(CredentialError) as caught:
        store.set(NAME, value, NOW)
    assert not value.strip() or value not in str(caught.value)
    assert not (home / STORE_FILE).exists()


def test_nothing_that_is_printed_or_raised_shows_a_value(store: CredentialStore, home: Path) -> None:
    store.set(NAME, VALUE, NOW)
    keys = keys_of(Settings(home=home), {})
    shown = [repr(store.read()), repr(keys), str(list(keys)), repr(store.read()[NAME])]
    (home / KEY_FILE).write_text("wrong\n")
    try:
        store.read()
    except CredentialError:
        shown.append(traceback.format_exc())
    assert all(VALUE not in text for text in shown)
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(keys_of(Settings(home=home), {NAME: VALUE}))


def test_the_environment_wins_and_an_empty_variable_counts_as_none(store: CredentialStore, home: Path) -> None:
    store.set(NAME, VALUE, NOW)
    settings = Settings(home=home)
    assert keys_of(settings, {NAME: "from the environment"})[NAME] == "from the environment"
    assert keys_of(settings, {NAME: " "})[NAME] == VALUE
    assert keys_of(settings, {}).get("JOTFORM_API_KEY") is None
    assert keys_of(settings, {"X": "1"}).before(NAME) is None


# Kills. The child dies by SIGKILL at the n-th thing it does to the disk; the parent then looks at what is left.


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do the work in a child that is killed just before its `step`-th change on disk; whether it was killed."""
    child = os.fork()
    if child == 0:  # pragma: no cover (a process of its own)
        done = 0

        def counted(function: Callable[..., object]) -> Callable[..., object]:
            def call(*args: object, **kwargs: object) -> object:
                nonlocal done
                done += 1
                if done == step:
                    os.kill(os.getpid(), signal.SIGKILL)
                return function(*args, **kwargs)

            return call

        files.os.open = counted(os.open)  # type: ignore[assignment]
        files.flush_to_disk = counted(files.flush_to_disk)  # type: ignore[assignment]
        files.sync_folder = counted(files.sync_folder)  # type: ignore[assignment]
        Path.replace = counted(Path.replace)  # type: ignore[method-assign, assignment]
        work()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def steps_until_done(work: Callable[[], object]) -> Iterator[int]:
    """The steps at which a kill still hits the work."""
    step = 1
    while killed_at(step, work):
        yield step
        step += 1


class FileBackedKeyring(KeyringBackend):
    """A keyring that outlives the process that wrote to it, as real ones do."""

    priority = 5  # type: ignore[assignment]
    folder: Path

    def set_password(self, service: str, username: str, password: str) -> None:
        files.write_private(self.folder / f"{service}-{username}", password.encode())

    def get_password(self, service: str, username: str) -> str | None:
        found = files.read_private(self.folder / f"{service}-{username}")
        return found.decode() if found is not None else None

    def delete_password(self, service: str, username: str) -> None:
        (self.folder / f"{service}-{username}").unlink()


@contextmanager
def system_keyring(folder: Path) -> Iterator[None]:
    backend = FileBackedKeyring()
    backend.folder = folder
    before = keyring.get_keyring()
    keyring.set_keyring(backend)
    try:
        yield
    finally:
        keyring.set_keyring(before)


def test_where_the_system_has_a_keyring_the_home_holds_no_key(store: CredentialStore, home: Path) -> None:
    with system_keyring(home.parent / "system"):
        store.set(NAME, VALUE, NOW)
        assert store.rotate() == 1
        assert store.read()[NAME].value == VALUE
    assert not (home / KEY_FILE).exists()
    with pytest.raises(CredentialError, match="not in the operating system's keyring"):
        store.read()


@pytest.mark.parametrize("place", ["file", "keyring"])
def test_a_rotation_killed_between_any_two_steps_loses_nothing(home: Path, place: str) -> None:
    store = CredentialStore(home)
    values = {f"KEY_{number}": f"value {number}" for number in range(5)}
    with system_keyring(home.parent / "system") if place == "keyring" else system_keyring_left_alone():
        for name, value in values.items():
            store.set(name, value, NOW)
        hits = 0
        for _ in steps_until_done(store.rotate):
            hits += 1
            assert {name: found.value for name, found in store.read().items()} == values
        assert hits >= 9
        before = content_of(home) + content_of(home.parent)
        assert store.rotate() == len(values)
        assert {name: found.value for name, found in store.read().items()} == values
        assert content_of(home) + content_of(home.parent) != before


@contextmanager
def system_keyring_left_alone() -> Iterator[None]:
    yield


def test_a_set_killed_between_any_two_steps_leaves_the_old_or_the_new(home: Path) -> None:
    store = CredentialStore(home)
    for _ in steps_until_done(lambda: store.set("FIRST_KEY", "one", NOW)):
        assert {found.value for found in store.read().values()} <= {"one"}
        if store.read():
            break
    store.set("FIRST_KEY", "one", NOW)
    for _ in steps_until_done(lambda: store.set("FIRST_KEY", "two", NOW, keep_old=False)):
        assert store.read()["FIRST_KEY"].value in ("one", "two")
        if store.read()["FIRST_KEY"].value == "two":
            break
    store.set("FIRST_KEY", "two", NOW, keep_old=False)
    assert store.read()["FIRST_KEY"].value == "two"


def test_who_reads_while_others_rotate_and_set_always_reads_something_whole(home: Path) -> None:
    CredentialStore(home).set(NAME, VALUE, NOW)
    failures: list[BaseException] = []

    def keep_changing(number: int) -> None:
        try:
            for turn in range(8):
                CredentialStore(home).set(f"KEY_{number}", f"value {turn}", NOW, keep_old=False)
                CredentialStore(home).rotate()
        except BaseException as failure:
            failures.append(failure)

    writers = [threading.Thread(target=keep_changing, args=(number,)) for number in range(2)]
    for writer in writers:
        writer.start()
    reads = 0
    while any(writer.is_alive() for writer in writers):
        assert CredentialStore(home).read()[NAME].value == VALUE
        reads += 1
    for writer in writers:
        writer.join()
    assert failures == []
    assert reads > 0
    assert {name: found.value for name, found in CredentialStore(home).read().items()} == {
        NAME: VALUE, "KEY_0": "value 7", "KEY_1": "value 7",
    }  # fmt: skip


def test_after_a_rotation_the_old_key_opens_nothing(store: CredentialStore, home: Path) -> None:
    store.set(NAME, VALUE, NOW)
    old = (home / KEY_FILE).read_bytes()
    store.rotate()
    (home / KEY_FILE).write_bytes(old)
    with pytest.raises(CredentialError, match="cannot be decrypted"):
        store.read()


@given(
    actions=st.lists(
        st.tuples(
            st.sampled_from(["set", "remove", "rotate", "worked"]), st.sampled_from("AB"), st.sampled_from("xyz")
        ),
        max_size=8,
    )
)
def test_any_order_of_changes_gives_what_a_plain_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, str, str]]
) -> None:
    store = CredentialStore(tmp_path_factory.mktemp("home"))
    plain: dict[str, str] = {}
    for action, letter, value in actions:
        name = f"KEY_{letter}"
        if action == "set":
            store.set(name, value, NOW)
            plain[name] = value
        elif action == "remove":
            assert store.remove(name) == (plain.pop(name, None) is not None)
        elif action == "worked":
            store.worked(name, value)
        else:
            assert store.rotate() == len(plain)
        assert {name: found.value for name, found in store.read().items()} == plain
