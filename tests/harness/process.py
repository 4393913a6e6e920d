"""Programs that nobody here wrote, as peers: started by a test, watched by what they print, ended by their own id.

Nothing here sleeps for a time that somebody guessed: a server is ready when its port takes a connection, all else is
awaited by the line that tells it.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 15.0
"""How long a program may take for anything it is waited for; less than the limit of a test's loop."""
RETRY_SECONDS = 0.01
"""Between two attempts to connect to a server that is about to listen."""
STARTS = 3
"""How often a server is started anew when somebody took its port in the meantime."""

# Below the ports that systems hand out themselves, and elsewhere for each worker: nobody takes one unasked.
_PORTS = range(10_000, 32_000)
_places = itertools.count(os.getpid() * 61)


class Finished(NamedTuple):
    """What became of a program."""

    code: int
    output: str


class Program:
    """A running program, what it printed so far, and its end."""

    def __init__(self, *arguments: str, folder: Path | None = None, takes_input: bool = False) -> None:
        self._lines: list[str] = []
        self._has_ended = False
        self._news = threading.Condition()
        self._process = subprocess.Popen(
            arguments,
            cwd=folder or ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE if takes_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="latin-1",
            # A server that forks is ended with its children: they share its group.
            start_new_session=os.name == "posix",
        )
        self._reader = threading.Thread(target=self._read, name=f"output of {arguments[0]}", daemon=True)
        self._reader.start()

    @property
    def output(self) -> str:
        """All that it printed so far."""
        with self._news:
            return "\n".join(self._lines)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended of its own accord."""
        return self._process.poll() is None

    @property
    def lines(self) -> int:
        """How many lines it has printed, to wait for one that comes later."""
        with self._news:
            return len(self._lines)

    def tell(self, line: str) -> None:
        """Give it a line on its standard input."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def wait_for(self, fits: Callable[[str], bool], since: int = 0) -> str:
        """The first line from number `since` on that fits; it may be there already."""

        def found() -> str | None:
            return next((line for line in self._lines[since:] if fits(line)), None)

        with self._news:
            self._news.wait_for(lambda: found() is not None or self._has_ended, PATIENCE_SECONDS)
            line = found()
            assert line is not None, "the line did not come; what did:\n" + "\n".join(self._lines)
            return line

    def terminate(self, number: int = signal.SIGTERM) -> None:
        """Ask it to end, as the system or Ctrl-C does."""
        self._process.send_signal(number)

    def wait(self) -> Finished:
        """Wait for its own end."""
        try:
            code = self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end; what it printed:\n{self.output}") from None
        self._reader.join(PATIENCE_SECONDS)
        return Finished(code, self.output)

    def end(self) -> None:
        """End it and whatever it forked, however it feels about it."""
        if os.name == "posix":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()
        self._reader.join(PATIENCE_SECONDS)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self._lines.append(line.rstrip("\r\n"))
                self._news.notify_all()
        with self._news:
            self._has_ended = True
            self._news.notify_all()


@contextmanager
def running(*arguments: str, folder: Path | None = None, takes_input: bool = False) -> Iterator[Program]:
    """A program that is ended with the block."""
    program = Program(*arguments, folder=folder, takes_input=takes_input)
    try:
        yield program
    finally:
        program.end()


async def run_to_end(*arguments: str, folder: Path | None = None) -> Finished:
    """Run a client while the test's loop goes on."""
    with running(*arguments, folder=folder) as program:
        return await asyncio.to_thread(program.wait)


class Server(NamedTuple):
    """A program that listens."""

    program: Program
    port: int


@contextmanager
def serving(arguments: Callable[[int], list[str]], folder: Path | None = None) -> Iterator[Server]:
    """A program that listens on the port that `arguments` is given; ready to be called."""
    for _ in range(STARTS):
        port = free_port()
        with running(*arguments(port), folder=folder) as program:
            if _listens(program, port):
                yield Server(program, port)
                return
            output = program.output
    raise AssertionError(f"it does not listen:\n{output}")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    for place in _places:
        port = _PORTS[place % len(_PORTS)]
        with socket.socket() as attempt, suppress(OSError):
            attempt.bind(("127.0.0.1", port))
            return port
    raise AssertionError("the count goes on for ever")


def _listens(program: Program, port: int) -> bool:
    """Wait until it takes connections; False when it ends instead."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while program.is_running and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS).close()
        except ConnectionRefusedError:
            threading.Event().wait(RETRY_SECONDS)
        else:
            return True
    return False
