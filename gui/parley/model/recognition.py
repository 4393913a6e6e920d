"""Whether an acceptor knows its caller: by AE title, by network address, by user identity.

Rule: what is on a list and cannot be understood lets nobody in; `parley.model.problems.validation` tells the person.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from parley.model.address import host_of
from parley.model.fit import ae_title_field, text_field
from parley.model.handle import AcceptanceRules, IdentityCheck, KnownUser
from parley.model.wildcards import fits_wildcards, has_wildcards
from parley.ul.codes import UserIdentityType
from parley.ul.pdu import AAssociateRq, UserIdentityRq, significant

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network


def fits(title: str, listed: str) -> bool:
    """Whether a title without padding is the listed one, in which ``*`` is any run of characters and ``?`` any one."""
    return fits_wildcards(title, _sent(listed))


@lru_cache(256)
def _sent(listed: str) -> str:
    if not has_wildcards(listed):
        return significant(ae_title_field(listed))
    # A run of stars says what one says, and must not take the room of what is behind it.
    return significant(text_field(re.sub(r"\*+", "*", listed)))


def is_network(text: str) -> bool:
    """Whether this can be listed: an IP address or a network such as ``192.0.2.0/24``."""
    return _network(text) is not None


def is_listed(address: str, networks: tuple[str, ...]) -> bool:
    """Whether the host of ``host:port``, its zone left out, is in one of the networks; an IPv4 address may come in IPv6
    form.
    """
    peer = _ip_address(host_of(address).partition("%")[0])
    if peer is None:
        return False
    return any(network is not None and peer in network for network in map(_network, networks))


# `ipaddress` and what it needs take some milliseconds to load, which most starts of the window can do without.


@lru_cache(256)
def _network(text: str) -> IPv4Network | IPv6Network | None:
    from ipaddress import ip_network

    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


@lru_cache(256)
def _ip_address(host: str) -> IPv4Address | IPv6Address | None:
    from ipaddress import IPv6Address, ip_address

    try:
        peer = ip_address(host)
    except ValueError:
        return None
    return peer.ipv4_mapped or peer if isinstance(peer, IPv6Address) else peer


def identity_problem(rules: AcceptanceRules, request: AAssociateRq) -> str:
    """Why a request fails by its user identity; empty when it does not. A passcode is never part of it."""
    if rules.identity is IdentityCheck.IGNORE:
        return ""
    identity = request.user_information.first(UserIdentityRq)
    if identity is None:
        return "no user identity is given" if rules.identity is IdentityCheck.REQUIRE else ""
    kind = UserIdentityType(identity.identity_type)
    if kind not in {UserIdentityType.USERNAME, UserIdentityType.USERNAME_AND_PASSCODE}:
        return f"a user identity of type {kind.value} ({kind.words}) cannot be checked here"
    name = identity.primary.decode("utf-8", "replace")
    known = [user for user in rules.users if text_field(user.name).encode("latin-1") == identity.primary]
    if not known:
        return f"the user {name!r} is not in the list"
    if any(_admits(user, identity.secondary) for user in known):
        return ""
    return f"the passcode of the user {name!r} is {'wrong' if identity.secondary else 'missing'}"


def _admits(user: KnownUser, passcode: bytes) -> bool:
    from hmac import compare_digest

    if user.passcode is None:
        return True
    # A passcode that could not be fetched is empty, and so is one that was not sent: they do not match.
    return bool(user.passcode) and compare_digest(user.passcode.data, passcode)
