"""The SCP panel by clicks and keys: drafts, decisions, listening, live associations."""

import itertools
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QToolButton,
    QWidget,
)

from parley.bridge.answers.held import HeldModel
from parley.bridge.association_model import AssociationModel, Column
from parley.model.answering import Answering, DecisionMode
from parley.model.decision import Hold, Reject
from parley.model.event import EngineEvent, EventKind
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    NoContext,
    Rejection,
    SupportedContext,
    TransferSyntaxChoice,
)
from parley.model.profile import AcceptorSide, Timers
from parley.ui.sides.scp_panel import ScpPanel
from parley.ul.codes import Role
from tests.bridge.samples import Samples, request
from tests.ui.windows import lay_out

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
RULES = AcceptanceRules(
    check_called=True,
    calling_ae_titles=("CT1", "MR 1"),
    choice=TransferSyntaxChoice.FIRST_PREFERRED,
    no_context=NoContext.ABORT,
)
ODD = AcceptorSide(
    host="0.0.0.0",
    port=0,
    handle=AcceptorHandle(
        ae_title="",
        contexts=(SupportedContext("1.2.3", ()),),
        maximum_length=None,
        implementation_class_uid="",
        implementation_version_name="A_NAME_THAT_IS_TOO_LONG",
        application_context="",
        protocol_version=0,
    ),
    rules=RULES,
    timers=Timers(artim=None, idle=4.5, connect=9.0),
    maximum_associations=0,
    maximum_silent_connections=7,
)


@pytest.fixture
def associations(qapp):
    return AssociationModel()


@pytest.fixture
def held(qapp):
    return HeldModel(monotonic=lambda: 1.0)


@pytest.fixture
def panel(qtbot, associations, held):
    made = ScpPanel(associations, held)
    qtbot.addWidget(made)
    made.resize(560, 760)
    made.show()
    qtbot.waitExposed(made)
    made.asked = []
    made.listen_requested.connect(made.asked.append)
    return made


def button(panel, name):
    return panel.findChild(QPushButton, f"scp.{name}")


def click(qtbot, panel, name):
    qtbot.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)


def unfold(qtbot, panel, name):
    qtbot.mouseClick(panel.findChild(QToolButton, f"scp.{name}"), Qt.MouseButton.LeftButton)


def combo(panel, name):
    return panel.findChild(QComboBox, f"scp.{name}")


def choose(qtbot, box, words):
    """As a person does with the keyboard: to the entry, Enter."""
    row = next(row for row in range(box.count()) if words in box.itemText(row))
    box.setFocus()
    while box.currentIndex() != row:
        qtbot.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < row else Qt.Key.Key_Up)


def happened(number, kind):
    return EngineEvent(number, 0.0, 0.0, kind, number, Role.ACCEPTOR, "127.0.0.1:11112", "127.0.0.1:5000")


def connected(number):
    return happened(number, EventKind.CONNECTION_ACCEPTED)


@pytest.mark.parametrize("unfolded", [False, True])
@pytest.mark.parametrize(
    "side",
    [AcceptorSide(), ODD, replace(ODD, rules=replace(RULES, reject_all=Rejection(2, 3, 2)))],
    ids=["default", "odd", "reject"],
)
def test_a_side_comes_back_as_it_went_in(qtbot, panel, side, unfolded):
    if unfolded:
        for name in ("rules", "implementation", "timers"):
            unfold(qtbot, panel, name)
    with qtbot.assertNotEmitted(panel.changed):
        panel.set_side(side)
    assert panel.side() == side


@pytest.mark.parametrize("codes", [(9, 1, 7), (1, 8, 0), (1, 2, 56)])
def test_reserved_codes_of_a_rejection_are_kept(panel, codes):
    side = replace(AcceptorSide(), rules=AcceptanceRules(reject_all=Rejection(*codes)))
    panel.set_side(side)
    assert panel.side() == side


def test_rejecting_offers_the_reasons_of_the_chosen_source_only(qtbot, panel):
    choose(qtbot, combo(panel, "decision"), "Reject")
    assert panel.side().rules.reject_all == Rejection(1, 1, 7)
    choose(qtbot, combo(panel, "reject.result"), "transient")
    choose(qtbot, combo(panel, "reject.source"), "presentation")
    reasons = combo(panel, "reject.reason")
    assert [reasons.itemText(row) for row in range(reasons.count())] == [
        "1  temporary congestion",
        "2  local limit exceeded",
    ]
    choose(qtbot, reasons, "limit")
    assert panel.side().rules.reject_all == Rejection(2, 3, 2)


