"""What handles become on the wire."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from parley.model.build import accept_pdu, request_pdu, supported_syntaxes
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ForcedAnswer,
    IdentityCheck,
    KnownUser,
    ProposedContext,
    RawSubItem,
    RequestorHandle,
    RolePolicy,
    RoleProposal,
    SupportedContext,
    TransferSyntaxChoice,
    UserIdentity,
)
from parley.model.secret import Secret
from parley.ul.codec import decode, encode
from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from parley.ul.limits import Limits
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    AbstractSyntax,
    ApplicationContext,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    PresentationContextAc,
    PresentationContextRq,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    TransferSyntax,
    UnknownItem,
    UserIdentityAc,
    UserIdentityRq,
    UserInformation,
)
from tests.model.strategies import acceptor_handles, patient, requestor_handles, rules

CT = "1.2.840.10008.5.1.4.1.1.2"
HANDLE = RequestorHandle(
    called_ae_title="ANY-SCP",
    calling_ae_title="SCU",
    contexts=(ProposedContext(VERIFICATION), ProposedContext(CT, (EXPLICIT_VR_LITTLE_ENDIAN,), context_id=77)),
    implementation_class_uid="1.2.3",
    implementation_version_name="V1",
)


def test_request_says_all_that_the_handle_says_in_the_order_of_the_standard() -> None:
    assert request_pdu(HANDLE) == AAssociateRq(
        "ANY-SCP",
        "SCU",
        (
            ApplicationContext("1.2.840.10008.3.1.1.1"),
            PresentationContextRq.of(1, VERIFICATION, (IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN)),
            PresentationContextRq.of(77, CT, (EXPLICIT_VR_LITTLE_ENDIAN,)),
            UserInformation((MaximumLength(16384), ImplementationClassUid("1.2.3"), ImplementationVersionName("V1"))),
        ),
    )


EVERYTHING = replace(
    HANDLE,
    asynchronous_operations=AsynchronousOperations(5, 0),
    roles=(RoleProposal(CT, 0, 1),),
    extended_negotiation=(ExtendedNegotiation(CT, b"\2\0\0"),),
    common_extended_negotiation=(CommonExtendedNegotiation("1.2.3", "1.2.840.10008.4.2", (CT, "1.2.4")),),
    user_identity=UserIdentity(2, Secret.of("Jürgen"), Secret.of("open-sesame"), 1),
    raw_sub_items=(RawSubItem(0x5F, b"own"), RawSubItem(0x53, b"\0\1\0\2"), RawSubItem(0x51, b"odd")),
    reserved_9_10=b"\1\2",
    reserved_43_74=bytes(range(32)),
)


def test_everything_that_a_request_can_negotiate() -> None:
    pdu = request_pdu(EVERYTHING)
    assert (pdu.reserved_9_10, pdu.reserved_43_74) == (b"\1\2", bytes(range(32)))
    assert pdu.user_information.sub_items == (
        MaximumLength(16384),
        ImplementationClassUid("1.2.3"),
        AsynchronousOperationsWindow(5, 0),
        RoleSelection(CT, 0, 1),
        ImplementationVersionName("V1"),
        SopClassExtendedNegotiation(CT, b"\2\0\0"),
        SopClassCommonExtendedNegotiation("1.2.3", "1.2.840.10008.4.2", (CT, "1.2.4")),
        UserIdentityRq(2, 1, "Jürgen".encode(), b"open-sesame"),
        UnknownItem(0x5F, b"own"),
        AsynchronousOperationsWindow(1, 2),
        UnknownItem(0x51, b"odd"),
    )


def test_reserved_bytes_of_a_context() -> None:
    context = ProposedContext(CT, ("1.2",), reserved_6_8=b"\0\xff\0")
    assert request_pdu(replace(HANDLE, contexts=(context,))).presentation_contexts == (
        PresentationContextRq(1, (AbstractSyntax(CT), TransferSyntax("1.2")), b"\0\xff\0"),
    )


def test_what_user_information_has_no_room_for_is_cut_or_left_out() -> None:
    much = bytes(70000)
    for changes in (
        {"extended_negotiation": (ExtendedNegotiation(CT, much),) * 2},
        {"user_identity": UserIdentity(2, Secret(much), Secret(much))},
        {"common_extended_negotiation": (CommonExtendedNegotiation(CT, CT, (CT,) * 9000),)},
        {"raw_sub_items": (RawSubItem(0x60, much), RawSubItem(999, b"1"))},
        {"roles": (RoleProposal(CT, 999, -1),) * 9000},
    ):
        pdu = request_pdu(replace(HANDLE, **changes))
        decoded = decode(encode(pdu), Limits())
        assert decoded is not None
        assert decoded.pdu == pdu


@pytest.mark.parametrize("field", ["maximum_length", "implementation_class_uid", "implementation_version_name"])
def test_what_is_switched_off_is_not_sent(field: str) -> None:
    pdu = request_pdu(replace(HANDLE, **{field: None}))
    assert getattr(pdu, field) is None
    assert len(pdu.user_information.sub_items) == 2


def test_zero_is_not_absent() -> None:
    assert request_pdu(replace(HANDLE, maximum_length=0)).maximum_length == 0


def test_text_that_does_not_fit_is_the_beginning_of_its_utf_8() -> None:
    pdu = request_pdu(replace(HANDLE, called_ae_title="RÖNTGEN_ABTEILUNG", calling_ae_title="SEVENTEEN_LETTERS"))
    assert pdu.called_ae_title.encode("latin-1") == "RÖNTGEN_ABTEILUNG".encode()[:16]
    assert pdu.calling_ae_title == "SEVENTEEN_LETTER"


def test_numbers_that_do_not_fit_become_the_nearest_that_do() -> None:
    pdu = request_pdu(
        replace(HANDLE, maximum_length=2**32, protocol_version=-1, contexts=(ProposedContext("1", (), 999),))
    )
    assert (pdu.maximum_length, pdu.protocol_version, pdu.presentation_contexts[0].context_id) == (2**32 - 1, 0, 255)


def test_an_item_takes_as_many_transfer_syntaxes_as_it_has_room_for() -> None:
    pdu = request_pdu(replace(HANDLE, contexts=(ProposedContext("1", ("1" * 5000,) * 20),)))
    assert len(pdu.presentation_contexts[0].transfer_syntaxes) == 15
    encode(pdu)


@patient
@given(requestor_handles)
def test_every_request_can_be_sent_and_arrives_as_it_was_built(handle: RequestorHandle) -> None:
    pdu = request_pdu(handle)
    decoded = decode(encode(pdu), Limits())
    assert decoded is not None
    assert decoded.pdu == pdu


@patient
@given(acceptor_handles, rules, requestor_handles)
def test_every_answer_can_be_sent(handle: AcceptorHandle, how: AcceptanceRules, asked: RequestorHandle) -> None:
    pdu = accept_pdu(handle, how, request_pdu(asked))
    decoded = decode(encode(pdu), Limits())
    assert decoded is not None
    assert decoded.pdu == pdu


def answer(
    *supported: SupportedContext, choice: TransferSyntaxChoice = TransferSyntaxChoice.FIRST_PROPOSED
) -> AAssociateAc:
    return accept_pdu(AcceptorHandle(contexts=supported), AcceptanceRules(choice=choice), request_pdu(HANDLE))


def test_the_answer_echoes_the_titles_and_the_reserved_bytes() -> None:
    asked = replace(request_pdu(HANDLE), called_ae_title=" odd\0", reserved_43_74=bytes(range(32)))
    pdu = accept_pdu(AcceptorHandle(ae_title="MINE"), AcceptanceRules(), asked)
    assert (pdu.called_ae_title, pdu.calling_ae_title) == (" odd\0", "SCU")
    assert pdu.reserved_43_74 == bytes(range(32))


def test_the_answer_states_the_acceptors_own_identity() -> None:
    handle = AcceptorHandle(maximum_length=0, implementation_class_uid=None, implementation_version_name="MINE")
    pdu = accept_pdu(handle, AcceptanceRules(), request_pdu(HANDLE))
    assert (pdu.maximum_length, pdu.implementation_class_uid, pdu.implementation_version_name) == (0, None, "MINE")


def test_every_context_is_answered() -> None:
    assert answer(SupportedContext(VERIFICATION)).presentation_contexts == (
        PresentationContextAc.of(1, 0, IMPLICIT_VR_LITTLE_ENDIAN),
        PresentationContextAc.of(77, 3, EXPLICIT_VR_LITTLE_ENDIAN),
    )


def test_the_choice_of_transfer_syntax_follows_the_rules() -> None:
    backwards = SupportedContext(VERIFICATION, (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN))
    preferred = answer(backwards, choice=TransferSyntaxChoice.FIRST_PREFERRED)
    assert answer(backwards).presentation_contexts[0].transfer_syntax == IMPLICIT_VR_LITTLE_ENDIAN
    assert preferred.presentation_contexts[0].transfer_syntax == EXPLICIT_VR_LITTLE_ENDIAN


def test_an_abstract_syntax_listed_twice_has_both_lists() -> None:
    pdu = answer(SupportedContext(CT, ("1.2",)), SupportedContext(f"{CT} ", (EXPLICIT_VR_LITTLE_ENDIAN,)))
    assert [context.result for context in pdu.presentation_contexts] == [3, 0]


# --- answers to what was negotiated beside the contexts ---------------------------------------------------------------

SUPPORTS_CT = AcceptorHandle(contexts=(SupportedContext(CT),))


def sub_items(kind: type, handle: AcceptorHandle, rules: AcceptanceRules | None = None, **asked: object) -> list:
    rq = request_pdu(replace(HANDLE, **asked))
    return list(accept_pdu(handle, rules or AcceptanceRules(), rq).user_information.all(kind))


@pytest.mark.parametrize(
    ("policy", "answered"),
    [
        (RolePolicy.NONE, []),
        (RolePolicy.DISABLED, [(CT, 1, 0)]),
        (RolePolicy.ENABLED, [(CT, 1, 1)]),
        (RolePolicy.AS_PROPOSED, [(CT, 1, 1), ("1.2.3", 0, 1)]),
    ],
)
def test_roles_are_answered_by_policy(policy: RolePolicy, answered: list) -> None:
    rules = AcceptanceRules(role_policy=policy)
    asked = (RoleProposal(CT, 1, 1), RoleProposal("1.2.3", 0, 1))
    items = sub_items(RoleSelection, SUPPORTS_CT, rules, roles=asked)
    assert [(item.sop_class_uid, item.scu, item.scp) for item in items] == answered
    assert sub_items(RoleSelection, SUPPORTS_CT, rules) == []


@pytest.mark.parametrize("asked", [(1, 1), (1, 0), (0, 1), (0, 0)])
@pytest.mark.parametrize("own", [(1, 1), (1, 0), (0, 1), (0, 0)])
def test_roles_of_the_handle_go_before_the_policy_and_grant_what_is_asked(asked: tuple, own: tuple) -> None:
    handle = replace(SUPPORTS_CT, roles=(RoleProposal(CT, *own),))
    for policy in RolePolicy:
        rules = AcceptanceRules(role_policy=policy)
        (item,) = sub_items(RoleSelection, handle, rules, roles=(RoleProposal(CT, *asked),))
        assert (item.scu, item.scp) == (asked[0] & own[0], asked[1] & own[1])


@pytest.mark.parametrize(
    ("own", "asked", "answered"),
    [
        ((5, 5), (3, 9), (3, 5)),
        ((0, 0), (3, 0), (3, 0)),
        ((2, 2), (0, 0), (2, 2)),
        ((2**20, -1), (0, 0), (65535, 0)),
    ],
)
def test_asynchronous_operations_are_only_lowered(own: tuple, asked: tuple, answered: tuple) -> None:
    handle = AcceptorHandle(asynchronous_operations=AsynchronousOperations(*own))
    (item,) = sub_items(AsynchronousOperationsWindow, handle, asynchronous_operations=AsynchronousOperations(*asked))
    assert (item.invoked, item.performed) == answered


def test_nothing_is_answered_that_was_not_asked() -> None:
    handle = AcceptorHandle(
        asynchronous_operations=AsynchronousOperations(),
        roles=(RoleProposal(CT),),
        extended_negotiation=(ExtendedNegotiation(CT, b"1"),),
        identity_response=Secret(),
    )
    silent = UserIdentity(1, Secret.of("me"))
    pdu = accept_pdu(handle, AcceptanceRules(), request_pdu(replace(HANDLE, user_identity=silent)))
    assert [type(item) for item in pdu.user_information.sub_items] == [
        MaximumLength, ImplementationClassUid, ImplementationVersionName,
    ]  # fmt: skip


def test_extended_negotiation_and_identity_are_answered_where_asked() -> None:
    handle = AcceptorHandle(
        extended_negotiation=(ExtendedNegotiation("1.2.3", b"no"), ExtendedNegotiation(f"{CT} ", b"yes")),
        identity_response=Secret(b"ticket"),
    )
    items = accept_pdu(handle, AcceptanceRules(), request_pdu(EVERYTHING)).user_information.sub_items
    assert items[-2:] == (SopClassExtendedNegotiation(f"{CT} ", b"yes"), UserIdentityAc(b"ticket"))


@pytest.mark.parametrize(
    ("check", "identity", "answered"),
    [
        (IdentityCheck.CHECK, UserIdentity(1, Secret.of("anna"), response_requested=1), [UserIdentityAc(b"")]),
        (IdentityCheck.REQUIRE, UserIdentity(2, Secret.of("bob"), Secret.of("yes"), 1), [UserIdentityAc(b"")]),
        (IdentityCheck.CHECK, UserIdentity(1, Secret.of("anna")), []),
        (IdentityCheck.CHECK, UserIdentity(2, Secret.of("bob"), Secret.of("no"), 1), []),
        (IdentityCheck.CHECK, UserIdentity(1, Secret.of("eve"), response_requested=1), []),
        (IdentityCheck.CHECK, UserIdentity(5, Secret.of("anna"), response_requested=1), []),
        (IdentityCheck.CHECK, None, []),
        (IdentityCheck.IGNORE, UserIdentity(1, Secret.of("anna"), response_requested=1), []),
    ],
)
def test_an_identity_that_was_found_right_is_answered_without_a_secret(
    check: IdentityCheck, identity: UserIdentity | None, answered: list[UserIdentityAc]
) -> None:
    """Also where everybody is accepted: 59H says that an identity was checked, so it goes to nobody else."""
    rules = AcceptanceRules(identity=check, users=(KnownUser("anna"), KnownUser("bob", Secret.of("yes"))))
    rq = request_pdu(replace(HANDLE, user_identity=identity))
    assert list(accept_pdu(AcceptorHandle(), rules, rq).user_information.all(UserIdentityAc)) == answered


def test_what_the_handle_says_of_an_identity_comes_first() -> None:
    rules = AcceptanceRules(identity=IdentityCheck.CHECK, users=(KnownUser("anna"),))
    rq = request_pdu(replace(HANDLE, user_identity=UserIdentity(1, Secret.of("anna"), response_requested=1)))
    answer = accept_pdu(AcceptorHandle(identity_response=Secret(b"ticket")), rules, rq)
    assert answer.user_information.all(UserIdentityAc) == (UserIdentityAc(b"ticket"),)


def test_raw_sub_items_go_out_whatever_was_asked() -> None:
    handle = AcceptorHandle(raw_sub_items=(RawSubItem(0x59, b"\0\1x"), RawSubItem(0xFF, b"?")))
    pdu = accept_pdu(handle, AcceptanceRules(), request_pdu(HANDLE))
    assert pdu.user_information.sub_items[-2:] == (UserIdentityAc(b"x"), UnknownItem(0xFF, b"?"))


# --- forced answers --------------------------------------------------------------------------------------------------


def forced(*answers: ForcedAnswer) -> list[tuple]:
    handle = AcceptorHandle(contexts=(SupportedContext(VERIFICATION),), forced_answers=answers)
    pdu = accept_pdu(handle, AcceptanceRules(), request_pdu(HANDLE))
    return [(context.context_id, context.result, context.sub_items) for context in pdu.presentation_contexts]


def named(*uids: str) -> tuple[TransferSyntax, ...]:
    return tuple(map(TransferSyntax, uids))


BY_RULES = [
    (1, 0, named(IMPLICIT_VR_LITTLE_ENDIAN)),
    (77, 3, named(EXPLICIT_VR_LITTLE_ENDIAN)),
]


@pytest.mark.parametrize("result", range(8))
def test_a_result_is_forced_for_an_abstract_syntax(result: int) -> None:
    assert forced(ForcedAnswer(f"{CT}\0", result)) == [BY_RULES[0], (77, result, BY_RULES[1][2])]


def test_a_transfer_syntax_is_forced_be_it_unproposed_many_or_none() -> None:
    assert forced(ForcedAnswer("", 0, ("1.2.3",), 77))[1] == (77, 0, named("1.2.3"))
    assert forced(ForcedAnswer(VERIFICATION, 0, ("1", "2")))[0] == (1, 0, named("1", "2"))
    assert forced(ForcedAnswer(VERIFICATION, 1, ()))[0] == (1, 1, ())


def test_the_first_forced_answer_that_fits_counts() -> None:
    assert forced(ForcedAnswer(CT, 1, context_id=1), ForcedAnswer(result=2), ForcedAnswer(CT, 4)) == [
        (1, 2, BY_RULES[0][2]),
        (77, 2, BY_RULES[1][2]),
    ]


def test_a_context_can_be_left_unanswered_and_one_answered_that_nobody_proposed() -> None:
    assert forced(ForcedAnswer(CT, None)) == BY_RULES[:1]
    assert forced(ForcedAnswer(context_id=9), ForcedAnswer(context_id=11, result=None)) == [
        *BY_RULES,
        (9, 0, named(IMPLICIT_VR_LITTLE_ENDIAN)),
    ]
    assert forced(ForcedAnswer(CT, context_id=9)) == BY_RULES


def test_titles_and_reserved_bytes_of_an_answer_can_be_typed() -> None:
    handle = AcceptorHandle(called_ae_title="A", calling_ae_title="B", reserved_9_10=b"\1\2\3", reserved_43_74=b"\7")
    pdu = accept_pdu(handle, AcceptanceRules(), request_pdu(HANDLE))
    assert (pdu.called_ae_title, pdu.calling_ae_title) == ("A", "B")
    assert (pdu.reserved_9_10, pdu.reserved_43_74) == (b"\1\2", b"\7" + bytes(31))


def test_what_a_listener_supports_is_worked_out_once():
    contexts = tuple(SupportedContext(f"1.2.{number}") for number in range(100))
    assert supported_syntaxes(contexts) is supported_syntaxes((*contexts[:50], *contexts[50:]))
    twice = (SupportedContext("1.2", ("1.3", "1.4")), SupportedContext("1.2", ("1.5", "1.3")))
    assert supported_syntaxes(twice) == {"1.2": ("1.3", "1.4", "1.5")}
