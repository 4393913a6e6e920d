"""The program's window end to end, nothing faked: real clicks, the real engine, real sockets, real peers."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QInputDialog, QLineEdit, QMessageBox, QTreeView

from parley.app import GRACE_SECONDS
from parley.bridge.log.model import Column
from parley.model.build import accept_pdu
from parley.model.event import EventKind as K
from parley.model.files.partial import create_partial
from parley.model.files.store import ProfileStore
from parley.model.handle import AcceptanceRules, AcceptorHandle
from parley.model.profile import LOOPBACK
from parley.ui.contexts.editor import ContextsEditor
from parley.ui.kit.fields import ToneLine
from parley.ul.codec import decode, encode
from parley.ul.limits import Limits
from parley.ul.pdu import AAbort, AAssociateRq
from tests.harness.peer import Peer, listening
from tests.harness.process import free_port, run_to_end, running, serving
from tests.ui.driver import Driver, rows_of

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


EXCHANGE = [
    "resolving", "connecting", "connected", "PDU sent", "PDU received", "accepted",
    "message sent", "PDU sent", "PDU received", "message received",
    "PDU sent", "PDU received", "released", "closed",
]  # fmt: skip
"""One association with an echo, as the requestor sees it."""
ANSWERED = [
    "connection accepted", "PDU received", "requested", "decided", "PDU sent", "accepted",
    "PDU received", "message received", "message sent", "PDU sent",
    "PDU received", "PDU sent", "released", "closed",
]  # fmt: skip
"""The same, as the acceptor sees it."""


# --- this side against itself ----------------------------------------------------------------------------------------


def test_the_built_in_profile_listens_associates_echoes_and_releases(play):
    async def scene(window: Driver) -> None:
        assert window.parley.book.draft == LOOPBACK
        assert window.text("scp.state") == "Not listening"
        assert window.text("scu.state") == "Idle (Sta1)"
        port = await window.listen()
        assert window.text("scp.state") == f"Listening on 127.0.0.1:{port}"
        assert not window.can("scp.listen")

        await window.associate(scu_port=port)
        assert window.verdict() == "Passed: The association is established with its presentation context."
        assert "Sta6" in window.text("scu.state")
        assert "Sta6" in window.text("status.scu")
        assert str(port) in window.text("status.scp")
        assert [row[-1] for row in window.table("scu.contexts")] == ["Accepted with Implicit VR LE"]
        await window.until(lambda: "Sta6" in str(window.table("scp.associations")))
        ((number, peer, calling, *_),) = window.table("scp.associations")
        assert (number, calling) == ("2", "PARLEY_SCU")
        assert peer.startswith("127.0.0.1:")

        window.press("scu.echo")
        await window.until(lambda: window.verdict().startswith("Echo answered"))
        window.press("scu.release")
        await window.until(lambda: window.log().count("closed") == 2)
        assert window.log(association=1) == EXCHANGE
        assert window.log(association=2) == ANSWERED
        assert "Sta1" in window.text("scu.state")
        assert window.table("scp.associations") == []
        assert window.can("scu.associate")
        assert not window.can("scu.echo")
        assert window.text("status.events") == f"{window.parley.log.total} events"

        window.press("scp.stop")
        await window.until(lambda: window.text("scp.state") == "Not listening")
        assert window.can("scp.listen")

    play(scene)


def test_a_live_association_is_aborted_from_the_acceptors_table(play):
    async def scene(window: Driver) -> None:
        await window.associate(scu_port=await window.listen())
        await window.until(lambda: window.table("scp.associations"))
        live = window.parley.window.scp.live
        QTest.mouseClick(
            live.viewport(), Qt.MouseButton.LeftButton, pos=live.visualRect(live.model().index(0, 1)).center()
        )
        await asyncio.sleep(0)
        window.press("scp.abort_association")
        await window.until(lambda: window.log().count("closed") == 2)
        assert window.table("scp.associations") == []
        assert "Sta1" in window.text("scu.state")
        assert window.log(association=2)[-3:] == ["PDU sent", "aborted", "closed"]
        assert window.log(association=1)[-3:] == ["PDU received", "aborted", "closed"]

    play(scene)


def test_the_requestors_abort_ends_it_at_once_and_it_can_be_asked_for_again(play):
    async def scene(window: Driver) -> None:
        port = await window.listen()
        for _ in range(2):
            await window.associate(scu_port=port)
            window.press("scu.abort")
            await window.until(lambda: window.can("scu.associate") and not window.table("scp.associations"))
        await window.until(lambda: window.log().count("aborted") == 4)

    play(scene)


def test_a_rejection_is_told_with_its_codes_and_what_they_mean(play):
    async def scene(window: Driver) -> None:
        decision = window.find(QComboBox, "scp.decision")
        decision.setFocus()
        QTest.keyClick(decision, Qt.Key.Key_End)
        await window.associate(scu_port=await window.listen(), scu_called_ae_title="NOBODY")
        assert window.verdict().startswith("Failed: ")
        assert "1/1/7" in window.verdict()
        assert "NOBODY" in window.verdict()
        assert [row[-1] for row in window.table("scu.contexts")] == ["Not negotiated"]
        await window.until(lambda: window.log().count("closed") == 2)
        assert window.log(association=1)[-4:] == ["PDU sent", "PDU received", "rejected", "closed"]
        assert "1/1/7" in window.summary_of(K.REJECTED)
        assert window.can("scu.associate")

    play(scene)


def test_what_breaks_the_standard_is_sent_when_the_person_says_anyway(play):
    """A title's field has 16 bytes: the rest of a longer one cannot be sent."""

    async def scene(window: Driver) -> None:
        port = await window.listen()
        window.type(scu_port=port, scu_called_ae_title="A_TITLE_OF_20_LETTER")
        window.press("scu.associate")
        assert not window.parley.engine.associations
        button = window.parley.window.scu.associate_action
        assert button.text() == "Send &anyway"
        assert "20 characters" in button.toolTip()
        window.press("scu.associate")
        await window.until(lambda: "accepted" in window.log(association=2))
        assert window.parley.engine.associations[2].request.called_ae_title == "A_TITLE_OF_20_LE"
        assert "A_TITLE_OF_20_LE" in window.log(Column.WHO, 2)[2]

    play(scene)


