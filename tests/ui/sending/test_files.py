"""Sending files from the window, nothing faked: from the choice of files to what became of each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QProgressBar, QPushButton

from parley.bridge.sending.model import Column, FileState, SendingModel
from parley.bridge.sending.sender import Sender
from parley.model.handle import AcceptorHandle, ProposedContext, SupportedContext
from parley.model.storage import Storage, StorageMode
from parley.ui.kit.fields import ToneLine
from parley.ui.kit.verdict import VerdictView
from parley.ui.sending.window import SendWindow
from parley.ul.codes import VERIFICATION
from tests.bridge.sending.test_sender import read_nothing_more
from tests.harness.dicom import CT, EXPLICIT, IMPLICIT, JPEG, MR, data_set_of, write_file
from tests.harness.peer import listening
from tests.harness.process import free_port, serving
from tests.ui.driver import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
S = FileState
SUPPORTED = (SupportedContext(VERIFICATION), SupportedContext(CT, (IMPLICIT, EXPLICIT)))


class Sending:
    """The window for sending files, and what a person does with it."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        driver.window.send_files.action.trigger()
        self.window = driver.find(SendWindow, "send")
        self.dialog = self.window.findChild(QFileDialog, "send.files_dialog")
        self.model = driver.window.findChild(SendingModel)
        self.sender = driver.window.findChild(Sender)
        driver.watch(self.sender.changed, self.sender.progressed, self.model.rowsInserted, self.window.looked_at)

    async def add(self, *paths: Path) -> None:
        """Choose files in the dialog that stands open, or else drop them on the list."""
        before = self.model.rowCount()
        if self.dialog is not None:
            self.dialog.filesSelected.emit(list(map(str, paths)))
            self.dialog.close()
            self.dialog = None
        else:
            self.drop(*paths)
        await self.driver.until(lambda: self.model.rowCount() > before)

    def drop(self, *paths: Path) -> None:
        viewport, data = self.window.table.viewport(), QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        buttons, keys, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
        enter = QDragEnterEvent(QPoint(5, 5), copy, data, buttons, keys)
        QApplication.sendEvent(viewport, enter)
        assert enter.isAccepted()
        QApplication.sendEvent(viewport, QDropEvent(QPointF(5, 5), copy, data, buttons, keys))

    def button(self, name: str) -> QPushButton:
        return self.window.findChild(QPushButton, f"send.{name}")

    def press(self, name: str = "send") -> None:
        button = self.button(name)
        assert button.isEnabled(), name
        assert button.isVisible(), name
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    async def sent(self) -> None:
        await self.driver.until(lambda: self.sender.is_running)
        await self.driver.until(lambda: not self.sender.is_running)

    def select(self, row: int) -> str:
        """Select a file; returns what is said of it."""
        self.window.table.selectRow(row)
        return self.window.findChild(VerdictView, "send.verdict").accessibleDescription()

    @property
    def peer(self) -> str:
        """Whom the form names."""
        return str(self.driver.window.scu.target)

    @property
    def plan(self) -> str:
        line = self.window.findChild(ToneLine, "send.plan")
        return line.text() if line.isVisible() else ""

    @property
    def summary(self) -> str:
        """Without the rate, which is another each time, and with the peer's place as X."""
        words = self.window.findChild(QLabel, "send.summary").text().replace(self.peer, "X").split(", ")
        return ", ".join(part for part in words if not part.endswith("MB/s"))

    @property
    def stand(self) -> list[FileState]:
        return [self.model.state(row) for row in range(self.model.rowCount())]


