"""Acceptors in processes of their own, for the benchmarks that drive them from outside."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
START_SECONDS = 20.0


@dataclass
class Subject:
    """A running acceptor.

    Attributes:
        process: started by this module and ended by it.
    """

    name: str
    port: int
    process: subprocess.Popen[str]

    def cpu_seconds(self) -> float:
        """Processor time of the process so far, user and system (Linux)."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def ask(self, line: str) -> str:
        """Send a command, return the answer's line."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()


def environment() -> dict[str, str]:
    """In which scripts of this folder find what they import."""
    return {**os.environ, "PYTHONPATH": str(HERE.parent.parent)}


@contextlib.contextmanager
def script(name: str, file: str, *arguments: str) -> Iterator[Subject]:
    """One of this folder's scripts, which say their port themselves and end with their input."""
    with subprocess.Popen(
        [sys.executable, str(HERE / file), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line.startswith("PORT"):
            raise RuntimeError(f"{file} did not start: {line!r}")
        try:
            yield Subject(name, int(line.split()[1]), process)
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=START_SECONDS)
            process.kill()


@contextlib.contextmanager
def program(name: str, command: list[str], port: int, env: dict[str, str] | None = None) -> Iterator[Subject]:
    """A program that listens on a port it is given."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, env=env) as process:
        try:
            wait_for(port)
            yield Subject(name, port, process)
        finally:
            process.kill()


def wait_for(port: int) -> None:
    """Return once something listens on the port."""
    end = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        if time.monotonic() > end:
            raise RuntimeError(f"nothing listens on port {port}")


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def acceptors() -> Iterator[list[Subject]]:
    """Parley, pynetdicom, and what else is installed."""
    with contextlib.ExitStack() as stack:
        subjects = [
            stack.enter_context(script("Parley, window open", "parley_window.py")),
            stack.enter_context(script("pynetdicom", "pynetdicom_acceptor.py")),
        ]
        if storescp := shutil.which("storescp"):
            port = free_port()
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            subjects.append(stack.enter_context(program("DCMTK storescp", [storescp, "-od", folder, str(port)], port)))
        yield subjects
