"""Saving the log: whole files or none, and plain words when it fails."""

import json
import os
import stat
from pathlib import Path

import pytest

from parley.bridge.log.export import ExportFormat, failure_words, lines_of, save_events
from tests.bridge.samples import Samples


@pytest.fixture
def notes():
    return Samples().notes(1200)


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_text_has_a_line_for_each_event(tmp_path, notes):
    path = tmp_path / "log.txt"
    assert save_events(notes, path, ExportFormat.TEXT) == 1200
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 1200
    assert "note 1199" in lines[-1]
    assert path.read_text("utf-8") == "".join(lines_of(notes, ExportFormat.TEXT))


def test_json_lines_has_an_object_for_each_event(tmp_path, notes):
    path = tmp_path / "log.jsonl"
    save_events(notes, path, ExportFormat.JSON_LINES)
    assert [json.loads(line)["seq"] for line in path.read_text("utf-8").splitlines()] == list(range(1, 1201))


def test_a_name_asks_for_its_format():
    assert ExportFormat.of(Path("a.JSONL"), ExportFormat.TEXT) is ExportFormat.JSON_LINES
    assert ExportFormat.of(Path("a.txt"), ExportFormat.JSON_LINES) is ExportFormat.TEXT
    assert ExportFormat.of(Path("a"), ExportFormat.JSON_LINES) is ExportFormat.JSON_LINES


def test_progress_is_told(tmp_path, notes):
    shares = []
    save_events(notes, tmp_path / "log.txt", ExportFormat.TEXT, shares.append)
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert len(shares) > 1


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_a_replaced_file_keeps_its_rights_and_a_link_stays(tmp_path, notes):
    path, link = tmp_path / "log.txt", tmp_path / "link.txt"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    save_events(notes, link, ExportFormat.TEXT)
    assert link.is_symlink()
    assert "note 0" in path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_ending_it_half_way_leaves_the_old_file_and_nothing_else(tmp_path, notes):
    path = tmp_path / "log.txt"
    path.write_text("old")

    def stop(share):
        if share > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        save_events(notes, path, ExportFormat.TEXT, stop)
    assert path.read_text() == "old"
    assert left_in(tmp_path) == ["log.txt"]


def test_a_disk_that_gets_full_leaves_the_old_file_and_nothing_else(tmp_path, notes):
    resource = pytest.importorskip("resource")
    path = tmp_path / "log.txt"
    path.write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="too large") as caught:
            save_events(notes, path, ExportFormat.TEXT)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert path.read_text() == "old"
    assert left_in(tmp_path) == ["log.txt"]
    assert failure_words(caught.value, path).startswith("“log.txt” was not saved: File too large.")


@pytest.mark.parametrize("place", ["missing/log.txt", "file/log.txt", "folder"])
def test_places_where_no_file_can_be(tmp_path, notes, place):
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError) as caught:  # noqa: PT011 - which one is the system's business
        save_events(notes, tmp_path / place, ExportFormat.TEXT)
    words = failure_words(caught.value, tmp_path / place)
    assert "was not saved" in words
    assert "Errno" not in words
    assert left_in(tmp_path) == ["file", "folder"]
