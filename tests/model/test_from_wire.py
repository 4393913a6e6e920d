"""From a PDU to a handle and back: what a device sent is sent again, and what cannot be is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.model.build import accept_pdu, request_pdu
from parley.model.from_wire import (
    acceptor_handle_of,
    lost_of_accept,
    lost_of_request,
    requestor_handle_of,
    reset_to_accept,
)
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ForcedAnswer,
    ProposedContext,
    RawSubItem,
    RequestorHandle,
    RolePolicy,
    RoleProposal,
    SupportedContext,
    UserIdentity,
)
from parley.model.secret import Secret
from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from parley.ul.conformance import check_accept
from parley.ul.errors import Severity
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    AbstractSyntax,
    ApplicationContext,
    ImplementationClassUid,
    MaximumLength,
    PresentationContextAc,
    PresentationContextRq,
    RoleSelection,
    TransferSyntax,
    UnknownItem,
    UserIdentityAc,
    UserIdentityRq,
    UserInformation,
)
from tests.harness.strategies import acceptances, requests
from tests.model.strategies import acceptor_handles, patient, requestor_handles

CT = "1.2.840.10008.5.1.4.1.1.2"
MR = "1.2.840.10008.5.1.4.1.1.4"
JPEG = "1.2.840.10008.1.2.4.50"
RULES = AcceptanceRules()

EVERYTHING = RequestorHandle(
    called_ae_title=" RÖNTGEN",
    calling_ae_title="CT1\0",
    contexts=(ProposedContext(CT, (JPEG, IMPLICIT_VR_LITTLE_ENDIAN), 77), ProposedContext(CT, ("1.2\0",), 2)),
    maximum_length=0,
    implementation_class_uid="1.2.3 ",
    implementation_version_name=None,
    application_context="1.2",
    protocol_version=3,
    asynchronous_operations=AsynchronousOperations(5, 0),
    roles=(RoleProposal(CT, 0, 1), RoleProposal(CT, 2, 1)),
    extended_negotiation=(ExtendedNegotiation(CT, b"\2\0"),),
    common_extended_negotiation=(CommonExtendedNegotiation("1.2.3", "1.2.840.10008.4.2", (CT,)),),
    user_identity=UserIdentity(2, Secret.of("me"), Secret.of("open-sesame"), 1),
    raw_sub_items=(RawSubItem(0x5F, b"own"), RawSubItem(0x51, b"\0\0\0\1"), RawSubItem(0x53, b"odd")),
    reserved_9_10=b"\1\2",
    reserved_43_74=bytes(range(32)),
)


# --- requests --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("handle", [EVERYTHING, RequestorHandle(), RequestorHandle(contexts=(), maximum_length=None)])
def test_a_handle_comes_back_from_its_own_request(handle: RequestorHandle) -> None:
    rq = request_pdu(handle)
    assert requestor_handle_of(rq) == handle
    assert lost_of_request(rq) == ()


def test_ids_that_are_automatic_stay_so() -> None:
    contexts = requestor_handle_of(request_pdu(RequestorHandle(contexts=(ProposedContext(CT),) * 3))).contexts
    assert [context.context_id for context in contexts] == [None] * 3
    contexts = requestor_handle_of(request_pdu(RequestorHandle(contexts=(ProposedContext(CT, (), 3),)))).contexts
    assert [context.context_id for context in contexts] == [3]


@patient
@given(requests)
def test_nothing_is_lost_without_a_word_of_any_request(rq: AAssociateRq) -> None:
    again = request_pdu(requestor_handle_of(rq))
    assert (again == rq) == (lost_of_request(rq) == ())


@patient
@given(requestor_handles)
def test_what_came_from_a_handle_is_all_there(handle: RequestorHandle) -> None:
    # A raw sub-item of a type that has a field goes there, which may change the order.
    plain = replace(
        handle, raw_sub_items=tuple(raw for raw in handle.raw_sub_items if raw.item_type not in KNOWN_TYPES)
    )
    rq = request_pdu(plain)
    assert lost_of_request(rq) == cut_titles(rq)


KNOWN_TYPES = range(0x51, 0x5A)


def cut_titles(rq: AAssociateRq) -> tuple[str, ...]:
    """Letters of several bytes may be cut in the middle where a title's field ends."""
    titles = {"called": rq.called_ae_title, "calling": rq.calling_ae_title}
    return tuple(f"bytes of the {who} AE title that are no UTF-8" for who in titles if not is_utf_8(titles[who]))


def is_utf_8(text: str) -> bool:
    try:
        text.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


RQ = request_pdu(RequestorHandle())
SUB_ITEMS = RQ.user_information.sub_items
CONTEXT = RQ.presentation_contexts[0]


