"""Two programs in one folder of profiles: one at a time, and none for ever."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from parley.model.files.entries import StoreError
from parley.model.files.lock import TRIES, only_one
from parley.model.files.store import ProfileStore
from parley.model.profile import Profile, RequestorSide

KEY = "CT 1.toml"
EACH = 40
COUNTING = """
import sys
from dataclasses import replace
from pathlib import Path
from parley.model.files.entries import ChangedError
from parley.model.files.store import ProfileStore

store = ProfileStore(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
left = int(sys.argv[2])
while left:
    opened = store.entry("CT 1.toml")
    profile = opened.profile
    new = replace(profile, scu=replace(profile.scu, port=profile.scu.port + 1), comment=f"{sys.argv[3]}: {left}")
    try:
        store.save(new, "CT 1.toml", opened)
        left -= 1
    except ChangedError:
        pass
"""


def test_two_programs_that_count_in_one_profile_lose_no_number(tmp_path: Path) -> None:
    store = ProfileStore(tmp_path)
    store.create(Profile("CT 1", RequestorSide(port=1000)))
    command = (sys.executable, "-c", COUNTING, str(tmp_path), str(EACH))
    programs = [
        subprocess.Popen((*command, who), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for who in "AB"
    ]
    try:
        for program in programs:
            assert program.stdout.readline() == "ready\n"
        for program in programs:
            program.stdin.write("go\n")
            program.stdin.flush()
        assert [program.wait() for program in programs] == [0, 0]
    finally:
        for program in programs:
            program.kill()
            program.communicate()
    assert store.load(KEY).scu.port == 1000 + 2 * EACH
    assert [path.name for path in tmp_path.iterdir()] == [KEY]


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.create(Profile("PACS")),
        lambda store: store.save(replace(store.load(KEY), comment="new"), KEY),
        lambda store: store.rename(KEY, "CT 2"),
        lambda store: store.duplicate(KEY),
        lambda store: store.delete(KEY),
    ],
)
def test_who_waits_for_a_program_that_hangs_is_told(tmp_path: Path, change) -> None:
    pauses: list[float] = []
    store = ProfileStore(tmp_path, pause=pauses.append)
    store.create(Profile("CT 1"))
    before = (tmp_path / KEY).read_bytes()
    with only_one(tmp_path), pytest.raises(StoreError, match="Nothing was changed: another window or command"):
        change(store)
    assert len(pauses) == TRIES
    assert [path.name for path in tmp_path.iterdir()] == [KEY]
    assert (tmp_path / KEY).read_bytes() == before
    change(store)


def test_a_lock_ends_with_its_holder(tmp_path: Path) -> None:
    code = "import os, sys; from pathlib import Path; from parley.model.files.lock import only_one\n"
    code += "with only_one(Path(sys.argv[1])): os._exit(3)"
    assert subprocess.run((sys.executable, "-c", code, str(tmp_path)), check=False).returncode == 3
    with only_one(tmp_path, pause=lambda _seconds: pytest.fail("it is locked still")):
        pass


def test_a_folder_that_is_not_there_needs_no_lock(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no file"):
        ProfileStore(tmp_path / "none").delete(KEY)
    assert not (tmp_path / "none").exists()
