"""What is wished of TCP, by clicks and keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QToolButton, QWidget

from parley.bridge.answers.held import HeldModel
from parley.bridge.association_model import AssociationModel
from parley.model.transport import AcceptorTransport, IpVersion, RequestorTransport
from parley.ui.kit.fold import ElidedLabel
from parley.ui.sides.scp_panel import ScpPanel
from parley.ui.sides.scu_panel import ScuPanel
from parley.ui.sides.transport_section import TransportSection

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def shown(qtbot, panel):
    qtbot.addWidget(panel)
    panel.resize(560, 1000)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


@pytest.fixture
def scu(qtbot):
    return shown(qtbot, ScuPanel())


@pytest.fixture
def scp(qtbot):
    return shown(qtbot, ScpPanel(AssociationModel(), HeldModel()))


def unfold(qtbot, panel):
    qtbot.mouseClick(panel.findChild(QToolButton, f"{panel.objectName()}.transport"), Qt.MouseButton.LeftButton)


def find(panel, kind, name):
    return panel.findChild(kind, f"{panel.objectName()}.transport.{name}")


def type_into(qtbot, panel, name, text):
    edit = find(panel, QLineEdit, name)
    edit.selectAll()
    qtbot.keyClicks(edit, text)


def choose_version(qtbot, panel, words):
    box = find(panel, QComboBox, "ip_version")
    box.setFocus()
    while words not in box.currentText():
        qtbot.keyClick(box, Qt.Key.Key_Down)


def tick(qtbot, panel, name):
    find(panel, QCheckBox, name).click()


def summary(panel):
    return panel.findChild(TransportSection).findChild(ElidedLabel).text()


def test_a_requestor_says_where_it_connects_from_and_how(qtbot, scu):
    assert summary(scu) == "as the system chooses"
    unfold(qtbot, scu)
    with qtbot.waitSignal(scu.changed):
        type_into(qtbot, scu, "local_host", "192.0.2.7")
    type_into(qtbot, scu, "local_port", "4000")
    choose_version(qtbot, scu, "IPv4 only")
    tick(qtbot, scu, "send_buffer.on")
    type_into(qtbot, scu, "send_buffer", "32768")
    with qtbot.waitSignal(scu.changed):
        tick(qtbot, scu, "no_delay")
    assert scu.side().transport == RequestorTransport(IpVersion.IPV4, False, 32768, None, "192.0.2.7", 4000)
    assert summary(scu) == "from 192.0.2.7 port 4000 · IPv4 only · send buffer 32768 · small segments wait"


def test_either_side_may_leave_acknowledgements_to_the_system(qtbot, scu, scp):
    for panel in (scu, scp):
        unfold(qtbot, panel)
        assert panel.side().transport.quick_ack
        tick(qtbot, panel, "quick_ack")
        assert not panel.side().transport.quick_ack
        assert summary(panel) == "acknowledgements wait"


def test_an_acceptor_says_how_many_may_wait_and_how(qtbot, scp):
    assert summary(scp) == "as the system chooses"
    unfold(qtbot, scp)
    type_into(qtbot, scp, "backlog", "5")
    choose_version(qtbot, scp, "IPv6 only")
    tick(qtbot, scp, "receive_buffer.on")
    assert scp.side().transport == AcceptorTransport(IpVersion.IPV6, receive_buffer=65536, backlog=5)
    assert summary(scp) == "IPv6 only · backlog 5 · receive buffer 65536"
    assert find(scp, QWidget, "local_host") is None


def test_what_cannot_be_is_said_beside_it_and_in_the_folded_heading(qtbot, scu):
    unfold(qtbot, scu)
    type_into(qtbot, scu, "local_host", "ct 1")
    scu.check()
    assert "ct 1 is no IP address" in scu.findChild(QWidget, "scu.transport.problem").text()
    assert scu.associate_action.text() == "Send &anyway"
    unfold(qtbot, scu)
    marks = [label.accessibleName() for label in scu.findChild(TransportSection).children() if label.isWidgetType()]
    assert "Error in Connection" in marks


def test_a_number_that_is_not_typed_is_said(qtbot, scu, scp):
    for panel, name in ((scu, "local_port"), (scp, "backlog")):
        unfold(qtbot, panel)
        edit = find(panel, QLineEdit, name)
        edit.selectAll()
        qtbot.keyClick(edit, Qt.Key.Key_Delete)
        panel.check()
        assert f"transport.{name}" in [problem.field for problem in panel.problems()]
        assert "Nothing is typed here" in panel.findChild(QWidget, f"{panel.objectName()}.transport.problem").text()


def test_an_open_listener_has_to_be_opened_anew_for_other_wishes(qtbot, scp):
    scp.listen_action.trigger()
    scp.show_listening("127.0.0.1:11112")
    unfold(qtbot, scp)
    type_into(qtbot, scp, "backlog", "5")
    scp.check()
    assert "Stop and listen again" in scp.verdict.text()
    assert not scp.change_action.isEnabled()
