"""`parley listen --rules --arm --misbehave`, `parley check --misbehave`, `parley misbehaviours`."""

from __future__ import annotations

import json

import pytest

from parley.cli import main
from parley.model.misbehaviour.tables import ACCEPTOR, REQUESTOR
from tests.commands.typed import Listening, checked
from tests.harness.process import running

RULES = """
[[rules]]
name = "night shift"
when = "~calling STRANGER*"
answer = "reject 1/1/3"

[[rules]]
when = "~calling BROKEN"
answer = "abort 2/1"

[[responses]]
message = "C-ECHO"
status = 0xC001
"""


def echoscu(port: str, *options: str):
    """DCMTK's SCU against a port of this machine."""
    with running("echoscu", "-v", *options, "127.0.0.1", port) as program:
        return program.wait()


@pytest.fixture
def rules(tmp_path):
    def written(text: str = RULES):
        path = tmp_path / "rules.toml"
        path.write_text(text, "utf-8")
        return str(path)

    return written


@pytest.mark.interop
@pytest.mark.dcmtk
def test_rules_of_a_file_decide_and_the_log_names_them(rules):
    with Listening("--rules", rules()) as scp:
        rejected = echoscu(scp.port, "-aet", "STRANGER1")
        assert scp.wait_for("decided")["text"] == "reject 1/1/3: rule 1, night shift"
        aborted = echoscu(scp.port, "-aet", "BROKEN")
        answered = echoscu(scp.port, "-aet", "FRIEND")
    assert "Calling AE Title Not Recognized" in rejected.output
    assert aborted.code != 0
    assert "c001" in answered.output.lower()


@pytest.mark.interop
@pytest.mark.dcmtk
def test_armed_answers_are_used_one_after_the_other():
    with Listening("--arm", "reject 1/1/7", "--arm", "reject 2/3/1") as scp:
        outputs = [echoscu(scp.port).output for _ in range(3)]
    assert "Called AE Title Not Recognized" in outputs[0]
    assert "Temporary Congestion" in outputs[1]
    assert "Association Accepted" in outputs[2]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (("--reject", "1/1/9"), "reason"),
        (("--arm", "reject 3/1/1"), "result"),
        (("--arm", "abort 2/3"), "reason"),
        (("--rules",), "source"),
    ],
    ids=["reject", "arm", "arm an abort", "rules"],
)
def test_reserved_codes_are_marked_wherever_they_were_chosen(capsys, rules, options, field):
    if options == ("--rules",):
        options = ("--rules", rules('[[rules]]\nanswer = "abort 1/0"'))
    with Listening(*options) as scp:
        assert main(["check", f"X@127.0.0.1:{scp.port}", "--json"]) == 1
        note = scp.wait_for("note")
    assert note["text"].startswith("not conformant, sent anyway: ")
    assert [(each["severity"], each["field"]) for each in note["findings"]] == [("error", field)]
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()[:-1]]
    (answer,) = [event for event in events if event["kind"] == "pdu_received"]
    assert [each["field"] for each in answer["findings"]] == [field]


@pytest.mark.interop
@pytest.mark.dcmtk
@pytest.mark.parametrize(("name", "severity"), [("two-answers", "error"), ("abort-after-accept", "warning")])
def test_a_misbehaviour_is_marked_before_it_is_sent(name, severity):
    with Listening("--misbehave", name) as scp:
        finished = echoscu(scp.port)
        note = scp.wait_for("note")
    assert "Echo Failed" in finished.output
    assert [finding["severity"] for finding in note["findings"]] == [severity]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[rules]]\nwehn = 'x'\n", "line 2: rules[0].wehn is not known here"),
        ("[[rules]]\nwhen = '~calling ('\n", "Rule 1"),
        ("[[rules]]\nanswer = 'rejekt 1/1/1'\n", "Rule 1"),
        ("rules = 1\n", "must be a list of tables"),
        ("[[rules\n", "line 1: not TOML"),
        ("[[rules]]\nanswer = 'accept as \"Nobody\"'\n", "Nobody"),
    ],
)
def test_broken_rules_are_named_and_nothing_listens(rules, capsys, text, words):
    assert main(["listen", "--port", "0", "--rules", rules(text)]) == 2
    assert words in capsys.readouterr().err


def test_a_rules_file_that_is_not_there(capsys, tmp_path):
    assert main(["listen", "--port", "0", "--rules", str(tmp_path / "none.toml")]) == 2
    assert "The rules cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--arm", "rejekt 1/1/1"), "makes no sense"),
        (("--arm", "misbehave two-acks"), "the nearest is two-answers"),
        (("--arm", 'accept as "Nobody"'), "Nobody"),
        (("--misbehave", "two-answer"), "the nearest is two-answers"),
    ],
)
def test_an_answer_that_is_none_is_named(capsys, options, words):
    assert main(["listen", "--port", "0", *options]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("listen", "--port", "0", "--host", "*", "--misbehave", "two-answers"),
        ("listen", "--port", "0", "--host", "*", "--arm", "misbehave two-answers"),
        ("check", "ANY@192.0.2.1:104", "--misbehave", "no-contexts"),
    ],
)
def test_towards_others_it_misbehaves_only_when_that_is_agreed_to(capsys, arguments):
    assert main(list(arguments)) == 2
    assert "Say --yes if you mean it." in capsys.readouterr().err


def test_check_misbehaves_towards_this_machine_without_asking(capsys):
    with Listening() as scp:
        code, report = checked(capsys, f"PARLEY_SCP@127.0.0.1:{scp.port}", "--misbehave", "wrong-application-context")
    assert code == 1
    assert report["verdict"] == "failed"
    assert "application context" in report["diagnosis"]["cause"]


def test_check_names_a_misbehaviour_that_there_is_not(capsys):
    assert main(["check", "A@127.0.0.1:1", "--misbehave", "no-context"]) == 2
    assert "the nearest is no-contexts" in capsys.readouterr().err


def test_asking_on_the_command_line_is_warned_of(rules, capsys):
    broken = "mode = 'ask'\n[[rules]]\nwhen = '('\n"
    assert main(["listen", "--port", "0", "--rules", rules(broken)]) == 2
    assert "nobody can be asked" in capsys.readouterr().err


def test_all_misbehaviours_are_listed(capsys):
    assert main(["misbehaviours"]) == 0
    listed = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.startswith("  ")}
    assert listed == {*ACCEPTOR, *REQUESTOR}


def test_a_check_told_in_json_is_marked_too(capsys):
    with Listening() as scp:
        main(["check", "--json", f"PARLEY_SCP@127.0.0.1:{scp.port}", "--misbehave", "unknown-sub-item"])
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()[:-1]]
    marks = [event for event in events if event["kind"] == "note" and event.get("findings")]
    assert "on purpose" in marks[0]["text"]
