"""What importing and exporting give back, and the checks that every importer makes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from parley.model.files.atomic import safe_file_name
from parley.model.handle import RequestorHandle
from parley.model.profile import Profile, RequestorSide
from parley.ul.visible import one_line

MOST_PROFILES = 1000
"""Per import: more is no list that a person keeps."""

UID = re.compile(r"(?=.{1,64}\Z)(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+")
"""What every other program takes for one."""

UTF_8, UTF_16, WINDOWS_1252 = "UTF-8", "UTF-16", "Windows-1252"
"""Encodings, as a person knows them."""

LINE_ENDS = re.compile(r"\r\n|\r|\n")
"""What editors count as the end of a line; `str.splitlines` knows more."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read or written.

    Attributes:
        reason: in the words of a person, without a full stop.
        line: where in the file, counted from 1; None where it is not about one line.
        where: the part of the file, such as a member of an archive; empty for the file itself.
    """

    reason: str
    line: int | None = None
    where: str = ""

    def __str__(self) -> str:
        place = ", ".join(filter(None, (self.where, f"line {self.line}" if self.line is not None else "")))
        return f"{place}: {self.reason}" if place else self.reason


@dataclass(frozen=True, slots=True)
class Arrival:
    """A profile that was read.

    Attributes:
        folder: the folder that it came with, with slashes; empty for none.
        text: its file in Parley's own format, to be kept with comments and unknown keys; empty for other formats.
    """

    profile: Profile
    folder: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What was understood of a file, and what was not.

    Attributes:
        notes: how it was read, where that was not plain; each without a full stop.
    """

    arrivals: tuple[Arrival, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def profiles(self) -> tuple[Profile, ...]:
        """The profiles, without where they came from."""
        return tuple(arrival.profile for arrival in self.arrivals)

    @classmethod
    def of(cls, profiles: Iterable[Profile], problems: Iterable[Problem] = ()) -> Imported:
        """Of profiles that came without folder and text."""
        return cls(tuple(map(Arrival, profiles)), tuple(problems))


@dataclass(frozen=True, slots=True)
class Exported:
    """A file to be written, and what of the profiles it cannot hold."""

    data: bytes
    problems: tuple[Problem, ...] = ()


def peer_profile(name: object, title: object, host: object, port: object, comment: str = "") -> Profile:
    """A profile whose SCU calls that peer; the name is the title's where it has none.

    Raises:
        ValueError: one of them cannot be what it should be; the message says which, without a full stop.
    """
    title, host = _text(title, "AE title"), _text(host, "host")
    if len(title) > 16:
        raise ValueError(f"the AE title {_shown(title)} has more than 16 characters")
    if any(letter.isspace() for letter in host):
        raise ValueError(f"{_shown(host)} is no host: it holds blanks")
    name = _text(name, "name") if name else title
    handle = RequestorHandle(called_ae_title=title)
    return Profile(name, RequestorSide(host=host, port=_port(port), handle=handle), comment=comment)


def below(folder: str, inner: str) -> str:
    """A folder within another, with names that every file system takes; either may be empty."""
    parts = [part for part in f"{folder}/{inner}".split("/") if part.strip() not in {"", ".", ".."}]
    return "/".join(map(safe_file_name, parts))


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with a mark, as spreadsheets write it.

    Raises:
        UnicodeDecodeError: it is neither.
    """
    return data.decode("utf-16" if _has_mark_of_utf_16(data) else "utf-8-sig")


def guessed(data: bytes) -> tuple[str, str]:
    """The same of a list that may be as Excel writes it for Western Europe, and what its encoding is called.

    Raises:
        UnicodeDecodeError: it is none of them.
    """
    try:
        return decoded(data), UTF_16 if _has_mark_of_utf_16(data) else UTF_8
    except UnicodeDecodeError:
        if _has_mark_of_utf_16(data):
            raise
        return data.decode("cp1252"), WINDOWS_1252


def _has_mark_of_utf_16(data: bytes) -> bool:
    return data[:2] in {b"\xff\xfe", b"\xfe\xff"}


def _text(value: object, what: str) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        raise ValueError(f"the {what} is missing")
    if not text.isprintable() or len(text) > 255:
        raise ValueError(f"the {what} {_shown(text)} is too long or holds characters that nobody can see")
    return text


def _port(value: object) -> int:
    text = str(value).strip()
    if (
        isinstance(value, int | str)
        and not isinstance(value, bool)
        and re.fullmatch("[0-9]{1,5}", text)
        and 1 <= int(text) <= 65535
    ):
        return int(text)
    raise ValueError(f"{_shown(text)} is no port from 1 to 65535")


def _shown(text: str) -> str:
    return f"“{one_line(text[:40])}{'…' if len(text) > 40 else ''}”"
