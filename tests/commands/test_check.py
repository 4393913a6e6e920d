"""`parley check`, as scripts see it: what it prints, and the code it ends with."""

from __future__ import annotations

import asyncio
import json
import signal
import socket

import pytest

from parley.cli import main
from parley.model.files.store import ProfileStore
from parley.model.handle import ProposedContext, RequestorHandle
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from tests.commands.typed import PARLEY, POSIX, STEPS, Listening, checked, outcomes
from tests.harness.loops import run_on
from tests.harness.peer import Peer, listening
from tests.harness.process import free_port, run_to_end, running, serving

CT = "1.2.840.10008.5.1.4.1.1.2"


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
            return await run_to_end(*PARLEY, "check", f"SCP@127.0.0.1:{port}", "--timeout", "3", "--json")

    finished = run_on(None, play())
    assert finished.code == 1
    assert json.loads(finished.output.splitlines()[-1])["diagnosis"]["code"] == "no_answer"


def test_check_calls_from_where_it_is_told(capsys):
    port = free_port()
    with Listening("--ae-title", "BENCH") as scp:
        code, report = checked(capsys, f"BENCH@127.0.0.1:{scp.port}", "--from", f"127.0.0.1:{port}")
        assert scp.wait_for("requested")["peer"] == f"127.0.0.1:{port}"
    assert (code, report["verdict"]) == (0, "passed")
    code, report = checked(capsys, f"BENCH@127.0.0.1:{scp.port}", "--from", "192.0.2.7")
    assert (code, report["diagnosis"]["code"]) == (2, "local_address_failed")
    assert report["verdict"] == "not_tried"


@pytest.mark.parametrize("where", ["pacs", "192.0.2.7:65536", "[::1", "192.0.2.7:x"])
def test_check_from_nowhere_is_wrong_usage(capsys, where):
    with pytest.raises(SystemExit) as ended:
        main(["check", "BENCH@127.0.0.1:104", "--from", where])
    assert ended.value.code == 2
    assert "--from" in capsys.readouterr().err


@pytest.mark.parametrize("port", [-1, 0, 65536 + 104])
def test_a_port_that_does_not_exist_is_not_tried(capsys, tmp_path, port):
    ProfileStore(tmp_path).create(Profile("odd", RequestorSide(port=port), AcceptorSide()))
    assert main(["check", "odd", "--profiles", str(tmp_path)]) == 2
    assert f"odd has port {port}, which does not exist" in capsys.readouterr().err


def test_a_local_port_in_use_is_not_tried(capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, report = checked(capsys, f"X@127.0.0.1:{port}", "--from", f"127.0.0.1:{port}")
    assert (code, report["verdict"], report["diagnosis"]["code"]) == (2, "not_tried", "local_port_taken")


def test_a_title_may_have_an_at_sign_and_spaces(capsys):
    with Listening("--ae-title", "A@B C", "--check-called") as scp:
        code, report = checked(capsys, f"A@B C@127.0.0.1:{scp.port}")
        assert scp.wait_for("requested")["local_ae_title"] == "A@B C"
    assert (code, report["verdict"]) == (0, "passed")


def test_a_profile_may_have_an_at_sign(capsys, tmp_path):
    with Listening() as scp:
        ProfileStore(tmp_path).create(Profile("PACS@Site A", RequestorSide(port=int(scp.port)), AcceptorSide()))
        code, _ = checked(capsys, "PACS@Site A", "--profiles", str(tmp_path))
    assert code == 0
    assert main(["check", "PACS@Site B", "--profiles", str(tmp_path)]) == 2
    assert "is not AE@HOST:PORT" in capsys.readouterr().err


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


# --- several targets -------------------------------------------------------------------------------------------------


def test_several_targets_each_get_a_block_and_the_worst_code_counts(capsys):
    refused = f"SCP@127.0.0.1:{free_port()}"
    with Listening() as scp:
        reached = f"SCP@127.0.0.1:{scp.port}"
        assert main(["check", reached, reached]) == 0
        capsys.readouterr()
        assert main(["check", refused, reached]) == 1
    out, err = capsys.readouterr()
    blocks = [block.splitlines() for block in out.split("--- ")]
    assert [block[0] for block in blocks[1:]] == [refused, reached]
    verdicts = [[line.partition(":")[0] for line in block if line.startswith(("PASSED", "FAILED"))] for block in blocks]
    assert verdicts == [[], ["FAILED"], ["PASSED"]]
    assert err == ""


def test_several_targets_as_json_say_whose_each_result_is(capsys):
    with Listening("--reject", "1/1/7") as scp:
        targets = [f"SCP@127.0.0.1:{scp.port}", f"SCP@127.0.0.1:{free_port()}"]
        assert main(["check", "--json", *targets]) == 1
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    results = [record for record in records if "verdict" in record]
    assert [list(result) for result in results] == [["target", "verdict", "steps", "negotiation", "diagnosis"]] * 2
    assert [result["target"] for result in results] == targets
    assert [outcomes(result)["tcp"] for result in results] == ["passed", "failed"]
    assert records[-1] is results[-1]


def test_a_target_that_cannot_be_tried_keeps_no_other_from_it(capsys, tmp_path):
    with Listening() as scp:
        assert main(["check", "nobody", f"SCP@127.0.0.1:{scp.port}", "--profiles", str(tmp_path)]) == 2
    out, err = capsys.readouterr()
    assert "There is no profile called nobody." in err
    assert "PASSED: " in out


def test_among_several_a_warning_says_whose_it_is(capsys):
    odd = f"A_TITLE_OF_20_LETTER@127.0.0.1:{free_port()}"
    assert main(["check", f"SCP@127.0.0.1:{free_port()}", odd]) == 1
    assert capsys.readouterr().err.startswith(f"parley: {odd}: error: The called AE title has 20 characters")


# --- what breaks the standard ----------------------------------------------------------------------------------------


def test_the_log_marks_what_breaks_the_standard(capsys):
    target = f"127.0.0.1:{free_port()}"
    main(["check", f"A_TITLE_OF_20_LETTER@{target}"])
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "not conformant" in line]
    assert "sent anyway: The called AE title has 20 characters" in line
    main(["check", "--json", f"A_TITLE_OF_20_LETTER@{target}"])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (mark,) = [event for event in events if event.get("kind") == "note"]
    assert [finding["field"] for finding in mark["findings"]] == ["called_ae_title"]


def test_the_log_does_not_mark_what_keeps_to_it(capsys):
    main(["check", f"SCP@127.0.0.1:{free_port()}"])
    assert "not conformant" not in capsys.readouterr().out
