"""What the answer rules of a side say about a caller, compiled once for all callers that come.

The rules that are on are tried in their order, and the first that matches decides; what none is about is decided by the
mode: the acceptance rules, or a person. Nothing waits here: what is to wait becomes a `Hold`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from parley.model.answering import Answering, AnswerRule, DecisionMode
from parley.model.answers import rules
from parley.model.answers.caller_words import CALLER, CallerSubject
from parley.model.answers.words import Acceptance, AcceptAs, Answer, AnswerError, Ask, Deed, parse_answer
from parley.model.build import accept_pdu
from parley.model.decision import Accept, Caller, Decision, Hold, Misbehave
from parley.model.expression import Expression, parse
from parley.model.handle import ForcedAnswer, RolePolicy
from parley.model.problems.answering import answering_problems, rule_name
from parley.model.problems.problem import Problem, error
from parley.model.profile import AcceptorSide
from parley.ul.errors import Severity

Resolve = Callable[[str], AcceptorSide | None]
"""The SCP side of the profile of a name; None where there is none."""


def no_profile(_name: str) -> AcceptorSide | None:
    """Where no profile can be had by its name."""
    return None


class PolicyError(Exception):
    """The answer rules cannot be followed as they are written.

    Attributes:
        problems: what is wrong, each with its field: ``answering.rules[1].when``.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(problem.text for problem in problems))
        self.problems = problems


def misbehaviours(answering: Answering) -> tuple[str, ...]:
    """The names of those that its rules and its default answer may lead to, each once."""
    texts = [rule.answer for rule in answering.rules if rule.is_on] + [answering.default_answer]
    deeds = (_deed_of(text) for text in texts)
    return tuple(dict.fromkeys(deed.name for deed in deeds if isinstance(deed, Misbehave)))


def _deed_of(text: str) -> Deed | None:
    try:
        return parse_answer(text).deed
    except AnswerError:
        return None


@dataclass(frozen=True, slots=True)
class ReadyAnswer:
    """An answer, and the side by whose handle and acceptance rules it accepts."""

    answer: Answer
    side: AcceptorSide


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    when: Expression
    then: ReadyAnswer


class AnswerPolicy:
    """Decides about callers; the same caller always gets the same answer.

    Raises:
        PolicyError: an expression or an answer of the side is broken, or needs a profile that is not there.
    """

    def __init__(self, side: AcceptorSide, resolve: Resolve) -> None:
        self._side = side
        self._resolve = resolve
        problems = [each for each in answering_problems(side.answering) if each.severity is Severity.ERROR]
        problems += () if problems else self._unresolved()
        if problems:
            raise PolicyError(tuple(problems))
        self._rules = tuple(
            _Rule(rule_name(index, rule), parse(rule.when, CALLER), self.ready(parse_answer(rule.answer)))
            for index, rule in self._active()
        )
        self._default = self.ready(parse_answer(side.answering.default_answer))

    def decide(self, caller: Caller) -> Decision | Hold:
        """What is done about this caller; `why` says which rule made it so."""
        subject = CallerSubject(caller)
        for rule in self._rules:
            if rule.when.matches(subject):
                return self.carry_out(rule.then, caller, rule.name)
        if self._side.answering.mode is DecisionMode.ASK:
            return self._ask(caller, "")
        return rules.decide(self._side, caller)

    def always(self, answer: Answer, name: str) -> Callable[[Caller], Decision | Hold]:
        """Decides about every caller by one answer.

        Raises:
            AnswerError: it needs a profile that is not there.
        """
        ready = self.ready(answer)
        return lambda caller: self.carry_out(ready, caller, name)

    def ready(self, answer: Answer) -> ReadyAnswer:
        """An answer of this side, with the other profile that it may need.

        Raises:
            AnswerError: there is no such profile.
        """
        if not isinstance(answer.deed, AcceptAs):
            return ReadyAnswer(answer, self._side)
        name = answer.deed.profile
        side = self._resolve(name)
        if side is None:
            raise AnswerError(0, f"there is no profile {name!r}", "Name one that is in the list of profiles.")
        return ReadyAnswer(answer, side)

    def carry_out(self, ready: ReadyAnswer, caller: Caller, name: str) -> Decision | Hold:
        """What an answer means for this caller.

        Args:
            ready: the answer.
            caller: whom it is for.
            name: of what chose it, for `why`: ``rule 2, night shift``; may be empty.
        """
        if isinstance(ready.answer.deed, Ask):
            return self._ask(caller, name)
        decision = _because(name, _decision(ready.answer.deed, ready.side, caller))
        if ready.answer.delay is None:
            return decision
        return Hold(decision, ready.answer.delay, asks=False, why=decision.why)

    def _ask(self, caller: Caller, name: str) -> Hold:
        default = _because(name, _decision(self._default.answer.deed, self._default.side, caller))
        return Hold(default, self._side.answering.default_seconds, asks=True, why=name)

    def _active(self) -> Iterator[tuple[int, AnswerRule]]:
        return ((index, rule) for index, rule in enumerate(self._side.answering.rules) if rule.is_on)

    def _unresolved(self) -> Iterator[Problem]:
        """Answers that need a profile which is not there."""
        places = [
            (f"answering.rules[{index}].answer", rule_name(index, rule), rule.answer) for index, rule in self._active()
        ]
        places.append(("answering.default_answer", "the default answer", self._side.answering.default_answer))
        for field, name, text in places:
            try:
                self.ready(parse_answer(text))
            except AnswerError as trouble:
                yield error(field, f"{name[0].upper()}{name[1:]}: {trouble.reason}.", trouble.remedy)


def _decision(deed: Deed, side: AcceptorSide, caller: Caller) -> Decision:
    match deed:
        case Acceptance.BY_RULES:
            return rules.decide(side, caller)
        case Acceptance.ALL:
            return _accept_all(side, caller)
        case AcceptAs(profile):
            return _because(f"as {profile}", rules.decide(side, caller))
        case Ask():
            # Only a default answer could ask again, which `answering_problems` does not let through.
            raise AssertionError("asking is no decision")
    return deed


def _accept_all(side: AcceptorSide, caller: Caller) -> Accept:
    handle = replace(side.handle, forced_answers=(ForcedAnswer(),))
    generous = replace(side.rules, role_policy=RolePolicy.AS_PROPOSED)
    return Accept(accept_pdu(handle, generous, caller.request), "every context is accepted")


def _because(name: str, decision: Decision) -> Decision:
    return replace(decision, why=": ".join(filter(None, (name, decision.why))))
