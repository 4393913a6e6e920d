"""The keys of a profile's TOML file: which there are, in which order, and how each value is spelled.

Each key is named like the attribute that it holds. A secret's key ends in ``_reference``, as the file holds nothing of
it but the key store's name for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from typing import Any, TypeVar

from parley.model.answering import DecisionMode
from parley.model.handle import (
    AsynchronousOperations,
    IdentityCheck,
    NoContext,
    Rejection,
    RolePolicy,
    TransferSyntaxChoice,
)
from parley.model.profile import Timers
from parley.model.responses import ResponseAction
from parley.model.secret import Secret
from parley.model.storage import Duplicates, StorageMode
from parley.model.tls import ClientCertificate, TlsProfile, TlsVersion
from parley.model.transport import IpVersion

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Reader = Callable[[object], T]
Keys = Mapping[str, Reader[object]]

_BITS = 64
"""Of a whole number, its sign included."""

# --- values: each reader says what it wants when it does not get it --------------------------------------------------


def text(value: object) -> str:
    """Any text."""
    if isinstance(value, str):
        return value
    raise ValueError("text in quotes")


def whole(value: object) -> int:
    """Any whole number of 64 bits, which are all that TOML has."""
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < _BITS:
        return value
    raise ValueError("a whole number")


def table(value: object) -> dict[str, Any]:
    """A table."""
    if isinstance(value, dict):
        return value
    raise ValueError("a table")


def tables(value: object) -> list[dict[str, Any]]:
    """A list of tables."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise ValueError("a list of tables")


def _seconds(value: object) -> float:
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() < _BITS:
        return float(value)
    raise ValueError("a number of seconds")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("true or false")


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ValueError("a list of texts in quotes")


def _octets(value: object) -> bytes:
    try:
        return bytes.fromhex(text(value))
    except ValueError as error:
        raise ValueError('bytes as hexadecimal digits in quotes, such as "00 1F"') from error


def _reference(value: object) -> Secret:
    return Secret(reference=text(value))


def _rejection(value: object) -> Rejection:
    try:
        return Rejection.parse(text(value))
    except ValueError as error:
        raise ValueError('result/source/reason in quotes, such as "1/1/7"') from error


def _operations(value: object) -> AsynchronousOperations:
    try:
        invoked, performed = map(int, text(value).split("/"))
    except ValueError as error:
        raise ValueError('invoked/performed in quotes, such as "5/1"') from error
    return AsynchronousOperations(invoked, performed)


def _or_off(reader: Reader[T]) -> Reader[T | None]:
    def read(value: object) -> T | None:
        if value is False:
            return None
        try:
            return reader(value)
        except ValueError as error:
            raise ValueError(f"{error}, or false") from error

    return read


def _one_of(kind: type[E]) -> Reader[E]:
    def read(value: object) -> E:
        try:
            return kind(value)
        except ValueError as error:
            raise ValueError(" or ".join(f'"{member.value}"' for member in kind)) from error

    return read


# --- keys of single tables, in the order in which they are written ---------------------------------------------------

SIDE: Keys = {"host": text, "port": whole}
REQUESTOR_SIDE: Keys = {**SIDE, "do_not_test": _or_off(text)}
ACCEPTOR_SIDE: Keys = {**SIDE, "maximum_associations": whole, "maximum_silent_connections": whole}

