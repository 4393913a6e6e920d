"""The rules of the house that no linter knows, checked on the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCE = ROOT / "gui" / "parley"
MODULES = sorted(SOURCE.rglob("*.py"))
PURE_ROOMS = ("ul", "dimse", "model", "diagnosis", "exchange")
CLOCKS_AND_WIRES = {"asyncio", "selectors", "select", "socket", "ssl", "threading", "time"}
TASK_STARTERS = {"create_task", "ensure_future"}
NESTED_LOOPS = {"exec", "exec_"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), name_of(path))


def imported(tree: ast.AST) -> Iterator[str]:
    """Top-level names of all that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def method_calls(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Name and line of each call of the form `something.name(...)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, node.lineno


def calls_to(names: set[str], tree: ast.AST) -> list[int]:
    return [line for name, line in method_calls(tree) if name in names]


def coroutines(tree: ast.AST) -> Iterator[ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
class TestEveryModule:
    def test_says_what_it_is(self, path):
        assert ast.get_docstring(tree_of(path))

    def test_opens_no_nested_event_loop_in_a_coroutine(self, path):
        """The other tasks would lose their wake-ups and hang; `open()` and `finished` do the same without."""
        assert [line for coroutine in coroutines(tree_of(path)) for line in calls_to(NESTED_LOOPS, coroutine)] == []

    def test_starts_tasks_through_the_wrapper_only(self, path):
        if name_of(path) != "gui/parley/engine/tasks.py":
            assert calls_to(TASK_STARTERS, tree_of(path)) == []

    def test_does_not_process_events_by_hand(self, path):
        assert calls_to({"processEvents"}, tree_of(path)) == []


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) in PURE_ROOMS], ids=name_of)
def test_a_pure_room_knows_no_clock_and_no_wire(path):
    assert set(imported(tree_of(path))) & CLOCKS_AND_WIRES == set()


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) == "bridge"], ids=name_of)
def test_the_bridge_opens_no_nested_event_loop(path):
    assert calls_to(NESTED_LOOPS, tree_of(path)) == []


def test_the_checks_see_what_they_look_for():
    sample = ast.parse(
        "import os.path, asyncio\n"
        "from socket import socket\n"
        "from . import time\n"
        "async def ask(dialog):\n"
        "    def inner():\n"
        "        return dialog.exec()\n"
        "def later(loop, coro):\n"
        "    loop.create_task(coro)\n"
    )
    assert list(imported(sample)) == ["os", "asyncio", "socket"]
    assert [calls_to(NESTED_LOOPS, coroutine) for coroutine in coroutines(sample)] == [[6]]
    assert calls_to(TASK_STARTERS, sample) == [8]


def test_packaging_does_not_shadow_the_distribution_of_that_name():
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_readme_and_ci_use_the_same_commands():
    readme, ci = (ROOT / "README.md").read_text("utf-8"), (ROOT / ".ci" / "run").read_text("utf-8")
    assert "python3 packaging/dev.py test" in readme
    assert "python3 packaging/dev.py test" in ci
    assert "python3 packaging/dev.py run" in readme


def test_nothing_is_left_for_later():
    marks = tuple(letters + rest for letters, rest in (("TO", "DO"), ("FIX", "ME"), ("XX", "X")))
    folders = ("gui", "resources", "packaging", "tests", ".ci")
    files = [
        path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".md", ".toml"}
    ]
    assert [name_of(path) for path in files if any(mark in path.read_text("utf-8") for mark in marks)] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_systems_own_words_are_read_by_nobody(path):
    """They are in the language of the desktop; `error_words` has ours."""
    if name_of(path) != "gui/parley/model/system_errors.py":
        attributes = {node.attr for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)}
        assert attributes & {"strerror", "gai_strerror"} == set()


BY_HAND = re.compile(r"""r(?:partition|split)\(["']:["']|host\}:\{""")
"""How an address is put together or taken apart without `parley.model.address`, where IPv6 is thought of."""


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_addresses_are_written_and_read_in_one_place(path):
    if name_of(path) != "gui/parley/model/address.py":
        assert [line for line in path.read_text("utf-8").splitlines() if BY_HAND.search(line)] == []


TEXTS = "gui/parley/ui/kit/texts.py"
RICH = {"gui/parley/ui/kit/verdict.py", "gui/parley/ui/help.py"}
"""Where rich text is made, of texts that are ours or escaped."""
GUESSED_TEXTS = {
    *("setToolTip", "setStatusTip", "setWhatsThis", "setTabToolTip", "setWindowTitle", "showText", "setTextFormat"),
    *("setInformativeText", "setHtml", "setMarkdown", "appendHtml", "insertHtml", "createStandardContextMenu"),
    "setLabelText",
}
GUESSING_WIDGETS = {
    *("QLabel", "QToolTip", "QWhatsThis", "QSplashScreen", "QErrorMessage", "QInputDialog", "QProgressDialog"),
}
MESSAGE_BOXES = {
    "QMessageBox",
    *(f"QMessageBox.{name}" for name in ("about", "critical", "information", "question", "warning")),
}
"""What makes one."""


def is_our_own(text: ast.expr) -> bool:
    """Whether a text is written out where it is set, or made fit to be shown there."""
    return isinstance(text, ast.Constant) or (
        isinstance(text, ast.Call) and isinstance(text.func, ast.Name) and text.func.id == "tip_text"
    )


def tool_tip_answers(tree: ast.AST) -> Iterator[ast.expr]:
    """What models answer where they are asked for a tooltip."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "ToolTipRole" in ast.unparse(node.test):
            yield from (
                inner.value for inner in ast.walk(node.body[0]) if isinstance(inner, ast.Return) and inner.value
            )


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) in {"ui", "bridge", "app.py"}], ids=name_of)
class TestTextsOfOthers:
    """Qt takes some texts for rich text, which reads files, if they look like it; peers and files choose texts."""

    def test_are_set_through_the_kit(self, path):
        if name_of(path) in {TEXTS, *RICH}:
            return
        calls = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
        setting = [c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr in GUESSED_TEXTS]
        assert [ast.unparse(call) for call in setting if not is_our_own(call.args[-1])] == []

    def test_are_in_no_widget_that_guesses(self, path):
        if name_of(path) in {TEXTS, *RICH}:
            return
        names = {node.id for node in ast.walk(tree_of(path)) if isinstance(node, ast.Name)}
        assert names & GUESSING_WIDGETS == set()

    def test_are_made_fit_where_a_model_answers(self, path):
        assert [ast.unparse(text) for text in tool_tip_answers(tree_of(path)) if not is_our_own(text)] == []


def test_message_boxes_are_made_in_one_place():
    makers = [
        name_of(path)
        for path in MODULES
        if any(isinstance(n, ast.Call) and ast.unparse(n.func) in MESSAGE_BOXES for n in ast.walk(tree_of(path)))
    ]
    assert makers == [TEXTS]
