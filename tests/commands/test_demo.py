"""`parley demo`, and how every command prints."""

from __future__ import annotations

import json

from parley.cli import main
from tests.commands.typed import PARLEY, POSIX, parley_to_end
from tests.harness.process import running


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
