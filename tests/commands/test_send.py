"""`parley send` and `parley listen --store`, as they are typed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from parley.cli import main
from tests.commands.typed import POSIX
from tests.harness.dicom import CT, JPEG, MR, data_set_of, write_file
from tests.harness.process import Program, free_port, running


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]):
    """Types a command; gives exit code, output and complaints."""

    def call(*arguments: object) -> tuple[int, list[str], str]:
        code = main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return code, told.out.splitlines(), told.err

    return call


def listening(*arguments: str) -> Iterator[str]:
    """A listener in a process of its own, and its address; ended by its own id."""
    with running(sys.executable, "-m", "parley", "listen", "--port", "0", *arguments) as program:
        yield address_of(program)


def address_of(program: Program) -> str:
    line = program.wait_for(lambda line: "listening on" in line)
    return f"PARLEY_SCP@{line.split()[-1]}"


@pytest.fixture
def saving(tmp_path) -> Iterator[str]:
    yield from listening("--store", str(tmp_path / "in"))


@pytest.fixture
def refusing() -> Iterator[str]:
    yield from listening("--discard", "--status", "A700")


def test_files_and_folders_arrive_in_their_own_transfer_syntaxes(call, saving, tmp_path):
    folder = tmp_path / "out"
    (folder / "below").mkdir(parents=True)
    sent = [
        write_file(folder / "1.dcm", 100_000),
        write_file(folder / "below" / "2.dcm", 1000, transfer_syntax=JPEG),
        write_file(tmp_path / "3.dcm", 1000, sop_class=MR),
    ]
    code, out, err = call("send", folder, sent[2], saving)
    assert (code, err) == (0, "")
    assert out[-1] == "3 of 3 files stored"
    assert [line for line in out if "success (0000H)" in line]
    received = {data_set_of(path) for path in (tmp_path / "in").iterdir()}
    assert received == {data_set_of(path) for path in sent}


def test_what_is_refused_fails(call, refusing, tmp_path):
    path = write_file(tmp_path / "1.dcm")
    code, out, _ = call("send", "--json", path, refusing)
    assert code == 1
    results = [record for record in map(json.loads, out) if "file" in record]
    assert [(r["file"], r["stored"], r["status"], r["sop_class_uid"]) for r in results] == [
        (str(path), False, "A700H", CT)
    ]


def test_what_cannot_be_read_is_told_and_the_rest_is_sent(call, saving, tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    path = write_file(tmp_path / "1.dcm")
    code, out, _ = call("send", tmp_path / "notes.txt", path, tmp_path / "missing", saving)
    assert code == 1
    assert out[0].startswith(f"{tmp_path / 'notes.txt'}  It is no DICOM file")
    assert out[1].startswith(f"{tmp_path / 'missing'}  It cannot be read: No such file")
    assert out[-1] == "1 of 3 files stored"


def test_nobody_there(call, tmp_path):
    path = write_file(tmp_path / "1.dcm")
    code, out, err = call("send", path, f"X@127.0.0.1:{free_port()}")
    assert code == 1
    assert err.startswith("parley: ")
    assert out[-1] == "0 of 1 files stored"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["send", "nothing.dcm", "X@127.0.0.1:1"], "There is no DICOM file to send."),
        (["listen", "--status", "0000"], "--store DIR or --discard"),
        (["listen", "--store", __file__], "is a file, not a folder"),
        (["listen", "--port", "0", "--tls", "--cert", "nothing.pem"], "nothing.pem does not exist"),
        (["listen", "--port", "0", "--tls"], "no certificate file is given"),
    ],
)
def test_what_cannot_be_tried(call, arguments, words):
    code, _, err = call(*arguments)
    assert code == 2
    assert words in err


@pytest.mark.parametrize("status", ["", "G", "12345", "-1"])
def test_a_status_is_four_digits(call, status, capsys):
    with pytest.raises(SystemExit) as caught:
        call("listen", "--discard", f"--status={status}")
    assert caught.value.code == 2
    assert "four hexadecimal digits" in capsys.readouterr().err


def test_more_classes_than_an_association_holds(call, tmp_path):
    for number in range(129):
        write_file(tmp_path / f"{number}.dcm", 10, sop_class=f"1.2.{number}")
    code, _, err = call("send", tmp_path, "X@127.0.0.1:1")
    assert code == 2
    assert "129 SOP classes" in err


def test_the_log_marks_what_breaks_the_standard(call, tmp_path):
    """Though `send` hides remarks."""
    path = write_file(tmp_path / "1.dcm")
    _, out, _ = call("send", path, f"A_TITLE_OF_20_LETTER@127.0.0.1:{free_port()}")
    (line,) = [line for line in out if "not conformant" in line]
    assert "sent anyway: The called AE title has 20 characters" in line


# --- how far it has come ---------------------------------------------------------------------------------------------


@POSIX
def test_a_terminal_shows_how_far_it_has_come(saving, tmp_path):
    files = [write_file(tmp_path / f"{number}.dcm", 200_000) for number in range(3)]
    ours, theirs = os.openpty()
    try:
        command = [sys.executable, "-m", "parley", "send", *map(str, files), saving]
        finished = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, timeout=30, text=True)
        os.set_blocking(ours, False)
        shown = os.read(ours, 65536).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert finished.stdout.splitlines()[-1] == "3 of 3 files stored"
    assert "\r" not in finished.stdout
    assert re.search(r"\r[0-3] of 3 files  0\.\d MB(  \d+\.\d MB/s)?", shown)
    assert re.search(r"\r +\r$", shown), "it is left standing"


def test_a_pipe_gets_no_such_line(call, saving, tmp_path):
    _, out, err = call("send", write_file(tmp_path / "1.dcm", 200_000), saving)
    assert err == ""
    assert not [line for line in out if "MB" in line]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such things on this system")
def test_a_pipe_in_the_folder_is_told_and_the_rest_is_sent(call, saving, tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    write_file(folder / "2.dcm", 1000)
    os.mkfifo(folder / "1")
    code, out, _ = call("send", folder, saving)
    assert code == 1
    assert f"{folder / '1'}  It cannot be read: it is not a file." in out
    assert out[-1] == "1 of 2 files stored"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no such things on this system")
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "A@127.0.0.1:1", "--passphrase-file", "PIPE"),
        ("check", "A@127.0.0.1:1", "--ca", "PIPE"),
        ("check", "A@127.0.0.1:1", "--cert", "PIPE"),
        ("listen", "--rules", "PIPE"),
        ("profiles", "import", "PIPE"),
    ],
)
def test_no_command_waits_for_a_pipe(call, tmp_path, arguments):
    os.mkfifo(tmp_path / "pipe")
    code, out, err = call(*(tmp_path / "pipe" if word == "PIPE" else word for word in arguments))
    assert code in {1, 2}
    assert "it is not a file" in "\n".join((*out, err))
