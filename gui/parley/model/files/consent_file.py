"""The file of the consents, in the user's state folder: of all windows and commands of one person.

It has one line of JSON for each, which whoever gives consent puts at its end with a single write: processes that do so
at the same time lose nothing to each other, and wait for none. It is read anew each time it is asked, as another
process may have written it. A line that cannot be read is no consent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from parley.model.consent import Consent, Party, Way, with_consent
from parley.model.files.atomic import write_atomically
from parley.model.files.folders import state_folder
from parley.model.files.private import make_folder
from parley.model.files.regular import append_regular, open_regular

MOST_BYTES = 256 * 1024
"""What a file has beyond is not read; nobody agrees so often in so short a time."""

ROOM_BYTES = 64 * 1024
"""A file that is longer is written anew, without what has expired."""


def _place(path: Path | None) -> Path:
    return path or state_folder() / "consents.jsonl"


def read_consents(path: Path | None = None) -> tuple[Consent, ...]:
    """Those of the file, expired ones too; none where there is no such file.

    Args:
        path: of the file; None for the user's own.
    """
    try:
        with open_regular(_place(path)) as file:
            lines = file.read(MOST_BYTES).split(b"\n")
    except OSError:
        return ()
    return tuple(consent for line in lines if (consent := _consent(line)) is not None)


def remember_consent(parties: Iterable[Party], now: float, path: Path | None = None) -> None:
    """Add consent to these parties.

    Raises:
        OSError: the file cannot be written.
    """
    place = _place(path)
    make_folder(place.parent)
    given = [Consent(party, now) for party in parties]
    # The line before may be half a line, where the disk was full.
    if append_regular(place, b"\n" + b"".join(map(_line, given))) > ROOM_BYTES:
        write_atomically(place, map(_line, with_consent(read_consents(place), (each.party for each in given), now)))


def _line(consent: Consent) -> bytes:
    party = consent.party
    record: dict[str, Any] = {
        "way": party.way.value,
        "host": party.host,
        "port": party.port,
        "ae_title": party.ae_title,
        "addresses": sorted(party.addresses),
        "given": consent.given,
    }
    return json.dumps(record).encode("ascii") + b"\n"


def _consent(line: bytes) -> Consent | None:
    """What a line says; None of one that says nothing, or something that only a later version knows."""
    try:
        record = json.loads(line)
        where = str(record["host"]), int(record["port"]), str(record["ae_title"])
        addresses = frozenset(map(str, record.get("addresses", ())))
        return Consent(Party(Way(record["way"]), *where, addresses), float(record["given"]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None
