"""No test leans on the real clock: a busy machine would make it lie.

Looked at is the text of every test. What may be done instead stands in `tests.harness.clock`; a poll in a `while` that
looks at the thing itself is no sleep.
"""

from __future__ import annotations

import ast
import dataclasses
import itertools
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from parley.model.profile import Timers

TESTS = Path(__file__).parent
SHORTEST_SECONDS = 3
"""A shorter timer on the real clock may end before a busy machine has come to what it is about."""

SLEEPS = {"sleep", "qWait"}
TIMERS = {field.name for field in dataclasses.fields(Timers)} | {
    "timeout",
    "delay",
    "default_seconds",
    "grace",
    "within",
}
CLOCKS = {"monotonic", "perf_counter", "time"}
RUNS_AN_ENGINE = ("parley.engine", "tests.interop", "tests.ui.driver")
"""A module that imports one of them, itself or through other modules of the tests, may run timers that it sets."""

ON_PURPOSE = {
    "engine/test_deadlines.py: 0.05 s for timer 'short'": "whether the loop's own timer comes too early",
}


def test_nothing_waits_for_a_real_timer():
    found = []
    for path in sorted(TESTS.rglob("*.py")):
        name = path.relative_to(TESTS).as_posix()
        if not name.startswith("benchmarks/"):
            found += [f"{name}: {words}" for words in offences(ast.parse(path.read_text("utf-8")))]
    assert [words for words in found if words not in ON_PURPOSE] == []
    assert set(ON_PURPOSE) <= set(found)


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("await asyncio.sleep(0)", 0),
        ("await asyncio.sleep(0.01)", 1),
        ("while not done(): await asyncio.sleep(0.01)", 0),
        ("time.sleep(pause)", 1),
        ("qtbot.wait(50)", 1),
        ("event.wait(0.5)", 1),
        ("clock.wait(1)", 0),
        ("event.wait(10)", 0),
        ("Timers(artim=0.3)", 0),
        ("import parley.engine.engine; Timers(artim=0.3)", 1),
        ("from parley.engine.engine import Engine; Timers(artim=30)", 0),
        ("import tests.interop.ends; serving(timeout=1)", 1),
        ("from tests.bridge.test_controller import Desk; Timers(artim=0.3)", 1),
        ("from tests.bridge import test_controller; Timers(artim=0.3)", 1),
        ("from tests.bridge.samples import Samples; Timers(artim=0.3)", 0),
        ("engine.close(0.6)", 1),
        ("engine.close(grace=0.6); import parley.engine", 1),
        ("engine.close(grace=0); import parley.engine", 0),
        ("run('check', '--timeout', '0.2')", 1),
        ("run('check', '--timeout', '5')", 0),
        ("Deadline(deadlines, done).start('ARTIM', 0.2)", 1),
        ("assert loop.time() - started < 2", 1),
        ("assert time.process_time() - started < 2", 0),
    ],
)
def test_what_is_found(code, count):
    assert len(list(offences(ast.parse(code)))) == count


def offences(tree: ast.Module) -> Iterator[str]:
    """What leans on the real clock, in words."""
    runs_an_engine = any(module.startswith(RUNS_AN_ENGINE) for module in _reached(tree))
    polls = {id(node) for loop in ast.walk(tree) if isinstance(loop, ast.While) for node in ast.walk(loop)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if id(node) not in polls:
                yield from _sleeps(node)
            yield from _short_steps(node)
            if runs_an_engine:
                yield from _short_timers(node)
        elif isinstance(node, ast.Assert):
            yield from _compared_times(node)
        if isinstance(node, ast.Call | ast.List | ast.Tuple):
            yield from _short_options(node)


def _reached(tree: ast.Module) -> set[str]:
    """What a module imports, and what the modules of the tests import that it reaches."""
    reached, left = set[str](), set(_imported(tree))
    while left:
        module = left.pop()
        reached.add(module)
        left |= _imported_by(module) - reached
    return reached


@cache
def _imported_by(module: str) -> set[str]:
    path = TESTS.parent.joinpath(*module.split(".")).with_suffix(".py")
    is_ours = module.startswith("tests.") and path.exists()
    return set(_imported(ast.parse(path.read_text("utf-8")))) if is_ours else set()


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _sleeps(call: ast.Call) -> Iterator[str]:
    name = _name(call)
    first = call.args[0] if call.args else None
    if name in SLEEPS and not (isinstance(first, ast.Constant) and first.value == 0):
        yield f"{name} in line {call.lineno}"
    elif name == "wait" and _owner(call) == "qtbot":
        yield f"wait in line {call.lineno}"
    elif name == "wait" and _owner(call) != "clock" and _is_short(first):
        yield f"{ast.unparse(first)} s of waiting in line {call.lineno}"


def _short_timers(call: ast.Call) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg in TIMERS and _is_short(keyword.value):
            yield f"{ast.unparse(keyword)} in line {call.lineno}"


def _short_steps(call: ast.Call) -> Iterator[str]:
    """A grace or a timer that is given without its name."""
    if _name(call) == "close" and call.args and _is_short(call.args[0]):
        yield f"close within {ast.unparse(call.args[0])} s in line {call.lineno}"
    if _name(call) == "start" and len(call.args) == 2 and _is_short(call.args[1]) and _owner(call) == "Deadline":
        yield f"{ast.unparse(call.args[1])} s for timer {ast.unparse(call.args[0])}"


def _short_options(node: ast.Call | ast.List | ast.Tuple) -> Iterator[str]:
    words = node.args if isinstance(node, ast.Call) else node.elts
    for option, value in itertools.pairwise(words):
        if isinstance(option, ast.Constant) and option.value == "--timeout" and isinstance(value, ast.Constant):
            try:
                seconds = float(value.value)
            except ValueError:
                continue
            if 0 < seconds < SHORTEST_SECONDS:
                yield f"--timeout {value.value} in line {value.lineno}"


def _compared_times(node: ast.Assert) -> Iterator[str]:
    for each in ast.walk(node.test):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in CLOCKS:
            yield f"the real time is compared in line {node.lineno}"


def _name(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _owner(call: ast.Call) -> str:
    """The name of that whose method is called, or of the class that was made for it."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if isinstance(owner, ast.Call):
        owner = owner.func
    return getattr(owner, "attr", getattr(owner, "id", ""))


def _is_short(node: ast.expr | None) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and 0 < node.value < SHORTEST_SECONDS
    )