# --- DCMTK -----------------------------------------------------------------------------------------------------------


@pytest.mark.interop
@pytest.mark.dcmtk
def test_a_typed_peer_answers_per_context(play):
    """Verification is accepted; what DCMTK has never heard of is not."""

    async def scene(window: Driver) -> None:
        with serving(lambda port: ["storescp", "-v", str(port)]) as server:
            window.find(ContextsEditor, "scu.contexts.editor").model.add(["1.2.3.4"], ("1.2.840.10008.1.2",))
            await window.associate(
                scu_host="localhost", scu_port=server.port, scu_called_ae_title="STORE", scu_calling_ae_title="CONSOLE"
            )
            assert window.verdict().startswith("Passed: ")
            first, second = (row[-1] for row in window.table("scu.contexts"))
            assert first == "Accepted with Explicit VR LE"
            assert second == "Rejected: abstract syntax not supported"
            window.press("scu.echo")
            await window.until(lambda: window.verdict().startswith("Echo answered with success"))
            window.press("scu.release")
            await window.until(lambda: window.log()[-1:] == ["closed"])
            server.program.wait_for(lambda line: "Association Release" in line)
            assert window.log() == EXCHANGE

    play(scene)


@pytest.mark.interop
@pytest.mark.dcmtk
def test_a_real_scu_is_decoded_and_answered(play):
    async def scene(window: Driver) -> None:
        port = await window.listen(scp_ae_title="BENCH")
        finished = await run_to_end("echoscu", "-v", "-aet", "MODALITY", "-aec", "BENCH", "127.0.0.1", str(port))
        assert finished.code == 0
        await window.until(lambda: window.log()[-1:] == ["closed"])
        assert window.log(association=1) == ANSWERED
        assert "MODALITY" in window.summary_of(K.REQUESTED)
        assert window.log(Column.WHO, 1)[ANSWERED.index("requested")] == "MODALITY → BENCH"

        log = window.parley.window.log_view
        row = next(row for row in range(window.parley.log.shown) if window.log()[row] == "PDU received")
        log.table.scrollTo(log.table.model().index(row, 0))
        QTest.mouseClick(
            log.table.viewport(),
            Qt.MouseButton.LeftButton,
            pos=log.table.visualRect(log.table.model().index(row, Column.EVENT)).center(),
        )
        tree = window.find(QTreeView, "details.tree")
        request = tree.model().index(1, 0)
        assert request.data() == "A-ASSOCIATE-RQ PDU"
        fields = {name: value for name, value, *_ in rows_of(tree.model(), request)}
        assert (fields["Called-AE-title"], fields["Calling-AE-title"]) == ("BENCH", "MODALITY")
        ((number, name, result, _),) = window.table("details.negotiation")
        assert (number, name, result) == ("1", "Verification SOP Class", "accepted with Implicit VR Little Endian")

    play(scene)


