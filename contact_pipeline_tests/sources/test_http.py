from __future__ import annotations

import contextlib
import pickle
import socket
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_pipeline.sources.errors import SourceRefused, SourceUnavailable
from contact_pipeline.sources.hosts import checked_base_url
from contact_pipeline.sources.http import PoliteHttp, Politeness, Reply, asked_wait
from contact_pipeline.sources.pace import Pace
from contact_pipeline.sources.pages import PageSpool, Shifted, whole_pass
from contact_pipeline.sources.secret import Secret
from contact_pipeline_tests.sources.helpers import FakeClock, http_answer, raw_server

NOW = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)

WAITS = {
    "seconds": ("17", 17.0),
    "zero": ("0", 0.0),
    "seconds beyond reason": ("99999999999", float("inf")),
    "an HTTP date": ("Tue, 12 May 2026 12:00:30 GMT", 30.0),
    "a date gone by": ("Tue, 12 May 2026 11:59:00 GMT", None),
    "a negative number": ("-3", None),
    "words": ("soon", None),
    "nothing": ("", None),
    "no header": (None, None),
    "digits of another script": ("١٧", None),
}

BAD_ADDRESSES = {
    "plain http elsewhere": "http://api.example.org",
    "a key in the address": "https://user:secret@api.example.org",
    "a query": "https://api.example.org?apiKey=secret",
    "no host": "https://",
    "no scheme": "api.example.org",
    "another scheme": "ftp://api.example.org",
    "not an address": "https://api.example.org:port",
}


@pytest.mark.parametrize(("header", "seconds"), WAITS.values(), ids=WAITS)
def test_retry_after_is_read_in_both_forms_and_nonsense_is_ignored(header: str | None, seconds: float | None) -> None:
    assert asked_wait(header, NOW) == seconds


@given(st.text())
def test_no_retry_after_header_breaks_the_reader(header: str) -> None:
    wait = asked_wait(header, NOW)
    assert wait is None or wait >= 0


@pytest.mark.parametrize("address", BAD_ADDRESSES.values(), ids=BAD_ADDRESSES)
def test_a_base_address_that_would_give_the_key_away_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(SourceRefused) as caught:
        checked_base_url("Somewhere", address)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("address", ["https://api.example.org/", "http://127.0.0.1:8765/jotform", "http://localhost:1"])
def test_https_and_loopback_addresses_are_taken(address: str) -> None:
    assert checked_base_url("Somewhere", address) == address.rstrip("/")


def test_a_missing_key_names_its_variable() -> None:
    with pytest.raises(SourceRefused, match="GIVEBUTTER_API_KEY"):
        Secret.from_environment("GIVEBUTTER_API_KEY", {"GIVEBUTTER_API_KEY": "  "})
    assert Secret.from_environment("KEY", {"KEY": " 12|abc\n"}).reveal() == "12|abc"


def test_a_key_that_could_not_stand_in_a_header_is_refused_without_showing_it() -> None:
    with pytest.raises(SourceRefused) as caught:
        Secret.from_environment("KEY", {"KEY": "abc\r\nX-Other: 1"})
    assert "abc" not in str(caught.value)


def test_a_key_never_shows_when_printed_or_pickled() -> None:
    key = Secret("GIVEBUTTER_API_KEY", "12|opaque")
    assert "opaque" not in f"{key} {key!r} {[key]}"
    with pytest.raises(TypeError, match="GIVEBUTTER_API_KEY"):
        pickle.dumps(key)


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 5), st.floats(0.5, 10))
def test_no_window_ever_holds_more_calls_than_the_pace_allows(idle: list[float], calls: int, seconds: float) -> None:
    clock, sent = FakeClock(), []
    keeper, pace = clock.time_keeper(), Pace(calls, seconds)
    for pause in idle:
        clock.sleep(pause)
        pace.wait_turn(keeper)
        sent.append(clock.monotonic())
    for first, last in zip(sent, sent[calls:], strict=False):
        assert last - first >= seconds * (1 - 1e-9)


def test_pages_come_out_of_the_spool_as_they_went_in_however_large() -> None:
    spool = PageSpool()
    bodies = [b"a" * 9_000_000, b"", b"b" * 9_000_000, b"c"]
    for body in bodies:
        spool.add(body)
    assert list(spool.bodies()) == bodies


def test_a_pass_that_broke_is_read_again_from_its_beginning() -> None:
    tries: list[int] = []

    def read(spool: PageSpool) -> None:
        tries.append(len(tries))
        spool.add(b"page of try %d" % len(tries))
        if len(tries) < 3:
            raise Shifted("a row moved")

    spool = whole_pass("a list", read, passes=3, pause=lambda number: None)
    assert list(spool.bodies()) == [b"page of try 3"]


