"""Wireshark's decoder reads what this program puts on the wire: a judge that took no part in the conversation."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import pytest

from parley.engine.engine import Engine
from parley.model.build import accept_pdu, request_pdu
from parley.model.event import EventKind as K
from parley.model.from_wire import reset_to_accept
from parley.model.handle import (
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION_NAME,
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ForcedAnswer,
    ProposedContext,
    RawSubItem,
    RequestorHandle,
    RoleProposal,
    UserIdentity,
)
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.secret import Secret
from parley.ul.codec import encode
from parley.ul.codes import APPLICATION_CONTEXT, VERIFICATION, Role
from parley.ul.pdu import AAbort, AAssociateRj
from tests.harness import odd
from tests.harness.pcap import PORT, write_pcap
from tests.harness.process import run_to_end
from tests.harness.record import Record
from tests.interop.ends import CT, EXPLICIT, IMPLICIT, JPEG_2000

pytestmark = pytest.mark.interop

FIELDS = {
    "type": "dicom.pdu.type",
    "length": "dicom.pdu.len",
    "version": "dicom.assoc.version",
    "called": "dicom.assoc.ae.called",
    "calling": "dicom.assoc.ae.calling",
    "application": "dicom.actx",
    "ids": "dicom.pctx.id",
    "results": "dicom.pctx.result",
    "abstract": "dicom.pctx.abss.syntax",
    "transfer": "dicom.pctx.xfer.syntax",
    "maximum": "dicom.max_pdu_len",
    "class": "dicom.userinfo.uid",
    "name": "dicom.userinfo.version",
    "role class": "dicom.userinfo.rolesel.sopclassuid",
    "scu": "dicom.userinfo.rolesel.scurole",
    "scp": "dicom.userinfo.rolesel.scprole",
    "invoked": "dicom.userinfo.asyncneg.maxnumopsinv",
    "performed": "dicom.userinfo.asyncneg.maxnumopsper",
    "extended class": "dicom.userinfo.extneg.sopclassuid",
    "relational": "dicom.userinfo.extneg.relational",
    "fuzzy": "dicom.userinfo.extneg.fuzzymatching",
    "item types": "dicom.assoc.item.type",
    "identity": "dicom.userinfo.user_identify.type",
    "response": "dicom.userinfo.user_identify.response_requested",
    "primary": "dicom.userinfo.user_identify.primary_field",
    "secondary": "dicom.userinfo.user_identify.secondary_field",
    "rj result": "dicom.assoc.reject.result",
    "rj source": "dicom.assoc.reject.source",
    "rj reason": "dicom.assoc.reject.reason",
    "abort source": "dicom.assoc.abort.source",
    "abort reason": "dicom.assoc.abort.reason",
    "pdv context": "dicom.pdv.ctx",
    "pdv flags": "dicom.pdv.flags",
    "message": "dicom",
    "malformed": "_ws.malformed",
    "bad length": "dicom.assoc.item.len.invalid",
}
FIND = "1.2.840.10008.5.1.4.1.2.2.1"
_BETWEEN = "\x1f"


@pytest.fixture
def tshark():
    """Decodes a capture: what it says of each frame that holds DICOM, by the names above."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed (Debian package tshark)")

    async def decode(path):
        options = [option for field in FIELDS.values() for option in ("-e", field)]
        finished = await run_to_end(
            "tshark", "-n", "-r", str(path), "-d", f"tcp.port=={PORT},dicom", "-Y", "dicom", "-T", "fields",
            "-E", f"aggregator={_BETWEEN}", "-E", "occurrence=a", *options,
        )  # fmt: skip
        assert finished.code == 0, finished.output
        # As root it warns on the same channel; only frames have tabs.
        lines = [line.split("\t") for line in finished.output.splitlines() if "\t" in line]
        return [
            {name: value.split(_BETWEEN) for name, value in zip(FIELDS, line, strict=True) if value} for line in lines
        ]

    return decode


def numbers(values):
    return [int(value, 0) for value in values]


