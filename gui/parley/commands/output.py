"""The output of a command, which may fail or take nothing more without anything else failing."""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from parley.model.system_errors import ToldError, error_words
from parley.ul.visible import one_line


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
        self._is_writing = False
        self._is_hurried = False

    def begin(self) -> None:
        """A command begins: nothing of its output has failed."""
        self.has_failed = self._is_over = self._is_hurried = False
        if isinstance(sys.stdout, io.TextIOWrapper):
            # An arrow that the terminal's encoding has no letter for must not end an association.
            sys.stdout.reconfigure(errors="backslashreplace")

    def write(self, data: str | bytes) -> None:
        """Write it at once."""
        if self._is_over or sys.stdout is None:
            return
        with self._guarded():
            if self._is_hurried:
                _check_room()
            if isinstance(data, bytes):
                sys.stdout.buffer.write(data)
            else:
                sys.stdout.write(data)
            sys.stdout.flush()

    def hurry(self) -> None:
        """For a signal's handler: from now on nothing waits for a reader who takes no more, such as a pager.

        Raises:
            OSError: out of the handler into a write that waits so, which deals with it.
        """
        self._is_hurried = True
        if self._is_writing:
            _check_room()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            self._is_writing = True
            yield
        except BrokenPipeError:
            self._end()
        except (OSError, ValueError) as error:  # Python's word for a closed file is a ValueError.
            self._end()
            self.has_failed = True
            complain(f"the output cannot be written: {error_words(error)}. What follows is left out.")
        finally:
            self._is_writing = False

    def _end(self) -> None:
        """What Python still has to write goes nowhere: it would fail once more at the end of the process."""
        self._is_over = True
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)


output = Output()
"""That of the process."""


def print_line(text: str = "") -> None:
    """Print a line at once, foreign text in it made visible."""
    output.write(f"{one_line(text)}\n")


def _check_room() -> None:
    """Raise where a write would wait."""
    if os.name != "posix":
        return
    try:
        has_room = bool(select.select([], [sys.stdout], [], 0)[1])
    except ValueError:  # no file, or one with a number too high for `select`
        return
    if not has_room:
        raise ToldError("nobody reads it", code="EAGAIN")
