"""The client of a request: the peer of the connection, or who a trusted proxy says it is."""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import NamedTuple

from errors import InvalidOption

Headers = Iterable[tuple[bytes, bytes]]
Address = IPv4Address | IPv6Address
SCHEMES = ("http", "https")
# A subscriber usually has all IPv6 addresses with the same first 64 bits.
SUBSCRIBER = 64


class Client(NamedTuple):
    """The name that limits count by; whether a trusted proxy forwards it, and the scheme."""

    name: str
    by_proxy: bool = False
    scheme: str = ""


class Proxies:
    """The proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted."""

    def __init__(self, trusted: str) -> None:
        self.networks = [_network(part.strip()) for part in trusted.split(",") if part.strip()]

    def trusts(self, peer: str) -> bool:
        """Whether the peer of a connection is one of the proxies."""
        address = _address(peer)
        return address is not None and self._trusted(address)

    def client(self, peer: str, headers: Headers) -> Client:
        """The last address before the trusted proxies; earlier ones may be forged."""
        if not self.networks or not self.trusts(peer):
            return Client(_name(_address(peer), peer))
        address = _address(peer)
        for each in reversed(_values(headers, b"x-forwarded-for")):
            if (before := _address(each)) is None:
                break
            address = before
            if not self._trusted(address):
                break
        schemes = _values(headers, b"x-forwarded-proto")[-1:]
        return Client(_name(address, peer), True, *(each for each in schemes if each in SCHEMES))

    def _trusted(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def _values(headers: Headers, name: bytes) -> list[str]:
    """The items of a list header, those of later lines last."""
    lines = [value.decode("latin-1") for key, value in headers if key == name]
    return [item.strip().lower() for line in lines for item in line.split(",")]


def _address(text: str) -> Address | None:
    """An IP address, with or without a port; None if it is none."""
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    bare = bare.partition(":")[0] if bare.count(":") == 1 else bare
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _name(address: Address | None, peer: str) -> str:
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), SUBSCRIBER), strict=False))
    return peer if address is None else str(address)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise InvalidOption(
            "--trusted-proxies must be addresses or networks, separated by commas; got"
            f" {text!r}. Type for example 127.0.0.1,10.0.0.0/8."
        ) from None
