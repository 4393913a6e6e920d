"""Context and role negotiation: the rules of the standard, sloppy peers, and pynetdicom as a second opinion."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parley.ul.codes import (
    APPLICATION_CONTEXT,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    VERIFICATION,
    ContextResult,
    Role,
)
from parley.ul.negotiation import NegotiatedContext, answer_contexts, answer_roles, counts, outcome, outcomes
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    ApplicationContext,
    PresentationContextAc,
    PresentationContextRq,
    RoleSelection,
    TransferSyntax,
    UserInformation,
)
from tests.harness.strategies import acceptances, requests

CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"
JPEG = "1.2.840.10008.1.2.4.50"
IMPLICIT, EXPLICIT = IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN
Rq, Ac = PresentationContextRq.of, PresentationContextAc.of


def request(*contexts: PresentationContextRq, roles: tuple[RoleSelection, ...] = ()) -> AAssociateRq:
    return AAssociateRq("B", "A", (ApplicationContext(APPLICATION_CONTEXT), *contexts, UserInformation(roles)))


def accept(*contexts: PresentationContextAc, roles: tuple[RoleSelection, ...] = ()) -> AAssociateAc:
    return AAssociateAc("B", "A", (ApplicationContext(APPLICATION_CONTEXT), *contexts, UserInformation(roles)))


class TestAnswerContexts:
    SUPPORTED = {VERIFICATION: (IMPLICIT, EXPLICIT), CT: (EXPLICIT,)}  # noqa: RUF012

    def test_the_first_proposed_common_transfer_syntax_is_chosen(self):
        assert answer_contexts([Rq(1, VERIFICATION, (JPEG, EXPLICIT, IMPLICIT))], self.SUPPORTED) == (
            Ac(1, ContextResult.ACCEPTANCE, EXPLICIT),
        )

    def test_or_the_first_of_the_acceptor_s_own(self):
        assert answer_contexts([Rq(1, VERIFICATION, (JPEG, EXPLICIT, IMPLICIT))], self.SUPPORTED, prefer_own=True) == (
            Ac(1, ContextResult.ACCEPTANCE, IMPLICIT),
        )

    def test_every_context_is_answered_in_the_order_of_proposal(self):
        proposed = [
            Rq(7, MR, (JPEG, IMPLICIT)),
            Rq(3, CT, (IMPLICIT, JPEG)),
            Rq(5, CT, (IMPLICIT, EXPLICIT)),
            Rq(1, VERIFICATION, (IMPLICIT,)),
        ]
        assert answer_contexts(proposed, self.SUPPORTED) == (
            Ac(7, ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED, JPEG),
            Ac(3, ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED, IMPLICIT),
            Ac(5, ContextResult.ACCEPTANCE, EXPLICIT),
            Ac(1, ContextResult.ACCEPTANCE, IMPLICIT),
        )

    def test_an_id_that_is_proposed_twice_is_answered_once_for_the_first(self):
        assert answer_contexts([Rq(1, MR, (IMPLICIT,)), Rq(1, VERIFICATION, (IMPLICIT,))], self.SUPPORTED) == (
            Ac(1, ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED, IMPLICIT),
        )

    @pytest.mark.parametrize("context_id", [0, 2, 255])
    def test_odd_ids_are_answered_like_others(self, context_id):
        assert answer_contexts([Rq(context_id, CT, (EXPLICIT,))], self.SUPPORTED) == (
            Ac(context_id, ContextResult.ACCEPTANCE, EXPLICIT),
        )

    def test_padding_is_not_significant(self):
        assert answer_contexts([Rq(1, CT + "\0", (EXPLICIT + "\0",))], self.SUPPORTED) == (
            Ac(1, ContextResult.ACCEPTANCE, EXPLICIT),
        )

    def test_a_rejection_without_any_proposed_transfer_syntax_names_the_default_one(self):
        """Requestors were seen to fail on an answer without a transfer syntax."""
        assert answer_contexts([Rq(1, CT, ()), Rq(3, MR, ())], self.SUPPORTED) == (
            Ac(1, ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED, IMPLICIT),
            Ac(3, ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED, IMPLICIT),
        )

    def test_a_context_without_an_abstract_syntax_is_not_supported(self):
        assert answer_contexts([PresentationContextRq(1, (TransferSyntax(IMPLICIT),))], self.SUPPORTED) == (
            Ac(1, ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED, IMPLICIT),
        )


class TestAnswerRoles:
    def test_only_what_is_asked_and_allowed_is_granted(self):
        bits = [(scu, scp) for scu in (0, 1) for scp in (0, 1)]
        for asked in bits:
            for allowed in bits:
                answer = answer_roles([RoleSelection(CT, *asked)], {CT: (bool(allowed[0]), bool(allowed[1]))})
                assert answer == (RoleSelection(CT, asked[0] & allowed[0], asked[1] & allowed[1]),)

    def test_a_class_without_an_opinion_is_not_answered(self):
        assert answer_roles([RoleSelection(CT, 1, 1), RoleSelection(MR, 1, 1)], {MR: (True, True)}) == (
            RoleSelection(MR, 1, 1),
        )

    def test_nothing_is_answered_unasked(self):
        assert answer_roles([], {MR: (True, True)}) == ()

    def test_a_class_is_answered_once_for_its_first_item(self):
        assert answer_roles([RoleSelection(CT + "\0", 0, 1), RoleSelection(CT, 1, 1)], {CT: (True, True)}) == (
            RoleSelection(CT, 0, 1),
        )

    def test_a_role_that_is_neither_0_nor_1_is_not_granted(self):
        assert answer_roles([RoleSelection(CT, 2, 255)], {CT: (True, True)}) == (RoleSelection(CT, 0, 0),)


class TestOutcome:
    RQ = request(Rq(1, VERIFICATION, (IMPLICIT, EXPLICIT)), Rq(3, CT, (EXPLICIT,)))

    def one(self, answer: PresentationContextAc) -> NegotiatedContext:
        (context,) = outcome(request(Rq(1, CT, (IMPLICIT, EXPLICIT))), accept(answer))
        return context

    def test_an_accepted_context(self):
        assert self.one(Ac(1, 0, EXPLICIT)) == NegotiatedContext(
            1,
            CT,
            (IMPLICIT, EXPLICIT),
            ContextResult.ACCEPTANCE,
            EXPLICIT,
            as_scu=True,
            as_scp=False,
            words=f"accepted with {EXPLICIT}",
        )

    @pytest.mark.parametrize(
        ("result", "words"),
        [
            (1, "rejected by the user"),
            (2, "rejected by the provider without a reason"),
            (3, "rejected: abstract syntax not supported"),
            (4, "rejected: transfer syntaxes not supported"),
            (7, "rejected with the reserved result 7"),
        ],
    )
    def test_a_rejected_context(self, result, words):
        context = self.one(Ac(1, result, EXPLICIT))
        assert context == NegotiatedContext(
            1, CT, (IMPLICIT, EXPLICIT), ContextResult(result), "", as_scu=False, as_scp=False, words=words
        )
        assert not context.is_accepted

    def test_a_transfer_syntax_that_was_not_proposed(self):
        context = self.one(Ac(1, 0, JPEG))
        assert context.words == f"accepted with a transfer syntax that was not proposed: {JPEG}"
        assert context.transfer_syntax == JPEG
        assert context.is_accepted

    def test_no_transfer_syntax(self):
        context = self.one(PresentationContextAc(1, 0, ()))
        assert context.words == "accepted without a transfer syntax"
        assert context.transfer_syntax == ""

    def test_padding_is_not_significant(self):
        assert self.one(Ac(1, 0, EXPLICIT + "\0")).words == f"accepted with {EXPLICIT}"

    def test_contexts_come_in_the_order_of_proposal_whatever_the_order_of_answers(self):
        contexts = outcome(self.RQ, accept(Ac(3, 0, EXPLICIT), Ac(1, 0, IMPLICIT)))
        assert [(context.context_id, context.transfer_syntax) for context in contexts] == [(1, IMPLICIT), (3, EXPLICIT)]

    def test_a_context_without_an_answer(self):
        _, context = outcome(self.RQ, accept(Ac(1, 0, IMPLICIT)))
        assert (context.context_id, context.result, context.words) == (3, None, "not answered")
        assert not context.is_accepted
        assert not context.as_scu

    @pytest.mark.parametrize(
        ("result", "words"),
        [
            (0, "answered although it was not proposed (accepted)"),
            (3, "answered although it was not proposed (rejected: abstract syntax not supported)"),
        ],
    )
    def test_an_answer_that_nobody_asked_for(self, result, words):
        *_, context = outcome(self.RQ, accept(Ac(9, result, IMPLICIT), Ac(1, 0, IMPLICIT), Ac(3, 0, EXPLICIT)))
        assert (context.context_id, context.words) == (9, words)
        assert not context.is_proposed
        assert not context.is_accepted

    def test_of_two_answers_the_first_counts(self):
        context, _ = outcome(self.RQ, accept(Ac(1, 4, ""), Ac(1, 0, IMPLICIT)))
        assert context.result is ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED

    def test_every_context_with_a_repeated_id_is_listed(self):
        rq = request(Rq(1, VERIFICATION, (IMPLICIT,)), Rq(1, CT, (EXPLICIT,)))
        assert [context.abstract_syntax for context in outcome(rq, accept(Ac(1, 0, IMPLICIT)))] == [VERIFICATION, CT]


# Asked for, granted, the requestor's roles SCU and SCP (PS3.7 section D.3.3.4). The last ones are odd.
ROLES = [
    ((1, 1), (1, 1), (True, True), ", as SCU and SCP"),
    ((1, 1), (1, 0), (True, False), ""),
    ((1, 1), (0, 1), (False, True), ", as SCP"),
    ((1, 1), (0, 0), (False, False), ", but in no role"),
    ((0, 1), (0, 1), (False, True), ", as SCP"),
    ((0, 1), (0, 0), (False, False), ", but in no role"),
    ((1, 0), (1, 0), (True, False), ""),
    ((1, 0), (0, 0), (False, False), ", but in no role"),
    ((0, 0), (0, 0), (False, False), ", but in no role"),
    ((0, 1), None, (True, False), ""),
    ((1, 1), None, (True, False), ""),
    (None, None, (True, False), ""),
    (None, (1, 1), (True, False), ""),
    (None, (0, 1), (True, False), ""),
    ((1, 0), (1, 1), (True, False), ""),
    ((0, 1), (1, 1), (False, True), ", as SCP"),
    ((1, 0), (0, 1), (False, False), ", but in no role"),
    ((1, 1), (1, 255), (True, False), ""),
]


@pytest.mark.parametrize(("asked", "granted", "roles", "words"), ROLES)
class TestRoles:
    def pdus(self, asked, granted):
        rq = request(Rq(1, CT, (IMPLICIT,)), roles=(RoleSelection(CT, *asked),) if asked else ())
        return rq, accept(Ac(1, 0, IMPLICIT), roles=(RoleSelection(CT + "\0", *granted),) if granted else ())

    def test_of_the_requestor(self, asked, granted, roles, words):
        (context,) = outcome(*self.pdus(asked, granted))
        assert (context.as_scu, context.as_scp) == roles
        assert context.words == f"accepted with {IMPLICIT}{words}"

    def test_of_the_acceptor_are_the_other_way_round(self, asked, granted, roles, words):
        (context,) = outcome(*self.pdus(asked, granted), view=Role.ACCEPTOR)
        assert (context.as_scp, context.as_scu) == roles


def test_the_acceptor_s_roles_are_said_from_its_side():
    rq = request(Rq(1, CT, (IMPLICIT,)), roles=(RoleSelection(CT, 0, 1),))
    ac = accept(Ac(1, 0, IMPLICIT), roles=(RoleSelection(CT, 0, 1),))
    (context,) = outcome(rq, ac, Role.ACCEPTOR)
    assert context.words == f"accepted with {IMPLICIT}, as SCU"


# --- a second opinion ------------------------------------------------------------------------------------------------

SYNTAXES = (IMPLICIT, EXPLICIT, JPEG)
CLASSES = (VERIFICATION, CT, MR)
SOME_SYNTAXES = st.lists(st.sampled_from(SYNTAXES), min_size=1, max_size=3, unique=True).map(tuple)
PROPOSALS = st.dictionaries(
    st.integers(0, 127).map(lambda n: 2 * n + 1),
    st.tuples(st.sampled_from(CLASSES), SOME_SYNTAXES),
    min_size=1,
    max_size=6,
)
SUPPORTED = st.dictionaries(st.sampled_from(CLASSES), SOME_SYNTAXES, max_size=3)
ROLE_PAIRS = st.dictionaries(st.sampled_from(CLASSES), st.tuples(st.booleans(), st.booleans()), max_size=3)
CAREFULLY = settings(derandomize=True, deadline=None, max_examples=150)


def their_contexts(contexts, roles=None):
    from pynetdicom.presentation import PresentationContext

    theirs = []
    for context_id, (abstract_syntax, transfer_syntaxes) in contexts.items():
        context = PresentationContext()
        context.context_id = context_id
        context.abstract_syntax = abstract_syntax
        context.transfer_syntax = list(transfer_syntaxes)
        context.scu_role, context.scp_role = (roles or {}).get(abstract_syntax, (None, None))
        theirs.append(context)
    return theirs


@CAREFULLY
@given(proposals=PROPOSALS, supported=SUPPORTED)
def test_contexts_are_answered_as_pynetdicom_does(proposals, supported):
    """Two differences.

    Order: pynetdicom sorts its answers by id, ours come as proposed. Choice: pynetdicom only knows the acceptor's
    preference, which here is one of two.
    """
    from pynetdicom.presentation import negotiate_as_acceptor

    theirs, _ = negotiate_as_acceptor(
        their_contexts(proposals), their_contexts({1 + 2 * n: item for n, item in enumerate(supported.items())})
    )
    ours = answer_contexts([Rq(id_, *context) for id_, context in proposals.items()], supported, prefer_own=True)
    assert [answer.context_id for answer in ours] == list(proposals)
    assert {answer.context_id: (answer.result, answer.transfer_syntax) for answer in ours} == {
        context.context_id: (context.result, context.transfer_syntax[0]) for context in theirs
    }


@CAREFULLY
@given(proposals=PROPOSALS, supported=SUPPORTED, asked=ROLE_PAIRS, allowed=ROLE_PAIRS)
def test_roles_are_answered_as_pynetdicom_does(proposals, supported, asked, allowed):
    """Two differences.

    pynetdicom answers roles only together with an accepted context: ours are filtered here. And it rejects a context
    (result 1) whose roles come to nothing but still sends no item 54H for it; ours accepts the context and says 0/0,
    which the standard's table allows and tells the requestor why.
    """
    from pynetdicom.presentation import negotiate_as_acceptor

    contexts, answers = negotiate_as_acceptor(
        their_contexts(proposals),
        their_contexts({1 + 2 * n: item for n, item in enumerate(supported.items())}, allowed),
        asked,
    )
    theirs = {str(item.sop_class_uid): (item.scu_role, item.scp_role) for item in answers}
    accepted = {str(context.abstract_syntax) for context in contexts if context.result == 0}
    ours = {
        item.sop_class_uid: (bool(item.scu), bool(item.scp))
        for item in answer_roles([RoleSelection(uid, *map(int, roles)) for uid, roles in asked.items()], allowed)
        if item.sop_class_uid in accepted
    }
    assert ours == theirs


@CAREFULLY
@given(proposals=PROPOSALS, data=st.data(), asked=ROLE_PAIRS, granted=ROLE_PAIRS)
def test_the_outcome_is_pynetdicom_s(proposals, data, asked, granted):
    """Three differences.

    What was not answered is None for us and the made-up result 2 for pynetdicom. A rejected context has no role for us;
    pynetdicom says SCU. Answers to what nobody proposed are listed by us and dropped by pynetdicom.
    """
    from pynetdicom.presentation import negotiate_as_requestor

    results = data.draw(
        st.dictionaries(
            st.sampled_from([*proposals, 201]), st.tuples(st.integers(0, 4), st.sampled_from(SYNTAXES)), max_size=6
        )
    )
    answers = their_contexts({id_: (VERIFICATION, (syntax,)) for id_, (_, syntax) in results.items()})
    for answer in answers:
        answer.result = results[answer.context_id][0]
    theirs = negotiate_as_requestor(their_contexts(proposals, asked), answers, granted)

    rq = request(
        *(Rq(id_, *context) for id_, context in proposals.items()),
        roles=tuple(RoleSelection(uid, *map(int, roles)) for uid, roles in asked.items()),
    )
    ac = accept(
        *(Ac(id_, *result) for id_, result in results.items()),
        roles=tuple(RoleSelection(uid, *map(int, roles)) for uid, roles in granted.items()),
    )
    ours = {context.context_id: context for context in outcome(rq, ac) if context.is_proposed}
    assert ours.keys() == {context.context_id for context in theirs}
    for their in theirs:
        our = ours[their.context_id]
        if our.result is None:
            assert their.result == 2
            continue
        assert our.result == their.result
        if our.is_accepted:
            assert our.transfer_syntax == their.transfer_syntax[0]
            assert (our.as_scu, our.as_scp) == (their.as_scu, their.as_scp)
        else:
            assert (our.as_scu, our.as_scp) == (False, False)


@CAREFULLY
@given(proposals=PROPOSALS, supported=SUPPORTED, asked=ROLE_PAIRS, allowed=ROLE_PAIRS)
def test_both_ends_agree_on_what_was_agreed(proposals, supported, asked, allowed):
    """What we answer, both views read alike: one end's SCU is the other's SCP."""
    rq = request(
        *(Rq(id_, *context) for id_, context in proposals.items()),
        roles=tuple(RoleSelection(uid, *map(int, roles)) for uid, roles in asked.items()),
    )
    ac = accept(
        *answer_contexts(rq.presentation_contexts, supported),
        roles=answer_roles(rq.user_information.all(RoleSelection), allowed),
    )
    for mine, other in zip(outcome(rq, ac), outcome(rq, ac, Role.ACCEPTOR), strict=True):
        assert mine.is_accepted == (mine.abstract_syntax in supported and mine.result == 0)
        assert mine == replace(other, as_scu=other.as_scp, as_scp=other.as_scu, words=mine.words)
        assert "not proposed" not in mine.words


@given(requests, acceptances)
def test_counts_are_those_of_the_outcome(rq, ac):
    found = outcome(rq, ac)
    assert counts(rq, ac) == (len(found), sum(context.is_accepted for context in found))


def test_nothing_is_worked_out_before_it_is_asked_for():
    contexts = tuple(Rq(number % 256, "1.2.3", ()) for number in range(20_000))
    some = outcomes(request(*contexts), accept())
    assert next(some).context_id == 0
    assert sum(1 for _ in some) == 19_999
