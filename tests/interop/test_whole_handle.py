"""The whole handle and others: pynetdicom's decoder, which writes the same bytes again, and DCMTK's SCUs."""

from __future__ import annotations

import pydicom
import pytest
from pydicom.dataset import FileMetaDataset

from parley.model.build import accept_pdu, request_pdu
from parley.model.event import EventKind as K
from parley.model.from_wire import acceptor_handle_of, lost_of_request, requestor_handle_of, reset_to_accept
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
    RequestorHandle,
    RolePolicy,
    RoleProposal,
    SupportedContext,
    UserIdentity,
)
from parley.model.secret import Secret
from parley.ul.codec import encode
from parley.ul.codes import UserIdentityType
from parley.ul.pdu import AAssociateAc, AAssociateRj, AAssociateRq, RoleSelection, UserIdentityAc
from tests.harness.process import run_to_end
from tests.interop.ends import CT, EXPLICIT, IMPLICIT, JPEG_2000, STORAGE, answering
from tests.ul.test_codec_against_pynetdicom import in_our_words, read_by_pynetdicom

pytestmark = pytest.mark.interop

STORAGE_SERVICE = "1.2.840.10008.4.2"
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
        common_extended_negotiation=(CommonExtendedNegotiation("1.2.3.4", STORAGE_SERVICE, (ENHANCED_SR, CT)),),
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


# --- DCMTK's programs against our acceptor ----------------------------------------------------------------------------

GET = "1.2.840.10008.5.1.4.1.2.1.3"
USERS = (KnownUser("somebody", Secret.of("open-sesame")),)


def call(run, program, *options, **facts):
    """Let one of DCMTK's SCUs call our acceptor; what it said and what we recorded."""

    async def play():
        async with answering(**facts) as ours:
            finished = await run_to_end(program, "-v", *options[:-1], "127.0.0.1", ours.port, *options[-1])
            await ours.record.wait_for(K.CLOSED)
            return finished, ours.record

    return run(play())


@pytest.fixture
def ct_file(tmp_path):
    image = pydicom.Dataset()
    image.SOPClassUID = CT
    image.SOPInstanceUID = "1.2.3.4.5"
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = EXPLICIT
    image.save_as(tmp_path / "ct.dcm", enforce_file_format=True)
    return str(tmp_path / "ct.dcm")


@pytest.mark.dcmtk
@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--user", "somebody", "--password", "open-sesame", "--pos-response"), ""),
        (("--user", "somebody", "--password", "wrong-word"), "the passcode of the user 'somebody' is wrong"),
        (("--user", "somebody"), "the passcode of the user 'somebody' is missing"),
        (("--user", "nobody", "--password", "open-sesame"), "the user 'nobody' is not in the list"),
        ((), "no user identity is given"),
    ],
)
def test_storescu_with_a_user(run, ct_file, options, why):
    rules = AcceptanceRules(identity=IdentityCheck.REQUIRE, users=USERS)
    handle = AcceptorHandle(contexts=STORAGE, identity_response=Secret())
    finished, record = call(run, "storescu", *options, [ct_file], handle=handle, rules=rules)
    if why:
        (rejected,) = record.of(K.REJECTED)
        assert rejected.pdu == AAssociateRj(1, 2, 1)
        assert "Result: Rejected Permanent, Source: Service Provider (ACSE Related)" in finished.output
        assert why in record.of(K.DECIDED)[0].text
    else:
        assert "Association Accepted" in finished.output
        (accepted,) = record.of(K.ACCEPTED)
        assert accepted.pdu.user_information.first(UserIdentityAc) == UserIdentityAc(b"")
        assert "Received Store Response" in finished.output


@pytest.mark.dcmtk
@pytest.mark.parametrize(
    ("policy", "granted"), [(RolePolicy.NONE, 0), (RolePolicy.ENABLED, 1), (RolePolicy.AS_PROPOSED, 2)]
)
def test_getscu_asks_for_roles(run, tmp_path, policy, granted):
    options = ("-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.2.3", "-od", str(tmp_path), ())
    handle = AcceptorHandle(contexts=(SupportedContext(GET), SupportedContext(CT)))
    _, record = call(run, "getscu", *options, handle=handle, rules=AcceptanceRules(role_policy=policy))
    asked = record.of(K.REQUESTED)[0].pdu.user_information.all(RoleSelection)
    answered = record.of(K.ACCEPTED)[0].pdu.user_information.all(RoleSelection)
    assert len(asked) > 50
    assert {(item.scu, item.scp) for item in asked} == {(0, 1)}
    assert answered == ((), (RoleSelection(CT, 0, 1),), asked)[granted]
    request = record.of(K.REQUESTED)[0].pdu
    assert lost_of_request(request) == ()
    assert request_pdu(requestor_handle_of(request)) == request