@pytest.fixture
def out(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


async def listen(window: Driver, storage: Storage, contexts: tuple[SupportedContext, ...] = SUPPORTED) -> None:
    """Listen with the SCP panel, and let the SCU panel call it."""
    scp = window.window.scp
    scp.set_side(replace(scp.side(), handle=AcceptorHandle(contexts=contexts), storage=storage))
    window.type(scu_port=await window.listen())


async def associated(window: Driver) -> None:
    window.press("scu.associate")
    await window.until(lambda: "Sta6" in window.text("scu.state"))


async def released(window: Driver) -> None:
    window.press("scu.release")
    await window.until(lambda: "Sta1" in window.text("scu.state"))


def test_one_click_proposes_associates_and_sends(play, out, tmp_path):
    paths = [write_file(out / "a.dcm"), write_file(out / "b.dcm"), out / "notes.txt"]
    paths[2].write_text("no DICOM file")

    async def scene(window: Driver) -> None:
        await listen(window, Storage(StorageMode.RECEIVE, str(tmp_path / "in")))
        sending = Sending(window)
        assert not sending.button("send").isEnabled()
        await sending.add(*paths)
        assert sending.button("send").text() == f"Associate and &send 2 files to {sending.peer}"
        assert sending.plan.startswith("Proposes 2 more contexts, associates with PARLEY_SCP at 127.0.0.1:")
        sending.press()
        await sending.sent()
        assert sending.stand == [S.STORED, S.STORED, S.UNREADABLE]
        assert sending.summary == "2 of 3 stored at X, 1 cannot be sent"
        assert sending.plan == (
            f"Every file that can be sent is stored at {sending.peer}. The association with it stays open."
        )
        assert "no DICOM file" in sending.select(2)
        assert "Sta6" in window.text("scu.state")
        received = sorted(data_set_of(path) for path in (tmp_path / "in").iterdir())
        assert received == sorted(map(data_set_of, paths[:2]))
        # What was proposed stands in the panel, and one step takes it back.
        proposed = window.window.scu.side().handle.contexts
        assert proposed[1:] == (ProposedContext(CT, (EXPLICIT,)), ProposedContext(CT, (IMPLICIT,)))
        window.parley.book.undo()
        assert window.window.scu.side().handle.contexts == proposed[:1]

    play(scene)


def test_on_an_open_association_what_fits_is_sent_and_the_rest_says_how_it_could_be(play, out):
    async def scene(window: Driver) -> None:
        await listen(window, Storage(StorageMode.DISCARD))
        window.window.scu.propose((ProposedContext(CT, (EXPLICIT,)),))
        await associated(window)
        sending = Sending(window)
        await sending.add(write_file(out / "a.dcm"), write_file(out / "b.dcm", transfer_syntax=IMPLICIT))
        assert sending.stand == [S.WAITING, S.UNFIT]
        peer = window.window.scu.target.words
        assert sending.plan.startswith(f"1 file fits no context of the association that is open with {peer}. Release")
        sending.press()
        await sending.sent()
        assert sending.stand == [S.STORED, S.FAILED]
        assert sending.plan == (
            f"1 file was not stored at {sending.peer}: select one to see why. "
            "Retry releases the association and proposes what is missing first."
        )
        assert sending.window.table.selected_rows() == [1]
        assert "What is missing" in sending.select(1) or "a context with this transfer syntax alone" in sending.select(
            1
        )

        await released(window)
        assert "a context with this transfer syntax alone" in sending.select(1)
        sending.press("retry")
        await sending.sent()
        assert sending.stand == [S.STORED, S.STORED]

    play(scene)


def test_one_click_releases_an_association_that_fits_nothing_and_sends_on_a_new_one(play, out, tmp_path):
    async def scene(window: Driver) -> None:
        await listen(window, Storage(StorageMode.RECEIVE, str(tmp_path / "in")))
        await associated(window)
        sending = Sending(window)
        await sending.add(write_file(out / "a.dcm"), write_file(out / "b.dcm", transfer_syntax=IMPLICIT))
        assert sending.stand == [S.UNFIT, S.UNFIT]
        assert sending.button("send").text() == f"Release, associate and &send 2 files to {sending.peer}"
        assert sending.plan.startswith(
            f"The association that is open with {window.window.scu.target.words} has no context for them. "
            "Releases it, proposes 2 more contexts, associates anew, and sends."
        )
        sending.press()
        assert sending.plan == f"Releasing the association with {window.window.scu.target.words} …"
        await sending.sent()
        assert sending.stand == [S.STORED, S.STORED]
        assert len(list((tmp_path / "in").iterdir())) == 2
        assert any("released" in line for line in window.log())

    play(scene)


def test_what_failed_for_want_of_a_context_is_sent_by_retry_while_the_association_is_open(play, out):
    async def scene(window: Driver) -> None:
        await listen(window, Storage(StorageMode.DISCARD))
        window.window.scu.propose((ProposedContext(CT, (EXPLICIT,)),))
        await associated(window)
        sending = Sending(window)
        await sending.add(write_file(out / "a.dcm"), write_file(out / "b.dcm", transfer_syntax=IMPLICIT))
        sending.press()
        await sending.sent()
        assert "Release the association and send again" in sending.select(1)
        sending.press("retry")
        await sending.sent()
        assert sending.stand == [S.STORED, S.STORED]

    play(scene)


def test_releasing_first_is_cancelled(play, out):
    async def scene(window: Driver) -> None:
        await listen(window, Storage(StorageMode.DISCARD))
        await associated(window)
        sending = Sending(window)
        await sending.add(write_file(out / "a.dcm"))
        sending.press()
        sending.press("stop")
        assert sending.plan == f"Nothing was sent to {sending.peer}: it was cancelled."
        await window.until(lambda: "Sta1" in window.text("scu.state"))
        assert sending.stand == [S.WAITING]
        assert sending.button("send").text() == f"Associate and &send 1 file to {sending.peer}"

    play(scene)


def test_errors_in_the_panel_are_said_before_anything_is_released(play, out):
    async def scene(window: Driver) -> None:
        await listen(window, Storage(StorageMode.DISCARD))
        await associated(window)
        window.type(scu_calling_ae_title="A TITLE THAT IS TOO LONG")
        sending = Sending(window)
        await sending.add(write_file(out / "a.dcm"))
        sending.press()
        assert "The SCU panel has 1 to look at first. Error: " in sending.plan
        assert sending.button("send").text() == f"&Send to {sending.peer} anyway"
        assert "Sta6" in window.text("scu.state")
        sending.press()
        await sending.sent()
        assert sending.stand == [S.STORED]

    play(scene)


def test_what_no_proposal_would_help_is_not_sent_in_vain(play, out):
    async def scene(window: Driver) -> None:
        await listen(window, Storage(StorageMode.DISCARD))
        window.window.scu.propose((ProposedContext(MR, (EXPLICIT,)),))
        await associated(window)
        sending = Sending(window)
        await sending.add(write_file(out / "a.dcm", sop_class=MR))
        assert not sending.button("send").isEnabled()
        assert sending.button("send").text() == f"&Send 1 file to {sending.peer}"
        assert sending.plan.startswith(f"{window.window.scu.target.words} takes none of these files")
        assert "takes no objects of this SOP class" in sending.select(0)
        await released(window)
        assert sending.button("send").isEnabled()

    play(scene)


def test_a_class_that_the_peer_does_not_take_is_explained_in_its_row(play, out):
    async def scene(window: Driver) -> None:
        await listen(window, Storage(StorageMode.DISCARD))
        sending = Sending(window)
        await sending.add(write_file(out / "a.dcm", sop_class=MR), write_file(out / "b.dcm", transfer_syntax=JPEG))
        sending.press()
        await sending.sent()
        assert sending.stand == [S.FAILED, S.FAILED]
        assert "takes no objects of this SOP class" in sending.select(0)
        assert "Convert the file" in sending.select(1)

    play(scene)


def test_a_refusal_is_said_with_its_remedy_and_tried_again(play, out):
    async def scene(window: Driver) -> None:
        await listen(window, Storage(StorageMode.DISCARD, status=0xA700))
        sending = Sending(window)
        await sending.add(write_file(out / "a.dcm"))
        sending.press()
        await sending.sent()
        said = sending.select(0)
        assert "out of resources (A700H)" in said
        assert "make room there" in said
        sending.press("retry")
        await sending.sent()
        assert sending.summary == "0 of 1 stored at X, 1 failed"

    play(scene)


def test_a_failed_attempt_says_why_and_keeps_the_files(play, out):
    async def scene(window: Driver) -> None:
        window.type(scu_port=free_port())
        sending = Sending(window)
        await sending.add(write_file(out / "a.dcm"))
        sending.press()
        await window.until(lambda: sending.plan.startswith(f"Nothing was sent to {sending.peer}"))
        assert "Nothing listens at port" in sending.plan
        assert sending.stand == [S.WAITING]
        assert sending.button("send").isEnabled()

    play(scene)


def test_errors_in_the_panel_are_said_before_anything_is_sent(play, out):
    async def scene(window: Driver) -> None:
        await listen(window, Storage(StorageMode.DISCARD))
        window.type(scu_called_ae_title="A TITLE THAT IS TOO LONG")
        sending = Sending(window)
        await sending.add(write_file(out / "a.dcm"))
        sending.press()
        assert "The SCU panel has 1 to look at first. Error: " in sending.plan
        assert sending.button("send").text() == f"&Send to {sending.peer} anyway"
        assert "Sta1" in window.text("scu.state")
        sending.press()
        await sending.sent()
        assert sending.stand == [S.STORED]

    play(scene)


def test_the_first_click_stops_after_the_file_and_the_second_aborts(play, out):
    async def scene(window: Driver) -> None:
        async with listening(read_nothing_more) as port:
            window.type(scu_port=port)
            sending = Sending(window)
            await sending.add(write_file(out / "a.dcm", 30_000_000), write_file(out / "b.dcm"))
            sending.press()
            bar = sending.window.findChild(QProgressBar, "send.progress")
            await window.until(lambda: bar.isVisible() and bar.value() > 0)
            assert not sending.button("retry").isEnabled()
            assert not sending.button("clear").isEnabled()
            assert sending.button("stop").text() == "Stop after this file"
            sending.press("stop")
            assert sending.button("stop").text() == "Abort now"
            assert "Stopping once this file has arrived to PARLEY_SCP at" in sending.plan
            sending.press("stop")
            await window.until(lambda: not sending.sender.is_running)
            assert sending.stand == [S.FAILED, S.WAITING]
            assert sending.plan == f"The association with {sending.peer} has ended. 1 file was not sent."
            assert not sending.button("stop").isVisible()
            assert not bar.isVisible()
            window.parley.engine.associations[1].drop()

    play(scene)


def test_an_attempt_is_cancelled(play, out):
    async def wait(peer):
        await peer.read_to_end()

    async def scene(window: Driver) -> None:
        async with listening(wait) as port:
            window.type(scu_port=port)
            sending = Sending(window)
            await sending.add(write_file(out / "a.dcm"))
            sending.press()
            assert sending.button("stop").text() == "Cancel"
            assert sending.plan.startswith("Associating with PARLEY_SCP")
            sending.press("stop")
            await window.until(lambda: sending.plan.startswith(f"Nothing was sent to {sending.peer}"))
            assert sending.stand == [S.WAITING]

    play(scene)


def test_files_are_dropped_listed_once_and_taken_off_the_list(play, out):
    async def scene(window: Driver) -> None:
        sending = Sending(window)
        sending.dialog.close()
        sending.dialog = None
        write_file(out / "a.dcm")
        write_file(out / "b.dcm")
        await sending.add(out)
        assert [sending.model.index(row, Column.FILE).data() for row in range(2)] == ["a.dcm", "b.dcm"]
        await sending.add(out / "a.dcm", write_file(out / "c.dcm"))
        assert sending.model.rowCount() == 3
        sending.window.activateWindow()
        await window.until(sending.window.isActiveWindow)
        sending.window.table.selectRow(1)
        sending.window.table.setFocus()
        QTest.keyClick(sending.window.table, Qt.Key.Key_Delete)
        assert [sending.model.index(row, Column.FILE).data() for row in range(2)] == ["a.dcm", "c.dcm"]
        assert sending.window.table.selected_rows() == [1]
        sending.press("clear")
        assert sending.model.rowCount() == 0
        assert not sending.button("send").isEnabled()

    play(scene)


def test_a_stored_file_is_sent_again_from_its_menu(play, out, tmp_path):
    async def scene(window: Driver) -> None:
        await listen(window, Storage(StorageMode.RECEIVE, str(tmp_path / "in")))
        sending = Sending(window)
        await sending.add(write_file(out / "a.dcm"))
        sending.press()
        await sending.sent()
        (received,) = (tmp_path / "in").iterdir()
        received.unlink()
        sending.select(0)
        sending.window.table.again_action.trigger()
        await sending.sent()
        assert sending.stand == [S.STORED]
        assert received.exists()

    play(scene)


def test_the_window_is_closed_and_opened_again_while_files_go(play, out):
    async def scene(window: Driver) -> None:
        async with listening(read_nothing_more) as port:
            window.type(scu_port=port)
            sending = Sending(window)
            await sending.add(write_file(out / "a.dcm", 30_000_000))
            sending.press()
            await window.until(lambda: sending.sender.is_running)
            QTest.keyClick(sending.window, Qt.Key.Key_Escape)
            assert not sending.window.isVisible()
            assert sending.sender.is_running
            window.window.send_files.action.trigger()
            assert sending.window.isVisible()
            assert sending.button("stop").isVisible()
            sending.press("stop")
            sending.press("stop")
            await window.until(lambda: not sending.sender.is_running)
            window.parley.engine.associations[1].drop()

    play(scene)


def test_the_action_has_its_place_and_a_key_of_its_own(qtbot, stage):
    action = stage.window.send_files.action
    assert action in stage.window.menus.scu.actions()
    keys = [other.shortcut().toString() for menu in stage.window.menuBar().actions() for other in menu.menu().actions()]
    assert keys.count(action.shortcut().toString()) == 1
    assert "Ctrl+Shift+Return" in action.toolTip()


@pytest.mark.interop
@pytest.mark.dcmtk
def test_storescp_takes_the_files_with_one_click(play, out, tmp_path):
    (tmp_path / "in").mkdir()
    paths = [write_file(out / "a.dcm"), write_file(out / "b.dcm", transfer_syntax=JPEG), write_file(out / "c.dcm")]

    async def scene(window: Driver, port: int) -> None:
        window.type(scu_port=port)
        sending = Sending(window)
        await sending.add(*paths)
        sending.press()
        await sending.sent()
        assert sending.summary == "3 of 3 stored at X"
        assert sending.plan == f"Every file is stored at {sending.peer}. The association with it stays open."
        await released(window)

    arguments = ["storescp", "+xa", "-od", str(tmp_path / "in")]
    with serving(lambda port: [*arguments, str(port)]) as server:
        play(lambda window: scene(window, server.port))
    assert len(list((tmp_path / "in").iterdir())) == 3
