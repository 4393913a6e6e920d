"""The whole handle as others read it: pynetdicom's decoder, which then writes the same bytes again."""

from __future__ import annotations

import pytest

from parley.model.build import accept_pdu, request_pdu
from parley.model.from_wire import acceptor_handle_of, requestor_handle_of, reset_to_accept
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ForcedAnswer,
    ProposedContext,
    RequestorHandle,
    RoleProposal,
    UserIdentity,
)
from parley.model.secret import Secret
from parley.ul.codec import encode
from parley.ul.codes import UserIdentityType
from parley.ul.pdu import AAssociateAc, AAssociateRq
from tests.interop.ends import CT, EXPLICIT, IMPLICIT, JPEG_2000
from tests.ul.test_codec_against_pynetdicom import in_our_words, read_by_pynetdicom

pytestmark = pytest.mark.interop

STORAGE = "1.2.840.10008.4.2"
ENHANCED_SR = "1.2.840.10008.5.1.4.1.1.88.22"


def whole(identity_type: int, **changes: object) -> RequestorHandle:
    secondary = Secret(b"open-sesame" if identity_type == UserIdentityType.USERNAME_AND_PASSCODE else b"")
    return RequestorHandle(
        called_ae_title="ARCHIVE",
        calling_ae_title="MODALITY",
        contexts=(
            ProposedContext(CT, (JPEG_2000,), 77),
            ProposedContext(CT, (IMPLICIT, EXPLICIT), 3),
            ProposedContext("1.2.3.4", (IMPLICIT,), 255),
        ),
        asynchronous_operations=AsynchronousOperations(5, 0),
        roles=(RoleProposal(CT, 0, 1), RoleProposal("1.2.3.4", 1, 1)),
        extended_negotiation=(ExtendedNegotiation(CT, bytes(range(1, 7))),),
        common_extended_negotiation=(CommonExtendedNegotiation("1.2.3.4", STORAGE, (ENHANCED_SR, CT)),),
        user_identity=UserIdentity(identity_type, Secret(b"J\xc3\xbcrgen"), secondary, 1),
    )


ANSWERS = {
    "all granted": reset_to_accept,
    "ticket": lambda rq: AcceptorHandle(identity_response=Secret(b"server ticket")),
    "forced": lambda rq: AcceptorHandle(
        forced_answers=(ForcedAnswer(CT, 2), ForcedAnswer("1.2.3.4", 0, (EXPLICIT,)), ForcedAnswer(context_id=9)),
        asynchronous_operations=AsynchronousOperations(2, 2),
        roles=(RoleProposal(CT, 1, 0),),
        extended_negotiation=(ExtendedNegotiation(CT, b"\0"),),
    ),
}


@pytest.mark.parametrize("identity_type", [kind.value for kind in UserIdentityType if not kind.is_reserved])
def test_a_request_with_everything(identity_type: int) -> None:
    handle = whole(identity_type)
    data = encode(request_pdu(handle))
    theirs = read_by_pynetdicom(data)
    assert theirs.encode() == data
    read = in_our_words(theirs)
    assert isinstance(read, AAssociateRq)
    assert requestor_handle_of(read) == handle


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_with_everything(name: str) -> None:
    rq = request_pdu(whole(UserIdentityType.KERBEROS_SERVICE_TICKET))
    ac = accept_pdu(ANSWERS[name](rq), AcceptanceRules(), rq)
    data = encode(ac)
    theirs = read_by_pynetdicom(data)
    assert theirs.encode() == data
    read = in_our_words(theirs)
    assert isinstance(read, AAssociateAc)
    assert read == ac
    assert accept_pdu(acceptor_handle_of(read, rq), AcceptanceRules(), rq) == ac
