"""Profiles as a zip of their TOML files, in their folders.

A profile's file has no secret in it, only the name under which the key store keeps one, so neither has the archive.
An archive from elsewhere is read in memory: nothing is unpacked, so that no member can land where it should not. Names
that lead out of the archive, links and members that are too big or too many are refused before they are read.
"""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath

from parley.exchange.results import MOST_PROFILES, Arrival, Imported, Problem, decoded
from parley.model.files.atomic import safe_file_name
from parley.model.files.entries import SUFFIX
from parley.model.files.reader import ProfileFileError, read_profile
from parley.model.files.store import LARGEST_FILE

LARGEST_CONTENT = 16 << 20
"""Bytes of all members together, unpacked."""
DEEPEST = 8
"""Folders within folders."""


def read_zip(data: bytes) -> Imported:
    """The profiles in an archive, each with its folder; what is wrong with a member is told under its name."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:
        return _nothing(f"it is no zip archive that can be read ({_words(error)})")
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MOST_PROFILES:
            return _nothing(f"it holds {len(members)} files: more than {MOST_PROFILES} are not read")
        if sum(member.file_size for member in members) > LARGEST_CONTENT:
            return _nothing(f"unpacked it has more than {LARGEST_CONTENT >> 20} MiB")
        if not members:
            return _nothing("there is nothing in it")
        arrivals: list[Arrival] = []
        problems: list[Problem] = []
        for member in members:
            found = _member(archive, member)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                arrivals.append(found)
    return Imported(tuple(arrivals), tuple(problems))


def write_zip(texts: Iterable[tuple[str, str]]) -> bytes:
    """An archive of files, each with its key in the store, that is its path, and its text."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for key, text in texts:
            # A fixed time makes equal profiles equal archives.
            member = zipfile.ZipInfo(key if key.endswith(SUFFIX) else f"{safe_file_name(key)}{SUFFIX}")
            member.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(member, text.encode("utf-8"), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def read_toml(data: bytes, default_name: str, folder: str = "", where: str = "") -> Arrival | Problem:
    """One profile in Parley's own format, with its text."""
    if len(data) > LARGEST_FILE:
        return Problem(f"it is too big for a profile ({len(data)} bytes)", where=where)
    try:
        text = decoded(data)
        return Arrival(read_profile(text, default_name), folder, text)
    except UnicodeDecodeError as error:
        return Problem("it is not UTF-8 text", data.count(b"\n", 0, error.start) + 1, where)
    except ProfileFileError as error:
        return Problem(str(error), error.line, where)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Arrival | Problem:
    where = member.filename[:200].encode("ascii", "backslashreplace").decode("ascii")
    if reason := _refusal(member):
        return Problem(reason, where=where)
    path = PurePosixPath(member.filename)
    folder = "/".join(map(safe_file_name, path.parts[:-1]))
    try:
        with archive.open(member) as stream:
            data = stream.read(LARGEST_FILE + 1)
    except Exception as error:
        return Problem(f"it is broken ({_words(error)})", where=where)
    return read_toml(data, path.stem, folder, where)


def _refusal(member: zipfile.ZipInfo) -> str:
    """Why a member is not even looked at; nothing where it may be."""
    # As it is in the archive: zipfile has cut it at a NUL and turned what this system has for slashes.
    name = member.orig_filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not name.isprintable():
        return "its name leads out of the archive or is none"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "it is a link, not a file"
    if len(path.parts) > DEEPEST + 1:
        return f"it lies more than {DEEPEST} folders deep"
    if path.suffix != SUFFIX:
        return f"it is no profile: its name does not end in {SUFFIX}"
    if member.flag_bits & 1:
        return "it is encrypted"
    if member.file_size > LARGEST_FILE:
        return f"it is too big for a profile ({member.file_size} bytes)"
    return ""


def _words(error: Exception) -> str:
    return str(error)[:120] or type(error).__name__


def _nothing(reason: str) -> Imported:
    return Imported(problems=(Problem(reason),))
