"""`parley listen`, as scripts and callers see it."""

from __future__ import annotations

import json
import signal
import socket
import threading
from pathlib import Path

import pytest

from parley.cli import main
from parley.dimse.command import encode_command
from parley.dimse.store import store_request
from parley.model.answering import Answering, AnswerRule
from parley.model.build import request_pdu
from parley.model.files.store import ProfileStore
from parley.model.handle import AcceptorHandle, ForcedAnswer, ProposedContext, RequestorHandle, SupportedContext
from parley.model.profile import AcceptorSide, Profile
from parley.ul.codec import encode
from parley.ul.pdu import PDataTf, Pdv
from tests.commands.typed import PARLEY, POSIX, Listening, checked, parley_to_end
from tests.harness.dicom import CT, EXPLICIT, write_file
from tests.harness.process import Finished, running


def echoscu(port: str, *options: str) -> Finished:
    """DCMTK's SCU against a port of this machine."""
    with running("echoscu", "-v", *options, "127.0.0.1", port) as program:
        return program.wait()


@pytest.mark.interop
@pytest.mark.dcmtk
def test_listen_answers_echoscu():
    with Listening() as scp:
        assert echoscu(scp.port, "-aet", "MODALITY").code == 0
        assert scp.wait_for("requested")["peer_ae_title"] == "MODALITY"
        scp.wait_for("released")


@pytest.mark.interop
@pytest.mark.dcmtk
@pytest.mark.parametrize(
    ("options", "call", "words"),
    [
        (("--reject", "1/1/7"), (), "Called AE Title Not Recognized"),
        (("--check-called", "--ae-title", "BENCH"), ("-aec", "OTHER"), "Called AE Title Not Recognized"),
        (("--calling", "ONE", "--calling", "TWO"), ("-aet", "THREE"), "Calling AE Title Not Recognized"),
    ],
    ids=["all", "called", "calling"],
)
def test_listen_rejects_whom_it_is_told_to(options, call, words):
    with Listening(*options) as scp:
        finished = echoscu(scp.port, *call)
        scp.wait_for("rejected")
    assert finished.code != 0
    assert words in finished.output


@pytest.mark.interop
@pytest.mark.dcmtk
def test_listen_accepts_whom_it_is_told_to():
    with Listening("--check-called", "--ae-title", "BENCH", "--calling", "ONE", "--calling", "TWO") as scp:
        assert echoscu(scp.port, "-aec", "BENCH", "-aet", "TWO").code == 0


