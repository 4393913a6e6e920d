"""DCMTK's SCUs against our acceptor: what they say of us, and what we say of them."""

from __future__ import annotations

import asyncio

import pydicom
import pytest
from pydicom.dataset import FileMetaDataset

from parley.model.decision import Close, Silence
from parley.model.event import EventKind as K
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    NoContext,
    Rejection,
    RequestorHandle,
    SupportedContext,
    TransferSyntaxChoice,
)
from parley.model.profile import RequestorSide
from parley.ul.codes import VERIFICATION
from tests.harness.process import run_to_end
from tests.interop.ends import BIG_ENDIAN, CT, EXPLICIT, IMPLICIT, STORAGE, answering

pytestmark = [pytest.mark.interop, pytest.mark.dcmtk]

SHUTDOWN = "1.2.276.0.7230010.3.4.1915765545.18030.917282194.0"
"""DCMTK's private SOP class: to propose it is to ask the peer to end."""


def call(run, program, *options, files=(), **facts):
    """Let one of DCMTK's SCUs call our acceptor; how it ended and what we recorded."""

    async def play():
        async with answering(**facts) as ours:
            finished = await run_to_end(program, "-v", *options, "127.0.0.1", ours.port, *files)
            await ours.record.wait_for(K.CLOSED)
            return finished, ours.record

    return run(play())


def messages(record):
    return [event.text for event in record.events if event.kind in {K.MESSAGE_RECEIVED, K.MESSAGE_SENT}]


def test_echoscu_is_accepted_echoes_and_releases(run):
    finished, record = call(run, "echoscu", "-aet", "MODALITY", "-aec", "PARLEY_SCP")
    assert finished.code == 0
    assert "Received Echo Response (Success)" in finished.output
    assert record.kinds(1) == [
        K.CONNECTION_ACCEPTED, K.PDU_RECEIVED, K.REQUESTED, K.DECIDED, K.PDU_SENT, K.ACCEPTED,
        K.PDU_RECEIVED, K.MESSAGE_RECEIVED, K.MESSAGE_SENT, K.PDU_SENT,
        K.PDU_RECEIVED, K.PDU_SENT, K.RELEASED, K.CLOSED,
    ]  # fmt: skip
    accepted = record.of(K.ACCEPTED)[0]
    assert (accepted.local_ae_title, accepted.peer_ae_title) == ("PARLEY_SCP", "MODALITY")
    request = record.of(K.REQUESTED)[0].pdu
    assert request.implementation_class_uid.startswith("1.2.276.0.7230010.3")
    assert request.implementation_version_name.startswith("OFFIS_DCMTK_")


def test_echoscu_repeats_on_one_association(run):
    finished, record = call(run, "echoscu", "--repeat", "3")
    assert finished.output.count("Received Echo Response (Success)") == 3
    assert messages(record) == [
        text
        for number in (1, 2, 3)
        for text in (f"C-ECHO-RQ, message {number}", f"C-ECHO-RSP to message {number}: success (0000H)")
    ]


def test_echoscu_aborts(run):
    finished, record = call(run, "echoscu", "--abort")
    assert finished.code == 0
    assert "Aborting Association" in finished.output
    assert [event.text for event in record.of(K.ABORTED)] == ["by the peer"]
    assert record.kinds(1)[-3:] == [K.PDU_RECEIVED, K.ABORTED, K.CLOSED]
    assert K.RELEASED not in record.kinds(1)


REJECTIONS = {
    "1/1/7": (AcceptanceRules(check_called=True), "Rejected Permanent, Source: Service User", "Called AE Title Not"),
    "1/1/3": (AcceptanceRules(calling_ae_titles=("X",)), "Rejected Permanent, Source: Service User", "Calling AE Titl"),
    "1/1/1": (
        AcceptanceRules(no_context=NoContext.REJECT),
        "Rejected Permanent, Source: Service User",
        "No Reason",
    ),
    "1/1/2": (
        AcceptanceRules(reject_all=Rejection(1, 1, 2)),
        "Rejected Permanent, Source: Service User",
        "Context Name Not Supported",
    ),
    "1/2/2": (
        AcceptanceRules(reject_all=Rejection(1, 2, 2)),
        "Rejected Permanent, Source: Service Provider (ACSE Related)",
        "Protocol Version Not Supported",
    ),
    "2/3/1": (
        AcceptanceRules(reject_all=Rejection(2, 3, 1)),
        "Rejected Transient, Source: Service Provider (Presentation Related)",
        "Temporary Congestion",
    ),
}


