"""Promises about where a key may be sent."""

from __future__ import annotations

import ipaddress
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_pipeline.config import Settings
from contact_pipeline.sources.entities import GIVEBUTTER_MEMBERS, LISTOMATIC_PEOPLE
from contact_pipeline.sources.errors import SourceRefused
from contact_pipeline.sources.fetching import pull
from contact_pipeline.sources.hosts import is_public, may_connect, require_allowed
from contact_pipeline.sources.transport import addresses_of
from contact_pipeline_tests.sources.test_http import ask

SHIPPED = {
    "givebutter": "https://api.givebutter.com",
    "jotform": "https://api.jotform.com",
    "jotform, EU": "https://eu-api.jotform.com",
    "jotform, HIPAA": "https://hipaa-api.jotform.com",
    "airtable": "https://api.airtable.com",
    "givebutter, simulated": "http://127.0.0.1:8765/givebutter",
    "listomatic, simulated": "http://localhost:1/listomatic",
}

ELSEWHERE = {
    "another platform's host": ("givebutter", "https://api.jotform.com"),
    "a host that begins alike": ("givebutter", "https://api.givebutter.com.example.org"),
    "a host that ends alike": ("givebutter", "https://notapi.givebutter.com"),
    "a platform without a host of its own": ("listomatic", "https://api.listomatic.example.org"),
    "an address in place of a name": ("airtable", "https://203.0.113.9"),
}


@pytest.mark.parametrize("address", SHIPPED.values(), ids=SHIPPED)
def test_the_platforms_own_hosts_and_this_machine_are_asked_without_a_word(
    request: pytest.FixtureRequest, address: str
) -> None:
    source = request.node.callspec.id.partition(",")[0]
    require_allowed(source, address, ())


@pytest.mark.parametrize(("source", "address"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_any_other_host_is_refused_with_the_line_to_add_and_taken_once_it_is_added(source: str, address: str) -> None:
    with pytest.raises(SourceRefused) as caught:
        require_allowed(source, address, ())
    host = address.removeprefix("https://")
    assert f'allowed_hosts = ["{host}"]' in str(caught.value)
    require_allowed(source, address, (f"{host.upper()}.",))


def test_a_reading_from_another_host_is_refused_before_the_key_is_looked_at(home: Path) -> None:
    settings = Settings(home=home, listomatic={"base_url": "https://api.listomatic.example.org"})  # type: ignore[arg-type]
    with pytest.raises(SourceRefused, match="allowed_hosts"):
        pull(LISTOMATIC_PEOPLE, settings, {})
    settings = Settings(home=home, givebutter={"base_url": "https://elsewhere.example.org", "campaign": "1"})  # type: ignore[arg-type]
    with pytest.raises(SourceRefused, match=r"elsewhere\.example\.org is not a host"):
        pull(GIVEBUTTER_MEMBERS, settings, {})


@given(st.ip_addresses())
def test_no_private_address_counts_as_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if address.is_private or address.is_loopback or address.is_link_local or address.is_multicast:
        assert not is_public(str(address))


@pytest.mark.parametrize(
    "address",
    ["10.0.0.5", "192.168.1.1", "169.254.169.254", "127.0.0.1", "::1", "fe80::1%eth0", "::ffff:10.0.0.5", "0.0.0.0"],
)
def test_a_public_name_never_leads_into_a_private_network(address: str) -> None:
    assert not may_connect("api.givebutter.com", address)
    assert may_connect("localhost", address)


def test_a_name_that_is_answered_with_a_private_address_is_refused_and_not_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lookups: list[str] = []

    def answer(host: str, port: int, **_: Any) -> list[Any]:
        lookups.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with pytest.raises(SourceRefused, match=r"api\.example\.org leads into a private network"):
        ask("https://api.example.org")
    assert lookups == ["api.example.org"]


def test_this_machine_has_an_address() -> None:
    assert set(addresses_of("localhost", 80)) <= {"127.0.0.1", "::1"}
