"""Which rule decides about a caller, and what it decides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.model.answering import Answering, AnswerRule, DecisionMode
from parley.model.answers.policy import AnswerPolicy, PolicyError
from parley.model.answers.rules import decide
from parley.model.answers.words import AnswerError, parse_answer
from parley.model.build import request_pdu
from parley.model.decision import Abort, Accept, Caller, Close, Hold, Misbehave, Reject, Reset, Silence
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    ForcedAnswer,
    NoContext,
    ProposedContext,
    Rejection,
    RequestorHandle,
    RoleProposal,
    SupportedContext,
)
from parley.model.profile import AcceptorSide
from parley.ul.codes import VERIFICATION
from parley.ul.pdu import RoleSelection
from tests.model.strategies import acceptor_handles, patient, requestor_handles

CT = "1.2.840.10008.5.1.4.1.1.2"
REJECTED = Rejection(1, 1, 7)


def caller(count: int = 1, hour: int = 12, *, is_secured: bool = False, **request: object) -> Caller:
    handle = replace(RequestorHandle(calling_ae_title="CT_1"), **request)
    return Caller(request_pdu(handle), "10.0.0.7:40000", is_secured, count, hour)


def side(*rules: AnswerRule, **changes: object) -> AcceptorSide:
    answering = replace(Answering(rules=rules), **changes)
    return AcceptorSide(answering=answering, rules=AcceptanceRules(no_context=NoContext.REJECT))


def policy(*rules: AnswerRule, **changes: object) -> AnswerPolicy:
    return AnswerPolicy(side(*rules, **changes), {"CT only": CT_ONLY}.get)


CT_ONLY = AcceptorSide(handle=AcceptorHandle(contexts=(SupportedContext(CT),)))


class TestWhoDecides:
    def test_without_rules_the_acceptance_rules_do(self) -> None:
        assert policy().decide(caller()) == decide(side(), caller())

    def test_the_first_rule_that_matches_and_is_on(self) -> None:
        rules = (
            AnswerRule("~tls", "close"),
            AnswerRule("~calling CT*", "abort 0/0", is_on=False),
            AnswerRule("~calling CT*", "reject 1/1/7", "night shift"),
            AnswerRule("", "silence"),
        )
        assert policy(*rules).decide(caller()) == Reject(REJECTED, "rule 3, night shift")
        assert policy(*rules).decide(caller(is_secured=True)) == Close("rule 1")
        assert policy(*rules).decide(caller(calling_ae_title="MR")) == Silence("rule 4")

    def test_a_rule_comes_before_a_person_who_is_asked_about_the_rest(self) -> None:
        asking = policy(AnswerRule("~count 1", "reset"), mode=DecisionMode.ASK, default_seconds=7.0)
        assert asking.decide(caller(1)) == Reset("rule 1")
        held = asking.decide(caller(2))
        assert held == Hold(decide(side(), caller(2)), 7.0, asks=True)

    def test_a_rule_may_ask_in_either_mode(self) -> None:
        rule = AnswerRule("", "ask", "me first")
        held = policy(rule, default_answer="reject 1/1/7", default_seconds=None).decide(caller())
        assert held == Hold(Reject(REJECTED, "rule 1, me first"), None, asks=True, why="rule 1, me first")


class TestWhatIsDecided:
    @pytest.mark.parametrize(
        ("answer", "decision"),
        [
            ("reject 2/3/1", Reject(Rejection(2, 3, 1), "rule 1")),
            ("abort provider 2", Abort(2, 2, "rule 1")),
            ("close", Close("rule 1")),
            ("reset", Reset("rule 1")),
            ("silence", Silence("rule 1")),
            ("misbehave zero-titles", Misbehave("zero-titles", "rule 1")),
        ],
    )
    def test_it_is_done_and_the_rule_named(self, answer: str, decision: object) -> None:
        assert policy(AnswerRule("", answer)).decide(caller()) == decision

    def test_after_a_while_it_is_held_and_nobody_asked(self) -> None:
        held = policy(AnswerRule("", "after 5 s close")).decide(caller())
        assert held == Hold(Close("rule 1"), 5.0, asks=False, why="rule 1")

    def test_accept_means_what_the_acceptance_rules_say(self) -> None:
        made = policy(AnswerRule("", "accept")).decide(caller(contexts=(ProposedContext(CT),)))
        assert isinstance(made, Reject)
        assert made.why == "rule 1: no presentation context can be accepted"

    def test_accept_all_accepts_every_context_and_role(self) -> None:
        asked = caller(contexts=(ProposedContext(CT), ProposedContext(VERIFICATION)), roles=(RoleProposal(CT, 0, 1),))
        made = policy(AnswerRule("", "accept all")).decide(asked)
        assert isinstance(made, Accept)
        assert [context.result for context in made.pdu.presentation_contexts] == [0, 0]
        assert made.pdu.user_information.all(RoleSelection) == (RoleSelection(CT, 0, 1),)
        assert made.why == "rule 1: every context is accepted"

    def test_accept_all_goes_over_forced_answers(self) -> None:
        stubborn = replace(
            side(AnswerRule("", "accept all")), handle=AcceptorHandle(forced_answers=(ForcedAnswer("", 2),))
        )
        made = AnswerPolicy(stubborn, {}.get).decide(caller())
        assert isinstance(made, Accept)
        assert [context.result for context in made.pdu.presentation_contexts] == [0]

    def test_accept_as_another_profile(self) -> None:
        rule = AnswerRule("", 'accept as "CT only"', "swap")
        made = policy(rule).decide(caller(contexts=(ProposedContext(CT), ProposedContext(VERIFICATION))))
        assert isinstance(made, Accept)
        assert [context.result for context in made.pdu.presentation_contexts] == [0, 3]
        assert made.why == "rule 1, swap: as CT only: 1 of 2 contexts accepted"

    def test_an_answer_that_is_chosen_by_hand_means_the_same(self) -> None:
        here = policy()
        ready = here.ready(parse_answer("after 3 s reject 1/1/7"))
        assert here.carry_out(ready, caller(), "armed") == Hold(Reject(REJECTED, "armed"), 3.0, asks=False, why="armed")
        assert here.carry_out(here.ready(parse_answer("close")), caller(), "") == Close()
        with pytest.raises(AnswerError, match="there is no profile 'X'"):
            here.ready(parse_answer("accept as X"))


class TestBroken:
    def problems(self, *rules: AnswerRule, **changes: object) -> list[tuple[str, str]]:
        with pytest.raises(PolicyError) as caught:
            policy(*rules, **changes)
        assert all(problem.remedy for problem in caught.value.problems)
        return [(problem.field, problem.text) for problem in caught.value.problems]

    def test_names_rule_place_and_reason_and_lets_nothing_be_skipped(self) -> None:
        assert self.problems(
            AnswerRule("~tls", "accept"),
            AnswerRule("a ~tl", "accept", "odd"),
            AnswerRule("", "rject"),
        ) == [
            (
                "answering.rules[1].when",
                "Rule 2, odd: the condition makes no sense at column 3: there is no ~tl; the nearest is ~tls.",
            ),
            ("answering.rules[2].answer", "Rule 3: the answer makes no sense at column 1: rject is no answer."),
        ]

    def test_profiles_have_to_be_there_when_it_is_built(self) -> None:
        assert self.problems(
            AnswerRule("", "accept as A"), AnswerRule("", "accept as B", is_on=False), default_answer="accept as C"
        ) == [
            ("answering.rules[0].answer", "Rule 1: there is no profile 'A'."),
            ("answering.default_answer", "The default answer: there is no profile 'C'."),
        ]

    @pytest.mark.parametrize("answer", ["ask", "after 3 s close", "nothing"])
    def test_the_default_answer_has_to_be_given_at_once(self, answer: str) -> None:
        assert [field for field, _ in self.problems(default_answer=answer)] == ["answering.default_answer"]

    def test_a_rule_that_is_off_does_no_harm(self) -> None:
        assert policy(AnswerRule("~", "?", is_on=False)).decide(caller()) == decide(side(), caller())

    def test_only_what_is_broken_is_in_the_way(self) -> None:
        late = policy(AnswerRule("", "after 60 s close"), AnswerRule("", "close"), mode=DecisionMode.ASK)
        assert isinstance(late.decide(caller()), Hold)


conditions = st.sampled_from(
    ["", "~tls", "~sop verif", "~ts implicit", "~impl parley", "~user a", "~hour 9..3", "ct !x"]
)
fitting = st.sampled_from(["accept", "accept all", 'accept as "CT only"', "ask", "after 1 s accept", "close"])


@patient
@given(
    st.lists(st.builds(AnswerRule, conditions, fitting, st.text(max_size=3), st.booleans()), max_size=4),
    st.sampled_from(DecisionMode),
    requestor_handles,
    acceptor_handles,
)
def test_every_caller_gets_one_answer(
    rules: list[AnswerRule], mode: DecisionMode, requestor: RequestorHandle, acceptor: AcceptorHandle
) -> None:
    here = AcceptorSide(handle=acceptor, answering=Answering(mode, tuple(rules)))
    whole = AnswerPolicy(here, {"CT only": CT_ONLY}.get)
    asked = Caller(request_pdu(requestor), "[::1]:104")
    assert whole.decide(asked) == whole.decide(asked)