@pytest.mark.parametrize(("codes", "rules", "who", "why"), [(codes, *row) for codes, row in REJECTIONS.items()])
def test_echoscu_reads_our_rejection(run, codes, rules, who, why):
    contexts = () if codes == "1/1/1" else (SupportedContext(VERIFICATION),)
    finished, record = call(run, "echoscu", rules=rules, handle=AcceptorHandle(contexts=contexts))
    assert finished.code == 1
    assert "Association Rejected" in finished.output
    assert who in finished.output
    assert why in finished.output
    assert record.of(K.DECIDED)[0].text.startswith(f"reject {codes}: ")
    assert record.kinds(1)[-2:] == [K.REJECTED, K.CLOSED]


def test_echoscu_beyond_the_limit_is_told_so_and_the_next_one_is_served(run):
    async def play():
        async with answering(maximum_associations=1) as ours:
            first = ours.engine.requestor(RequestorSide(port=ours.listener.port))
            await first.associate()
            refused = await run_to_end("echoscu", "-v", "127.0.0.1", ours.port)
            await first.release()
            served = await run_to_end("echoscu", "-v", "127.0.0.1", ours.port)
        return refused, served, ours.record

    refused, served, record = run(play())
    assert refused.code == 1
    assert "Rejected Transient, Source: Service Provider (Presentation Related)" in refused.output
    assert "Local Limit Exceeded" in refused.output
    assert served.code == 0
    assert [event.text.split(":")[0] for event in record.of(K.DECIDED)] == ["accept", "reject 2/3/2", "accept"]


def test_echoscu_proposes_every_context_there_can_be(run):
    finished, record = call(run, "echoscu", "-ppc", "128", "-pts", "38")
    assert finished.code == 0
    request = record.of(K.REQUESTED)[0].pdu
    assert len(request.presentation_contexts) == 128
    assert {len(context.transfer_syntaxes) for context in request.presentation_contexts} == {38}
    assert record.of(K.DECIDED)[0].text == "accept: 128 of 128 contexts accepted"


@pytest.mark.parametrize(
    ("choice", "chosen"),
    [
        (TransferSyntaxChoice.FIRST_PREFERRED, BIG_ENDIAN),
        (TransferSyntaxChoice.FIRST_PROPOSED, EXPLICIT),
    ],
)
def test_echoscu_takes_the_transfer_syntax_that_we_choose(run, choice, chosen):
    supported = (SupportedContext(VERIFICATION, (BIG_ENDIAN, EXPLICIT)),)
    finished, record = call(
        run,
        "echoscu", "-d", "-pts", "4",
        handle=AcceptorHandle(contexts=supported),
        rules=AcceptanceRules(choice=choice),
    )  # fmt: skip
    assert finished.code == 0
    assert [context.transfer_syntax for context in record.of(K.ACCEPTED)[0].pdu.presentation_contexts] == [chosen]
    name = {BIG_ENDIAN: "=BigEndianExplicit", EXPLICIT: "=LittleEndianExplicit"}[chosen]
    assert f"Accepted Transfer Syntax: {name}" in finished.output


@pytest.mark.parametrize("length", [4096, 131072])
def test_both_sides_keep_to_the_others_maximum_length(run, length):
    finished, record = call(run, "echoscu", "-d", "-pdu", str(length), handle=AcceptorHandle(maximum_length=32768))
    assert finished.code == 0
    assert record.of(K.REQUESTED)[0].pdu.maximum_length == length
    assert "Their Max PDU Receive Size:  32768" in finished.output


def test_echoscu_without_a_context_closes_and_we_say_so(run):
    finished, record = call(run, "echoscu", handle=AcceptorHandle(contexts=()))
    assert finished.code == 1
    assert "No Acceptable Presentation Contexts" in finished.output
    assert record.of(K.DECIDED)[0].text.endswith("accepted with none")
    assert [event.text for event in record.of(K.PROVIDER_ABORTED)] == ["The peer closed the transport connection."]


def test_echoscu_is_aborted_when_no_context_fits(run):
    rules = AcceptanceRules(no_context=NoContext.ABORT)
    finished, record = call(run, "echoscu", handle=AcceptorHandle(contexts=()), rules=rules)
    assert finished.code == 1
    assert "Peer aborted Association" in finished.output
    assert [event.text for event in record.of(K.ABORTED)] == ["by this side"]


def test_echoscus_side_by_side(run):
    async def play():
        async with answering() as ours:
            with_each_other = [run_to_end("echoscu", "-v", "--repeat", "5", "127.0.0.1", ours.port) for _ in range(4)]
            return await asyncio.gather(*with_each_other), ours.record

    finished, record = run(play())
    assert [end.code for end in finished] == [0] * 4
    assert len(record.of(K.RELEASED)) == 4


# --- other services ---


