"""A person answers requests that wait, end to end: the real window and engine, real sockets, and devices that wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog, QLabel, QLineEdit, QPushButton, QTableView, QToolButton

from parley.bridge.answers.held import Stage
from parley.bridge.log.model import Column
from parley.engine.tasks import spawn
from parley.model.build import request_pdu
from parley.model.event import EventKind as K
from parley.model.handle import ProposedContext, RequestorHandle
from parley.ul.codec import decode, encode
from parley.ul.codes import VERIFICATION
from parley.ul.limits import Limits
from parley.ul.pdu import AAbort, AAssociateAc
from tests.harness.peer import Peer, connected
from tests.harness.process import Program, running
from tests.ui.driver import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

CT = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
RQ = request_pdu(RequestorHandle(contexts=(ProposedContext(VERIFICATION), ProposedContext(CT))))
RESULT, ANSWERED = 3, 4


async def listen_and_ask(window: Driver) -> int:
    """Listen with the decision Ask me; returns the port."""
    decision = window.find(QComboBox, "scp.decision")
    decision.setFocus()
    QTest.keyClick(decision, Qt.Key.Key_Home)
    QTest.keyClick(decision, Qt.Key.Key_Down)
    assert decision.currentText() == "Ask me"
    return await window.listen()


@asynccontextmanager
async def waiting(window: Driver, port: int) -> AsyncIterator[Peer]:
    """A device whose request the window shows as held."""
    before = len(window.parley.held.waiting)
    async with connected(port) as peer:
        await peer.send(encode(RQ))
        await window.until(lambda: len(window.parley.held.waiting) > before)
        yield peer


def click_row(window: Driver, row: int) -> None:
    """Click a held request."""
    table = window.find(QTableView, "scp.held")
    place = table.visualRect(table.model().index(row, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def press(window: Driver, name: str) -> None:
    """Click a button beside the held requests."""
    button = window.find(QToolButton, f"scp.held.{name}")
    assert button.isEnabled()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def editor(window: Driver) -> QDialog:
    """The window in which an answer is edited."""
    found = window.dialog("answer.window")
    assert found is not None
    return found


async def type_result(window: Driver, row: int, text: str, column: int = RESULT) -> None:
    """Type into a cell of the editor's contexts."""
    table = editor(window).findChild(QTableView, "answer.contexts.table")
    table.setFocus()
    table.setCurrentIndex(table.model().index(row, column))
    QTest.keyClick(table, Qt.Key.Key_F2)
    line = next(box for box in table.viewport().findChildren(QComboBox) if box.isVisible()).lineEdit()
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    window.watch(table.itemDelegate().closeEditor)  # a turn of the loop later
    await window.until(lambda: table.state() != QTableView.State.EditingState)


def send(window: Driver) -> None:
    """Click Send in the editor."""
    QTest.mouseClick(editor(window).findChild(QPushButton, "answer.send"), Qt.MouseButton.LeftButton)


async def acceptance(peer: Peer) -> AAssociateAc:
    """What a device got."""
    decoded = decode(await peer.read_pdu(), Limits())
    assert decoded is not None
    assert isinstance(decoded.pdu, AAssociateAc)
    return decoded.pdu


def test_a_context_is_answered_as_edited(play):
    async def scene(window: Driver) -> None:
        async with waiting(window, await listen_and_ask(window)) as peer:
            assert "1 held" in window.text("status.scp")
            click_row(window, 0)
            assert "A-ASSOCIATE-RQ" in window.parley.window.details._heading.text()
            press(window, "edit")
            await type_result(window, 1, "0")
            await type_result(window, 1, "Explicit VR Little Endian", ANSWERED)
            await type_result(window, 0, "4")
            send(window)
            answers = (await acceptance(peer)).presentation_contexts
            assert [(each.context_id, each.result) for each in answers] == [(1, 4), (3, 0)]
            assert answers[1].transfer_syntax == EXPLICIT
            await window.until(lambda: "accepted" in window.log())
            assert window.summary_of(K.DECIDED) == "decided: accept: edited by hand"
            assert window.dialog("answer.window") is None
            assert not any("not conformant" in text for text in window.log(Column.SUMMARY))

    play(scene)


