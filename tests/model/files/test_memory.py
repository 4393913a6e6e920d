"""Values of files: what is remembered, and what is read once more. Of profiles, it is tested with the store."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from parley.model.files.memory import SETTLED_NS, FileMemory


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "file"
    made.write_text("one")
    return made


def recall(memory: FileMemory[str], path: Path, reads: list[str]) -> str:
    def read() -> str:
        reads.append(path.read_text())
        return reads[-1]

    return memory.recall(str(path), read)


def changed_at(path: Path) -> int:
    status = path.stat()
    return max(status.st_mtime_ns, status.st_ctime_ns)


@pytest.mark.parametrize(("age", "read_twice"), [(SETTLED_NS, True), (SETTLED_NS + 1, False)])
def test_what_is_read_too_soon_after_a_change_is_not_remembered(path: Path, age: int, read_twice: bool) -> None:
    memory, reads = FileMemory[str](lambda: changed_at(path) + age), list[str]()
    assert [recall(memory, path, reads), recall(memory, path, reads)] == ["one", "one"]
    assert len(reads) == 1 + read_twice


def test_a_time_to_come_is_never_trusted(path: Path) -> None:
    now = changed_at(path) + 2 * SETTLED_NS
    ahead = now + SETTLED_NS
    os.utime(path, ns=(ahead, ahead))
    memory, reads = FileMemory[str](lambda: now), list[str]()
    recall(memory, path, reads)
    recall(memory, path, reads)
    assert len(reads) == 2


def test_a_change_between_the_look_and_the_reading_is_found_the_next_time(path: Path) -> None:
    memory = FileMemory[str](lambda: 1 << 62)

    def read_while_it_changes() -> str:
        text = path.read_text()
        path.write_text("three")
        return text

    assert memory.recall(str(path), read_while_it_changes) == "one"
    assert recall(memory, path, []) == "three"


def test_what_cannot_be_read_raises_each_time(path: Path) -> None:
    memory, tries = FileMemory[str](lambda: 1 << 62), list[bool]()

    def fail() -> str:
        tries.append(True)
        raise PermissionError

    for _ in range(2):
        with pytest.raises(PermissionError):
            memory.recall(str(path), fail)
    assert len(tries) == 2


def test_forgotten_files_are_read_again(path: Path) -> None:
    memory, reads = FileMemory[str](lambda: 1 << 62), list[str]()
    recall(memory, path, reads)
    memory.retain([str(path)])
    recall(memory, path, reads)
    assert len(reads) == 1
    memory.retain([])
    recall(memory, path, reads)
    assert len(reads) == 2
