"""What the standard asks of the texts in a PDU: UIDs, AE titles, version names; and the kinds of transfer syntaxes.

A problem is told as the end of a sentence whose beginning names the text, such as ``is empty``; no problem is ``""``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache

from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

LONGEST_UID = 64
LONGEST_TITLE = 16
LONGEST_VERSION_NAME = 16

_UID = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*")
_UIDS = re.compile(r"(?:(?:0|[1-9][0-9]*+)(?:\.(?:0|[1-9][0-9]*+))*+;)*+")
_KEPT = 4096


def uid_problem(uid: str) -> str:
    """What is wrong with a UID in negotiation (PS3.5 section 9.1, PS3.8 annex F)."""
    if len(uid) > LONGEST_UID:
        return f"has {len(uid)} characters, {LONGEST_UID} are allowed"
    return _short_uid_problem(uid)


def are_uids(uids: Sequence[str]) -> bool:
    """Whether none of them has a problem: one look at all of them."""
    text = "".join([f"{uid};" for uid in uids])
    if text.count(";") != len(uids) or max(map(len, uids), default=0) > LONGEST_UID:
        return False
    return _UIDS.fullmatch(text) is not None


@lru_cache(_KEPT)
def _short_uid_problem(uid: str) -> str:
    if _UID.fullmatch(uid):
        return ""
    if not uid:
        return "is empty"
    if uid.strip("\0 ") != uid:
        return "is padded, which negotiation does not allow" if uid.strip("\0 ") else "is nothing but padding"
    if strange := re.search(r"[^0-9.]", uid):
        return f"has the character {strange.group()!r}, only digits and dots are allowed"
    if uid.endswith("."):
        return "ends with a dot"
    if uid.startswith(".") or ".." in uid:
        return "has an empty component"
    return "has a component with a leading zero"


def title_problem(title: str) -> str:
    """What is wrong with an AE title (PS3.5 section 6.2, VR AE; PS3.8 Table 9-11). Spaces around it are not."""
    if not title.strip(" "):
        return "is empty"
    if len(title) > LONGEST_TITLE:
        return f"has {len(title)} characters, {LONGEST_TITLE} are allowed"
    if "\\" in title:
        return "has a backslash"
    if title.rstrip("\0") != title:
        return "is padded with NULs instead of spaces"
    return "" if _is_basic(title) else "has characters that are not printable ASCII"


def version_name_problem(name: str) -> str:
    """What is wrong with an implementation version name (PS3.7 Table D.3-3)."""
    if not name:
        return "is empty"
    if len(name) > LONGEST_VERSION_NAME:
        return f"has {len(name)} characters, {LONGEST_VERSION_NAME} are allowed"
    return "" if _is_basic(name) else "has characters that are not printable ASCII"


def _is_basic(text: str) -> bool:
    return text.isascii() and text.isprintable()


class Coding(Enum):
    """What a transfer syntax does to a data set, as far as that matters in negotiation."""

    IMPLICIT = "implicit VR little endian"
    EXPLICIT = "explicit VR little endian"
    DEFLATED = "deflated"
    BIG_ENDIAN = "big endian"
    COMPRESSED = "compressed"
    PRIVATE = "private or unknown"

    # An enum's own hash is Python code; there is one member of each, and thousands are put into sets at a key stroke.
    __hash__ = object.__hash__


_DEFLATED_EXPLICIT_VR = "1.2.840.10008.1.2.1.99"
_EXPLICIT_VR_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_COMPRESSED = ("1.2.840.10008.1.2.4.", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.7.", "1.2.840.10008.1.2.8.")

_CODINGS = {
    IMPLICIT_VR_LITTLE_ENDIAN: Coding.IMPLICIT,
    EXPLICIT_VR_LITTLE_ENDIAN: Coding.EXPLICIT,
    _DEFLATED_EXPLICIT_VR: Coding.DEFLATED,
    _EXPLICIT_VR_BIG_ENDIAN: Coding.BIG_ENDIAN,
}

UNCOMPRESSED = frozenset({Coding.IMPLICIT, Coding.EXPLICIT, Coding.DEFLATED, Coding.BIG_ENDIAN})

UNUSUAL = (Coding.DEFLATED, Coding.BIG_ENDIAN)
"""What few peers take."""


def codings(transfer_syntaxes: Iterable[str]) -> set[Coding]:
    """What transfer syntaxes do to a data set (PS3.5 section 10 and annex A), by their UIDs without padding."""
    return {
        _CODINGS.get(uid) or (Coding.COMPRESSED if uid.startswith(_COMPRESSED) else Coding.PRIVATE)
        for uid in transfer_syntaxes
    }