def test_what_breaks_the_standard_is_marked_in_the_log(play):
    async def scene(window: Driver) -> None:
        async with waiting(window, await listen_and_ask(window)) as peer:
            click_row(window, 0)
            press(window, "edit")
            await type_result(window, 0, "7")
            editor(window).panel.check()
            assert editor(window).findChild(QPushButton, "answer.send").text() == "Send anyway"
            send(window)
            assert (await acceptance(peer)).presentation_contexts[0].result == 7
            await window.until(lambda: "accepted" in window.log())
            (note,) = [text for text in window.log(Column.SUMMARY) if "not conformant" in text]
            assert "result 7" in note

    play(scene)


def test_a_longer_maximum_length_that_is_answered_is_borne(play):
    """What an edited answer announces is what this side has to take then."""

    async def scene(window: Driver) -> None:
        async with waiting(window, await listen_and_ask(window)) as peer:
            click_row(window, 0)
            press(window, "edit")
            length = editor(window).findChild(QLineEdit, "answer.maximum_length")
            length.selectAll()
            QTest.keyClicks(length, "65536")
            send(window)
            assert (await acceptance(peer)).maximum_length == 65536
            fragment = bytes(60_000)
            pdv = (len(fragment) + 2).to_bytes(4, "big") + bytes([1, 0]) + fragment
            await peer.send(b"\x04\x00" + len(pdv).to_bytes(4, "big") + pdv)
            await peer.send(encode(AAbort(0, 0)))
            await window.until(lambda: "closed" in window.log())
            assert "malformed" not in window.log()

    play(scene)


@pytest.mark.parametrize("how", ["key", "button"])
def test_a_request_is_rejected(play, how):
    async def scene(window: Driver) -> None:
        async with waiting(window, await listen_and_ask(window)) as peer:
            click_row(window, 0)
            if how == "key":
                QTest.keyClick(window.find(QTableView, "scp.held"), Qt.Key.Key_X)
            else:
                press(window, "reject")
            assert (await peer.read_pdu())[7:] == bytes([1, 1, 1])
            await window.until(lambda: window.parley.held.at(0).stage is Stage.ANSWERED)

    play(scene)


def test_two_are_answered_in_reverse_order(play):
    async def scene(window: Driver) -> None:
        port = await listen_and_ask(window)
        async with waiting(window, port) as first, waiting(window, port) as second:
            click_row(window, 1)
            press(window, "accept")
            assert (await acceptance(second)).presentation_contexts[0].result == 0
            click_row(window, 0)
            press(window, "reject")
            assert (await first.read_pdu())[0] == 3

    play(scene)


def test_all_are_answered_at_once(play):
    async def scene(window: Driver) -> None:
        port = await listen_and_ask(window)
        async with waiting(window, port) as first, waiting(window, port) as second:
            window.find(QToolButton, "scp.held.more").menu().actions()[1].trigger()
            assert [(await peer.read_pdu())[7:] for peer in (first, second)] == [bytes([1, 1, 1])] * 2
            await window.until(lambda: not window.parley.held.waiting)

    play(scene)


def test_closing_the_window_rejects_who_still_waits(play):
    async def scene(window: Driver) -> None:
        answer = window.find(QLineEdit, "scp.default_answer.text")
        answer.setText("accept")
        answer.textEdited.emit(answer.text())
        async with waiting(window, await listen_and_ask(window)) as peer:
            press(window, "edit")
            closing = spawn(window.parley.close(), name="close")
            assert (await peer.read_pdu())[7:] == bytes([2, 1, 1])
        await closing

    play(scene)


