"""How often a fault is made: a few times in the suite, for as long as it takes by hand.

`packaging/dev.py faults --minutes N` sets the environment variable; each test that kills then goes on for its share of
the time.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

from parley.model.files.partial import leftovers_in

SECONDS = "PARLEY_FAULT_SECONDS"
"""Environment variable: how long each test goes on."""
USUAL_ROUNDS = 4


def rounds() -> Iterator[random.Random]:
    """One source of chance for each time; what failed is found again by the seed that it prints."""
    end = time.monotonic() + float(os.environ[SECONDS]) if SECONDS in os.environ else None
    count = 0
    while time.monotonic() < end if end is not None else count < USUAL_ROUNDS:
        seed = time.time_ns()
        print(f"seed {seed}")
        yield random.Random(seed)
        count += 1


def only_leftovers(folder: Path, *known: str) -> list[Path]:
    """What a kill has left behind beside the files known by name; it must be what Parley knows for a leftover."""
    folders = (folder, *(path for path in folder.rglob("*") if path.is_dir()))
    leftovers = [path for each in folders for path in leftovers_in(each).paths]
    found = {path for path in folder.rglob("*") if path.is_file() and path.name not in known}
    assert found == {*leftovers}
    return leftovers
