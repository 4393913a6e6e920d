"""What was negotiated beside presentation contexts, in words."""

from parley.bridge.details.agreed import agreed_words
from parley.bridge.details.negotiation import NegotiationModel
from parley.model.build import accept_pdu, request_pdu
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    RequestorHandle,
    RolePolicy,
    RoleProposal,
    UserIdentity,
)
from parley.model.secret import Secret
from parley.ul.codes import VERIFICATION, Role

ASKED = request_pdu(
    RequestorHandle(
        asynchronous_operations=AsynchronousOperations(5, 0),
        roles=(RoleProposal(VERIFICATION, 1, 1), RoleProposal("1.2", 0, 1)),
        extended_negotiation=(ExtendedNegotiation(VERIFICATION, b"\1"),),
        common_extended_negotiation=(CommonExtendedNegotiation("1.2", "1.3"),),
        user_identity=UserIdentity(2, Secret.of("alice"), Secret.of("qqqq"), 1),
    )
)
ANSWER = accept_pdu(
    AcceptorHandle(asynchronous_operations=AsynchronousOperations(2, 2), identity_response=Secret()),
    AcceptanceRules(role_policy=RolePolicy.ENABLED),
    ASKED,
)


def test_every_item_is_told_with_what_was_asked_and_answered():
    assert agreed_words(ASKED, ANSWER) == (
        "operations 5/any asked, 2/2 answered · role selections: 2 asked, 1 answered · "
        "extended negotiations: 1 asked, 0 answered · common extended negotiations: 1 · user identity answered"
    )


def test_nothing_is_said_of_what_is_not_there():
    plain = request_pdu(RequestorHandle())
    assert agreed_words(plain, accept_pdu(AcceptorHandle(), AcceptanceRules(), plain)) == ""
    assert agreed_words(None, None) == ""


def test_an_answer_nobody_asked_for_is_told():
    assert agreed_words(None, ANSWER).startswith("operations not asked, 2/2 answered")


def test_no_secret_is_told():
    assert "qqqq" not in agreed_words(ASKED, ANSWER)


def test_the_negotiation_tab_says_it(qapp):
    model = NegotiationModel()
    model.set_negotiation(ASKED, ANSWER, Role.REQUESTOR)
    passed_over = "asked for, not answered: role selection for 1.2, extended negotiation for Verification SOP Class"
    assert model.words == f"1 of 1 accepted · {agreed_words(ASKED, ANSWER)} · {passed_over}"
