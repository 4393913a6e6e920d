"""What handles become on the wire."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from parley.model.build import accept_pdu, request_pdu
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    ProposedContext,
    RequestorHandle,
    SupportedContext,
    TransferSyntaxChoice,
)
from parley.ul.codec import decode, encode
from parley.ul.codes import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from parley.ul.limits import Limits
from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    ApplicationContext,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    PresentationContextAc,
    PresentationContextRq,
    UserInformation,
)
from tests.model.strategies import acceptor_handles, requestor_handles, rules

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


@given(requestor_handles)
def test_every_request_can_be_sent_and_arrives_as_it_was_built(handle: RequestorHandle) -> None:
    pdu = request_pdu(handle)
    decoded = decode(encode(pdu), Limits())
    assert decoded is not None
    assert decoded.pdu == pdu


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
