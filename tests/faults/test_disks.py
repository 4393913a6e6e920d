"""A disk that is full, and one that takes nothing: what was there stays, what failed is said, nothing is left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from parley.engine.engine import Engine
from parley.model.attempt import AttemptEnd
from parley.model.files.store import StoreError
from parley.model.handle import ProposedContext, RequestorHandle
from parley.model.profile import RequestorSide
from tests.commands.typed import Listening
from tests.faults.rounds import only_leftovers
from tests.faults.writers import WRITERS
from tests.harness.dicom import CT, EXPLICIT, data_set_of, write_file
from tests.harness.loops import run_on
from tests.harness.record import Record

pytestmark = pytest.mark.slow

DISK_BYTES = 1 << 20
OUT_OF_RESOURCES = 0xA700


def _can_mount() -> bool:
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    found = subprocess.run(["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True)
    return found.returncode == 0


needs_mount = pytest.mark.skipif(not _can_mount(), reason="a full disk: this user may not mount a tmpfs")


@pytest.fixture
def disk(tmp_path) -> Iterator[Path]:
    """A disk of a mebibyte."""
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """No byte is free meanwhile."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """The disk takes nothing meanwhile, as a stick that is locked or a share that has gone stale."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


@needs_mount
@pytest.mark.parametrize("fault", [filled, read_only])
@pytest.mark.parametrize("what", WRITERS)
def test_the_old_file_stays_and_the_next_one_is_written(disk, what, fault):
    writer = WRITERS[what]
    writer.write(disk, 1)
    with fault(disk):
        with pytest.raises((OSError, StoreError)):
            writer.write(disk, 2)
        assert writer.read(disk) == 1
        assert len(list(disk.iterdir())) == (2 if fault is filled else 1)
    writer.write(disk, 3)
    assert writer.read(disk) == 3


@needs_mount
@pytest.mark.parametrize("fault", [filled, read_only])
def test_an_object_that_cannot_be_kept_is_refused_and_the_next_one_is_taken(disk, tmp_path, fault):
    small, other = write_file(tmp_path / "1.dcm", 500), write_file(tmp_path / "2.dcm", 500)
    big = write_file(tmp_path / "3.dcm", 2 * DISK_BYTES)

    async def play(port, program):
        engine = Engine(Record())
        handle = RequestorHandle(contexts=(ProposedContext(CT, (EXPLICIT,)),))
        association = engine.requestor(RequestorSide(port=port, handle=handle))
        assert (await association.associate()).end is AttemptEnd.ESTABLISHED
        with fault(disk):
            statuses = [(await association.store(small)).status]
        statuses += [(await association.store(path)).status for path in (big, other)]
        assert await association.release()
        await engine.close()
        return statuses

    with Listening("--store", str(disk)) as scp:
        assert run_on(None, play(int(scp.port), scp.program)) == [OUT_OF_RESOURCES, OUT_OF_RESOURCES, 0]
    (kept,) = disk.glob("*.dcm")
    assert data_set_of(kept) == data_set_of(other)
    assert only_leftovers(disk, kept.name) == []


def test_an_object_without_a_folder_to_go_to_is_refused(tmp_path):
    """Without a mount: since the start somebody has put a file where the folder would have to be."""
    path = write_file(tmp_path / "1.dcm", 500)

    async def play(port):
        engine = Engine(Record())
        handle = RequestorHandle(contexts=(ProposedContext(CT, (EXPLICIT,)),))
        association = engine.requestor(RequestorSide(port=port, handle=handle))
        await association.associate()
        answer = await association.store(path)
        await association.release()
        await engine.close()
        return answer.status

    with Listening("--store", str(tmp_path / "in")) as scp:
        (tmp_path / "in").rmdir()
        (tmp_path / "in").write_text("a file")
        assert run_on(None, play(int(scp.port))) == OUT_OF_RESOURCES
