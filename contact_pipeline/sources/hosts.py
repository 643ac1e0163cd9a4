"""Which hosts may be asked: the platforms' own, this machine, and what the workspace names. Nothing else.

Deciding about a name or an address belongs here. A setting that was changed by mistake, or by someone else, must not
send a key to another host (docs/sources.md).
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address

import httpx

from contact_pipeline.sources.errors import SourceRefused

LOOPBACK = ("127.0.0.1", "localhost", "::1")

OWN_HOSTS = {
    "givebutter": ("api.givebutter.com",),
    "jotform": ("api.jotform.com", "eu-api.jotform.com", "hipaa-api.jotform.com"),
    "airtable": ("api.airtable.com",),
}
"""The hosts each platform documents (sources.md 1.1, 3.1, 4.1); the other platforms have no fixed one."""


def checked_base_url(name: str, base_url: str) -> str:
    """The address without a trailing slash.

    Raises:
        SourceRefused: it is no plain `https` address (or `http` on loopback), or carries a user, query or fragment.
    """
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise SourceRefused(
            f"{name}: the base address cannot be read: give one like https://api.example.org."
        ) from error
    if url.userinfo or url.query or url.fragment or not url.host:
        raise SourceRefused(f"{name}: the base address must hold scheme, host and path only, and no key.")
    if url.scheme != "https" and not (url.scheme == "http" and url.host in LOOPBACK):
        raise SourceRefused(f"{name}: the base address must begin with https://, else the key travels in the open.")
    return base_url.rstrip("/")


def require_allowed(source: str, base_url: str, allowed_hosts: Collection[str]) -> None:
    """Let an address pass whose host is the platform's own, this machine's, or named by the workspace.

    Args:
        source: the platform.
        base_url: its address in the settings.
        allowed_hosts: the workspace's further hosts.

    Raises:
        SourceRefused: the address cannot be one, or its host is none of them; the message says what to add.
    """
    host = plain_host(httpx.URL(checked_base_url(source, base_url)).host)
    known = {*LOOPBACK, *OWN_HOSTS.get(source, ()), *map(plain_host, allowed_hosts)}
    if host not in known:
        raise SourceRefused(
            f"{source}: {host} is not a host this workspace may send its key to. If it is the right one, add it to "
            f'contact_pipeline.toml, above the first [table]: allowed_hosts = ["{host}"]'
        )


def plain_host(host: str) -> str:
    """A host's name in the one spelling it is compared in."""
    return host.strip().rstrip(".").lower()


def is_public(address: str) -> bool:
    """Whether an address belongs to the open internet: not private, link-local, loopback, reserved or multicast."""
    found = ip_address(address.partition("%")[0])
    return found.is_global and not found.is_multicast


def may_connect(host: str, address: str) -> bool:
    """Whether a connection to `host` may go to `address`, which a name lookup answered.

    A name of the open internet that leads into a private network was answered by someone who should not; an address
    written as such, and this machine, go where they say.
    """
    return host in LOOPBACK or is_written_address(host) or is_public(address)


def is_written_address(host: str) -> bool:
    """Whether a host is given as an address, not as a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
