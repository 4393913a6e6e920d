"""What is copied for another program is run as it is, and must ask for the same association as the original side."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pydicom
import pytest
from pydicom.dataset import FileMetaDataset

from parley.exchange.copy_as import Tool, copy_as
from parley.model.build import request_pdu
from parley.model.event import EventKind as K
from parley.model.handle import (
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ProposedContext,
    RequestorHandle,
    RoleProposal,
    UserIdentity,
)
from parley.model.profile import RequestorSide
from parley.model.secret import Secret
from parley.model.tls import ClientCertificate, Tls
from parley.model.transport import RequestorTransport
from parley.ul.codes import VERIFICATION
from parley.ul.pdu import (
    AAssociateRq,
    ImplementationClassUid,
    ImplementationVersionName,
)
from tests.harness.process import free_port, run_to_end
from tests.interop.ends import BIG_ENDIAN, CT, EXPLICIT, IMPLICIT, JPEG_2000, answering

pytestmark = [pytest.mark.interop, pytest.mark.slow]
dcmtk = pytest.mark.dcmtk

FIND = "1.2.840.10008.5.1.4.1.2.2.1"
CONTEXTS = (
    ProposedContext(CT, (JPEG_2000,)),
    ProposedContext(VERIFICATION, (EXPLICIT, IMPLICIT)),
    ProposedContext(CT, (BIG_ENDIAN, EXPLICIT, IMPLICIT)),
    ProposedContext("1.2.276.0.7230010.3.4.42", (IMPLICIT,)),
)
PASSCODE, TOKEN = "correct 'horse' $HOME", "ey.J0.ken"
VARIABLES = {"PARLEY_PASSCODE": PASSCODE, "PARLEY_TOKEN": TOKEN, "PARLEY_TOKEN_FILE": "token.txt"}


def a_ct(folder: Path) -> None:
    """The file in the place of FILE.dcm."""
    dataset = pydicom.Dataset()
    dataset.SOPClassUID, dataset.SOPInstanceUID = CT, "1.2.3.4"
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = EXPLICIT
    pydicom.dcmwrite(folder / "FILE.dcm", dataset, enforce_file_format=True)


def requested(
    run,
    tool: Tool,
    handle: RequestorHandle,
    folder: Path,
    monkeypatch,
    tls: Tls | None = None,
    server: Tls | None = None,
) -> tuple[AAssociateRq, AAssociateRq]:
    """What the program asks for, and what we would."""
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    # Last, as pynetdicom puts programs called like DCMTK's there.
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}{os.pathsep}{Path(sys.executable).parent}")
    (folder / "token.txt").write_text(TOKEN)
    a_ct(folder)

    async def play() -> AAssociateRq:
        async with answering(tls=server) as ours:
            copied = copy_as(RequestorSide(port=ours.listener.port, handle=handle, tls=tls), tool)
            assert copied.text, copied.reason
            if tool is Tool.PYNETDICOM:
                (folder / "script.py").write_text(copied.text)
                finished = await run_to_end(sys.executable, "script.py", folder=folder)
            else:
                finished = await run_to_end("sh", "-c", copied.text, folder=folder)
            requests = [event.pdu for event in ours.record.of(K.REQUESTED)]
            assert requests, finished.output
            return requests[0]

    return run(play()), request_pdu(handle)


def contexts_of(request: AAssociateRq) -> list[tuple]:
    """Without the reserved bytes, in one of which DCMTK sends FFH."""
    return [(c.context_id, c.abstract_syntax, c.transfer_syntaxes) for c in request.presentation_contexts]


def sub_items(request: AAssociateRq, *left_out: type) -> set:
    return {item for item in request.user_information.sub_items if not isinstance(item, left_out)}


def assert_same(theirs: AAssociateRq, ours: AAssociateRq, *left_out: type) -> None:
    """The same but for the order of the user information, which means nothing."""
    assert (theirs.called_ae_title, theirs.calling_ae_title) == (ours.called_ae_title, ours.calling_ae_title)
    assert theirs.application_context == ours.application_context
    assert contexts_of(theirs) == contexts_of(ours)
    assert sub_items(theirs, *left_out) == sub_items(ours, *left_out)


OWN = (ImplementationClassUid, ImplementationVersionName)
TITLES = {"calling_ae_title": "it's $HOME", "called_ae_title": 'A "B" `id`'}
ECHOES = {
    "default": {},
    "titles": TITLES,
    "many": {
        "contexts": (ProposedContext(VERIFICATION, (IMPLICIT, EXPLICIT, BIG_ENDIAN)),) * 3,
        "maximum_length": 131_072,
    },
}


@dcmtk
@pytest.mark.parametrize("facts", ECHOES.values(), ids=ECHOES)
def test_echoscu(run, tmp_path, monkeypatch, facts):
    assert_same(*requested(run, Tool.ECHOSCU, RequestorHandle(**facts), tmp_path, monkeypatch), *OWN)


NAME = Secret.of("dr o'who")
STORES = {
    "default": {},
    "titles": TITLES,
    "contexts": {"contexts": CONTEXTS, "maximum_length": 4096},
    "128 contexts": {"contexts": tuple(ProposedContext(CT, (f"1.2.{number}", IMPLICIT)) for number in range(128))},
    "roles": {"contexts": CONTEXTS, "roles": (RoleProposal(CT, 0, 1), RoleProposal(VERIFICATION))},
    "SCU alone": {"contexts": CONTEXTS, "roles": (RoleProposal(CT, 1, 0),)},
    "extended": {"contexts": CONTEXTS, "extended_negotiation": (ExtendedNegotiation(CT, bytes(range(6))),)},
    "name": {"user_identity": UserIdentity(1, NAME)},
    "passcode": {"user_identity": UserIdentity(2, NAME, Secret.of(PASSCODE), 1)},
    "ticket": {"user_identity": UserIdentity(3, Secret.of(TOKEN), response_requested=1)},
    "assertion": {"user_identity": UserIdentity(4, Secret.of(TOKEN))},
    "token": {"user_identity": UserIdentity(5, Secret.of(TOKEN))},
}


@dcmtk
@pytest.mark.parametrize("facts", STORES.values(), ids=STORES)
def test_storescu(run, tmp_path, monkeypatch, facts):
    theirs, ours = requested(run, Tool.STORESCU, RequestorHandle(**facts), tmp_path, monkeypatch)
    assert_same(theirs, ours, *OWN)


SCRIPTS = {
    **STORES,
    "unlimited": {"maximum_length": 0},
    "implementation": {"implementation_class_uid": "1.2.3", "implementation_version_name": "IT'S_ME"},
    "no version name": {"implementation_version_name": None},
    "window": {"asynchronous_operations": AsynchronousOperations(0, 5)},
    "common": {"common_extended_negotiation": (CommonExtendedNegotiation(CT, "1.2.840.10008.4.2", (FIND,)),)},
}


@pytest.mark.parametrize("facts", SCRIPTS.values(), ids=SCRIPTS)
def test_pynetdicom(run, tmp_path, monkeypatch, facts):
    assert_same(*requested(run, Tool.PYNETDICOM, RequestorHandle(**facts), tmp_path, monkeypatch))


PARLEYS = {
    "default": {},
    "titles": TITLES,
    "a profile": {
        "contexts": CONTEXTS,
        "roles": (RoleProposal(CT),),
        "application_context": "1.2.3",
        "protocol_version": 3,
    },
}


@pytest.mark.parametrize("facts", PARLEYS.values(), ids=PARLEYS)
def test_parley(run, tmp_path, monkeypatch, facts):
    theirs, ours = requested(run, Tool.PARLEY, RequestorHandle(**facts), tmp_path, monkeypatch)
    assert theirs == ours


@pytest.mark.parametrize("tool", [Tool.PYNETDICOM, Tool.PARLEY])
def test_a_local_address_and_port(run, tmp_path, monkeypatch, tool):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")

    async def play():
        wishes = RequestorTransport(local_host="127.0.0.1", local_port=free_port())
        async with answering() as ours:
            copied = copy_as(RequestorSide(port=ours.listener.port, transport=wishes), tool)
            (tmp_path / "script.py").write_text(copied.text)
            program = [sys.executable] if tool is Tool.PYNETDICOM else ["sh"]
            finished = await run_to_end(*program, "script.py", folder=tmp_path)
            assert finished.code == 0, finished.output
            return [event.peer for event in ours.record.of(K.REQUESTED)], wishes

    peers, wishes = run(play())
    assert peers == [f"{wishes.local_host}:{wishes.local_port}"]


@dcmtk
@pytest.mark.parametrize("tool", [Tool.ECHOSCU, Tool.STORESCU, Tool.PYNETDICOM, Tool.PARLEY])
@pytest.mark.parametrize("verify", [True, False], ids=["verified", "unverified"])
def test_tls_with_a_certificate_of_the_client(run, tmp_path, monkeypatch, pki, tool, verify):
    tls = Tls(ca_file=pki.ca.certificate_file, verify=verify, **pki.client.files)
    server = Tls(
        ca_file=pki.ca.certificate_file,
        client_certificate=ClientCertificate.REQUIRED,
        **(pki.rsa_server if verify else pki.self_signed).files,
    )
    theirs, ours = requested(run, tool, RequestorHandle(), tmp_path, monkeypatch, tls, server)
    assert_same(theirs, ours, *OWN)
