"""The command line as scripts see it: what it prints, and the code it ends with. In a process of its own where the
process is what matters, else by `main`."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys

import pytest

import parley
from parley.cli import main
from parley.model.handle import ProposedContext, RequestorHandle
from parley.model.profile import LOOPBACK, AcceptorSide, Profile, RequestorSide
from parley.model.profile_reader import read_profile
from parley.model.store import ProfileStore
from tests.harness.loops import run_on
from tests.harness.peer import Peer, listening
from tests.harness.process import Finished, free_port, run_to_end, running, serving

CT = "1.2.840.10008.5.1.4.1.1.2"
PARLEY = (sys.executable, "-W", "error", "-m", "parley")
STEPS = ["name", "tcp", "association", "echo", "release"]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals and no shell like this")


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
    """``parley listen`` in a process of its own, ready."""

    def __init__(self, *arguments: str) -> None:
        self._program = running(*PARLEY, "listen", "--json", "--port", "0", *arguments)

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


# --- demo ------------------------------------------------------------------------------------------------------------


def test_demo_prints_the_whole_exchange_as_json(capsys):
    assert main(["demo", "--json"]) == 0
    out, err = capsys.readouterr()
    events = [json.loads(line) for line in out.splitlines()]
    assert err == ""
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    kinds = [event["kind"] for event in events]
    assert kinds.count("listening") == 2
    assert kinds.count("accepted") == kinds.count("released") == kinds.count("rejected") == 2
    assert kinds.count("message_sent") == kinds.count("message_received") == 2
    assert "state" in kinds
    assert "A-ASSOCIATE-RJ" in next(line for line in out.splitlines() if '"pdu_sent"' in line and "RJ" in line)


def test_demo_prints_a_line_for_each_event_and_hides_states_unless_asked():
    plain, verbose = parley_to_end("demo"), parley_to_end("demo", "-v")
    assert plain.code == verbose.code == 0
    assert " state " not in plain.output
    assert " state " in verbose.output
    for words in ("listening on 127.0.0.1:", "A-ASSOCIATE-RQ", "A-ASSOCIATE-AC", "C-ECHO", "A-RELEASE-RQ", "1/1/7"):
        assert words in plain.output


@POSIX
def test_a_reader_that_has_seen_enough_ends_the_printing_only():
    with running("sh", "-c", f"{' '.join(PARLEY)} demo | head -1; echo done") as program:
        finished = program.wait()
    first, *rest = finished.output.splitlines()
    assert "listening on" in first
    assert rest == ["done"]


def test_what_an_output_cannot_encode_ends_nothing(monkeypatch):
    """It once ended the association, whose events had arrows in them."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    finished = parley_to_end("demo", "-v")
    assert finished.code == 0
    assert "\\u2192" in finished.output
    assert "codec" not in finished.output


# --- check -----------------------------------------------------------------------------------------------------------


def test_check_passes_against_our_own_listener(capsys):
    with Listening("--ae-title", "BENCH") as scp:
        code, report = checked(capsys, f"BENCH@127.0.0.1:{scp.port}", "--calling", "MODALITY", "--timeout", "5")
        requested = scp.wait_for("requested")
    assert code == 0
    assert report["verdict"] == "passed"
    assert report["diagnosis"]["code"] == "established"
    assert outcomes(report) == dict.fromkeys(STEPS, "passed")
    assert all(step["ms"] >= 0 for step in report["steps"])
    (context,) = report["negotiation"]
    assert context == {
        "id": 1,
        "abstract_syntax": "1.2.840.10008.1.1",
        "name": "Verification SOP Class",
        "result": context["result"],
        "accepted": True,
        "transfer_syntax": "1.2.840.10008.1.2",
    }
    assert (requested["peer_ae_title"], requested["local_ae_title"]) == ("MODALITY", "BENCH")


@pytest.mark.interop
@pytest.mark.dcmtk
def test_check_passes_against_storescp(capsys):
    with serving(lambda port: ["storescp", str(port)]) as server:
        code, report = checked(capsys, f"STORE@localhost:{server.port}")
        assert main(["check", f"STORE@localhost:{server.port}"]) == 0
    assert (code, report["verdict"]) == (0, "passed")
    words = capsys.readouterr().out
    assert "PASSED: " in words
    assert "context   1  " in words
    assert [line.split()[0] for line in words.splitlines() if " ms" in line] == STEPS


@pytest.mark.parametrize(
    ("target", "code", "failed"),
    [("SCP@127.0.0.1:{free}", "connection_refused", "tcp"), ("SCP@no-such-host.invalid:104", "host_unknown", "name")],
)
def test_check_says_why_nobody_was_reached(capsys, target, code, failed):
    exit_code, report = checked(capsys, target.format(free=free_port()))
    assert exit_code == 1
    assert report["verdict"] == "failed"
    assert report["diagnosis"]["code"] == code
    assert report["diagnosis"]["cause"]
    assert report["negotiation"] == []
    found = outcomes(report)
    assert [name for name in STEPS if found[name] == "failed"] == [failed]
    assert set(list(found.values())[STEPS.index(failed) + 1 :]) == {"skipped"}