def polite(address: str, **limits: Any) -> PoliteHttp:
    return PoliteHttp(
        "Somewhere",
        address,
        Secret("KEY", "opaque"),
        lambda value: {"X-Key": value},
        pace=Pace(100, 1.0),
        politeness=Politeness(**{"attempts": 2, **limits}),
        time_keeper=FakeClock().time_keeper(),
    )


def ask(address: str, **limits: Any) -> Reply:
    http = polite(address, **limits)

    def judge(reply: Reply) -> Reply:
        http.expect_success(reply, "/things")
        reply.json_object()
        return reply

    try:
        return http.get("/things", {}, judge)
    finally:
        http.close()


NOT_ANSWERS = {
    "nothing at all": b"",
    "no HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "a header without end": b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200_000,
    "broken compression": http_answer(b"not gzip", b"Content-Encoding: gzip"),
    "broken text": http_answer(b'{"name": "\xff"}'),
    "brackets without end": http_answer(b"[" * 100_000),
    "a chunk cut short": http_answer(b'10\r\n{"a"', b"Transfer-Encoding: chunked"),
    "two lengths": http_answer(b"{}", b"Content-Length: 2", b"Content-Length: 9"),
}


@pytest.mark.parametrize("payload", NOT_ANSWERS.values(), ids=NOT_ANSWERS)
def test_whatever_is_no_answer_is_asked_again(payload: bytes) -> None:
    with raw_server(payload, http_answer(b'{"fine": true}')) as address:
        assert ask(address).json_object() == {"fine": True}


def test_a_small_body_that_unpacks_to_a_huge_one_is_not_taken() -> None:
    import gzip

    bomb = http_answer(gzip.compress(b" " * 30_000_000), b"Content-Encoding: gzip")
    with raw_server(bomb, bomb) as address, pytest.raises(SourceUnavailable, match="more than 1,000,000 bytes"):
        ask(address, max_bytes=1_000_000)


@pytest.mark.parametrize("packing", [b"gzip, gzip", b"br", b"zstd", b"gzip,deflate"])
def test_what_is_packed_twice_or_otherwise_is_not_unpacked_at_all(packing: bytes) -> None:
    """Sixty kilobytes packed twice are sixty gigabytes, in memory before anybody counts them."""
    import gzip

    bomb = http_answer(gzip.compress(gzip.compress(b" " * 30_000_000)), b"Content-Encoding: " + packing)
    with raw_server(bomb, bomb) as address, pytest.raises(SourceUnavailable, match="not asked for"):
        ask(address)


def test_many_bodies_of_allowed_size_are_stopped_together() -> None:
    body = http_answer(b'{"rows": "%s"}' % (b"x" * 400_000))
    limits = {"max_bytes": 500_000, "max_bytes_in_all": 1_000_000}
    with raw_server(body, body, body) as address, contextlib.closing(polite(address, **limits)) as http:
        for _ in range(2):
            http.get("/things", {}, lambda reply: reply)
        with pytest.raises(SourceUnavailable, match="together passed 1,000,000 bytes"):
            http.get("/things", {}, lambda reply: reply)
    assert http.calls == 3


def test_a_redirect_is_never_followed_and_the_key_goes_nowhere_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0.3)
        target = b"Location: http://127.0.0.1:%d/things" % elsewhere.getsockname()[1]
        with (
            raw_server(http_answer(b"", target, status=b"302 Found")) as address,
            pytest.raises(SourceRefused, match="redirects elsewhere"),
        ):
            ask(address)
        with pytest.raises(TimeoutError):
            elsewhere.accept()


def test_a_port_nobody_listens_on_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(SourceUnavailable, match=r"found no connection \(ConnectError\)"):
        ask(f"http://127.0.0.1:{port}")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("sent", [b"H", b""], ids=["a header that drips", "a connection that stays silent"])
def test_what_never_ends_ends_at_the_deadline_of_the_call(sent: bytes) -> None:
    """Each read alone might wait a minute; only a deadline over the whole call ends this within the test's time."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection, contextlib.suppress(OSError):
                while not stop.wait(0.02):
                    connection.send(sent)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        with pytest.raises(SourceUnavailable, match=r"took too long \(ReadTimeout\)"):
            ask(f"http://127.0.0.1:{listener.getsockname()[1]}", attempts=1, deadline_seconds=0.3, silence_seconds=60.0)
        stop.set()
        thread.join(5)
