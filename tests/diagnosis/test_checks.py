"""What became of an echo or a release: every row has a cause and, where there is something to do, a remedy."""

import pytest

from parley.diagnosis.checks import ENDS, diagnose_echo, diagnose_ending
from parley.model.ending import Ending, How
from parley.ul.pdu import AAbort


@pytest.mark.parametrize("how", How)
@pytest.mark.parametrize("step", ["echo", "release"])
def test_every_ending_has_a_verdict_for_each_step(how, step):
    verdict = diagnose_ending(step, Ending(how, "Told facts."))
    assert verdict.code.startswith(f"{step}_")
    assert not verdict.passed
    assert ("C-ECHO" if step == "echo" else "release") in verdict.cause
    assert verdict.cause.endswith(".")
    assert ".." not in verdict.cause
    assert bool(verdict.remedy) is (how is not How.ENDED_HERE)


def test_the_codes_are_told_apart():
    codes = [row.code for rows in ENDS.values() for row in rows.values()]
    assert len(set(codes)) == len(codes) == 2 * len(How)


def test_the_facts_are_in_the_cause():
    assert "nothing within 7 s" in diagnose_ending("echo", Ending(How.NOT_ANSWERED, "nothing within 7 s")).cause
    assert "2/1 by" in diagnose_ending("echo", Ending(How.ABORTED_BY_PEER, "", AAbort(2, 1))).cause
    assert "It says so" in diagnose_ending("release", Ending(How.REFUSED, "It says so.")).cause


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (0x0000, "echo_answered"),
        (0x0110, "echo_processing_failure"),
        (0x0122, "echo_class_not_supported"),
        (0x0124, "echo_not_authorized"),
        (0x0210, "echo_duplicate_invocation"),
        (0x0211, "echo_unrecognized"),
        (0x0212, "echo_mistyped"),
        (0x0213, "echo_resource_limitation"),
        (0xC123, "echo_other_status"),
    ],
)
def test_a_status_has_a_verdict_with_the_peers_words(status, code):
    verdict = diagnose_echo(status, "in words: its comment.")
    assert verdict.code == code
    assert verdict.passed is (status == 0)
    assert "in words: its comment." in verdict.cause
    assert bool(verdict.remedy) is (status != 0)
