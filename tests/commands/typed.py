"""Commands as they are typed: in this process, or in one of their own where the process is what matters."""

from __future__ import annotations

import json
import sys

import pytest

from parley.cli import main
from tests.harness.process import Finished, running

PARLEY = (sys.executable, "-W", "error", "-m", "parley")
STEPS = ["name", "tcp", "association", "echo", "release"]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals and no shell like this")


def written_to(place: str, *arguments: str) -> tuple[str, ...]:
    """The command with its output somewhere else, as a shell's words: ``/dev/full``, or ``&-`` for nowhere."""
    return ("sh", "-c", f'exec "$@" >{place}', "sh", *PARLEY, *arguments)


def parley_to_end(*arguments: str) -> Finished:
    """Run the command in its own process."""
    with running(*PARLEY, *arguments) as program:
        return program.wait()


def outcomes(report: dict) -> dict[str, str]:
    return {step["name"]: step["outcome"] for step in report["steps"]}


def checked(capsys, *arguments: str) -> tuple[int, dict]:
    """Run ``check --json``; its exit code and its last line."""
    code = main(["check", "--json", *arguments])
    *events, report = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all("kind" in event for event in events)
    assert list(report) == ["verdict", "steps", "negotiation", "diagnosis"]
    assert [step["name"] for step in report["steps"]] == STEPS
    assert {key for step in report["steps"] for key in step} == {"name", "outcome", "ms", "detail"}
    assert list(report["diagnosis"]) == ["code", "cause", "remedy"]
    return code, report


class Listening:
    """``parley listen`` in a process of its own, ready; `by` are the words of what starts it, such as a shell's."""

    def __init__(self, *arguments: str, by: tuple[str, ...] = ()) -> None:
        self._program = running(*by, *PARLEY, "listen", "--json", "--port", "0", *arguments)

    def __enter__(self):
        self.program = self._program.__enter__()
        started = json.loads(self.program.wait_for(lambda line: '"listening"' in line))
        self.port = started["local"].rpartition(":")[2]
        return self

    def __exit__(self, *error):
        self._program.__exit__(*error)

    def wait_for(self, kind: str) -> dict:
        """The first event of a kind."""
        return json.loads(self.program.wait_for(lambda line: f'"kind":"{kind}"' in line))