def test_listen_says_that_a_port_is_taken_and_what_to_do(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert main(["listen", "--port", str(other.getsockname()[1])]) == 2
    assert capsys.readouterr().err == (
        "parley: Another program, or another Parley, already listens at this address and port. "
        "Choose another port, or end the other program.\n"
    )


@pytest.mark.interop
@pytest.mark.dcmtk
def test_findings_are_printed_in_words():
    """DCMTK's titles are what is typed; Parley says what it thinks of them, and how many findings it does not show."""
    with running(*PARLEY, "listen", "--port", "0") as scp:
        port = scp.wait_for(lambda line: "listening on" in line).rpartition(":")[2].strip()
        assert echoscu(port, "-aet", "modality").code == 0
        counted = scp.wait_for(lambda line: "A-ASSOCIATE-RQ" in line)
        said = scp.wait_for(lambda line: "warning  The calling AE title" in line)
    assert "1 warning" in counted
    assert said.strip() == (
        "warning  The calling AE title has lower-case letters; peers tell case apart. "
        "Write it exactly as the peer is configured. (byte 26)"
    )


@pytest.mark.interop
@pytest.mark.dcmtk
def test_objects_that_will_be_refused_are_told_before_one_comes(tmp_path):
    image = write_file(tmp_path / "1.dcm")
    with running(*PARLEY, "listen", "--port", "0", "--all-storage") as scp:
        port = scp.wait_for(lambda line: "listening on" in line).rpartition(":")[2].strip()
        scp.wait_for(lambda line: "storage SOP classes" in line and "but every object is refused with 0122H" in line)
        with running("storescu", "-v", "127.0.0.1", port, str(image)) as program:
            assert "Refused: SOPClassNotSupported" in program.wait().output
        scp.wait_for(lambda line: "accepted, but every object is refused" in line)


@POSIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_listen_ends_cleanly_when_told_to_and_aborts_what_is_open(number):
    with Listening() as scp, running(*PARLEY, "listen", "--port", "0") as plain:
        plain.wait_for(lambda line: "listening on" in line)
        with socket.create_connection(("127.0.0.1", int(scp.port))) as caller:
            scp.wait_for("connection_accepted")
            for program in (scp.program, plain):
                program.terminate(number)
            assert caller.recv(100) == b""
        finished, other = scp.program.wait(), plain.wait()
    assert finished.code == other.code == 0
    assert "Traceback" not in finished.output + other.output
    assert json.loads(finished.output.splitlines()[-1])["kind"] == "closed"


def test_the_log_marks_what_breaks_the_standard(tmp_path):
    handle = AcceptorHandle(forced_answers=(ForcedAnswer("", 7),))
    ProfileStore(tmp_path).create(Profile("odd", scp=AcceptorSide(handle=handle)))
    with Listening("--profile", "odd", "--profiles", str(tmp_path)) as scp:
        mark = scp.wait_for("note")
    assert mark["text"].startswith("not conformant, listening anyway: ")
    assert mark["local"] == f"127.0.0.1:{scp.port}"
    assert mark["findings"]


def listening_by(folder, **answering):
    """A listener that answers by the rules of a profile."""
    ProfileStore(folder).create(Profile("by rules", scp=AcceptorSide(answering=Answering(**answering))))
    return Listening("--profile", "by rules", "--profiles", str(folder))


def test_the_answer_rules_of_a_profile_are_followed(capsys, tmp_path):
    with listening_by(tmp_path, rules=(AnswerRule("~calling STRANGER", "reject 1/1/3", "strangers"),)) as scp:
        target = f"SCP@127.0.0.1:{scp.port}"
        assert main(["check", target]) == 0
        assert main(["check", target, "--calling", "STRANGER"]) == 1
    assert "1/1/3" in capsys.readouterr().out


def test_an_answer_rule_may_name_another_profile(capsys, tmp_path):
    strict = AcceptorHandle(contexts=(SupportedContext("1.2.840.10008.5.1.4.1.1.2", ("1.2.840.10008.1.2",)),))
    ProfileStore(tmp_path).create(Profile("CT only", scp=AcceptorSide(handle=strict)))
    with listening_by(tmp_path, rules=(AnswerRule("", 'accept as "CT only"'),)) as scp:
        code, report = checked(capsys, f"SCP@127.0.0.1:{scp.port}")
    assert code == 1
    assert [context["accepted"] for context in report["negotiation"]] == [False]


def test_a_rule_that_cannot_be_followed_is_told(capsys, tmp_path):
    rules = (AnswerRule("", 'accept as "nobody"'),)
    ProfileStore(tmp_path).create(Profile("odd", scp=AcceptorSide(port=0, answering=Answering(rules=rules))))
    assert main(["listen", "--profile", "odd", "--profiles", str(tmp_path)]) == 2
    assert "nobody" in capsys.readouterr().err


def test_listen_says_what_a_killed_program_has_left_and_removes_it_when_told_to(tmp_path):
    leftover = tmp_path / f".{'0' * 16}.part"
    leftover.write_bytes(bytes(1500))
    with Listening("--store", str(tmp_path)) as scp:
        said = scp.program.wait_for(lambda line: "--remove-leftovers" in line)
        assert f"1 unfinished file (1.5 kB) of a killed program in {tmp_path}" in said
    assert leftover.exists()
    with Listening("--store", str(tmp_path), "--remove-leftovers") as scp:
        scp.program.wait_for(lambda line: "1 of 1 unfinished file (1.5 kB) removed" in line)
        assert not leftover.exists()


@POSIX
def test_what_a_kill_leaves_is_found_at_the_next_start_and_not_while_it_is_written(tmp_path):
    """The first listener is killed while an object comes in, with a second one beside it on the same folder."""
    handle = RequestorHandle(contexts=(ProposedContext(CT, (EXPLICIT,)),))
    command = store_request(1, 1, CT, "1.2.3", 100)
    half = PDataTf((Pdv(1, 3, encode_command(command.command)), Pdv(1, 0, bytes(10))))
    with Listening("--store", str(tmp_path)) as first, socket.create_connection(("127.0.0.1", int(first.port))) as peer:
        peer.sendall(encode(request_pdu(handle)))
        assert peer.recv(1) == b"\2"
        peer.sendall(encode(half))
        while not list(tmp_path.glob(".*.part")):
            threading.Event().wait(0.01)
        with Listening("--store", str(tmp_path), "--remove-leftovers"):
            pass
        (leftover,) = tmp_path.iterdir()
        first.program.end()
    with Listening("--store", str(tmp_path), "--remove-leftovers") as third:
        third.program.wait_for(lambda line: "1 of 1 unfinished file" in line)
    assert not leftover.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--duplicates", "replace"), "say --store DIR too"),
        (("--remove-leftovers",), "say --store DIR too"),
        (("--store", "in", "--duplicate-status", "0111"), "say --duplicates refuse too"),
    ],
)
def test_listen_refuses_what_makes_no_sense_together(capsys, options, words):
    assert main(["listen", "--port", "0", *options]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.interop
@pytest.mark.dcmtk
def test_listen_refuses_the_same_instance_again_when_told_to(tmp_path):
    path = write_file(tmp_path / "1.dcm", 1000)
    with Listening("--store", str(tmp_path / "in"), "--duplicates", "refuse", "--duplicate-status", "A701") as scp:
        with running("storescu", "-v", "-nh", "-xe", "127.0.0.1", scp.port, str(path), str(path)) as program:
            output = program.wait().output
        scp.program.wait_for(lambda line: "is there already: the object is not kept, and A701H is answered" in line)
    assert output.count("Received Store Response (Success)") == 1
    assert output.count("Refused: OutOfResources") == 1
    assert len(list((tmp_path / "in").iterdir())) == 1


@pytest.mark.skipif(not Path("/proc").exists(), reason="this system has no folder that not even root can write in")
@pytest.mark.parametrize("folder", ["/proc/x", "/proc"])
def test_a_folder_that_cannot_be_had_is_refused_at_the_start(folder):
    finished = parley_to_end("listen", "--port", "0", "--store", folder)
    assert finished.code == 2
    assert f"parley: This side cannot listen: objects cannot be saved in {folder}: " in finished.output
    assert "Traceback" not in finished.output


def test_a_file_in_the_place_of_the_folder_is_refused_at_the_start(tmp_path, capsys):
    (tmp_path / "in").write_text("a file")
    assert main(["listen", "--port", "0", "--store", str(tmp_path / "in")]) == 2
    assert f"objects cannot be saved in {tmp_path / 'in'}: " in capsys.readouterr().err


def test_the_folder_is_there_and_empty_once_it_listens(tmp_path):
    with Listening("--store", str(tmp_path / "a" / "in")):
        assert list((tmp_path / "a" / "in").iterdir()) == []