# --- peers that are not there, or say nothing ------------------------------------------------------------------------


def test_a_port_where_nobody_listens(play):
    async def scene(window: Driver) -> None:
        port = free_port()
        await window.associate(scu_port=port)
        assert window.verdict().startswith(f"Failed: Nothing listens at port {port} of this machine.")
        assert "Listen" in window.verdict()
        await window.until(lambda: window.log() == ["resolving", "connecting", "connect failed", "closed"])
        assert window.can("scu.associate")
        assert not window.can("scu.abort")
        assert window.text("scu.state") == "Idle (Sta1)"

    play(scene)


def test_a_host_that_does_not_exist(play):
    async def scene(window: Driver) -> None:
        await window.associate(scu_host="no-such-host.invalid")
        assert window.verdict().startswith("Failed: There is no address for the host no-such-host.invalid")
        assert window.can("scu.associate")

    play(scene)


def test_cancel_while_a_silent_peer_is_asked(play):
    async def behave(peer: Peer) -> None:
        await peer.read_pdu()
        assert await peer.read_pdu() == encode(AAbort(0, 0))

    async def scene(window: Driver) -> None:
        async with listening(behave) as port:
            window.type(scu_port=port)
            window.press("scu.associate")
            assert window.verdict() == f"Under way: asking 127.0.0.1:{port} …"
            await window.until(lambda: "Sta5" in window.text("scu.state"))
            assert not window.can("scu.associate")
            assert window.parley.window.scu.abort_action.text() == "Cancel"
            window.press("scu.abort")
            await window.until(lambda: window.verdict().startswith("Cancelled: "))
            assert "ended on this side" in window.verdict()
            await window.until(lambda: window.can("scu.associate"))

    play(scene)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a full queue refuses at once")
def test_cancel_while_no_connection_comes_about(play):
    """A listener whose queue is full answers no further SYN: the nearest to a firewall that a loopback has."""

    async def scene(window: Driver) -> None:
        with socket.socket() as full:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            port = full.getsockname()[1]
            waiting = [socket.socket() for _ in range(4)]
            for sock in waiting:
                sock.setblocking(False)
                sock.connect_ex(("127.0.0.1", port))
            window.type(scu_port=port)
            window.press("scu.associate")
            await window.until(lambda: "connecting" in window.log())
            assert "Sta4" in window.text("scu.state")
            window.press("scu.abort")
            await window.until(lambda: window.verdict().startswith("Cancelled: "))
            assert window.can("scu.associate")
            for sock in waiting:
                sock.close()

    play(scene)


def test_a_peer_that_is_no_dicom_peer(play):
    async def behave(peer: Peer) -> None:
        await peer.send(b"SSH-2.0-OpenSSH_9.2\r\n")
        assert [(await peer.read_pdu())[0] for _ in range(2)] == [1, 7]

    async def scene(window: Driver) -> None:
        async with listening(behave) as port:
            await window.associate(scu_port=port)
            assert "another service is at this port" in window.verdict()
            await window.until(lambda: window.log()[-1:] == ["closed"])
            assert "malformed" in window.log()

    play(scene)


