"""The output of a command, which may fail or take nothing more without anything else failing, or waiting for it."""

from __future__ import annotations

import io
import sys
from contextlib import suppress

from parley.commands.teller import MOST_BYTES, Teller
from parley.model.system_errors import error_words
from parley.ul.visible import one_line, whole_line

LOOK_SECONDS = 1.0
"""How often it is looked, while the end waits for a reader, whether he still reads."""


def complain(reason: object) -> None:
    """Say on the error output what is wrong; where there is none any more, to nobody."""
    with suppress(OSError, ValueError):
        print(f"parley: {one_line(str(reason))}", file=sys.stderr, flush=True)


class Output:
    """Standard output. Nothing more is written to it once it has failed.

    Attributes:
        has_failed: whether something is missing in it that somebody may wait for. A reader that has seen enough, as in
            ``parley demo | head``, misses nothing.
    """

    def __init__(self) -> None:
        self.has_failed = False
        self._is_over = False
        self._is_hurried = False
        self._teller: Teller | None = None

    def begin(self) -> None:
        """A command begins: nothing of its output has failed."""
        self.has_failed = self._is_over = self._is_hurried = False
        if isinstance(sys.stdout, io.TextIOWrapper):
            # An arrow that the terminal's encoding has no letter for must not end an association.
            sys.stdout.reconfigure(errors="backslashreplace")

    def write(self, data: str | bytes) -> None:
        """Have it written, and wait where its reader has much to read already."""
        while not self._tell(data):
            if not self._is_read_on():
                return

    def tell(self, line: str) -> None:
        """Have it written without waiting for the reader; what has no room is left out, and that is said once."""
        if not self._tell(line) and not self.has_failed:
            self._fail(f"its reader has not taken {MOST_BYTES // 1024 // 1024} MiB of it")

    def hurry(self) -> None:
        """From now on nothing waits for a reader who takes no more, such as a pager."""
        self._is_hurried = True

    def finish(self) -> None:
        """Wait until all is written."""
        teller = self._teller
        if teller is None:
            return
        while not teller.is_done and self._is_read_on():
            pass
        self._teller = None
        teller.end()

    def _tell(self, data: str | bytes) -> bool:
        """Hand it on; returns False where it has no room."""
        if self._is_over or sys.stdout is None:
            return True
        if self._teller is None:
            self._teller = self._teller_of_stdout()
        if self._teller is None:
            self._write_to_what_is_no_file(data)
            return True
        encoding = sys.stdout.encoding or "utf-8"
        return self._teller.tell(data if isinstance(data, bytes) else data.encode(encoding, "backslashreplace"))

    def _teller_of_stdout(self) -> Teller | None:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            return Teller(sys.stdout.fileno(), self._broke)
        return None

    def _write_to_what_is_no_file(self, data: str | bytes) -> None:
        try:
            if isinstance(data, bytes):
                sys.stdout.buffer.write(data)
            else:
                sys.stdout.write(data)
            sys.stdout.flush()
        except (OSError, ValueError) as error:  # Python's word for a closed file is a ValueError.
            self._broke(error)

    def _is_read_on(self) -> bool:
        """Wait a moment for the reader; False once a hurry has found that he reads no more."""
        assert self._teller is not None
        before = self._teller.written
        self._teller.wait(LOOK_SECONDS)
        if self._is_hurried and self._teller.written == before and not self._teller.is_done:
            self._fail("nobody reads it")
            self._is_over = True
            return False
        return True

    def _broke(self, error: Exception) -> None:
        self._is_over = True
        if not isinstance(error, BrokenPipeError):
            self._fail(error_words(error))

    def _fail(self, why: str) -> None:
        self.has_failed = True
        complain(f"the output cannot be written: {why}. What follows is left out.")


output = Output()
"""That of the process."""


def print_line(text: str = "", *, is_record: bool = False) -> None:
    """Print a line at once, foreign text in it made visible and no longer than a person reads.

    Args:
        is_record: it is JSON, for a program, and stays whole.
    """
    output.write(f"{whole_line(text) if is_record else one_line(text)}\n")


def tell_line(text: str = "", *, is_record: bool = False) -> None:
    """Print a line of what happens, which waits for nobody."""
    output.tell(f"{whole_line(text) if is_record else one_line(text)}\n")
