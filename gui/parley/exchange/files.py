"""Files with profiles in them, in any format that can be read, and in the format that is asked for.

What a file is, is told from its content, as names lie. Its size is looked at before its content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from parley.exchange.archive import read_toml, read_zip, write_zip
from parley.exchange.asconfig import read_asconfig, write_asconfig
from parley.exchange.csv_list import read_csv, write_csv
from parley.exchange.orthanc import read_orthanc, write_orthanc
from parley.exchange.results import UTF_8, Exported, Imported, Problem, guessed
from parley.model.files.regular import FileTooBigError, NotAFileError, read_regular
from parley.model.profile import Profile
from parley.model.system_errors import error_words

LARGEST_IMPORT = 8 << 20
"""Bytes: a thousand profiles take less."""
LARGEST_TEXT = 2 << 20
"""Bytes of what is no archive: a thousand peers take less."""


class Format(StrEnum):
    """A format of files with profiles in them."""

    ZIP = "zip"
    CSV = "csv"
    ORTHANC = "orthanc"
    ASCONFIG = "asconfig"
    TOML = "toml"


SUFFIXES = {
    ".zip": Format.ZIP,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".json": Format.ORTHANC,
    ".cfg": Format.ASCONFIG,
    ".toml": Format.TOML,
}
"""Which format a file is written in by its name."""

_SUPERSECTION = re.compile(
    r"^\[\[[ \t]*(transfer[ \t]*syntaxes|presentation[ \t]*contexts|profiles)[ \t]*\]\][ \t\r]*$",
    re.MULTILINE | re.IGNORECASE,
)
_SCHEMA = re.compile(r"^[ \t]*schema[ \t]*=", re.MULTILINE)


def read_file(path: Path) -> Imported:
    """The profiles of a file. Never raises: what is wrong is told."""
    try:
        data = read_regular(path, LARGEST_IMPORT)
    except NotAFileError:
        return _nothing("it is not a file")
    except FileTooBigError as error:
        return _nothing(f"it is too big ({error.size >> 20} MiB; up to {LARGEST_IMPORT >> 20} are read)")
    except (OSError, ValueError) as error:
        words = error_words(error)
        return _nothing(f"it cannot be read: {words[:1].lower()}{words[1:]}")
    return read_content(data, path.stem)


def read_content(data: bytes, default_name: str) -> Imported:
    """The profiles in a file's bytes; `default_name` is for a profile that has none."""
    if len(data) > LARGEST_IMPORT:
        return _nothing(f"it is too big (up to {LARGEST_IMPORT >> 20} MiB are read)")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return read_zip(data)
    if len(data) > LARGEST_TEXT:
        return _nothing(f"it is too big for a list of profiles (up to {LARGEST_TEXT >> 20} MiB are read)")
    try:
        text, encoding = guessed(data)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Imported(problems=(Problem("it is neither UTF-8 nor Windows-1252 text", line),))
    if "\0" in text:
        return Imported(problems=(Problem("it is not text", text.count("\n", 0, text.index("\0")) + 1),))
    found = _read_text(text, data, default_name)
    return found if encoding == UTF_8 else replace(found, notes=(f"read as {encoding}", *found.notes))


def _read_text(text: str, data: bytes, default_name: str) -> Imported:
    if _SUPERSECTION.search(text):
        return read_asconfig(text)
    if _SCHEMA.search(text):
        found = read_toml(data, default_name)
        return Imported((), (found,)) if isinstance(found, Problem) else Imported((found,))
    if text.lstrip().startswith(("{", "//", "/*")):
        return read_orthanc(text)
    return read_csv(text)


def write(profiles: Sequence[Profile], texts: Iterable[tuple[str, str]], form: Format) -> Exported:
    """A file with these profiles; `texts` are their own files by their keys, for the formats that keep them whole."""
    match form:
        case Format.ZIP:
            return Exported(write_zip(texts))
        case Format.CSV:
            return Exported(write_csv(profiles).encode("utf-8", "replace"))
        case Format.ORTHANC:
            return write_orthanc(profiles)
        case Format.ASCONFIG:
            return write_asconfig(profiles)
        case Format.TOML:
            (_, text), *more = texts
            if more:
                raise ValueError("a TOML file holds one profile: choose zip for several")
            return Exported(text.encode("utf-8"))


def _nothing(reason: str) -> Imported:
    return Imported(problems=(Problem(reason),))
