"""What the key store's entry says of its secret: what it was kept for.

An entry is text: a mark, and an object of JSON with the secret in it. One without the mark is another program's, or an
earlier Parley's.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parley.model.files.purposes import Kind, Purpose
from parley.model.files.regular import read_regular

MARK = "parley-secret:"
LARGEST_KEY = 4 << 20
"""Bytes of a file with a key."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a secret was kept for, as it is written down: of a passphrase, the fingerprint of the key's file is."""

    kind: str
    target: str = ""
    protection: str = ""
    profile: str = field(default="", compare=False)


def record_of(purpose: Purpose) -> Record:
    """What is written down for that purpose. For a passphrase it reads the key's file, which takes time."""
    target = _fingerprint(purpose.target) if purpose.kind is Kind.PASSPHRASE else purpose.target
    return Record(purpose.kind, target, purpose.protection, purpose.profile)


def difference(kept: Record, wanted: Record) -> str:
    """Why a secret that was kept for the one must not be used for the other; empty where it may be."""
    whose = f" of the profile “{kept.profile}”" if kept.profile else ""
    if kept.kind != wanted.kind:
        return f"what is kept under its name is {_kind_words(kept.kind)}{whose}"
    if kept.target != wanted.target:
        if kept.kind == Kind.PASSPHRASE:
            return f"what is kept under its name{whose} is for another key, or the key's file has changed"
        return f"what is kept under its name{whose} is for {kept.target}"
    if kept.protection not in {"", wanted.protection}:
        return f"what is kept under its name{whose} is for another kind of TLS"
    return ""


def entry_of(secret: str, record: Record) -> str:
    """An entry's text."""
    said = {"kind": record.kind, "target": record.target, "protection": record.protection, "profile": record.profile}
    return MARK + json.dumps({**said, "secret": secret})


def read_entry(text: str) -> tuple[str, Record | None]:
    """The secret of an entry, and what it was kept for where that is said."""
    if text.startswith(MARK):
        try:
            values: Any = json.loads(text.removeprefix(MARK))
            parts = [values[key] for key in ("secret", "kind", "target", "protection", "profile")]
        except (ValueError, KeyError, TypeError, RecursionError):
            return text, None  # somebody has changed it
        if all(isinstance(part, str) for part in parts):
            return parts[0], Record(*parts[1:])
    return text, None


def _kind_words(kind: str) -> str:
    return Kind(kind).words if kind in set(Kind) else "something else"


def _fingerprint(path: str) -> str:
    """Of a file that cannot be read there is none."""
    try:
        return hashlib.sha256(read_regular(Path(path), LARGEST_KEY)).hexdigest()
    except (OSError, ValueError):
        return ""
