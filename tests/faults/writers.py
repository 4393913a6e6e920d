"""Programs that write a file again and again, to be killed at any moment: `python -m tests.faults.writers WHAT FOLDER`.

Each says the number of a version once it is written; nothing of that version may be lost from then on.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from parley.bridge.log.export import ExportFormat, save_events
from parley.exchange.files import Format, read_file, write
from parley.model.event import EngineEvent, EventKind
from parley.model.files.atomic import write_atomically
from parley.model.files.settings_file import read_settings
from parley.model.files.store import ProfileStore
from parley.model.profile import Profile, RequestorSide

KEY = "CT 1.toml"
LINES = 1000
LEAST = 100
"""The lowest number that the setting takes."""


class Writer(NamedTuple):
    """A kind of file.

    Attributes:
        write: writes version n of it to a folder.
        read: the version that the folder has; raises for what is no whole file.
    """

    write: Callable[[Path, int], object]
    read: Callable[[Path], int]


def _profile(number: int) -> Profile:
    return Profile("CT 1", RequestorSide(f"host-{number}"))


def _save_profile(folder: Path, number: int) -> None:
    ProfileStore(folder).save(_profile(number), KEY)


def _number_of(profile: Profile) -> int:
    return int(profile.scu.host.removeprefix("host-"))


def _read_profile(folder: Path) -> int:
    listed = [entry for entry in ProfileStore(folder).list() if entry.key.endswith(".toml")]
    assert [entry.key for entry in listed] == [KEY], listed
    return _number_of(ProfileStore(folder).load(KEY))


def _save_log(folder: Path, number: int) -> None:
    events = [EngineEvent(seq, 0.0, 0.0, EventKind.NOTE, text=f"version {number}") for seq in range(LINES)]
    save_events(events, folder / "log.txt", ExportFormat.TEXT)


def _read_log(folder: Path) -> int:
    lines = (folder / "log.txt").read_text().splitlines()
    (number,) = {int(line.rpartition(" ")[2]) for line in lines}
    assert len(lines) == LINES
    return number


def _export(folder: Path, number: int) -> None:
    write_atomically(folder / "peers.csv", write([_profile(number)] * LINES, (), Format.CSV).data)


def _read_export(folder: Path) -> int:
    found = read_file(folder / "peers.csv")
    assert not found.problems
    (number,) = {_number_of(arrival.profile) for arrival in found.arrivals}
    assert len(found.arrivals) == LINES
    return number


def _save_settings(folder: Path, number: int) -> None:
    write_atomically(folder / "settings.toml", f"associate_items = {number + LEAST}\n".encode())


def _read_settings(folder: Path) -> int:
    settings, faults = read_settings(folder / "settings.toml")
    assert not faults
    return settings.associate_items - LEAST


WRITERS = {
    "profile": Writer(_save_profile, _read_profile),
    "log": Writer(_save_log, _read_log),
    "export": Writer(_export, _read_export),
    "settings": Writer(_save_settings, _read_settings),
}


def main() -> None:
    """Write version after version until somebody ends it."""
    writer, folder = WRITERS[sys.argv[1]], Path(sys.argv[2])
    for number in itertools.count(int(sys.argv[3])):
        writer.write(folder, number)
        print(number, flush=True)


if __name__ == "__main__":
    main()