def test_a_device_that_leaves_while_its_answer_is_edited(play):
    async def scene(window: Driver) -> None:
        async with waiting(window, await listen_and_ask(window)) as peer:
            click_row(window, 0)
            QTest.keyClick(window.find(QTableView, "scp.held"), Qt.Key.Key_E)
            await type_result(window, 1, "0")
            await peer.send(encode(AAbort(0, 0)))
            await window.until(lambda: window.parley.held.at(0).stage is Stage.WITHDRAWN)
            assert "Withdrawn." in editor(window).findChild(QLabel, "answer.verdict").text()
            assert not editor(window).findChild(QPushButton, "answer.send").isEnabled()
            assert editor(window).panel.side().contexts[1].result == 0
            editor(window).reject()
            assert window.dialog("answer.window") is None
            assert "accepted" not in window.log()
            assert window.parley.held.at(0).outcome == "by the peer"

    play(scene)


def test_the_countdown_is_stopped_for_who_needs_more_time(play):
    async def scene(window: Driver) -> None:
        async with waiting(window, await listen_and_ask(window)) as peer:
            click_row(window, 0)
            press(window, "edit")
            wait = editor(window).findChild(QPushButton, "answer.wait")
            QTest.mouseClick(wait, Qt.MouseButton.LeftButton)
            await window.until(lambda: window.parley.held.at(0).hold.seconds is None)
            assert editor(window).findChild(QLabel, "answer.state").text() == "waits until you answer"
            assert not wait.isEnabled()
            send(window)
            assert (await acceptance(peer)).presentation_contexts[1].result == 3

    play(scene)


def test_what_is_typed_is_there_again_when_the_window_is_opened_again(play):
    async def scene(window: Driver) -> None:
        async with waiting(window, await listen_and_ask(window)):
            click_row(window, 0)
            press(window, "edit")
            await type_result(window, 1, "0")
            editor(window).reject()
            assert window.dialog("answer.window") is None
            press(window, "edit")
            assert editor(window).panel.side().contexts[1].result == 0

    play(scene)


# --- DCMTK -----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def echoscu(window: Driver, port: int, *options: str) -> AsyncIterator[Program]:
    """DCMTK's echoscu, its request held."""
    before = len(window.parley.held.waiting)
    with running("echoscu", *options, "-to", "60", "127.0.0.1", str(port)) as program:
        await window.until(lambda: len(window.parley.held.waiting) > before)
        yield program


@pytest.mark.interop
@pytest.mark.dcmtk
def test_echoscu_reports_the_result_that_was_edited(play):
    async def scene(window: Driver) -> None:
        port = await listen_and_ask(window)
        async with echoscu(window, port, "-d", "-ppc", "2") as scu:
            click_row(window, 0)
            press(window, "edit")
            await type_result(window, 0, "1")
            send(window)
            finished = await asyncio.to_thread(scu.wait)
            assert finished.code == 0
            accepted = finished.output.partition("A-ASSOCIATE-AC")[2]
            assert "Context ID:        1 (User Rejection)" in accepted
            assert "Context ID:        3 (Accepted)" in accepted
            assert "Received Echo Response (Success)" in finished.output

    play(scene)


@pytest.mark.interop
@pytest.mark.dcmtk
def test_two_echoscus_wait_and_are_answered_in_reverse_order(play):
    async def scene(window: Driver) -> None:
        port = await listen_and_ask(window)
        async with echoscu(window, port, "-v") as first, echoscu(window, port, "-v") as second:
            click_row(window, 1)
            press(window, "accept")
            assert (await asyncio.to_thread(second.wait)).code == 0
            assert first.is_running
            click_row(window, 0)
            QTest.keyClick(window.find(QTableView, "scp.held"), Qt.Key.Key_X)
            finished = await asyncio.to_thread(first.wait)
            assert finished.code == 1
            assert "Result: Rejected Permanent, Source: Service User" in finished.output
            assert "Reason: No Reason" in finished.output

    play(scene)
