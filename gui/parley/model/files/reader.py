"""A profile from the text of its TOML file; its neighbour `writer` writes it, and `store` knows where it is.

The file says what the editors say, key by key, in a fixed order. ``false`` switches off what is optional: a sub-item
that is not sent, a timer that does not run. A key that is missing has Parley's default, so that a file written by hand
can be short. Keys that this version does not know stay in the file, and so do comments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from parley.model.answering import Answering, AnswerRule
from parley.model.files import keys
from parley.model.files.keys import Keys
from parley.model.files.toml import TomlError, parse_toml
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ForcedAnswer,
    KnownUser,
    ProposedContext,
    RawSubItem,
    RequestorHandle,
    RoleProposal,
    SupportedContext,
    UserIdentity,
)
from parley.model.profile import SCHEMA, USUAL_ACCEPTOR_TIMERS, AcceptorSide, Profile, RequestorSide, Timers
from parley.model.responses import ResponseRule
from parley.model.secret import Secret
from parley.model.storage import Storage
from parley.model.tls import Tls
from parley.model.transport import AcceptorTransport, RequestorTransport

T = TypeVar("T")

_BOTH: Mapping[str, Any] = {
    "roles": RoleProposal(""),
    "extended_negotiation": ExtendedNegotiation(""),
    "raw_sub_items": RawSubItem(0),
}
_OF_REQUESTOR: Mapping[str, Any] = {
    **_BOTH,
    "contexts": ProposedContext(""),
    "common_extended_negotiation": CommonExtendedNegotiation(""),
}
_OF_ACCEPTOR: Mapping[str, Any] = {**_BOTH, "contexts": SupportedContext(""), "forced_answers": ForcedAnswer("")}
_OF_RULES: Mapping[str, Any] = {"users": KnownUser("")}
_OF_ANSWERING: Mapping[str, Any] = {"rules": AnswerRule()}
_OF_ACCEPTOR_SIDE: Mapping[str, Any] = {"responses": ResponseRule()}
"""What an empty table in a list stands for."""


class ProfileFileError(Exception):
    """The text is not a profile that this version can read.

    Attributes:
        line: where, counted from 1; None where it is not about one line.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


# --- reading ---------------------------------------------------------------------------------------------------------


def read_profile(text: str, default_name: str) -> Profile:
    """The profile that the text of a file describes.

    Args:
        default_name: the name where the file gives none.

    Raises:
        ProfileFileError: with the line, and the key where a value is wrong.
    """
    data = _parsed(text)
    top = _Section(data, "", text)
    if "schema" not in data:
        raise ProfileFileError(f"it has no line `schema = {SCHEMA}`, so it is no profile of Parley")
    schema = top.read("schema", keys.whole)
    if schema > SCHEMA:
        raise top.error("schema", f"is {schema}: a newer Parley wrote this file, this one reads up to {SCHEMA}")
    if schema < 1:
        raise top.error("schema", f"is {schema}, which no Parley ever wrote")
    return Profile(
        name=top.read("name", keys.text) if "name" in data else default_name,
        scu=_read_requestor(top.section("scu")),
        scp=_read_acceptor(top.section("scp")),
        comment=top.read("comment", keys.text) if "comment" in data else "",
    )


def read_answers(text: str) -> tuple[Answering, tuple[ResponseRule, ...]]:
    """The answer rules that a file of their own describes: a profile's ``scp.answering``, and its ``scp.responses``.

    No key is skipped: a rule that is not what it was meant to be would let in whom it should keep out.

    Raises:
        ProfileFileError: with the line, and the key where a value is wrong.
    """
    top = _Section(_parsed(text), "", text)
    lists = {**keys.ANSWERING_LISTS, **keys.ACCEPTOR_SIDE_LISTS}
    top.refuse_others({**keys.ANSWERING, **lists})
    for key, readers in lists.items():
        for section in top.sections(key):
            section.refuse_others(readers)
    responses = top.lists(keys.ACCEPTOR_SIDE_LISTS, _OF_ACCEPTOR_SIDE).get("responses", ())
    return _read_answering(top), responses


def _parsed(text: str) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except TomlError as error:
        raise ProfileFileError(error.reason, error.line) from error