def test_check_fails_on_a_rejection(capsys):
    with Listening("--reject", "2/3/2") as scp:
        code, report = checked(capsys, f"SCP@127.0.0.1:{scp.port}")
    assert code == 1
    assert outcomes(report)["association"] == "failed"
    assert "2/3/2" in report["diagnosis"]["cause"]


def test_check_gives_up_on_a_silent_peer_after_the_time_given():
    async def behave(peer: Peer) -> None:
        await peer.read_to_end()

    async def play():
        async with listening(behave) as port:
            return await run_to_end(*PARLEY, "check", f"SCP@127.0.0.1:{port}", "--timeout", "0.2", "--json")

    finished = run_on(None, play())
    assert finished.code == 1
    assert json.loads(finished.output.splitlines()[-1])["diagnosis"]["code"] == "no_answer"


def test_check_takes_a_profile(capsys, tmp_path):
    with Listening() as scp:
        ProfileStore(tmp_path).create(Profile("Site A", RequestorSide(port=int(scp.port)), AcceptorSide()))
        code, report = checked(capsys, "Site A", "--profiles", str(tmp_path))
    assert (code, report["verdict"]) == (0, "passed")


def test_check_needs_one_accepted_context_and_echoes_only_where_it_may(capsys, tmp_path):
    handle = RequestorHandle(contexts=(ProposedContext(CT),))
    for options, code, result in (((), 1, "abstract syntax not supported"), (("--all-storage",), 0, "accepted with ")):
        with Listening(*options) as scp:
            profile = Profile(f"CT {code}", RequestorSide(port=int(scp.port), handle=handle))
            ProfileStore(tmp_path).create(profile)
            exit_code, report = checked(capsys, profile.name, "--profiles", str(tmp_path))
        assert (exit_code, report["verdict"]) == (code, "failed" if code else "passed")
        assert outcomes(report)["association"] == "passed"
        assert outcomes(report)["echo"] == "skipped"
        (context,) = report["negotiation"]
        assert (context["name"], context["accepted"]) == ("CT Image Storage", not code)
        assert result in context["result"]


def test_check_warns_of_what_it_sends_all_the_same(capsys):
    assert main(["check", f"A_TITLE_OF_20_LETTER@127.0.0.1:{free_port()}"]) == 1
    assert capsys.readouterr().err.startswith("parley: error: The called AE title has 20 characters")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "nothing"], "There is no profile called nothing."),
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


# --- listen ----------------------------------------------------------------------------------------------------------


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


@POSIX
def test_ctrl_c_ends_a_check_without_a_traceback():
    async def behave(peer: Peer) -> None:
        await peer.read_to_end()

    async def play():
        async with listening(behave) as port:
            with running(*PARLEY, "check", f"SCP@127.0.0.1:{port}") as program:
                await asyncio.to_thread(program.wait_for, lambda line: "A-ASSOCIATE-RQ" in line)
                program.terminate(signal.SIGINT)
                return await asyncio.to_thread(program.wait)

    finished = run_on(None, play())
    assert finished.code == 130
    assert "Traceback" not in finished.output


# --- profiles --------------------------------------------------------------------------------------------------------


def test_profiles_are_listed_and_those_that_cannot_be_read_with_the_reason(capsys, tmp_path):
    ProfileStore(tmp_path).create(Profile("Site A"))
    (tmp_path / "broken.toml").write_text("schema = 1\nname = [\n")
    (tmp_path / "newer.toml").write_text('schema = 99\nname = "newer"\n')
    assert main(["profiles", "list", "--profiles", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    lines = dict(line.split("  ", 1) for line in out.splitlines())
    assert list(lines) == ["Loopback", "broken", "newer", "Site A"]
    assert lines["Loopback"] == "(built in)"
    assert lines["Site A"] == "(Site A.toml)"
    assert lines["broken"].startswith("(broken.toml)  cannot be read, line 2: ")
    assert "newer Parley" in lines["newer"]
    assert err == ""


def test_a_profile_is_shown_as_a_file_that_can_be_read_again(capsys, tmp_path):
    assert main(["profiles", "show", "loopback", "--profiles", str(tmp_path)]) == 0
    assert read_profile(capsys.readouterr().out, "") == LOOPBACK


def test_a_profile_that_cannot_be_read_is_not_shown(capsys, tmp_path):
    (tmp_path / "broken.toml").write_text("schema = 1\nname = [\n")
    for command in (["profiles", "show", "broken"], ["check", "broken"], ["listen", "--profile", "broken"]):
        assert main([*command, "--profiles", str(tmp_path)]) == 2
        assert capsys.readouterr().err.startswith("parley: broken.toml, line 2: ")


def test_version(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"parley {parley.__version__}\n"
