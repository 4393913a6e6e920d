"""What a person is told about answer rules, held requests and answers to DIMSE requests."""

from __future__ import annotations

import pytest

from parley.model.answering import Answering, AnswerRule, DecisionMode
from parley.model.problems.answering import MESSAGES, answering_problems, response_problems
from parley.model.problems.validation import check_acceptor
from parley.model.profile import AcceptorSide
from parley.model.responses import ResponseAction, ResponseRule
from parley.ul.errors import Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE
ASK = DecisionMode.ASK


def told(answering: Answering) -> list[tuple[Severity, str]]:
    problems = list(answering_problems(answering))
    assert all(problem.remedy.endswith(".") and problem.text.endswith(".") for problem in problems)
    return [(problem.severity, problem.field) for problem in problems]


def of(*rules: AnswerRule) -> list[tuple[Severity, str]]:
    return told(Answering(rules=rules))


def test_the_defaults_are_fine_in_either_mode() -> None:
    assert told(Answering()) == told(Answering(ASK)) == []


@pytest.mark.parametrize(
    ("rule", "severity", "field"),
    [
        (AnswerRule("~tsl", "accept"), E, "when"),
        (AnswerRule("", "rject"), E, "answer"),
        (AnswerRule("", "misbehave nothing-of-the-kind"), E, "answer"),
        (AnswerRule("", "after 30 s accept"), W, "answer"),
        (AnswerRule("(", "accept", is_on=False), N, "when"),
        (AnswerRule("", "", is_on=False), N, "answer"),
    ],
)
def test_a_rule_that_is_broken_or_late(rule: AnswerRule, severity: Severity, field: str) -> None:
    assert of(AnswerRule("~tls"), rule) == [(severity, f"answering.rules[1].{field}")]


def test_a_rule_that_is_never_reached() -> None:
    everyone = AnswerRule(" ", "close", "all")
    assert of(everyone, AnswerRule("~tls"), AnswerRule("x", is_on=False), AnswerRule()) == [
        (W, "answering.rules[1]"),
        (W, "answering.rules[3]"),
    ]
    assert of(AnswerRule("", is_on=False), AnswerRule("~tls")) == []
    problem = next(answering_problems(Answering(rules=(everyone, AnswerRule("~tls", name="late")))))
    assert problem.text == "Rule 2, late is never reached: rule 1, all is about every caller."


@pytest.mark.parametrize(
    ("seconds", "severity"), [(0.0, None), (29.9, None), (30.0, W), (None, W), (-1.0, E), (float("inf"), E)]
)
def test_how_long_a_request_is_held(seconds: float | None, severity: Severity | None) -> None:
    expected = [] if severity is None else [(severity, "answering.default_seconds")]
    assert told(Answering(ASK, default_seconds=seconds)) == expected
    assert told(Answering(rules=(AnswerRule("", "ask"),), default_seconds=seconds)) == expected
    if severity is W:
        assert told(Answering(default_seconds=seconds)) == []


@pytest.mark.parametrize("answer", ["", "ask", "after 5 s close", "misbehave nobody"])
def test_a_default_answer_that_cannot_be_given(answer: str) -> None:
    assert told(Answering(default_answer=answer)) == [(E, "answering.default_answer")]


@pytest.mark.parametrize(
    ("rule", "severity", "field"),
    [
        (ResponseRule("C-FIND", status=0x0122), None, ""),
        (ResponseRule("*", ResponseAction.ABORT, status=-1), None, ""),
        (ResponseRule("C-FINDE"), E, "message"),
        (ResponseRule("c-find"), E, "message"),
        (ResponseRule(status=0x10000), E, "status"),
        (ResponseRule(status=-1), E, "status"),
        (ResponseRule(delay=-1.0), E, "delay"),
        (ResponseRule(delay=30.0), W, "delay"),
    ],
)
def test_answers_to_requests(rule: ResponseRule, severity: Severity | None, field: str) -> None:
    problems = [(problem.severity, problem.field) for problem in response_problems([rule])]
    assert problems == ([] if severity is None else [(severity, f"responses[0].{field}")])


def test_only_the_first_line_about_a_request_counts() -> None:
    lines = [ResponseRule("C-FIND"), ResponseRule("C-FIND"), ResponseRule("*"), ResponseRule("C-GET")]
    assert [problem.field for problem in response_problems(lines)] == ["responses[1]", "responses[3]"]
    assert list(response_problems(map(ResponseRule, MESSAGES))) == []


def test_the_panel_is_told_all_of_it() -> None:
    side = AcceptorSide(answering=Answering(rules=(AnswerRule("~"),)), responses=(ResponseRule("?"),))
    fields = [problem.field for problem in check_acceptor(side)]
    assert {"answering.rules[0].when", "responses[0].message"} <= set(fields)
