"""DCMTK reads the negotiation profiles that we write, and negotiates what they say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import FileMetaDataset

from parley.exchange.asconfig import write_asconfig
from parley.model.event import EventKind as K
from parley.model.handle import (
    AcceptorHandle,
    ExtendedNegotiation,
    ProposedContext,
    RequestorHandle,
    RoleProposal,
    SupportedContext,
)
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.ul.codes import VERIFICATION
from parley.ul.pdu import RoleSelection, SopClassExtendedNegotiation
from tests.harness.process import run_to_end, serving
from tests.interop.ends import BIG_ENDIAN, CT, EXPLICIT, IMPLICIT, JPEG_2000, answering, asking

pytestmark = [pytest.mark.interop, pytest.mark.dcmtk]

PRIVATE = "1.2.276.0.7230010.3.4.42"
CONTEXTS = (
    ProposedContext(CT, (JPEG_2000,)),
    ProposedContext(CT, (EXPLICIT, IMPLICIT, BIG_ENDIAN)),
    ProposedContext(PRIVATE, (IMPLICIT,)),
)


def file_of(folder: Path, profile: Profile) -> str:
    exported = write_asconfig([profile])
    assert exported.problems == ()
    path = folder / "asconfig.cfg"
    path.write_bytes(exported.data)
    return str(path)


def a_ct(folder: Path) -> str:
    """The smallest file that storescu is willing to send."""
    dataset = pydicom.Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = CT, "1.2.3.4"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = EXPLICIT
    path = folder / "ct.dcm"
    pydicom.dcmwrite(path, dataset, enforce_file_format=True)
    return str(path)


def requested(run, folder: Path, handle: RequestorHandle):
    """The A-ASSOCIATE-RQ of storescu with a file of ours."""
    config = file_of(folder, Profile("Site A", RequestorSide(handle=handle)))

    async def play():
        async with answering() as ours:
            command = ["-xf", config, "SITE_A_SCU", "127.0.0.1", ours.port, a_ct(folder)]
            finished = await run_to_end("storescu", "-v", *command)
            assert "rror reading association" not in finished.output
            return (await ours.record.wait_for(K.REQUESTED)).pdu

    return run(play())


def test_storescu_proposes_what_the_scu_side_says(run, tmp_path):
    request = requested(run, tmp_path, RequestorHandle(contexts=CONTEXTS))
    assert [(c.context_id, c.abstract_syntax, c.transfer_syntaxes) for c in request.presentation_contexts] == [
        (2 * number + 1, context.abstract_syntax, context.transfer_syntaxes) for number, context in enumerate(CONTEXTS)
    ]


def test_storescu_sends_our_extended_negotiation(run, tmp_path):
    extended = (ExtendedNegotiation(CT, b"\x02\x00\x03\x00\x00\x00"),)
    request = requested(run, tmp_path, RequestorHandle(contexts=CONTEXTS, extended_negotiation=extended))
    items = [each for each in request.user_information.sub_items if isinstance(each, SopClassExtendedNegotiation)]
    assert [(item.sop_class_uid, item.information) for item in items] == [(CT, b"\x02\x00\x03\x00\x00\x00")]


@pytest.mark.parametrize("roles", [(1, 1), (0, 1)])
def test_storescu_sends_our_roles(run, tmp_path, roles):
    handle = RequestorHandle(contexts=CONTEXTS, roles=(RoleProposal(CT, *roles),))
    request = requested(run, tmp_path, handle)
    items = {item for item in request.user_information.sub_items if isinstance(item, RoleSelection)}
    assert {(item.sop_class_uid, item.scu, item.scp) for item in items} == {(CT, *roles)}


def test_storescp_accepts_what_the_scp_side_says(run, tmp_path):
    supported = (SupportedContext(CT, (IMPLICIT, EXPLICIT)), SupportedContext(VERIFICATION, (IMPLICIT,)))
    profile = Profile("Site A", scp=AcceptorSide(handle=AcceptorHandle(contexts=supported)))
    config = file_of(tmp_path, profile)
    proposed = (*CONTEXTS, ProposedContext(VERIFICATION, (EXPLICIT, IMPLICIT)))

    async def play(port):
        async with asking(port, replace(RequestorHandle(), contexts=proposed)) as ours:
            return ours.attempt.answer

    with serving(lambda port: ["storescp", "-xf", config, "SITE_A_SCP", str(port)], folder=tmp_path) as server:
        answer = run(play(server.port))
    results = {
        context.context_id: (context.result, context.transfer_syntax) for context in answer.presentation_contexts
    }
    assert {number: result for number, (result, _) in results.items()} == {1: 4, 3: 0, 5: 3, 7: 0}
    assert results[3][1] in {IMPLICIT, EXPLICIT}
    assert results[7][1] == IMPLICIT