def test_a_port_that_is_taken_is_a_clear_word_in_the_panel(play):
    async def scene(window: Driver) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            window.type(scp_port=other.getsockname()[1])
            window.press("scp.listen")
            await window.until(lambda: window.verdict("scp"))
        assert window.verdict("scp").startswith("Cannot listen: Another program, or another Parley, already listens")
        assert window.text("scp.state") == "Not listening"
        await window.until(lambda: window.log() == ["listen failed"])
        await window.listen()
        assert window.verdict("scp") == ""

    play(scene)


# --- profiles --------------------------------------------------------------------------------------------------------


async def save_as(window: Driver, name: str) -> None:
    """Give the open profile a name in the dialog that asks for one."""
    await window.until(lambda: window.dialog("profiles.name_question"))
    dialog = window.dialog("profiles.name_question")
    assert isinstance(dialog, QInputDialog)
    edit = dialog.findChild(QLineEdit)
    edit.selectAll()
    QTest.keyClicks(edit, name)
    ok = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    QTest.mouseClick(ok, Qt.MouseButton.LeftButton)


def test_a_profile_is_saved_changed_and_reverted(play, tmp_path):
    async def scene(window: Driver) -> None:
        window.type(scu_host="pacs.example", scu_port=104, scp_ae_title="CONSOLE")
        assert window.window.isWindowModified()
        window.parley.window.profiles.save_action.trigger()
        await save_as(window, "Site A")
        assert not window.window.isWindowModified()
        assert window.window.windowTitle() == "Site A[*] — Parley"
        store = ProfileStore(tmp_path / "profiles")
        saved = store.load(store.find("Site A").key)
        assert (saved.scu.host, saved.scu.port, saved.scp.handle.ae_title) == ("pacs.example", 104, "CONSOLE")

        window.type(scu_port=11113)
        assert window.window.isWindowModified()
        window.parley.window.profiles.revert_action.trigger()
        assert window.find(QLineEdit, "scu.port").text() == "104"
        assert not window.window.isWindowModified()
        assert store.load(store.find("Site A").key) == saved

    play(scene)


