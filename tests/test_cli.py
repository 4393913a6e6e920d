"""How the command line is called: what is no call ends with 2 and words, before anything is done."""

from __future__ import annotations

import sys

import pytest

import parley
from parley.cli import main
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
