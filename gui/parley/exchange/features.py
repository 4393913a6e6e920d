"""What a requestor's side may want of an association, and which other programs can be told to want the same.

One table: a feature, how to see that a side has it, and the tools that have a way to say it. What a feature's words say
is the reason why a tool that is not listed cannot stand in for the side.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from enum import Enum
from itertools import chain
from typing import NamedTuple

from parley.exchange.results import UID
from parley.model.handle import RequestorHandle, UserIdentity
from parley.model.problems.transport import LARGEST_NUMBER, LAST_PORT, version_of
from parley.model.profile import RequestorSide
from parley.model.tls import TlsProfile
from parley.model.transport import IpVersion
from parley.ul.codes import VERIFICATION, UserIdentityType


class Tool(Enum):
    """A program that a side can be copied for; the values are what people call them."""

    ECHOSCU = "echoscu"
    STORESCU = "storescu"
    DCMASSOC = "dcmassoc"
    PYNETDICOM = "pynetdicom"
    PARLEY = "parley"


class Feature(NamedTuple):
    """Something a side may want.

    Attributes:
        words: what it is, to follow "it cannot say".
        is_wanted: whether the side wants it.
        tools: who can say it, besides Parley, which can say everything.
    """

    words: str
    is_wanted: Callable[[RequestorSide], bool]
    tools: frozenset[Tool] = frozenset()


def missing(side: RequestorSide, tool: Tool) -> tuple[str, ...]:
    """The features that the side wants and the tool has no way to say."""
    if tool is Tool.PARLEY:
        return ()
    return tuple(feature.words for feature in FEATURES if tool not in feature.tools and feature.is_wanted(side))


_DEFAULT = RequestorHandle()
_ECHO, _STORE, _ASSOC, _PYNET = Tool.ECHOSCU, Tool.STORESCU, Tool.DCMASSOC, Tool.PYNETDICOM

ECHOSCU_SYNTAXES = tuple(
    f"1.2.840.10008.1.2{suffix}"
    for suffix in (
        *("", ".1", ".2"),
        *(f".4.{number}" for number in chain(range(50, 67), [70])),
        *(".5", ".1.99"),
        *(f".4.{number}" for number in chain(range(80, 82), range(90, 94), range(100, 109))),
    )
)
"""The list of which echoscu proposes as many as it is told to, from its beginning (seen in DCMTK 3.6.7)."""


def _handle(test: Callable[[RequestorHandle], bool]) -> Callable[[RequestorSide], bool]:
    return lambda side: test(side.handle)


def _identity(test: Callable[[UserIdentity], bool]) -> Callable[[RequestorSide], bool]:
    def wanted(side: RequestorSide) -> bool:
        return side.handle.user_identity is not None and test(side.handle.user_identity)

    return wanted


def _is_of(kind: UserIdentityType) -> Callable[[UserIdentity], bool]:
    return lambda identity: UserIdentityType(identity.identity_type) is kind


def _has_own_ids(handle: RequestorHandle) -> bool:
    return any(c.context_id not in {None, 2 * place + 1} for place, c in enumerate(handle.contexts))


def _has_odd_contexts(handle: RequestorHandle) -> bool:
    return any(
        not c.transfer_syntaxes or len(set(c.transfer_syntaxes)) < len(c.transfer_syntaxes) for c in handle.contexts
    )


def _has_odd_uids(handle: RequestorHandle) -> bool:
    uids = chain.from_iterable((c.abstract_syntax, *c.transfer_syntaxes) for c in handle.contexts)
    others = [role.sop_class_uid for role in handle.roles]
    others += [each.sop_class_uid for each in handle.extended_negotiation]
    for each in handle.common_extended_negotiation:
        others += [each.sop_class_uid, each.service_class_uid, *each.related_general_sop_class_uids]
    return not all(map(UID.fullmatch, {*uids, *others}))


def _is_no_echo(handle: RequestorHandle) -> bool:
    first = handle.contexts[0].transfer_syntaxes if handle.contexts else ()
    alike = all(c.abstract_syntax == VERIFICATION and c.transfer_syntaxes == first for c in handle.contexts)
    return not (alike and first == ECHOSCU_SYNTAXES[: len(first)])


def _has_odd_roles(handle: RequestorHandle) -> bool:
    proposed = {context.abstract_syntax for context in handle.contexts}
    counts = Counter(role.sop_class_uid for role in handle.roles)
    return any(
        (role.scu, role.scp) not in {(1, 0), (0, 1), (1, 1)} or role.sop_class_uid not in proposed
        for role in handle.roles
    ) or any(count > 1 for count in counts.values())


def _has_odd_extended(handle: RequestorHandle) -> bool:
    proposed = {context.abstract_syntax for context in handle.contexts}
    counts = Counter(each.sop_class_uid for each in handle.extended_negotiation)
    return any(
        not 0 < len(each.information) < 1024 or each.sop_class_uid not in proposed
        for each in handle.extended_negotiation
    ) or any(count > 1 for count in counts.values())


def _has_odd_identity(identity: UserIdentity) -> bool:
    kind = UserIdentityType(identity.identity_type)
    has_passcode = bool(identity.secondary) or identity.secondary.is_unfetched
    return (
        kind.is_reserved
        or identity.response_requested not in {0, 1}
        or has_passcode is not (kind is UserIdentityType.USERNAME_AND_PASSCODE)
        or (kind.names_user and not _is_name(identity.primary.data))
    )


def _is_name(data: bytes) -> bool:
    return bool(re.fullmatch(rb"[!-~](?:[ -~]*[!-~])?", data))


def _is_title(text: str) -> bool:
    return bool(re.fullmatch(r"[!-\[\]-~](?:[ -\[\]-~]{0,14}[!-\[\]-~])?", text))


def _has_odd_local_end(side: RequestorSide) -> bool:
    wishes = side.transport
    local, version = wishes.local_host.strip(), version_of(wishes.local_host)
    # Of a name, the programs take the IPv4 address.
    is_for_host = version is (version_of(side.host) or IpVersion.IPV4)
    return (bool(local) and (not is_for_host or "%" in local)) or not 0 <= wishes.local_port <= LAST_PORT


def _buffers(test: Callable[[int], bool]) -> Callable[[RequestorSide], bool]:
    def wanted(side: RequestorSide) -> bool:
        sizes = side.transport.send_buffer, side.transport.receive_buffer
        return any(size is not None and test(size) for size in sizes)

    return wanted


FEATURES = (
    Feature(
        "such AE titles (empty, too long, or with characters that are not allowed)",
        _handle(lambda h: not (_is_title(h.called_ae_title) and _is_title(h.calling_ae_title))),
    ),
    Feature(
        "AE titles with @ or : in them",
        _handle(lambda h: any(mark in h.called_ae_title + h.calling_ae_title for mark in "@:")),
        frozenset({_ECHO, _STORE, _PYNET}),
    ),
    Feature(
        "that host or port",
        lambda s: not re.fullmatch(r"[0-9A-Za-z_:][0-9A-Za-z_.:%-]*", s.host) or not 1 <= s.port <= 65535,
    ),
    Feature(
        "a host that is an IPv6 address",
        lambda s: ":" in s.host,
        frozenset({_PYNET}),
    ),
    Feature("an association without presentation contexts", _handle(lambda h: not h.contexts)),
    Feature("more than 128 presentation contexts", _handle(lambda h: len(h.contexts) > 128)),
    Feature("presentation context ids of your own", _handle(_has_own_ids), frozenset({_ASSOC})),
    Feature("a presentation context without transfer syntaxes, or with one twice", _handle(_has_odd_contexts)),
    Feature("UIDs that are none", _handle(_has_odd_uids)),
    Feature(
        "presentation contexts other than Verification with the first of its own transfer syntaxes",
        _handle(_is_no_echo),
        frozenset({_STORE, _ASSOC, _PYNET}),
    ),
    Feature("an association without a maximum length", _handle(lambda h: h.maximum_length is None)),
    Feature(
        "a maximum length outside of 4096 to 131072",
        _handle(lambda h: h.maximum_length is not None and not 4096 <= h.maximum_length <= 131_072),
        frozenset({_ASSOC, _PYNET}),
    ),
    Feature(
        "a maximum length of 2147483648 or more",
        _handle(lambda h: h.maximum_length is not None and not 0 <= h.maximum_length < 1 << 31),
    ),
    Feature(
        "an implementation other than its own",
        _handle(
            lambda h: (
                (h.implementation_class_uid, h.implementation_version_name)
                != (_DEFAULT.implementation_class_uid, _DEFAULT.implementation_version_name)
            )
        ),
        frozenset({_PYNET}),
    ),
    Feature(
        "an implementation without class UID, or with a version name that is none",
        _handle(
            lambda h: (
                not UID.fullmatch(h.implementation_class_uid or "")
                or not _is_title(h.implementation_version_name or "X")
            )
        ),
    ),
    Feature("another application context", _handle(lambda h: h.application_context != _DEFAULT.application_context)),
    Feature("another protocol version", _handle(lambda h: h.protocol_version != 1)),
    Feature("reserved fields", _handle(lambda h: any(h.reserved_9_10) or any(h.reserved_43_74))),
    Feature("raw sub-items", _handle(lambda h: bool(h.raw_sub_items))),
    Feature(
        "an asynchronous operations window",
        _handle(lambda h: h.asynchronous_operations is not None),
        frozenset({_ASSOC, _PYNET}),
    ),
    Feature(
        "an asynchronous operations window of 1 and 1, or one that fits no field",
        _handle(
            lambda h: (
                h.asynchronous_operations is not None
                and (
                    (h.asynchronous_operations.invoked, h.asynchronous_operations.performed) == (1, 1)
                    or not 0 <= h.asynchronous_operations.invoked <= 0xFFFF
                    or not 0 <= h.asynchronous_operations.performed <= 0xFFFF
                )
            )
        ),
    ),
    Feature("role selection", _handle(lambda h: bool(h.roles)), frozenset({_STORE, _PYNET})),
    Feature("such role selections (neither role, twice, or for what is not proposed)", _handle(_has_odd_roles)),
    Feature("extended negotiation", _handle(lambda h: bool(h.extended_negotiation)), frozenset({_STORE, _PYNET})),
    Feature("such extended negotiations (empty, long, twice, or for what is not proposed)", _handle(_has_odd_extended)),
    Feature(
        "common extended negotiation",
        _handle(lambda h: bool(h.common_extended_negotiation)),
        frozenset({_PYNET}),
    ),
    Feature("a user identity", _identity(lambda _: True), frozenset({_STORE, _ASSOC, _PYNET})),
    Feature(
        "a Kerberos ticket",
        _identity(_is_of(UserIdentityType.KERBEROS_SERVICE_TICKET)),
        frozenset({_STORE, _PYNET}),
    ),
    Feature("such a user identity", _identity(_has_odd_identity)),
    Feature("TLS with certificates in PEM files", lambda s: s.tls is not None, frozenset({_ECHO, _STORE, _PYNET})),
    Feature(
        "TLS versions and ciphers of your own",
        lambda s: s.tls is not None and s.tls.profile is TlsProfile.CUSTOM,
        frozenset({_PYNET}),
    ),
    Feature(
        "trust in the certificates of the system",
        lambda s: s.tls is not None and s.tls.verify and s.tls.ca_file is None,
        frozenset({_PYNET}),
    ),
    Feature("a server name", lambda s: s.tls is not None and bool(s.tls.server_name), frozenset({_PYNET})),
    Feature(
        "a local address to connect from",
        lambda s: bool(s.transport.local_host.strip()),
        frozenset({_ASSOC, _PYNET}),
    ),
    Feature("a local port to connect from", lambda s: s.transport.local_port != 0, frozenset({_PYNET})),
    Feature("such a local address or port (none, or of another IP version than the peer's)", _has_odd_local_end),
    Feature(
        "that only one IP version is to be used",
        lambda s: s.transport.ip_version not in {IpVersion.ANY, version_of(s.host)},
    ),
    Feature("sizes of the socket's buffers", _buffers(lambda _: True), frozenset({_ASSOC})),
    Feature("such sizes of the socket's buffers", _buffers(lambda size: not 0 < size <= LARGEST_NUMBER)),
    Feature(
        "that small segments wait for more to go with them",
        lambda s: not s.transport.no_delay,
        frozenset({_ASSOC, _PYNET}),  # pynetdicom never asks for anything else
    ),
)