def test_going_back_to_rules_finds_them_untouched(qtbot, panel):
    panel.set_side(replace(AcceptorSide(), rules=RULES))
    choose(qtbot, combo(panel, "decision"), "Reject")
    assert not panel.findChild(QToolButton, "scp.rules").isVisible()
    choose(qtbot, combo(panel, "decision"), "rules")
    assert panel.side().rules == RULES


def test_rules_are_edited_once_unfolded(qtbot, panel):
    unfold(qtbot, panel, "rules")
    panel.findChild(QWidget, "scp.check_called").click()
    qtbot.keyClicks(panel.findChild(QPlainTextEdit, "scp.calling_ae_titles"), "CT1\rMR 1\r")
    choose(qtbot, combo(panel, "choice"), "this side")
    choose(qtbot, combo(panel, "no_context"), "Abort")
    assert panel.side().rules == RULES


def test_listening_asks_with_the_draft(qtbot, panel):
    click(qtbot, panel, "listen")
    assert panel.asked == [AcceptorSide()]


def test_buttons_and_words_follow_the_listener(qtbot, panel):
    assert (button(panel, "listen").isEnabled(), button(panel, "stop").isEnabled()) == (True, False)
    panel.show_listening("127.0.0.1:11112")
    assert (button(panel, "listen").isEnabled(), button(panel, "stop").isEnabled()) == (False, True)
    assert panel.findChild(QLabel, "scp.state").text() == "Listening on 127.0.0.1:11112"
    with qtbot.waitSignal(panel.stop_requested):
        click(qtbot, panel, "stop")


def test_why_listening_failed_is_said(panel):
    panel.show_listen_failed("Port 104 needs rights. Choose another.")
    assert "Port 104 needs rights" in panel.findChild(QLabel, "scp.verdict").text()


def test_an_edit_while_listening_applies_when_it_is_told_to(qtbot, panel):
    changes = []
    panel.change_requested.connect(changes.append)
    click(qtbot, panel, "listen")
    panel.show_listening("127.0.0.1:11112")
    assert not button(panel, "apply").isEnabled()
    qtbot.keyClicks(panel.findChild(QLineEdit, "scp.ae_title"), "X")
    panel.check()
    assert "Apply" in panel.findChild(QLabel, "scp.verdict").text()
    click(qtbot, panel, "apply")
    assert changes == [panel.side()]
    panel.show_changed(changes[0])
    assert not panel.findChild(QLabel, "scp.verdict").isVisible()
    assert not button(panel, "apply").isEnabled()


def test_another_address_needs_another_listener(qtbot, panel):
    click(qtbot, panel, "listen")
    panel.show_listening("127.0.0.1:11112")
    panel.findChild(QLineEdit, "scp.port").setText("11113")
    panel.check()
    assert "listen again" in panel.findChild(QLabel, "scp.verdict").text()
    assert not button(panel, "apply").isEnabled()
    panel.set_side(AcceptorSide())
    panel.check()
    assert not panel.findChild(QLabel, "scp.verdict").isVisible()


def test_asking_shows_what_happens_when_nobody_answers(qtbot, panel):
    default = panel.findChild(QWidget, "scp.default_answer")
    assert not default.isVisible()
    choose(qtbot, combo(panel, "decision"), "Ask me")
    assert default.isVisible()
    line = panel.findChild(QLineEdit, "scp.default_answer.text")
    line.clear()
    qtbot.keyClicks(line, "reject 1/1/7")
    panel.findChild(QLineEdit, "scp.default_seconds").setText("12.5")
    assert panel.side().answering == Answering(DecisionMode.ASK, (), "reject 1/1/7", 12.5)
    qtbot.mouseClick(panel.findChild(QCheckBox, "scp.default_seconds.on"), Qt.MouseButton.LeftButton)
    assert panel.side().answering.default_seconds is None


