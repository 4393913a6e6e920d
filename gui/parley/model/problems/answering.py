"""What is wrong or risky in who answers a request and how, and in the answers to DIMSE requests."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from parley.model.answering import Answering, AnswerRule, DecisionMode
from parley.model.answers.caller_words import CALLER
from parley.model.answers.words import Answer, AnswerError, Ask, parse_answer
from parley.model.decision import Misbehave
from parley.model.expression import EVERYTHING, ExpressionError, parse
from parley.model.problems.problem import Problem, Problems, error, note, warning
from parley.model.responses import EVERY_MESSAGE, ResponseAction, ResponseRule

PEERS_WAIT = 30.0
"""Seconds after which the most patient of common peers gives up."""

LESS = f"Use less than {PEERS_WAIT:g} seconds, unless this is what you test."
CONDITION_ADVICE = "Write it like ~calling CT* & ~addr 10.1.0.0/16; nothing at all is every caller."

STATUS = range(0x10000)
MESSAGES = (
    *("C-ECHO", "C-STORE", "C-FIND", "C-MOVE", "C-GET"),
    *("N-EVENT-REPORT", "N-GET", "N-SET", "N-ACTION", "N-CREATE", "N-DELETE"),
)
"""Requests of PS3.7 that have a response."""


def rule_name(index: int, rule: AnswerRule) -> str:
    """How the log and the problems call a rule: by its number from 1, and by its name where it has one."""
    return f"rule {index + 1}, {rule.name}" if rule.name else f"rule {index + 1}"


def answering_problems(answering: Answering) -> Problems:
    """Of the answer rules, and of what happens to a request that is held; an error keeps the rules from being followed.

    Fields are ``answering.rules[2].when``, ``answering.rules[2].answer``, ``answering.default_answer`` and
    ``answering.default_seconds``.
    """
    yield from _rules_problems(answering.rules)
    yield from _default_problems(answering)


# --- rules -----------------------------------------------------------------------------------------------------------


def _rules_problems(rules: Iterable[AnswerRule]) -> Problems:
    before = ""
    for index, rule in enumerate(rules):
        name, field = rule_name(index, rule), f"answering.rules[{index}]"
        # A rule that is off does no harm as long as it stays so.
        broken = error if rule.is_on else note
        start = f"{name[0].upper()}{name[1:]}"
        if before and rule.is_on:
            text = f"{start} is never reached: {before} is about every caller."
            yield warning(field, text, "Move it up, or switch that rule off.")
        try:
            matches_all = parse(rule.when, CALLER) == EVERYTHING
        except ExpressionError as trouble:
            matches_all = False
            yield broken(f"{field}.when", f"{start}: the condition makes no sense at {trouble}.", CONDITION_ADVICE)
        yield from _answer_problems(f"{field}.answer", f"{start}: the answer", rule.answer, broken)
        if matches_all and rule.is_on and not before:
            before = name


def _answer_problems(field: str, what: str, text: str, broken: Callable[[str, str, str], Problem]) -> Problems:
    try:
        answer = parse_answer(text)
    except AnswerError as trouble:
        yield broken(field, f"{what} makes no sense at {trouble}.", trouble.remedy)
        return
    if isinstance(answer.deed, Misbehave) and answer.deed.name not in _misbehaviours():
        name = answer.deed.name
        yield broken(field, f"{what} names a misbehaviour {name}, which there is not.", f"Try {_nearest(name)}.")
    if answer.delay is not None and answer.delay >= PEERS_WAIT:
        text = f"{what} comes after {answer.delay:g} seconds; most peers have given up by then."
        yield warning(field, text, LESS)


def _misbehaviours() -> Iterable[str]:
    from parley.model.misbehaviour.tables import ACCEPTOR

    return ACCEPTOR


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    return get_close_matches(name, list(_misbehaviours()), 1, 0.0)[0]


# --- what is held ----------------------------------------------------------------------------------------------------


def _default_problems(answering: Answering) -> Problems:
    field, seconds = "answering.default_seconds", answering.default_seconds
    if seconds is not None and not (seconds >= 0 and math.isfinite(seconds)):
        text = f"A request cannot be held for {seconds:g} seconds."
        yield error(field, text, "Give a number from 0 up, or switch it off to wait for ever.")
    elif _asks(answering) and (seconds is None or seconds >= PEERS_WAIT):
        waits = "for ever" if seconds is None else f"for {seconds:g} seconds"
        text = f"A request is held {waits}; most peers have given up by then."
        yield warning(field, text, f"Use less than {PEERS_WAIT:g} seconds.")

    field, text = "answering.default_answer", answering.default_answer
    yield from _answer_problems(field, "The default answer", text, error)
    answer = _answer_or_none(text)
    if answer and (isinstance(answer.deed, Ask) or answer.delay is not None):
        problem = f"The default answer is given when the time is up: {answer} would wait again."
        yield error(field, problem, "Use one that is given at once, such as accept.")


def _asks(answering: Answering) -> bool:
    """Whether a request may come to be held for a person."""
    if answering.mode is DecisionMode.ASK:
        return True
    answers = (_answer_or_none(rule.answer) for rule in answering.rules if rule.is_on)
    return any(answer is not None and isinstance(answer.deed, Ask) for answer in answers)


def _answer_or_none(text: str) -> Answer | None:
    try:
        return parse_answer(text)
    except AnswerError:
        return None


# --- answers to DIMSE requests ---------------------------------------------------------------------------------------


def response_problems(responses: Iterable[ResponseRule]) -> Problems:
    """Of what DIMSE requests are answered with; fields are ``responses[0].message``, ``.status`` and ``.delay``."""
    seen: set[str] = set()
    for index, rule in enumerate(responses):
        field = f"responses[{index}]"
        if rule.message not in {*MESSAGES, EVERY_MESSAGE}:
            text = f"There is no DIMSE request {rule.message!r}."
            yield error(
                f"{field}.message", text, f"Use one of {', '.join(MESSAGES)}, or {EVERY_MESSAGE} for every one."
            )
        elif seen & {rule.message, EVERY_MESSAGE}:
            text = f"A line above is about {rule.message} already: this one is never used."
            yield warning(field, text, "Move it up, or remove it.")
        seen.add(rule.message)
        if rule.action is ResponseAction.ANSWER and rule.status not in STATUS:
            text = f"The status {rule.status} does not fit two bytes."
            yield error(f"{field}.status", text, "Use 0 to FFFF hexadecimal, which is 65535.")
        if not (rule.delay >= 0 and math.isfinite(rule.delay)):
            text = f"An answer cannot come after {rule.delay:g} seconds."
            yield error(f"{field}.delay", text, "Give a number of seconds from 0 up.")
        elif rule.delay >= PEERS_WAIT:
            text = f"The answer comes after {rule.delay:g} seconds; most peers have given up by then."
            yield warning(f"{field}.delay", text, LESS)
