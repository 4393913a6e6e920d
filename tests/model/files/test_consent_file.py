"""The file of the consents: private, shared by processes, and never a reason to fail."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from parley.model.consent import LASTS_SECONDS, Party, Way
from parley.model.files.consent_file import ROOM_BYTES, read_consents, remember_consent
from parley.model.files.regular import NotAFileError
from tests.harness.process import running

NOW = 2_000_000_000.0


def party(number: int) -> Party:
    return Party(Way.CALLS, f"192.0.2.{number}", 104, "PACS", frozenset({f"192.0.2.{number}"}))


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "state" / "consents.jsonl"


def test_what_is_remembered_is_read_again(path):
    assert read_consents(path) == ()
    remember_consent([party(1), party(2)], NOW, path)
    remember_consent([party(3)], NOW + 1, path)
    assert [(each.party, each.given) for each in read_consents(path)] == [
        (party(1), NOW),
        (party(2), NOW),
        (party(3), NOW + 1),
    ]


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_nobody_else_may_read_it(path):
    remember_consent([party(1)], NOW, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_the_folders_above_it_are_the_users_alone_too(tmp_path):
    before = os.umask(0o022)
    try:
        remember_consent([party(1)], NOW, tmp_path / "state" / "parley" / "consents.jsonl")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


MANY = """
import sys
from pathlib import Path
from parley.model.consent import Party, Way
from parley.model.files.consent_file import remember_consent

for number in range(int(sys.argv[2]), int(sys.argv[2]) + 20):
    remember_consent([Party(Way.CALLS, f"192.0.2.{number}", 104, "PACS")], 2e9, Path(sys.argv[1]))
"""


def test_processes_lose_nothing_to_each_other(path):
    with (
        running(sys.executable, "-c", MANY, str(path), "0") as one,
        running(sys.executable, "-c", MANY, str(path), "100") as other,
    ):
        assert (one.wait().code, other.wait().code) == (0, 0)
    hosts = {each.party.host for each in read_consents(path)}
    assert hosts == {f"192.0.2.{number}" for number in (*range(20), *range(100, 120))}


@pytest.mark.parametrize(
    "junk",
    [
        b"\xff\x00",
        b"{",
        b"[]",
        b'{"way": "sings", "host": "a", "port": 1, "ae_title": "A", "given": 1}',
        b'{"way": "calls", "host": "a", "port": "x", "ae_title": "A", "given": 1}',
        b'{"way": "calls", "host": "a", "port": 1e999, "ae_title": "A", "given": 1}',
        b'{"way": "calls", "host": "a", "port": 1, "ae_title": "A", "addresses": 7, "given": 1}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_cannot_be_read_is_no_consent_and_spoils_no_other(path, junk):
    remember_consent([party(1)], NOW, path)
    path.write_bytes(junk + path.read_bytes()[:-20])
    remember_consent([party(2)], NOW, path)
    assert [each.party for each in read_consents(path)] == [party(2)]


def test_a_folder_in_its_place_is_no_consent(path):
    path.mkdir(parents=True)
    assert read_consents(path) == ()
    with pytest.raises(OSError, match=r"."):
        remember_consent([party(1)], NOW, path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX has FIFOs")
@pytest.mark.timeout(10)
def test_a_fifo_in_its_place_is_no_consent_and_holds_nobody_up(path):
    path.parent.mkdir()
    os.mkfifo(path)
    assert read_consents(path) == ()
    with pytest.raises(NotAFileError):
        remember_consent([party(1)], NOW, path)


def test_it_does_not_grow_for_ever(path):
    many = [Party(Way.CALLS, f"host-{number}.example", 104, "PACS") for number in range(1000)]
    remember_consent(many, NOW, path)
    remember_consent([party(1)], NOW + LASTS_SECONDS, path)
    assert path.stat().st_size < ROOM_BYTES
    assert [each.party for each in read_consents(path)] == [party(1)]