def uids(values):
    """UIDs without the names that it knows for them."""
    return [re.search(r"[0-9.]+(?=\)?$)", value).group() for value in values]


HANDLE = RequestorHandle(
    "ARCHIVE",
    "MODALITY",
    contexts=(
        ProposedContext(VERIFICATION, (IMPLICIT, EXPLICIT)),
        ProposedContext(CT, (JPEG_2000,), 77),
        ProposedContext("1.2.3.4.5", (EXPLICIT,)),
    ),
    maximum_length=32768,
)


async def conversation(rules, then=()):
    """What both our ends send each other, in order, with whether the requestor sent it."""
    record = Record()
    engine = Engine(record)
    handle = AcceptorHandle("ARCHIVE", maximum_length=65536)
    listener = await engine.listen(AcceptorSide(port=0, handle=handle, rules=rules))
    association = engine.requestor(RequestorSide(port=listener.port, handle=HANDLE))
    await association.associate()
    for step in then:
        await getattr(association, step)()
    await engine.close()
    return [(event.role is Role.REQUESTOR, event.data) for event in record.of(K.PDU_SENT)]


def test_it_reads_a_whole_association(run, tshark, tmp_path):
    path = tmp_path / "association.pcap"

    async def play():
        exchange = await conversation(AcceptanceRules(), ("echo", "release"))
        write_pcap(path, exchange)
        return exchange, await tshark(path)

    exchange, frames = run(play())
    assert [numbers(frame["type"]) for frame in frames] == [[1], [2], [4], [4], [5], [6]]
    assert [numbers(frame["length"]) for frame in frames] == [[len(data) - 6] for _, data in exchange]
    assert not [frame for frame in frames if frame.keys() & {"malformed", "bad length"}]
    request, acceptance, ask, answer, *_ = frames
    for frame in (request, acceptance):
        assert numbers(frame["version"]) == [1]
        assert [title.strip() for title in frame["called"] + frame["calling"]] == ["ARCHIVE", "MODALITY"]
        assert uids(frame["application"]) == [APPLICATION_CONTEXT]
        assert uids(frame["class"]) == [IMPLEMENTATION_CLASS_UID]
        assert frame["name"] == [IMPLEMENTATION_VERSION_NAME]
        assert numbers(frame["ids"]) == [1, 77, 3]
    assert numbers(request["maximum"]) == [32768]
    assert numbers(acceptance["maximum"]) == [65536]
    assert uids(request["abstract"]) == [VERIFICATION, CT, "1.2.3.4.5"]
    assert uids(request["transfer"]) == [IMPLICIT, EXPLICIT, JPEG_2000, EXPLICIT]
    assert numbers(acceptance["results"]) == [0, 3, 3]
    assert uids(acceptance["transfer"])[0] == IMPLICIT
    for frame, message in ((ask, "C-ECHO-RQ ID=1"), (answer, "C-ECHO-RSP ID=1 (Success)")):
        assert numbers(frame["pdv context"]) == [1]
        assert numbers(frame["pdv flags"]) == [3]
        assert frame["message"] == [f"DICOM, {message}"]


def test_it_reads_a_rejection_and_aborts(run, tshark, tmp_path):
    path = tmp_path / "refusals.pcap"

    async def play():
        exchange = await conversation(AcceptanceRules(check_called=True, calling_ae_titles=("SOMEBODY",)))
        write_pcap(path, [*exchange, (False, encode(AAssociateRj(2, 3, 2))), (True, encode(AAbort(2, 6)))])
        return await tshark(path)

    request, first, second, abort = run(play())
    assert numbers(request["type"]) == [1]
    names = ("rj result", "rj source", "rj reason")
    assert [numbers(frame[name]) for frame in (first, second) for name in names] == [[1], [1], [3], [2], [3], [2]]
    assert [numbers(abort[name]) for name in ("abort source", "abort reason")] == [[2], [6]]


