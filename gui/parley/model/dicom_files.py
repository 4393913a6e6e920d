"""DICOM files on disk: which object each holds, and the contexts that would carry them all.

Reading takes time: callers with a window do it on a thread. What cannot be read is listed with its reason, and the rest
goes on. pydicom is loaded only for files that do not say plainly what they are.
"""

from __future__ import annotations

import io
import os
import warnings
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from parley.model.files.regular import open_regular
from parley.model.handle import DEFAULT_TRANSFER_SYNTAXES, ProposedContext
from parley.model.part10 import (
    DEFLATED,
    SOP_CLASS,
    SOP_INSTANCE,
    START,
    FileMeta,
    elements,
    read_file_meta,
    uid_text,
)
from parley.model.system_errors import error_words
from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2"
DICOMDIR = "1.2.840.10008.1.3.10"
HEAD_BYTES = 4096
"""Read of each file: more than the elements of almost all that lie before the SOP instance UID."""
WINDOW_BYTES = 64 * 1024
"""Read of a file whose head does not say what it is; what names no object in there is no file that can be sent."""
MOST_ELEMENTS = 1000
"""Looked at in the window: there are some dozens before the SOP instance UID, and a file of zeros has thousands."""


@dataclass(frozen=True, slots=True)
class DicomFile:
    """A file that holds an object, encoded as `transfer_syntax_uid` says.

    Attributes:
        offset: bytes before the data set.
        size: of the data set in bytes.
    """

    path: Path
    sop_class_uid: str
    sop_instance_uid: str
    transfer_syntax_uid: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file that holds no object that could be sent, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the reading of files has come.

    Attributes:
        done, total: files.
        found: what the last of them is.
    """

    done: int
    total: int
    found: DicomFile | UnreadableFile


class DicomFileError(Exception):
    """The file holds no object that could be sent; the text is for a person and does not name the file."""


# --- reading ---------------------------------------------------------------------------------------------------------


def files_below(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files among the paths, and those in the folders among them and below, hidden ones left out, by name."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            found += [Path(folder, name) for name in sorted(names) if not name.startswith(".")]
    return tuple(dict.fromkeys(found))


def read_dicom_files(paths: Sequence[Path]) -> Iterator[Reading]:
    """Read one file after the other, such as `files_below` found, and tell of each."""
    for done, path in enumerate(paths, start=1):
        found: DicomFile | UnreadableFile
        try:
            found = read_dicom_file(path)
        except DicomFileError as error:
            found = UnreadableFile(path, str(error))
        yield Reading(done, len(paths), found)


def read_dicom_file(path: Path) -> DicomFile:
    """Which object a file holds.

    Raises:
        DicomFileError: it holds none, or cannot be read.
    """
    try:
        with open_regular(path) as file:
            return identify(path, file)
    except OSError as error:
        raise DicomFileError(f"It cannot be read: {error_words(error)}.") from error


def identify(path: Path, file: BinaryIO) -> DicomFile:
    """Which object an open file holds; where the file is read next is left open.

    Raises:
        DicomFileError: it holds none.
        OSError: it cannot be read.
    """
    head = file.read(HEAD_BYTES) or b""
    if not head:
        raise DicomFileError("It is empty.")
    meta = read_file_meta(head)
    if meta is not None and meta.sop_class_uid == DICOMDIR:
        raise DicomFileError("It is a DICOMDIR, the directory of other files: it cannot be stored as an object.")
    found = _from_head(head, meta) or _from_deflated(file, meta) or _from_pydicom(file, head, meta)
    sop_class, sop_instance, transfer_syntax, offset = found
    size = file.seek(0, os.SEEK_END) - offset
    return DicomFile(path, sop_class, sop_instance, transfer_syntax, offset, size)


Found = tuple[str, str, str, int]
"""SOP class, SOP instance, transfer syntax, and where the data set begins."""


def _from_head(head: bytes, meta: FileMeta | None) -> Found | None:
    """As the data set says itself, since the file meta information is not always kept up to date."""
    if meta is None or meta.transfer_syntax_uid in {"", DEFLATED, EXPLICIT_VR_BIG_ENDIAN}:
        return None
    return _named(head, meta.end, meta)


def _from_deflated(file: BinaryIO, meta: FileMeta | None) -> Found | None:
    """The same of a data set that is compressed: as much of it as the head of another file, however much it unpacks to.

    Raises:
        DicomFileError: it cannot be unpacked, or names no object.
    """
    if meta is None or meta.transfer_syntax_uid != DEFLATED:
        return None
    file.seek(meta.end)
    try:
        head = zlib.decompressobj(-zlib.MAX_WBITS).decompress(file.read(WINDOW_BYTES), WINDOW_BYTES)
    except zlib.error as error:
        raise DicomFileError("Its data set is deflated, and is too damaged to be unpacked.") from error
    found = _named(head, 0, meta)
    if found is None:
        raise DicomFileError("Its data set is deflated, and names no SOP class and SOP instance at its beginning.")
    return found


def _named(head: bytes, start: int, meta: FileMeta) -> Found | None:
    """What a data set in little endian that begins there says of itself; None where it does not."""
    uids: dict[int, str] = {}
    explicit = meta.transfer_syntax_uid != IMPLICIT_VR_LITTLE_ENDIAN
    for tag, value, _ in elements(head, start, explicit=explicit):
        if tag in {SOP_CLASS, SOP_INSTANCE}:
            uids[tag] = uid_text(value)
        if tag >= SOP_INSTANCE:
            break
    sop_class, sop_instance = uids.get(SOP_CLASS), uids.get(SOP_INSTANCE)
    return (sop_class, sop_instance, meta.transfer_syntax_uid, meta.end) if sop_class and sop_instance else None


def _from_pydicom(file: BinaryIO, head: bytes, meta: FileMeta | None) -> Found:
    from pydicom.filereader import read_partial

    file.seek(0)
    looked_at = 0

    def is_beyond(tag: int, _vr: str | None, _length: int) -> bool:
        nonlocal looked_at
        looked_at += 1
        return tag > SOP_INSTANCE or looked_at > MOST_ELEMENTS

    try:
        with warnings.catch_warnings():
            # What is odd about a file is no reason not to send it: that may be just what is tested.
            warnings.simplefilter("ignore")
            data_set = read_partial(io.BytesIO(file.read(WINDOW_BYTES)), stop_when=is_beyond, force=True)
            sop_class, sop_instance = (str(data_set.get(name, "") or "") for name in ("SOPClassUID", "SOPInstanceUID"))
            is_implicit, is_little_endian = data_set.original_encoding
            stated = str(data_set.file_meta.get("TransferSyntaxUID", ""))
    except OSError:
        raise
    except Exception as error:
        raise DicomFileError("It is no DICOM file, or is too damaged to be read.") from error
    sop_class = sop_class or (meta.sop_class_uid if meta else "")
    sop_instance = sop_instance or (meta.sop_instance_uid if meta else "")
    if not sop_class or not sop_instance:
        what = "SOP class" if not sop_class else "SOP instance"
        if meta is None and head[START - 4 : START] == b"DICM":
            raise DicomFileError(f"Its head is cut short or damaged, and it names no {what}.")
        raise DicomFileError(
            f"It names no {what}." if meta else "It is no DICOM file: it has no such head, and no SOP class."
        )
    syntax = stated or _plain_syntax(bool(is_implicit), bool(is_little_endian))
    if meta is not None:
        return sop_class, sop_instance, syntax, meta.end
    if head[START - 4 : START] == b"DICM":
        raise DicomFileError("Where its file meta information ends cannot be found.")
    return sop_class, sop_instance, syntax, 0


def _plain_syntax(is_implicit: bool, is_little_endian: bool) -> str:
    if is_implicit:
        return IMPLICIT_VR_LITTLE_ENDIAN
    return EXPLICIT_VR_LITTLE_ENDIAN if is_little_endian else EXPLICIT_VR_BIG_ENDIAN


# --- contexts --------------------------------------------------------------------------------------------------------


def propose_contexts(files: Iterable[DicomFile], *, separate: bool = False) -> tuple[ProposedContext, ...]:
    """The contexts that would carry these files, by SOP class in the order in which they were first met.

    Each class is proposed with the transfer syntaxes of its files, the most frequent first, and with the uncompressed
    ones, which every peer should know.

    Args:
        separate: one context for each transfer syntax. An acceptor chooses one per context, so that this lets it take
            all of them; where they are in one context, files in the others cannot be sent as they are.
    """
    counts: dict[str, dict[str, int]] = {}
    for file in files:
        syntaxes = counts.setdefault(file.sop_class_uid, {})
        syntaxes[file.transfer_syntax_uid] = syntaxes.get(file.transfer_syntax_uid, 0) + 1
    contexts: list[ProposedContext] = []
    for sop_class, syntaxes in counts.items():
        found = sorted(syntaxes, key=lambda uid: -syntaxes[uid])
        if separate:
            # PS3.5 section 10.1 wants the default transfer syntax proposed for every class.
            contexts += [
                ProposedContext(sop_class, (uid,)) for uid in dict.fromkeys((*found, IMPLICIT_VR_LITTLE_ENDIAN))
            ]
        else:
            contexts.append(ProposedContext(sop_class, tuple(dict.fromkeys((*found, *DEFAULT_TRANSFER_SYNTAXES)))))
    return tuple(contexts)
