"""Two codecs that know nothing of each other: pynetdicom reads our bytes, and we read pynetdicom's.

Each PDU that pynetdicom has read is put into our own vocabulary field by field, so that one comparison covers them all.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynetdicom import pdu as their_pdu
from pynetdicom import pdu_items as their_items
from pynetdicom import pdu_primitives as primitives
from pynetdicom.presentation import build_context

from parley.ul import pdu
from parley.ul.codec import decode, encode
from parley.ul.limits import Limits
from parley.ul.pdu import Pdu
from tests.harness.strategies import tuples_of
from tests.ul.golden import GOLDEN, Golden

APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"

# --- from their vocabulary to ours -----------------------------------------------------------------------------------


def _context_rq(item: Any) -> pdu.PresentationContextRq:
    return pdu.PresentationContextRq(item.context_id, tuple(map(in_our_words, item.abstract_transfer_syntax_sub_items)))


def _context_ac(item: Any) -> pdu.PresentationContextAc:
    sub_items = tuple(map(in_our_words, item.transfer_syntax_sub_item))
    return pdu.PresentationContextAc(item.context_id, item.result, sub_items)


def _common_extended(item: Any) -> pdu.SopClassCommonExtendedNegotiation:
    related = tuple(map(str, item.related_general_sop_class_identification))
    return pdu.SopClassCommonExtendedNegotiation(str(item.sop_class_uid), str(item.service_class_uid), related)


def _identity(item: Any) -> pdu.UserIdentityRq:
    return pdu.UserIdentityRq(item.id_type, int(item.response_requested), item.primary, item.secondary or b"")


def _associate(kind: type[Any]) -> Callable[[Any], Any]:
    def translate(theirs: Any) -> Any:
        called, calling = (
            (theirs.called_ae_title, theirs.calling_ae_title)
            if kind is pdu.AAssociateRq
            else (theirs.reserved_aet, theirs.reserved_aec)
        )
        items = tuple(map(in_our_words, theirs.variable_items))
        return kind(called.rstrip(" "), calling.rstrip(" "), items, theirs.protocol_version)

    return translate


def _pdv(item: Any) -> pdu.Pdv:
    value = item.presentation_data_value
    return pdu.Pdv(item.presentation_context_id, value[0], value[1:])


TRANSLATIONS: dict[type[Any], Callable[[Any], Any]] = {
    their_items.ApplicationContextItem: lambda item: pdu.ApplicationContext(str(item.application_context_name)),
    their_items.AbstractSyntaxSubItem: lambda item: pdu.AbstractSyntax(str(item.abstract_syntax_name)),
    their_items.TransferSyntaxSubItem: lambda item: pdu.TransferSyntax(str(item.transfer_syntax_name or "")),
    their_items.PresentationContextItemRQ: _context_rq,
    their_items.PresentationContextItemAC: _context_ac,
    their_items.UserInformationItem: lambda item: pdu.UserInformation(tuple(map(in_our_words, item.user_data))),
    their_items.MaximumLengthSubItem: lambda item: pdu.MaximumLength(item.maximum_length_received),
    their_items.ImplementationClassUIDSubItem: lambda item: pdu.ImplementationClassUid(
        str(item.implementation_class_uid)
    ),
    their_items.ImplementationVersionNameSubItem: lambda item: pdu.ImplementationVersionName(
        item.implementation_version_name
    ),
    their_items.AsynchronousOperationsWindowSubItem: lambda item: pdu.AsynchronousOperationsWindow(
        item.maximum_number_operations_invoked, item.maximum_number_operations_performed
    ),
    their_items.SCP_SCU_RoleSelectionSubItem: lambda item: pdu.RoleSelection(
        str(item.sop_class_uid), item.scu_role, item.scp_role
    ),
    their_items.SOPClassExtendedNegotiationSubItem: lambda item: pdu.SopClassExtendedNegotiation(
        str(item.sop_class_uid), item.service_class_application_information
    ),
    their_items.SOPClassCommonExtendedNegotiationSubItem: _common_extended,
    their_items.UserIdentitySubItemRQ: _identity,
    their_items.UserIdentitySubItemAC: lambda item: pdu.UserIdentityAc(item.server_response),
    their_items.PresentationDataValueItem: _pdv,
    their_pdu.A_ASSOCIATE_RQ: _associate(pdu.AAssociateRq),
    their_pdu.A_ASSOCIATE_AC: _associate(pdu.AAssociateAc),
    their_pdu.A_ASSOCIATE_RJ: lambda it: pdu.AAssociateRj(it.result, it.source, it.reason_diagnostic),
    their_pdu.P_DATA_TF: lambda it: pdu.PDataTf(tuple(map(in_our_words, it.presentation_data_value_items))),
    their_pdu.A_RELEASE_RQ: lambda _: pdu.AReleaseRq(),
    their_pdu.A_RELEASE_RP: lambda _: pdu.AReleaseRp(),
    their_pdu.A_ABORT_RQ: lambda it: pdu.AAbort(it.source, it.reason_diagnostic),
}


def in_our_words(theirs: Any) -> Any:
    return TRANSLATIONS[type(theirs)](theirs)


READERS: dict[int, type[Any]] = {
    1: their_pdu.A_ASSOCIATE_RQ,
    2: their_pdu.A_ASSOCIATE_AC,
    3: their_pdu.A_ASSOCIATE_RJ,
    4: their_pdu.P_DATA_TF,
    5: their_pdu.A_RELEASE_RQ,
    6: their_pdu.A_RELEASE_RP,
    7: their_pdu.A_ABORT_RQ,
}


def read_by_pynetdicom(data: bytes) -> Any:
    theirs = READERS[data[0]]()
    theirs.decode(data)
    return theirs


def assert_both_agree(value: Pdu):
    data = encode(value)
    theirs = read_by_pynetdicom(data)
    assert in_our_words(theirs) == value
    assert theirs.encode() == data
    decoded = decode(theirs.encode(), Limits())
    assert decoded is not None
    assert decoded.pdu == value
    assert decoded.findings == ()


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_pynetdicom_reads_the_bytes_written_by_hand(golden: Golden):
    assert in_our_words(read_by_pynetdicom(golden.data)) == golden.pdu


# --- PDUs that pynetdicom can hold -----------------------------------------------------------------------------------

components = st.integers(0, 9999).map(str)
uids = st.lists(components, min_size=1, max_size=8).map(lambda parts: ".".join(["1", "2", *parts]))
printable = st.sampled_from(string.ascii_letters + string.digits + "_-./ ")
names = st.text(printable, min_size=1, max_size=16).map(str.strip).filter(bool)
bits = st.integers(0, 1)
shorts = st.integers(0, 0xFFFF)
odd_numbers = st.integers(0, 127).map(lambda half: 2 * half + 1)
blobs = st.binary(min_size=1, max_size=30)

proposed = st.builds(pdu.PresentationContextRq.of, odd_numbers, uids, tuples_of(uids).filter(bool))
answered = st.builds(pdu.PresentationContextAc.of, odd_numbers, st.integers(0, 4), uids)
of_both = (
    st.builds(pdu.MaximumLength, st.integers(0, 0xFFFFFFFF))
    | st.builds(pdu.ImplementationClassUid, uids)
    | st.builds(pdu.ImplementationVersionName, names)
    | st.builds(pdu.AsynchronousOperationsWindow, shorts, shorts)
    | st.builds(pdu.RoleSelection, uids, bits, bits)
    | st.builds(pdu.SopClassExtendedNegotiation, uids, blobs)
)
of_requests = (
    of_both
    | st.builds(pdu.SopClassCommonExtendedNegotiation, uids, uids, tuples_of(uids))
    | st.builds(pdu.UserIdentityRq, st.sampled_from([1, 3, 4, 5]), bits, blobs)
    | st.builds(pdu.UserIdentityRq, st.just(2), bits, blobs, blobs)
)
of_acceptances = of_both | st.builds(pdu.UserIdentityAc, blobs)


def associate(kind: type[Any], contexts: Any, sub_items: Any) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda called, calling, found, information: kind(
            called, calling, (pdu.ApplicationContext(APPLICATION_CONTEXT), *found, pdu.UserInformation(information))
        ),
        names,
        names,
        tuples_of(contexts),
        tuples_of(sub_items, 8),
    )


codes = st.integers(0, 0xFF)
plain_pdus = st.one_of(
    associate(pdu.AAssociateRq, proposed, of_requests),
    associate(pdu.AAssociateAc, answered, of_acceptances),
    st.builds(pdu.AAssociateRj, codes, codes, codes),
    st.builds(pdu.AAbort, codes, codes),
    st.sampled_from([pdu.AReleaseRq(), pdu.AReleaseRp()]),
    st.builds(
        pdu.PDataTf, tuples_of(st.builds(pdu.Pdv, odd_numbers, st.integers(0, 3), st.binary(max_size=99))).filter(bool)
    ),
)


@given(plain_pdus)
def test_both_agree_on_every_plain_pdu(value: Pdu):
    assert_both_agree(value)


# --- bytes that pynetdicom made from its own primitives --------------------------------------------------------------


def user_information(*, is_answer: bool) -> list[Any]:
    length = primitives.MaximumLengthNotification()
    length.maximum_length_received = 16382
    uid = primitives.ImplementationClassUIDNotification()
    uid.implementation_class_uid = "1.2.826.0.1.3680043.9.3811.3.0.4"
    name = primitives.ImplementationVersionNameNotification()
    name.implementation_version_name = "PYNETDICOM_304"
    window = primitives.AsynchronousOperationsWindowNegotiation()
    window.maximum_number_operations_invoked = 5
    window.maximum_number_operations_performed = 2
    role = primitives.SCP_SCU_RoleSelectionNegotiation()
    role.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2"
    role.scu_role = False
    role.scp_role = True
    extended = primitives.SOPClassExtendedNegotiation()
    extended.sop_class_uid = "1.2.840.10008.5.1.4.1.2.2.1"
    extended.service_class_application_information = b"\x01\x00\x01"
    items = [length, uid, name, window, role, extended]
    if is_answer:
        answer = primitives.UserIdentityNegotiation()
        answer.server_response = b"granted"
        return [*items, answer]
    common = primitives.SOPClassCommonExtendedNegotiation()
    common.sop_class_uid = "1.2.840.10008.5.1.4.1.1.4"
    common.service_class_uid = "1.2.840.10008.4.2"
    common.related_general_sop_class_identification = ["1.2.840.10008.5.1.4.1.1.88.22"]
    identity = primitives.UserIdentityNegotiation()
    identity.user_identity_type = 2
    identity.primary_field = b"anna"
    identity.secondary_field = b"secret"
    identity.positive_response_requested = True
    return [*items, common, identity]


OF_BOTH = (
    pdu.MaximumLength(16382),
    pdu.ImplementationClassUid("1.2.826.0.1.3680043.9.3811.3.0.4"),
    pdu.ImplementationVersionName("PYNETDICOM_304"),
    pdu.AsynchronousOperationsWindow(5, 2),
    pdu.RoleSelection("1.2.840.10008.5.1.4.1.1.2", 0, 1),
    pdu.SopClassExtendedNegotiation("1.2.840.10008.5.1.4.1.2.2.1", b"\x01\x00\x01"),
)
OF_REQUESTS = (
    pdu.SopClassCommonExtendedNegotiation(
        "1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.4.2", ("1.2.840.10008.5.1.4.1.1.88.22",)
    ),
    pdu.UserIdentityRq(2, 1, b"anna", b"secret"),
)


def associate_primitive(*, is_answer: bool) -> primitives.A_ASSOCIATE:
    primitive = primitives.A_ASSOCIATE()
    primitive.application_context_name = APPLICATION_CONTEXT
    primitive.calling_ae_title = "SCU"
    primitive.called_ae_title = "SCP"
    primitive.user_information = user_information(is_answer=is_answer)
    context = build_context("1.2.840.10008.1.1", ["1.2.840.10008.1.2"])
    context.context_id = 7
    if is_answer:
        context.result = 0
        primitive.result = 0
        primitive.presentation_context_definition_results_list = [context]
    else:
        primitive.presentation_context_definition_list = [context]
    return primitive


def test_we_read_a_request_that_pynetdicom_made():
    decoded = decode(their_pdu.A_ASSOCIATE_RQ(associate_primitive(is_answer=False)).encode(), Limits())
    assert decoded is not None
    assert decoded.findings == ()
    assert decoded.pdu == pdu.AAssociateRq(
        "SCP",
        "SCU",
        (
            pdu.ApplicationContext(APPLICATION_CONTEXT),
            pdu.PresentationContextRq.of(7, "1.2.840.10008.1.1", ("1.2.840.10008.1.2",)),
            pdu.UserInformation((*OF_BOTH, *OF_REQUESTS)),
        ),
    )


def test_we_read_an_acceptance_that_pynetdicom_made():
    decoded = decode(their_pdu.A_ASSOCIATE_AC(associate_primitive(is_answer=True)).encode(), Limits())
    assert decoded is not None
    assert decoded.findings == ()
    assert decoded.pdu == pdu.AAssociateAc(
        "SCP",
        "SCU",
        (
            pdu.ApplicationContext(APPLICATION_CONTEXT),
            pdu.PresentationContextAc.of(7, 0, "1.2.840.10008.1.2"),
            pdu.UserInformation((*OF_BOTH, pdu.UserIdentityAc(b"granted"))),
        ),
    )


def data_primitive() -> primitives.P_DATA:
    primitive = primitives.P_DATA()
    primitive.presentation_data_value_list = [[1, b"\x03command"], [1, b"\x02data"]]
    return primitive


def rejection_primitive() -> primitives.A_ASSOCIATE:
    primitive = primitives.A_ASSOCIATE()
    primitive.result, primitive.result_source, primitive.diagnostic = 1, 1, 7
    return primitive


def abort_primitive() -> primitives.A_P_ABORT:
    primitive = primitives.A_P_ABORT()
    primitive.provider_reason = 6
    return primitive


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (their_pdu.A_ASSOCIATE_RJ(rejection_primitive()), pdu.AAssociateRj(1, 1, 7)),
        (their_pdu.P_DATA_TF(data_primitive()), pdu.PDataTf((pdu.Pdv(1, 3, b"command"), pdu.Pdv(1, 2, b"data")))),
        (their_pdu.A_RELEASE_RQ(), pdu.AReleaseRq()),
        (their_pdu.A_RELEASE_RP(), pdu.AReleaseRp()),
        (their_pdu.A_ABORT_RQ(abort_primitive()), pdu.AAbort(2, 6)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_we_read_the_short_pdus_that_pynetdicom_made(theirs: Any, ours: Pdu):
    decoded = decode(theirs.encode(), Limits())
    assert decoded is not None
    assert decoded.pdu == ours
    assert decoded.findings == ()