def test_it_reads_all_of_user_information(run, tshark, tmp_path):
    path = tmp_path / "requests.pcap"
    large = encode(request_pdu(RequestorHandle(contexts=(ProposedContext(VERIFICATION),) * 128)))
    requests = [odd.REQUESTS[name] for name in ("asynchronous-operations-5-5", "role-selection", "user-identity-2")]

    async def play():
        write_pcap(path, [(True, data) for data in (*requests, large)])
        return await tshark(path)

    window, roles, identity, many = run(play())
    assert numbers(window["invoked"] + window["performed"]) == [5, 5]
    assert uids(roles["role class"]) == [VERIFICATION]
    assert numbers(roles["scu"] + roles["scp"]) == [1, 1]
    assert numbers(identity["identity"]) == [2]
    assert identity["primary"] + identity["secondary"] == ["somebody", "secret"]
    assert numbers(many["ids"]) == list(range(1, 256, 2))
    assert uids(many["transfer"]) == [IMPLICIT, EXPLICIT] * 128
    assert not [frame for frame in (window, roles, identity, many) if frame.keys() & {"malformed", "bad length"}]


def test_it_reads_the_whole_handle(run, tshark, tmp_path):
    path = tmp_path / "whole.pcap"
    handles = [
        replace(
            HANDLE,
            asynchronous_operations=AsynchronousOperations(3, 0),
            roles=(RoleProposal(CT, 0, 1), RoleProposal(VERIFICATION, 1, 1)),
            extended_negotiation=(ExtendedNegotiation(FIND, b"\1\0\1\0"),),
            common_extended_negotiation=(CommonExtendedNegotiation("1.2.3.4.5", "1.2.840.10008.4.2", (CT,)),),
            user_identity=UserIdentity(kind, Secret.of("somebody"), Secret.of("secret" if kind == 2 else ""), 1),
            raw_sub_items=(RawSubItem(0x5F, b"own"),),
        )
        for kind in range(1, 6)
    ]
    requests = [request_pdu(handle) for handle in handles]
    forced = (ForcedAnswer(CT, 4), ForcedAnswer("1.2.3.4.5", 1, (EXPLICIT,)))
    answer = accept_pdu(
        replace(reset_to_accept(requests[2]), forced_answers=forced, identity_response=Secret(b"ticket")),
        AcceptanceRules(),
        requests[2],
    )

    async def play():
        write_pcap(path, [*((True, encode(request)) for request in requests), (False, encode(answer))])
        return await tshark(path)

    *asked, answered = run(play())
    assert len(asked) == len(handles)
    for kind, frame in enumerate(asked, 1):
        assert numbers(frame["invoked"] + frame["performed"]) == [3, 0]
        assert uids(frame["role class"]) == [CT, VERIFICATION]
        assert (numbers(frame["scu"]), numbers(frame["scp"])) == ([0, 1], [1, 1])
        assert uids(frame["extended class"]) == [FIND]
        assert numbers(frame["relational"] + frame["fuzzy"]) == [1, 1]
        assert numbers(frame["identity"] + frame["response"]) == [kind, 1]
        assert frame["primary"] == ["somebody"]
        assert frame.get("secondary", []) == (["secret"] if kind == 2 else [])
        user_information = [code for code in numbers(frame["item types"]) if code > 0x50]
        assert user_information == [0x51, 0x52, 0x53, 0x54, 0x54, 0x55, 0x56, 0x57, 0x58, 0x5F]
    assert numbers(answered["ids"]) == [1, 77, 3]
    assert numbers(answered["results"]) == [0, 4, 1]
    assert uids(answered["transfer"]) == [IMPLICIT, JPEG_2000, EXPLICIT]
    assert (numbers(answered["scu"]), numbers(answered["scp"])) == ([0, 1], [1, 1])
    assert numbers(answered["invoked"] + answered["performed"]) == [3, 0]
    assert numbers(answered["item types"])[-1] == 0x59
    assert not [frame for frame in (*asked, answered) if frame.keys() & {"malformed", "bad length"}]
