"""How the command line is called: what is no call ends with 2 and words, before anything is done."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import parley
from parley.cli import ENDED, INTERRUPTED, main
from tests.harness.process import running


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "nothing"], "There is no profile called nothing."),
        (["check", "127.0.0.1:1"], "A peer without a profile is named as AE@HOST:PORT: ANY-SCP@127.0.0.1:1"),
        (["check", "SCP@:104"], "is not AE@HOST:PORT"),
        (["check", "SCP@127.0.0.1:0"], "port 0 is not between"),
        (["profiles", "show", "nothing"], "There is no profile called nothing."),
        (["listen", "--profile", "nothing"], "There is no profile called nothing."),
    ],
)
def test_what_cannot_be_tried_ends_with_2(capsys, arguments, words):
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("parley: ")
    assert words in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "SCP@127.0.0.1:104", "--timeout", "0"],
        ["check", "SCP@127.0.0.1:104", "--timeout", "nan"],
        ["listen", "--port", "65536"],
        ["listen", "--port", "-1"],
        ["listen", "--reject", "9"],
        ["profiles"],
        ["nonsense"],
    ],
)
def test_a_wrong_call_ends_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert "error: " in capsys.readouterr().err


def test_version(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"parley {parley.__version__}\n"


def test_a_command_loads_no_more_than_it_needs(tmp_path):
    script = (
        "import sys; from parley.cli import main\n"
        f"main(['profiles', 'list', '--profiles', {str(tmp_path)!r}])\n"
        "print(sorted({'asyncio', 'ssl', 'pydicom', 'PySide6', 'parley.engine.engine'} & set(sys.modules)))"
    )
    with running(sys.executable, "-c", script) as program:
        assert program.wait().output.splitlines()[-1] == "[]"


INTERRUPTED_IMPORT = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, *_rest):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
sys.argv[1:] = {words!r}
from parley.cli import main
sys.exit(main())
"""
"""The system's word for a Ctrl-C that comes while a module is being loaded, and the rest of the console script."""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("module", ["argparse", "parley.commands", "parley.engine.engine"])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["listen", "--port", "0"], ENDED),
        (["check", "SCP@127.0.0.1:1"], INTERRUPTED),
        (["demo"], INTERRUPTED),
    ],
)
def test_an_interrupt_while_it_is_loaded_leaves_no_traceback(module, words, code):
    script = INTERRUPTED_IMPORT.format(module=module, words=words)
    with running(sys.executable, "-c", script) as program:
        finished = program.wait()
    assert (finished.code, finished.output) == (code, "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("parley.commands.profiles", ["profiles", "list"]),
        ("PySide6", []),
        ("PySide6.QtCore", []),
        ("parley.ui.main_window", ["gui"]),
    ],
)
def test_an_interrupt_before_the_window_or_a_list_is_there(module, words):
    script = INTERRUPTED_IMPORT.format(module=module, words=words)
    with running(sys.executable, "-c", script) as program:
        finished = program.wait()
    assert (finished.code, finished.output) == (INTERRUPTED, "")


def test_the_door_itself_loads_next_to_nothing():
    """What it loads is loaded before a Ctrl-C can be dealt with."""
    house = str(Path(parley.__file__).parent.parent)
    script = "import sys; before = set(sys.modules); import parley.cli; print(sorted(set(sys.modules) - before))"
    with running(sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {house!r}); {script}") as program:
        assert program.wait().output.splitlines()[-1] == "['__future__', 'parley', 'parley.cli']"
