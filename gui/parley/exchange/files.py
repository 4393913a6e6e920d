"""Files with profiles in them, in any format that can be read, and in the format that is asked for.

What a file is, is told from its content, as names lie. Its size is looked at before its content.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from parley.exchange.archive import read_toml, read_zip, write_zip
from parley.exchange.asconfig import read_asconfig, write_asconfig
from parley.exchange.csv_list import read_csv, write_csv
from parley.exchange.orthanc import read_orthanc, write_orthanc
from parley.exchange.results import Exported, Imported, Problem, decoded
from parley.model.profile import Profile
from parley.model.system_errors import error_words

LARGEST_IMPORT = 8 << 20
"""Bytes: a thousand profiles take less."""


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
    r"^\[\[\s*(transfer\s*syntaxes|presentation\s*contexts|profiles)\s*\]\]\s*$", re.MULTILINE | re.IGNORECASE
)
_SCHEMA = re.compile(r"^\s*schema\s*=", re.MULTILINE)


def read_file(path: Path) -> Imported:
    """The profiles of a file. Never raises: what is wrong is told."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return _nothing("it is not a file")
        if status.st_size > LARGEST_IMPORT:
            return _nothing(f"it is too big ({status.st_size >> 20} MiB; up to {LARGEST_IMPORT >> 20} are read)")
        with path.open("rb") as file:
            data = file.read(LARGEST_IMPORT + 1)
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
    try:
        text = decoded(data)
    except UnicodeDecodeError as error:
        return Imported(problems=(Problem("it is not UTF-8 text", data.count(b"\n", 0, error.start) + 1),))
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
