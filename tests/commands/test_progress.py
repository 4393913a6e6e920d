"""The line of `parley send` that is written over and over."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from parley.commands.progress import REFRESH_SECONDS, ProgressLine, Sending
from parley.engine.results import StoreResult
from parley.model.dicom_files import DicomFile
from tests.harness.clock import ManualClock

FILE = DicomFile(Path("1.dcm"), "1.2", "1.2.3", "1.2.840.10008.1.2", 400, 3_000_000)


class Terminal(io.StringIO):
    """One that remembers what was written to it."""

    def isatty(self) -> bool:
        return True

    def rows(self) -> list[str]:
        """What stood in the line, one time after the other."""
        return [row for row in self.getvalue().split("\r") if row.strip()]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def test_it_is_written_over_and_leaves_nothing_of_a_longer_one(terminal, clock):
    line = ProgressLine(terminal, clock.time)
    line.show("1234567")
    clock.advance(REFRESH_SECONDS)
    line.show("123")
    assert terminal.getvalue() == "\r1234567\r123    "
    line.clear()
    line.clear()
    assert terminal.getvalue() == "\r1234567\r123    \r   \r"


def test_it_is_written_so_many_times_a_second_at_the_most(terminal, clock):
    line = ProgressLine(terminal, clock.time)
    for number in range(1000):
        line.show(str(number))
        clock.advance(REFRESH_SECONDS / 100)
    assert 9 <= len(terminal.rows()) <= 11


def test_it_never_wraps(terminal, clock, monkeypatch):
    monkeypatch.setenv("COLUMNS", "10")
    ProgressLine(terminal, clock.time).show("12345678901234567890")
    assert terminal.rows() == ["123456789"]


def test_output_stands_above_it(terminal, clock, capsys):
    line = ProgressLine(terminal, clock.time)
    line.show("123")
    line.print_above("a line")
    assert terminal.getvalue() == "\r123\r   \r"
    assert capsys.readouterr().out == "a line\n"


@pytest.mark.parametrize("stream", [io.StringIO(), None], ids=["pipe", "none"])
def test_elsewhere_it_is_nothing(stream, clock):
    line = ProgressLine(stream, clock.time)
    line.show("123")
    line.clear()
    assert not line.is_shown
    assert stream is None or stream.getvalue() == ""


def test_a_terminal_that_has_gone_ends_nothing(clock):
    class Gone(Terminal):
        def flush(self) -> None:
            raise OSError

    ProgressLine(Gone(), clock.time).show("123")


def test_a_rate_that_would_read_as_nothing_is_left_out(terminal, clock):
    sending = Sending(ProgressLine(terminal, clock.time), 3, clock.time)
    clock.advance(1)
    sending.part_sent(FILE, 99_999)
    clock.advance(1)
    sending.part_sent(FILE, 200_000)
    assert [row.rstrip() for row in terminal.rows()] == ["0 of 3 files  0.1 MB", "0 of 3 files  0.2 MB  0.1 MB/s"]


def test_files_and_bytes_are_counted(terminal, clock):
    sending = Sending(ProgressLine(terminal, clock.time), 3, clock.time)
    clock.advance(1)
    sending.part_sent(FILE, 1_000_000)
    clock.advance(1)
    sending.file_done(StoreResult(FILE.path, 0, "success", size=FILE.size))
    clock.advance(1)
    sending.part_sent(FILE, 2_000_000)
    clock.advance(1)
    sending.file_done(StoreResult(FILE.path, None, "the association has ended"))
    assert [row.rstrip() for row in terminal.rows()] == [
        "0 of 3 files  1.0 MB  1.0 MB/s",
        "1 of 3 files  3.0 MB  1.5 MB/s",
        "1 of 3 files  5.0 MB  1.7 MB/s",
        "2 of 3 files  5.0 MB  1.2 MB/s",
    ]