class _Section:
    """A table of the file, its place in it, and readers that name the key that is wrong."""

    def __init__(self, values: Mapping[str, Any], path: str, text: str) -> None:
        self._values = values
        self._path = path
        self._text = text

    def read(self, key: str, reader: Callable[[object], T]) -> T:
        """The value of a key that is there.

        Raises:
            ProfileFileError: the reader did not understand it.
        """
        try:
            return reader(self._values[key])
        except ValueError as error:
            raise self.error(key, f"must be {error}") from error

    def present(self, readers: Keys) -> dict[str, Any]:
        """The values of those keys that are there, by the attributes that they stand for."""
        return {
            key.removesuffix("_reference"): self.read(key, reader)
            for key, reader in readers.items()
            if key in self._values
        }

    def lists(self, readers: Mapping[str, Keys], empty: Mapping[str, Any]) -> dict[str, Any]:
        """The lists of tables that are there, each table made into a value like the empty one."""
        return {
            key: tuple(replace(empty[key], **section.present(readers[key])) for section in self.sections(key))
            for key in readers
            if key in self._values
        }

    def section(self, key: str) -> _Section:
        """A table below this one, empty where it is missing."""
        values = self.read(key, keys.table) if key in self._values else {}
        return _Section(values, self._below(key), self._text)

    def switched(self, key: str, switch: str) -> _Section | None:
        """A table below this one; None where it is missing, or where one of its keys switches it off."""
        if key not in self._values:
            return None
        section = self.section(key)
        return None if section._values.get(switch) is False else section

    def sections(self, key: str) -> tuple[_Section, ...]:
        """The tables of a list, none where it is missing."""
        path, values = self._below(key), self.read(key, keys.tables) if key in self._values else []
        return tuple(_Section(each, f"{path}[{index}]", self._text) for index, each in enumerate(values))

    def refuse_others(self, known: Collection[str]) -> None:
        """See that there is no key but these.

        Raises:
            ProfileFileError: there is one.
        """
        for key in self._values:
            if key not in known:
                raise self.error(key, f"is not known here; there are {', '.join(known)}")

    def error(self, key: str, trouble: str) -> ProfileFileError:
        """What is wrong with a key's value."""
        path = self._below(key)
        return ProfileFileError(f"{path} {trouble}", line_of(self._text, path))

    def _below(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key


def _read_requestor(section: _Section) -> RequestorSide:
    handle = replace(
        RequestorHandle(),
        **section.present(keys.REQUESTOR),
        **section.lists(keys.REQUESTOR_LISTS, _OF_REQUESTOR),
        user_identity=_read_identity(section.switched("user_identity", "identity_type")),
    )
    return replace(
        RequestorSide(),
        **section.present(keys.REQUESTOR_SIDE),
        handle=handle,
        timers=_read_timers(section, Timers()),
        tls=_read_tls(section.switched("tls", "profile")),
        transport=replace(RequestorTransport(), **section.section("transport").present(keys.REQUESTOR_TRANSPORT)),
    )


def _read_acceptor(section: _Section) -> AcceptorSide:
    handle = replace(
        AcceptorHandle(), **section.present(keys.ACCEPTOR), **section.lists(keys.ACCEPTOR_LISTS, _OF_ACCEPTOR)
    )
    return replace(
        AcceptorSide(),
        **section.present(keys.ACCEPTOR_SIDE),
        handle=handle,
        rules=_read_rules(section.section("rules")),
        timers=_read_timers(section, USUAL_ACCEPTOR_TIMERS),
        tls=_read_tls(section.switched("tls", "profile")),
        storage=replace(Storage(), **section.section("storage").present(keys.STORAGE)),
        answering=_read_answering(section.section("answering")),
        transport=replace(AcceptorTransport(), **section.section("transport").present(keys.ACCEPTOR_TRANSPORT)),
        **section.lists(keys.ACCEPTOR_SIDE_LISTS, _OF_ACCEPTOR_SIDE),
    )


def _read_rules(section: _Section) -> AcceptanceRules:
    return replace(AcceptanceRules(), **section.present(keys.RULES), **section.lists(keys.RULES_LISTS, _OF_RULES))


def _read_answering(section: _Section) -> Answering:
    return replace(Answering(), **section.present(keys.ANSWERING), **section.lists(keys.ANSWERING_LISTS, _OF_ANSWERING))


def _read_timers(section: _Section, usual: Timers) -> Timers:
    return replace(usual, **section.section("timers").present(keys.TIMERS))


def _read_tls(section: _Section | None) -> Tls | None:
    return None if section is None else replace(Tls(), **section.present(keys.TLS))


def _read_identity(section: _Section | None) -> UserIdentity | None:
    if section is None:
        return None
    values = section.present(keys.USER_IDENTITY)
    user_name = values.pop("user_name", "")
    identity = replace(UserIdentity(), **values)
    # A user's name is no secret, so that nothing else stands for it.
    return replace(identity, primary=Secret.of(user_name) if user_name else identity.primary)


# --- places ----------------------------------------------------------------------------------------------------------


def line_of(text: str, path: str) -> int | None:
    """The line that sets a key such as ``scu.contexts[1].transfer_syntaxes``; None where it is not found.

    It finds what stands under its table's own header, which is how files are written; a key in an inline table is not
    looked for.
    """
    table, _, key = path.rpartition(".")
    here = ""
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if header := re.match(r"(\[\[?)\s*([\w.-]+)\s*\]", stripped):
            here = header[2]
            if header[1] == "[[":
                index = counts[here] = counts.get(here, -1) + 1
                here = f"{here}[{index}]"
            if here == path:
                return number
        elif here == table and re.match(rf"{re.escape(key)}\s*=", stripped):
            return number
    return None
