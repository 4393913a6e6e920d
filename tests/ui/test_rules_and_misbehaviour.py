"""Rules, answers to messages and misbehaviours end to end: typed in the real window, carried out by the engine."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListWidget, QMessageBox, QPushButton, QTableView, QToolButton

from parley.bridge.log.model import Column
from parley.bridge.roles import SEVERITY_ROLE
from parley.model.build import request_pdu
from parley.model.event import EventKind as K
from parley.model.handle import RequestorHandle
from parley.model.misbehaviour.tables import REQUESTOR
from parley.ul.codec import decode, encode
from parley.ul.errors import Severity
from parley.ul.limits import Limits
from parley.ul.pdu import AAssociateAc, AAssociateRj
from tests.harness.peer import connected
from tests.ui.driver import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

NIGHT = RequestorHandle(calling_ae_title="NIGHT_CT")


def click(window: Driver, name: str) -> None:
    QTest.mouseClick(window.find(QToolButton, name), Qt.MouseButton.LeftButton)


async def type_cells(window: Driver, name: str, *texts: str) -> None:
    """Add a row and type its cells, each with Tab to the next; an empty text leaves a cell as it is."""
    click(window, f"{name}.add")
    table = window.find(QTableView, name)
    window.watch(table.model().dataChanged)
    row = table.model().rowCount() - 1
    for number, text in enumerate(texts, start=1):
        line = next(line for line in table.viewport().findChildren(QLineEdit) if line.isVisible())
        if text:
            line.selectAll()
            line.insert(text)
        QTest.keyClick(line, Qt.Key.Key_Tab if number < len(texts) else Qt.Key.Key_Return)
    await window.until(lambda: table.model().index(row, len(texts) - 1).data() == texts[-1])


async def answer_to(port: int, handle: RequestorHandle) -> AAssociateAc | AAssociateRj:
    """What a device is answered."""
    async with connected(port) as peer:
        await peer.send(encode(request_pdu(handle)))
        decoded = decode(await peer.read_pdu(), Limits())
        assert decoded is not None
        assert isinstance(decoded.pdu, AAssociateAc | AAssociateRj)
        return decoded.pdu


def test_a_rule_that_was_typed_rejects_whom_it_is_about_and_the_log_names_it(play):
    async def scene(window: Driver) -> None:
        click(window, "scp.answering")
        await type_cells(window, "scp.answering.rules", "night shift", "~calling NIGHT*", "reject 2/3/1")
        port = await window.listen()
        rejected = await answer_to(port, NIGHT)
        assert isinstance(rejected, AAssociateRj)
        assert (rejected.result, rejected.source, rejected.reason) == (2, 3, 1)
        await window.until(lambda: K.DECIDED.value in window.log())
        assert "rule 1, night shift" in window.summary_of(K.DECIDED)
        assert isinstance(await answer_to(port, RequestorHandle()), AAssociateAc)

    play(scene)


def test_a_rule_that_is_typed_while_it_listens_counts_once_it_is_applied(play):
    async def scene(window: Driver) -> None:
        port = await window.listen()
        assert isinstance(await answer_to(port, NIGHT), AAssociateAc)
        click(window, "scp.answering")
        await type_cells(window, "scp.answering.rules", "", "", "reject 1/1/7")
        assert isinstance(await answer_to(port, NIGHT), AAssociateAc)
        window.watch(window.window.scp.change_action.changed)
        await window.until(lambda: window.can("scp.apply"))
        window.press("scp.apply")
        assert isinstance(await answer_to(port, NIGHT), AAssociateRj)

    play(scene)


def test_an_echo_is_answered_with_the_status_that_was_typed(play):
    async def scene(window: Driver) -> None:
        click(window, "scp.messages")
        await type_cells(window, "scp.responses", "C-ECHO")
        model = window.find(QTableView, "scp.responses").model()
        assert model.setData(model.index(0, 2), "C001")
        port = await window.listen()
        await window.associate(scu_port=port)
        window.press("scu.echo")
        await window.until(lambda: "C001H" in window.verdict())
        assert "cannot understand (C001H)" in window.verdict()

    play(scene)


def test_the_scu_misbehaves_towards_this_machine_without_asking_and_the_log_marks_it(play):
    async def scene(window: Driver) -> None:
        port = await window.listen()
        window.type(scu_port=port)
        window.window.scu.misbehave_action.trigger()
        names = window.find(QListWidget, "scu.misbehave.list")
        title = REQUESTOR["two-requests"].title
        names.setCurrentItem(names.findItems(title, Qt.MatchFlag.MatchFixedString)[0])
        window.press("scu.misbehave.associate")
        assert window.window.findChildren(QMessageBox) == []
        await window.until(lambda: window.verdict() and not window.verdict().startswith("Under way"))
        assert "misbehaved on purpose" in window.verdict()
        log = window.parley.log
        await window.until(lambda: K.CLOSED.value in window.log())
        marks = [row for row in range(log.shown) if f"on purpose: {title}" in log.text_at(row, Column.SUMMARY)]
        assert len(marks) == 1
        assert log.event_at(marks[0]).kind is K.NOTE
        assert log.index(marks[0], Column.EVENT).data(SEVERITY_ROLE) is Severity.ERROR
        first_sent = next(row for row in range(log.shown) if log.event_at(row).kind is K.PDU_SENT)
        assert marks[0] < first_sent
        await window.until(lambda: window.find(QPushButton, "scu.associate").isEnabled())
        await window.associate()
        assert window.verdict().startswith("Passed:")
        assert "on purpose" not in window.verdict()

    play(scene)