@pytest.fixture
def ct_file(tmp_path):
    """The least that storescu sends as a CT image."""
    image = pydicom.Dataset()
    image.SOPClassUID = CT
    image.SOPInstanceUID = "1.2.3.4.5"
    image.StudyInstanceUID = "1.2.3.4"
    image.SeriesInstanceUID = "1.2.3.4.1"
    image.PatientName = "Nobody"
    image.PatientID = "0"
    image.PixelData = bytes(40_000)
    image["PixelData"].VR = "OB"
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = EXPLICIT
    path = tmp_path / "ct.dcm"
    image.save_as(path, enforce_file_format=True)
    return path


def test_storescu_is_accepted_and_told_that_nothing_is_stored_here(run, ct_file):
    finished, record = call(run, "storescu", files=[str(ct_file)], handle=AcceptorHandle(contexts=STORAGE))
    assert "Received Store Response (Refused: SOPClassNotSupported)" in finished.output
    assert "Releasing Association" in finished.output
    store, answer = messages(record)
    assert store.startswith("C-STORE-RQ, message 1, with a data set of 40")
    assert answer == "C-STORE-RSP to message 1: SOP class not supported (0122H)"
    assert record.kinds(1)[-2:] == [K.RELEASED, K.CLOSED]
    longest = max(len(event.data) for event in record.of(K.PDU_RECEIVED) if event.data[0] == 4)
    assert longest <= 16384 + 6


def test_storescu_sends_in_pieces_as_small_as_we_ask_for(run, ct_file):
    handle = AcceptorHandle(contexts=STORAGE, maximum_length=4096)
    finished, record = call(run, "storescu", files=[str(ct_file)], handle=handle)
    assert "Received Store Response" in finished.output
    data_pdus = [event for event in record.of(K.PDU_RECEIVED) if event.data[0] == 4]
    (in_between,) = [event.text for event in record.of(K.NOTE) if "in between" in event.text]
    assert len(data_pdus) + int(in_between.split()[1]) >= 40_000 // 4096
    assert not record.of(K.MALFORMED)


def test_storescu_learns_that_its_transfer_syntax_is_not_taken(run, ct_file):
    handle = AcceptorHandle(contexts=(SupportedContext(CT, ("1.2.840.10008.1.2.5",)),))
    finished, record = call(run, "storescu", files=[str(ct_file)], handle=handle)
    assert finished.code == 1
    assert "No Acceptable Presentation Contexts" in finished.output
    request = record.of(K.REQUESTED)[0].pdu
    of_ct = {context.context_id for context in request.presentation_contexts if context.abstract_syntax == CT}
    answers = record.of(K.ACCEPTED)[0].pdu.presentation_contexts
    assert {answer.result for answer in answers if answer.context_id in of_ct} == {4}
    assert {answer.result for answer in answers if answer.context_id not in of_ct} == {3}


def test_termscu_gets_no_shutdown_where_it_is_not_supported(run):
    finished, record = call(run, "termscu")
    assert finished.code == 1
    assert "No Acceptable Presentation Contexts" in finished.output
    (context,) = record.of(K.REQUESTED)[0].pdu.presentation_contexts
    assert context.abstract_syntax == SHUTDOWN
    assert record.of(K.ACCEPTED)[0].pdu.presentation_contexts[0].result == 3


def test_termscu_releases_where_its_sop_class_is_accepted(run):
    contexts = (SupportedContext(SHUTDOWN, (IMPLICIT, EXPLICIT)),)
    finished, record = call(run, "termscu", handle=AcceptorHandle(contexts=contexts))
    assert finished.code == 0
    assert record.kinds(1)[-2:] == [K.RELEASED, K.CLOSED]


# --- the other way of being a tester: an acceptor that does as it is told ---


def test_silence_is_what_echoscu_waits_for_in_vain(run):
    async def play():
        async with answering(policy=lambda caller: Silence("as told")) as ours:
            finished = await run_to_end("echoscu", "-v", "-ta", "1", "127.0.0.1", ours.port)
            await ours.record.wait_for(K.CLOSED)
            return finished, ours.record

    finished, record = run(play())
    assert finished.code == 1
    assert "DUL network read timeout" in finished.output
    assert record.of(K.DECIDED)[0].text == "say nothing: as told"


def test_echoscu_sees_a_close_without_a_pdu(run):
    finished, record = call(run, "echoscu", policy=lambda caller: Close())
    assert finished.code == 1
    assert "Peer aborted Association (or never connected)" in finished.output
    assert record.of(K.PROVIDER_ABORTED)[0].text == "This side closed the transport connection."


def test_a_requestor_of_our_own_and_echoscu_share_an_acceptor(run):
    async def play():
        async with answering() as ours:
            side = RequestorSide(port=ours.listener.port, handle=RequestorHandle())
            association = ours.engine.requestor(side)
            await association.associate()
            finished = await run_to_end("echoscu", "-v", "127.0.0.1", ours.port)
            echo = await association.echo()
            await association.release()
            return finished, echo

    finished, echo = run(play())
    assert finished.code == 0
    assert echo.status == 0