def test_unsaved_changes_are_asked_about_once_when_the_window_is_closed(play):
    async def scene(window: Driver) -> None:
        closing = asyncio.Event()
        window.window.close_requested.connect(closing.set)
        window.type(scu_port=104)
        for _ in range(2):
            assert not window.window.close()
        boxes = [box for box in window.window.findChildren(QMessageBox, "profiles.unsaved_question") if box.isVisible()]
        assert len(boxes) == 1
        QTest.mouseClick(boxes[0].button(QMessageBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)
        assert not closing.is_set()

        window.window.close()
        box = window.message("profiles.unsaved_question")
        QTest.mouseClick(box.button(QMessageBox.StandardButton.Discard), Qt.MouseButton.LeftButton)
        assert closing.is_set()
        await window.parley.close()
        assert window.window.isHidden()

    play(scene)


@contextmanager
def no_space():
    """No file of this process may grow, as on a disk that is full."""
    resource = pytest.importorskip("resource", reason="this system has no such limit")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# Whether a folder may be written to is nothing that an administrator's tests can try: a file is in its place.
@pytest.mark.parametrize("how", ["the disk is full", "there is no folder to write to"])
def test_what_cannot_be_saved_is_said_and_kept(play, tmp_path, how):
    async def scene(window: Driver) -> None:
        window.parley.book.save_as("Site A")
        assert not window.window.isWindowModified()
        window.type(scu_port=104)
        if how == "the disk is full":
            with no_space():
                window.parley.window.profiles.save_action.trigger()
        else:
            (tmp_path / "profiles").rename(tmp_path / "elsewhere")
            (tmp_path / "profiles").write_text("a file in the folder's place")
            window.parley.window.profiles.save_action.trigger()
            # The file is gone with the folder: that is asked about first.
            await window.until(lambda: window.dialog("profiles.conflict"))
            window.press("profiles.conflict.mine")
        problem = window.find(ToneLine, "profiles.problem")
        assert problem.isVisible()
        assert problem.text().startswith("Site A.toml was not saved: ")
        assert window.window.isWindowModified()
        assert window.find(QLineEdit, "scu.port").text() == "104"

    play(scene)


# --- the end, and errors nobody caught -------------------------------------------------------------------------------


def test_closing_releases_what_is_open_and_takes_no_long_time(play):
    """The SCU's association is released in good order; one that a peer holds on to is aborted."""

    async def scene(window: Driver) -> None:
        heard: list[bytes] = []

        async def behave(peer: Peer) -> None:

            found = decode(await peer.read_pdu(), Limits())
            assert found is not None
            assert isinstance(found.pdu, AAssociateRq)
            await peer.send(encode(accept_pdu(AcceptorHandle(), AcceptanceRules(), found.pdu)))
            for seconds in (GRACE_SECONDS * 2 / 3, GRACE_SECONDS / 3):
                heard.append(await peer.read_pdu())
                window.clock.advance(seconds)
            assert await peer.read_to_end() == b""

        async with listening(behave) as port:
            await window.associate(scu_port=port)
            await window.parley.close()
        assert [pdu[0] for pdu in heard] == [5, 7]
        assert window.window.isHidden()
        assert window.log()[-1] == "closed"

    play(scene)


def test_an_error_in_a_slot_is_shown_and_the_window_lives_on(play, capsys):
    async def scene(window: Driver) -> None:
        def fail() -> None:
            raise RuntimeError("a fault of our own")

        for _ in range(2):
            QTimer.singleShot(0, fail)
        await window.until(lambda: window.log().count("note") == 2)
        assert "a fault of our own" in window.summary_of(K.NOTE)
        await window.until(lambda: window.dialog("error"))
        assert len([box for box in window.window.findChildren(QMessageBox, "error") if box.isVisible()]) == 1
        box = window.message("error")
        assert "a fault of our own" in box.detailedText()
        QTest.mouseClick(box.button(QMessageBox.StandardButton.Close), Qt.MouseButton.LeftButton)
        await window.associate(scu_port=await window.listen())
        assert window.verdict().startswith("Passed")

    play(scene)
    assert capsys.readouterr().err.count("RuntimeError: a fault of our own") == 2


def test_what_a_killed_program_left_beside_the_profiles_goes_at_the_start(play, tmp_path):
    folder = tmp_path / "profiles"
    folder.mkdir()
    path, stream = create_partial(folder)
    stream.close()

    async def scene(window: Driver) -> None:
        await window.until(lambda: window.log().count("note") == 1)
        assert f"1 unfinished file of a killed program removed from {folder}." in window.summary_of(K.NOTE)
        assert not path.exists()

    play(scene)


@pytest.mark.parametrize("ending", ["its own button", "the desktop session's", "SIGTERM", "SIGHUP"])
def test_a_session_of_the_program_ends_cleanly_and_never_loads_pynetdicom(tmp_path, ending):
    """An association is open when it ends."""
    by_signal = ending.startswith("SIG")
    if by_signal and sys.platform == "win32":
        pytest.skip("Windows knows no such signal")
    how = "wait" if by_signal else "logout" if "session" in ending else "close"
    arguments = [sys.executable, "-W", "error", "-m", "tests.ui.session", str(tmp_path), how]
    with running(*arguments) as program:
        if by_signal:
            program.wait_for(lambda line: line == "READY")
            program.terminate(getattr(signal, ending))
        finished = program.wait()
    *rest, report = finished.output.splitlines()
    told = json.loads(report)
    assert [line for line in rest if line != "READY" and "This plugin does not support" not in line] == []
    assert (told["code"], told["steps left"], finished.code) == (0, 0, 0)
    assert "parley.engine.engine" in told["modules"]
    assert not {"pynetdicom", "pydicom", "keyring"} & set(told["modules"])