_IDENTITY: Keys = {
    "maximum_length": _or_off(whole),
    "implementation_class_uid": _or_off(text),
    "implementation_version_name": _or_off(text),
    "application_context": text,
    "protocol_version": whole,
    "asynchronous_operations": _or_off(_operations),
    "reserved_9_10": _octets,
}
REQUESTOR: Keys = {"called_ae_title": text, "calling_ae_title": text, **_IDENTITY, "reserved_43_74": _octets}
ACCEPTOR: Keys = {
    "ae_title": text,
    **_IDENTITY,
    "reserved_43_74": _or_off(_octets),
    "called_ae_title": _or_off(text),
    "calling_ae_title": _or_off(text),
    "identity_response_reference": _or_off(_reference),
}
USER_IDENTITY: Keys = {
    "identity_type": whole,
    "user_name": text,
    "primary_reference": _reference,
    "secondary_reference": _reference,
    "response_requested": whole,
}
TLS: Keys = {
    "profile": _one_of(TlsProfile),
    "minimum_version": _one_of(TlsVersion),
    "maximum_version": _one_of(TlsVersion),
    "ciphers": text,
    "ca_file": _or_off(text),
    "certificate_file": _or_off(text),
    "key_file": _or_off(text),
    "passphrase_reference": _reference,
    "server_name": _or_off(text),
    "alpn": _flag,
    "verify": _flag,
    "client_certificate": _one_of(ClientCertificate),
}
"""The first key of these two switches the whole table: false, or a table that is missing, is None."""

RULES: Keys = {
    "reject_all": _or_off(_rejection),
    "check_called": _flag,
    "calling_ae_titles": _texts,
    "choice": _one_of(TransferSyntaxChoice),
    "no_context": _one_of(NoContext),
    "called_ae_titles": _texts,
    "check_application_context": _flag,
    "peer_addresses": _texts,
    "role_policy": _one_of(RolePolicy),
    "identity": _one_of(IdentityCheck),
}
STORAGE: Keys = {
    "mode": _one_of(StorageMode),
    "folder": text,
    "status": whole,
    "duplicates": _one_of(Duplicates),
    "duplicate_status": whole,
}
ANSWERING: Keys = {
    "mode": _one_of(DecisionMode),
    "default_answer": text,
    "default_seconds": _or_off(_seconds),
}
TIMERS: Keys = {field.name: _or_off(_seconds) for field in fields(Timers)}
_TRANSPORT: Keys = {
    "ip_version": _one_of(IpVersion),
    "no_delay": _flag,
    "quick_ack": _flag,
    "send_buffer": _or_off(whole),
    "receive_buffer": _or_off(whole),
}
REQUESTOR_TRANSPORT: Keys = {"local_host": text, "local_port": whole, **_TRANSPORT}
ACCEPTOR_TRANSPORT: Keys = {"backlog": whole, **_TRANSPORT}

# --- keys of the tables in lists; the first tells one table from another ---------------------------------------------

_SOP_CLASS: Keys = {"sop_class_uid": text}
_LISTS_OF_BOTH: Mapping[str, Keys] = {
    "roles": {**_SOP_CLASS, "scu": whole, "scp": whole},
    "extended_negotiation": {**_SOP_CLASS, "information": _octets},
    "raw_sub_items": {"item_type": whole, "data": _octets},
}
REQUESTOR_LISTS: Mapping[str, Keys] = {
    "contexts": {
        "abstract_syntax": text,
        "transfer_syntaxes": _texts,
        "context_id": _or_off(whole),
        "reserved_6_8": _octets,
    },
    **_LISTS_OF_BOTH,
    "common_extended_negotiation": {
        **_SOP_CLASS,
        "service_class_uid": text,
        "related_general_sop_class_uids": _texts,
    },
}
ACCEPTOR_LISTS: Mapping[str, Keys] = {
    "contexts": {"abstract_syntax": text, "transfer_syntaxes": _texts},
    **_LISTS_OF_BOTH,
    "forced_answers": {
        "abstract_syntax": text,
        "result": _or_off(whole),
        "transfer_syntaxes": _or_off(_texts),
        "context_id": _or_off(whole),
    },
}
RULES_LISTS: Mapping[str, Keys] = {"users": {"name": text, "passcode_reference": _or_off(_reference)}}
ANSWERING_LISTS: Mapping[str, Keys] = {"rules": {"when": text, "answer": text, "name": text, "is_on": _flag}}
ACCEPTOR_SIDE_LISTS: Mapping[str, Keys] = {
    "responses": {"message": text, "action": _one_of(ResponseAction), "status": whole, "delay": _seconds}
}