def with_sub_items(*sub_items: object) -> AAssociateRq:
    return replace(RQ, items=(*RQ.items[:-1], UserInformation(sub_items)))


@pytest.mark.parametrize(
    ("rq", "lost"),
    [
        (replace(RQ, called_ae_title="\xff"), "bytes of the called AE title that are no UTF-8"),
        (replace(RQ, reserved=1), "the reserved second byte"),
        (replace(RQ, items=RQ.items[1:]), "that there is no application context name"),
        (replace(RQ, items=RQ.items[:-1]), "that there is no user information"),
        (replace(RQ, items=RQ.items[::-1]), "the order of the items"),
        (replace(RQ, items=(*RQ.items, UnknownItem(0x60, b"x"))), "an item of type 60H as it came"),
        (
            replace(RQ, items=(*RQ.items[:2], PresentationContextAc.of(1, 0, "1"), RQ.items[2])),
            "presentation context 1 as it came, or a second one of that number",
        ),
        (
            replace(RQ, items=(RQ.items[0], replace(CONTEXT, sub_items=CONTEXT.sub_items[::-1]), RQ.items[2])),
            "presentation context 1 as it came, or a second one of that number",
        ),
        (with_sub_items(*SUB_ITEMS[::-1]), "the order of the user information"),
        (
            with_sub_items(*SUB_ITEMS, UserIdentityRq(1, 0, b"me"), UserIdentityRq(2, 0, b"me", b"open-sesame")),
            "an item of type 58H (user-identity-rq) as it came",
        ),
        (
            with_sub_items(*SUB_ITEMS, UnknownItem(0x58, b"open-sesame")),
            "an item of type 58H (user-identity-rq) as it came",
        ),
        (
            with_sub_items(MaximumLength(1, reserved=7), *SUB_ITEMS[1:]),
            "an item of type 51H (maximum-length) as it came",
        ),
    ],
)
def test_what_a_handle_cannot_say_is_told(rq: AAssociateRq, lost: str) -> None:
    assert lost in lost_of_request(rq)
    assert "open-sesame" not in repr(requestor_handle_of(rq))
    assert not [raw for raw in requestor_handle_of(rq).raw_sub_items if b"open-sesame" in raw.data]


# --- acceptances -----------------------------------------------------------------------------------------------------

