"""A profile from the text of its TOML file; `parley.model.profile_writer` writes it, `parley.model.store` knows where.

The file says what the editors say, key by key, in a fixed order. ``false`` switches off what is optional: a sub-item
that is not sent, a timer that does not run. A key that is missing has Parley's default, so that a file written by hand
can be short. Keys that this version does not know stay in the file, and so do comments.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from enum import Enum
from typing import Any, TypeVar

from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    NoContext,
    ProposedContext,
    Rejection,
    RequestorHandle,
    SupportedContext,
    TransferSyntaxChoice,
)
from parley.model.profile import SCHEMA, AcceptorSide, Profile, RequestorSide, Timers

IDENTITY = (
    "maximum_length",
    "implementation_class_uid",
    "implementation_version_name",
    "application_context",
    "protocol_version",
)
SIDE = ("host", "port")
REQUESTOR = ("called_ae_title", "calling_ae_title", *IDENTITY)
ACCEPTOR = ("ae_title", *IDENTITY)
RULES = ("reject_all", "check_called", "calling_ae_titles", "choice", "no_context")
TIMERS = tuple(field.name for field in fields(Timers))
PROPOSED_CONTEXT = tuple(field.name for field in fields(ProposedContext))
SUPPORTED_CONTEXT = tuple(field.name for field in fields(SupportedContext))
"""Keys in the order in which they are written; each is named like the attribute that it holds."""


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
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(text, str(error)) from error
    except RecursionError as error:
        raise ProfileFileError("values are nested too deeply") from error

    top = _Section(data, "", text)
    if "schema" not in data:
        raise ProfileFileError(f"it has no line `schema = {SCHEMA}`, so it is no profile of Parley")
    schema = top.read("schema", _whole)
    if schema > SCHEMA:
        raise top.error("schema", f"is {schema}: a newer Parley wrote this file, this one reads up to {SCHEMA}")
    if schema < 1:
        raise top.error("schema", f"is {schema}, which no Parley ever wrote")
    return Profile(
        name=top.read("name", _text) if "name" in data else default_name,
        scu=_read_requestor(top.section("scu")),
        scp=_read_acceptor(top.section("scp")),
        comment=top.read("comment", _text) if "comment" in data else "",
    )


def _broken(text: str, message: str) -> ProfileFileError:
    reason, _, place = message.rpartition(" (at ")
    line = re.match(r"line (\d+)", place)
    number = int(line[1]) if line else max(1, len(text.splitlines()))
    return ProfileFileError(f"not TOML: {reason[:1].lower()}{reason[1:]}", number)


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

    def present(self, keys: Iterable[str]) -> dict[str, Any]:
        """The values of those keys that are there."""
        return {key: self.read(key, READERS[key]) for key in keys if key in self._values}

    def section(self, key: str) -> _Section:
        """A table below this one, empty where it is missing."""
        values = self.read(key, _table) if key in self._values else {}
        return _Section(values, self._below(key), self._text)

    def sections(self, key: str) -> tuple[_Section, ...] | None:
        """An array of tables below this one; None where it is missing."""
        if key not in self._values:
            return None
        path = self._below(key)
        return tuple(
            _Section(values, f"{path}[{index}]", self._text) for index, values in enumerate(self.read(key, _tables))
        )

    def error(self, key: str, trouble: str) -> ProfileFileError:
        """What is wrong with a key's value."""
        path = self._below(key)
        return ProfileFileError(f"{path} {trouble}", line_of(self._text, path))

    def _below(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key


def _read_requestor(section: _Section) -> RequestorSide:
    handle = replace(RequestorHandle(), **section.present(REQUESTOR))
    contexts = section.sections("contexts")
    if contexts is not None:
        proposed = tuple(replace(ProposedContext(""), **context.present(PROPOSED_CONTEXT)) for context in contexts)
        handle = replace(handle, contexts=proposed)
    return replace(RequestorSide(), **section.present(SIDE), handle=handle, timers=_read_timers(section))


def _read_acceptor(section: _Section) -> AcceptorSide:
    handle = replace(AcceptorHandle(), **section.present(ACCEPTOR))
    contexts = section.sections("contexts")
    if contexts is not None:
        supported = tuple(replace(SupportedContext(""), **context.present(SUPPORTED_CONTEXT)) for context in contexts)
        handle = replace(handle, contexts=supported)
    rules = replace(AcceptanceRules(), **section.section("rules").present(RULES))
    side = section.present((*SIDE, "maximum_associations"))
    return replace(AcceptorSide(), **side, handle=handle, rules=rules, timers=_read_timers(section))


def _read_timers(section: _Section) -> Timers:
    return replace(Timers(), **section.section("timers").present(TIMERS))


# --- values: each reader says what it wants when it does not get it --------------------------------------------------


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise ValueError("text in quotes")


def _whole(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("a whole number")


def _seconds(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
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


def _table(value: object) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise ValueError("a table")


def _tables(value: object) -> list[dict[str, Any]]:
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise ValueError("a list of tables")


def _rejection(value: object) -> Rejection:
    try:
        return Rejection.parse(_text(value))
    except ValueError as error:
        raise ValueError('result/source/reason in quotes, such as "1/1/7"') from error


T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Reader = Callable[[object], T]


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


READERS: dict[str, Reader[object]] = {
    "host": _text,
    "port": _whole,
    "called_ae_title": _text,
    "calling_ae_title": _text,
    "ae_title": _text,
    "maximum_length": _or_off(_whole),
    "implementation_class_uid": _or_off(_text),
    "implementation_version_name": _or_off(_text),
    "application_context": _text,
    "protocol_version": _whole,
    "maximum_associations": _whole,
    "abstract_syntax": _text,
    "transfer_syntaxes": _texts,
    "context_id": _or_off(_whole),
    "reject_all": _or_off(_rejection),
    "check_called": _flag,
    "calling_ae_titles": _texts,
    "choice": _one_of(TransferSyntaxChoice),
    "no_context": _one_of(NoContext),
    **dict.fromkeys(TIMERS, _or_off(_seconds)),
}


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