def test_a_default_answer_that_makes_no_sense_is_told_beside_it(qtbot, panel):
    choose(qtbot, combo(panel, "decision"), "Ask me")
    qtbot.keyClicks(panel.findChild(QLineEdit, "scp.default_answer.text"), " nonsense")
    panel.check()
    assert panel.has_errors()
    assert "default answer" in panel.findChild(QWidget, "scp.default_answer.problem").text()


def test_with_errors_listening_is_a_deliberate_choice(qtbot, panel):
    panel.findChild(QLineEdit, "scp.port").setText("70000")
    click(qtbot, panel, "listen")
    assert panel.asked == []
    assert button(panel, "listen").text() == "Listen anyway"
    click(qtbot, panel, "listen")
    assert panel.asked == [replace(AcceptorSide(), port=70000)]


# --- live associations -----------------------------------------------------------------------------------------------


def live(panel):
    return panel.findChild(QTableView, "scp.associations")


def numbers_in(table):
    return [table.model().index(row, Column.NUMBER).data() for row in range(table.model().rowCount())]


def test_each_live_association_has_its_own_abort(qtbot, panel, associations):
    associations.update([connected(3), connected(4)])
    table = live(panel)
    mark = table._mark.mark_in(table.visualRect(table.model().index(1, Column.NUMBER))).center()
    with qtbot.waitSignal(panel.abort_association_requested) as asked:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=mark)
    assert asked.args == [4]


def test_a_click_beside_the_mark_aborts_nothing(qtbot, panel, associations):
    associations.update([connected(3)])
    table = live(panel)
    place = table.visualRect(table.model().index(0, Column.PEER)).center()
    with qtbot.assertNotEmitted(panel.abort_association_requested):
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_selected_associations_are_aborted_by_button_and_by_key(qtbot, panel, associations):
    associations.update([connected(3), connected(4)])
    numbers = []
    panel.abort_association_requested.connect(numbers.append)
    assert not button(panel, "abort_association").isEnabled()
    live(panel).selectAll()
    click(qtbot, panel, "abort_association")
    live(panel).selectRow(0)
    live(panel).setFocus()
    qtbot.keyClick(live(panel), Qt.Key.Key_Delete)
    assert numbers == [3, 4, 3]


def test_the_live_table_is_as_tall_as_its_rows_up_to_three(panel, associations):
    heights = []
    assert not live(panel).isVisible()
    for number in range(3, 8):
        associations.update([connected(number)])
        heights.append(live(panel).height())
    row = live(panel).verticalHeader().defaultSectionSize()
    assert [later - earlier for earlier, later in itertools.pairwise(heights)] == [row, row, 0, 0]
    associations.retain(())
    assert not live(panel).isVisible()
    assert panel.live.heading.text() == "No live association"


def test_an_association_whose_request_is_held_is_not_among_the_live_ones(panel, associations):
    associations.update([connected(3), happened(3, EventKind.HELD)])
    assert not live(panel).isVisible()
    assert panel.live.heading.text() == "&Live associations: all held"
    associations.update([connected(4)])
    assert numbers_in(live(panel)) == ["4"]
    associations.update([happened(3, EventKind.DECIDED)])
    assert numbers_in(live(panel)) == ["3", "4"]
    assert panel.live.heading.text() == "&Live associations"


def test_whoever_comes_and_goes_moves_no_button(qtbot, panel, associations, held):
    buttons = [button(panel, name) for name in ("listen", "stop", "apply", "abort_association")]
    buttons += [panel.findChild(QToolButton, f"scp.{name}") for name in ("arm", "held.accept", "held.reject")]
    samples = Samples()
    held.update([samples.event(EventKind.HELD, 3, pdu=request(), hold=Hold(Reject(Rejection(1, 1, 1)), 25.0))])

    def places():
        lay_out()
        return [widget.mapTo(panel, QPoint()) for widget in buttons]

    before, form = places(), panel._scroll.height()
    associations.update([connected(number) for number in (4, 5, 6)])
    assert places() == before
    assert panel._scroll.height() < form
    form = panel._scroll.height()
    held.update([samples.event(EventKind.DECIDED, 3, text="accept")])
    assert places() == before
    qtbot.waitUntil(lambda: panel._scroll.height() > form)
    assert places() == before
    panel.show_listen_failed("The port is taken.")
    associations.retain(())
    assert places() == before