ASKED = request_pdu(
    RequestorHandle(
        contexts=(
            ProposedContext(CT, (JPEG,)),
            ProposedContext(CT, (IMPLICIT_VR_LITTLE_ENDIAN, JPEG)),
            ProposedContext(MR, (IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN)),
            ProposedContext(VERIFICATION),
        ),
        asynchronous_operations=AsynchronousOperations(3, 3),
        roles=(RoleProposal(CT, 1, 1), RoleProposal(MR, 0, 1)),
        extended_negotiation=(ExtendedNegotiation(CT, b"1"),),
        user_identity=UserIdentity(3, Secret(b"ticket"), response_requested=1),
        reserved_43_74=bytes(range(32)),
    )
)
ANSWERS = {
    "all of it": reset_to_accept(ASKED),
    "none of it": AcceptorHandle(contexts=()),
    "odd results": AcceptorHandle(
        contexts=(SupportedContext(CT, (JPEG,)),),
        forced_answers=(
            ForcedAnswer(MR, 7),
            ForcedAnswer(CT, 0, ("1.2.3",), 3),
            ForcedAnswer(VERIFICATION, None),
            ForcedAnswer("", 1, (), 99),
        ),
    ),
    "partly": AcceptorHandle(
        contexts=(SupportedContext(MR), SupportedContext(CT, (IMPLICIT_VR_LITTLE_ENDIAN,))),
        asynchronous_operations=AsynchronousOperations(0, 1),
        roles=(RoleProposal(CT, 0, 1),),
        extended_negotiation=(ExtendedNegotiation(CT, b"2"),),
        identity_response=Secret(b"server ticket"),
        maximum_length=None,
        implementation_class_uid="1.2.3\0",
        raw_sub_items=(RawSubItem(0x54, b"\0\1\x31\1\1"), RawSubItem(0x53, b"\xff" * 4), RawSubItem(0x59, b"\0\0")),
        called_ae_title="OTHER",
        calling_ae_title="",
        reserved_43_74=bytes(32),
        reserved_9_10=b"\7\7",
        protocol_version=5,
        application_context="1.2",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_given_again(name: str) -> None:
    ac = accept_pdu(ANSWERS[name], RULES, ASKED)
    handle = acceptor_handle_of(ac, ASKED)
    assert accept_pdu(handle, RULES, ASKED) == ac
    assert lost_of_accept(ac, ASKED) == ()


def test_what_can_be_said_by_support_needs_no_force() -> None:
    handle = acceptor_handle_of(accept_pdu(ANSWERS["partly"], RULES, ASKED), ASKED)
    assert handle.forced_answers == ()
    assert handle.contexts == (
        SupportedContext(CT, (IMPLICIT_VR_LITTLE_ENDIAN,)),
        SupportedContext(MR, (IMPLICIT_VR_LITTLE_ENDIAN,)),
    )
    assert handle.ae_title == "PARLEY_SCP"
    assert handle.identity_response == Secret(b"server ticket")


def test_of_an_unknown_request_contexts_are_told_by_their_ids() -> None:
    ac = accept_pdu(ANSWERS["all of it"], RULES, ASKED)
    handle = acceptor_handle_of(ac)
    again = accept_pdu(handle, RULES, ASKED)
    assert again.presentation_contexts == ac.presentation_contexts
    assert (handle.called_ae_title, handle.reserved_43_74) == (None, None)


@patient
@given(acceptances, st.none() | requests)
def test_nothing_is_lost_without_a_word_of_any_answer(ac: AAssociateAc, rq: AAssociateRq | None) -> None:
    lost = lost_of_accept(ac, rq)
    if rq is not None:
        assert (accept_pdu(acceptor_handle_of(ac, rq), RULES, rq) == ac) == (lost == ())


@patient
@given(acceptor_handles, requestor_handles, st.sampled_from(RolePolicy))
def test_contexts_answered_by_any_handle_are_answered_so_again(
    handle: AcceptorHandle, asked: RequestorHandle, policy: RolePolicy
) -> None:
    rq = request_pdu(asked)
    ac = accept_pdu(handle, AcceptanceRules(role_policy=policy), rq)
    again = accept_pdu(acceptor_handle_of(ac, rq), RULES, rq)
    assert set(again.presentation_contexts) == set(ac.presentation_contexts)


def test_a_second_answer_to_one_context_is_told() -> None:
    ac = accept_pdu(AcceptorHandle(), RULES, RQ)
    twice = replace(ac, items=(*ac.items[:2], PresentationContextAc.of(1, 3, "1.2"), *ac.items[2:]))
    assert lost_of_accept(twice, RQ) == ("presentation context 1 as it came, or a second one of that number",)


def test_a_token_that_nobody_asked_for_becomes_no_raw_bytes() -> None:
    ac = accept_pdu(AcceptorHandle(), RULES, RQ)
    information = UserInformation((*ac.user_information.sub_items, UserIdentityAc(b"token")))
    odd = replace(ac, items=(*ac.items[:-1], information))
    assert acceptor_handle_of(odd, RQ).raw_sub_items == ()
    assert lost_of_accept(odd, RQ) == ("an item of type 59H (user-identity-ac) as it came",)


# --- default and reset -----------------------------------------------------------------------------------------------


def test_reset_to_an_accept_grants_all_that_is_asked() -> None:
    handle = reset_to_accept(ASKED)
    ac = accept_pdu(handle, RULES, ASKED)
    assert [context.result for context in ac.presentation_contexts] == [0, 0, 0, 0]
    assert ac.user_information.all(RoleSelection) == ASKED.user_information.all(RoleSelection)
    assert not [finding for finding in check_accept(ASKED, ac) if finding.severity is Severity.ERROR]
    assert handle.ae_title == "PARLEY_SCP"


def test_reset_keeps_who_accepts_and_forgets_what_it_forced() -> None:
    base = AcceptorHandle(
        ae_title="OLD",
        maximum_length=7777,
        forced_answers=(ForcedAnswer(result=1),),
        raw_sub_items=(RawSubItem(0x60),),
        called_ae_title="X",
        reserved_43_74=b"x",
    )
    handle = reset_to_accept(RQ, base)
    assert handle == AcceptorHandle(maximum_length=7777)


def test_the_defaults_accept_each_other() -> None:
    ac = accept_pdu(AcceptorHandle(), RULES, request_pdu(RequestorHandle()))
    assert [context.result for context in ac.presentation_contexts] == [0]
    assert check_accept(RQ, ac) == ()


def test_an_empty_item_is_not_a_missing_one() -> None:
    bare = AAssociateRq("A", "B", (ApplicationContext(""), UserInformation((ImplementationClassUid(""),))))
    assert requestor_handle_of(bare).implementation_class_uid == ""
    assert lost_of_request(bare) == ()
    context = PresentationContextRq(1, (AbstractSyntax(""), TransferSyntax("")))
    assert lost_of_request(replace(bare, items=(bare.items[0], context, bare.items[1]))) == ()
