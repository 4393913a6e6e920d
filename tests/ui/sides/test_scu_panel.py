"""The SCU panel by clicks and keys: drafts, validation, buttons by state, verdicts and results in words."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QStyleOptionButton, QToolButton, QWidget

from parley.engine.results import EchoResult
from parley.model.attempt import Attempt, AttemptEnd, Step
from parley.model.build import accept_pdu, request_pdu
from parley.model.handle import AcceptanceRules, AcceptorHandle, ProposedContext, RequestorHandle
from parley.model.profile import RequestorSide, Timers
from parley.ui.kit.fold import ElidedLabel
from parley.ui.sides.scu_panel import ScuPanel
from parley.ul.codes import VERIFICATION
from parley.ul.pdu import AAssociateRj
from parley.ul.table import State

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CT = "1.2.840.10008.5.1.4.1.1.2"
ODD = RequestorSide(
    host=" pacs.example ",
    port=70000,
    handle=RequestorHandle(
        called_ae_title="A_TITLE_THAT_IS_TOO_LONG",
        calling_ae_title=" \\",
        contexts=(ProposedContext(CT, ("1.2.3", VERIFICATION), 4), ProposedContext("", ()), ProposedContext(CT)),
        maximum_length=0,
        implementation_class_uid=None,
        implementation_version_name=None,
        application_context="1.2",
        protocol_version=3,
    ),
    timers=Timers(connect=3.25, artim=None, idle=90.0),
)


@pytest.fixture
def panel(qtbot):
    made = ScuPanel()
    qtbot.addWidget(made)
    made.resize(560, 640)
    made.show()
    qtbot.waitExposed(made)
    made.asked = []
    made.associate_requested.connect(made.asked.append)
    return made


def button(panel, name):
    return panel.findChild(QPushButton, f"scu.{name}")


def click(qtbot, panel, name):
    qtbot.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)


def type_into(qtbot, panel, name, text):
    edit = panel.findChild(QLineEdit, f"scu.{name}")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)


def unfold(qtbot, panel, name):
    qtbot.mouseClick(panel.findChild(QToolButton, f"scu.{name}"), Qt.MouseButton.LeftButton)


def enabled(panel):
    return {name for name in ("associate", "echo", "release", "abort") if button(panel, name).isEnabled()}


def problem(panel, name):
    label = panel.findChild(QWidget, f"scu.{name}.problem")
    return label.text() if label is not None and label.isVisible() else ""


def results(panel):
    model = panel.findChild(QWidget, "scu.contexts").model()
    return [model.index(row, model.columnCount() - 1).data() for row in range(model.rowCount())]


# --- the draft -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unfolded", [False, True])
@pytest.mark.parametrize("side", [RequestorSide(), ODD], ids=["default", "odd"])
def test_a_side_comes_back_as_it_went_in(qtbot, panel, side, unfolded):
    if unfolded:
        unfold(qtbot, panel, "implementation")
        unfold(qtbot, panel, "timers")
    with qtbot.assertNotEmitted(panel.changed):
        panel.set_side(side)
    assert panel.side() == side


def test_typing_changes_the_draft_and_tells(qtbot, panel):
    with qtbot.waitSignal(panel.changed):
        type_into(qtbot, panel, "host", "pacs")
    type_into(qtbot, panel, "port", "104")
    type_into(qtbot, panel, "called_ae_title", "PACS")
    type_into(qtbot, panel, "calling_ae_title", "CT1")
    type_into(qtbot, panel, "maximum_length", "0")
    side = panel.side()
    assert (side.host, side.port) == ("pacs", 104)
    assert side.handle == replace(RequestorHandle(), called_ae_title="PACS", calling_ae_title="CT1", maximum_length=0)


def test_switching_the_maximum_length_off_leaves_it_out(panel):
    panel.findChild(QWidget, "scu.maximum_length.on").click()
    assert panel.side().handle.maximum_length is None


def test_what_is_folded_can_be_edited_once_unfolded(qtbot, panel):
    unfold(qtbot, panel, "implementation")
    type_into(qtbot, panel, "implementation_version_name", "CT_SIM")
    panel.findChild(QWidget, "scu.implementation_class_uid.on").click()
    unfold(qtbot, panel, "timers")
    type_into(qtbot, panel, "timers.connect", "3,5")
    panel.findChild(QWidget, "scu.timers.artim.on").click()
    side = panel.side()
    assert (side.handle.implementation_version_name, side.handle.implementation_class_uid) == ("CT_SIM", None)
    assert side.timers == Timers(connect=3.5, artim=None)


# --- validation ------------------------------------------------------------------------------------------------------


def test_a_problem_appears_beside_its_field_while_typing(qtbot, panel):
    type_into(qtbot, panel, "called_ae_title", "A_TITLE_THAT_IS_TOO_LONG")
    qtbot.waitUntil(lambda: problem(panel, "called_ae_title").startswith("Error:"))
    assert problem(panel, "calling_ae_title") == ""
    assert panel.side().handle.called_ae_title == "A_TITLE_THAT_IS_TOO_LONG"


def test_with_errors_the_button_says_so_and_sends_what_is_typed(qtbot, panel):
    type_into(qtbot, panel, "called_ae_title", "A_TITLE_THAT_IS_TOO_LONG")
    qtbot.waitUntil(lambda: button(panel, "associate").text() == "Send anyway")
    click(qtbot, panel, "associate")
    assert panel.asked == [panel.side()]


def test_nothing_is_sent_before_the_button_has_said_so(qtbot, panel):
    type_into(qtbot, panel, "called_ae_title", "A_TITLE_THAT_IS_TOO_LONG")
    click(qtbot, panel, "associate")
    assert panel.asked == []
    assert button(panel, "associate").text() == "Send anyway"


def test_an_empty_number_is_an_error_not_a_silent_zero(qtbot, panel):
    type_into(qtbot, panel, "port", "\b")
    panel.check()
    assert "Nothing is typed" in problem(panel, "port")


def test_no_limit_is_said_in_words(qtbot, panel):
    type_into(qtbot, panel, "maximum_length", "0")
    panel.check()
    assert "no limit" in problem(panel, "maximum_length")


def test_a_folded_section_shows_that_something_in_it_is_wrong(qtbot, panel):
    panel.set_side(replace(RequestorSide(), handle=RequestorHandle(implementation_class_uid="not a UID")))
    panel.check()
    marks = [label for label in panel.findChildren(QLabel) if label.accessibleName().endswith("in Implementation")]
    assert [mark.isVisible() for mark in marks] == [True]
    unfold(qtbot, panel, "implementation")
    assert problem(panel, "implementation_class_uid").startswith("Error:")


def test_a_context_without_transfer_syntax_is_marked_in_the_table(panel):
    panel.set_side(ODD)
    panel.check()
    assert panel.has_errors()
    model = panel.findChild(QWidget, "scu.contexts").model()
    assert model.index(1, 1).data(Qt.ItemDataRole.DecorationRole) is not None


# --- buttons by state ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, {"associate"}),
        (State.STA_1, {"associate"}),
        (State.STA_5, {"abort"}),
        (State.STA_6, {"echo", "release", "abort"}),
        (State.STA_7, {"abort"}),
        (State.STA_13, {"associate"}),
    ],
)
def test_buttons_are_enabled_when_they_make_sense(panel, state, expected):
    panel.show_state(state)
    assert enabled(panel) == expected


def test_while_busy_only_abort_makes_sense(panel):
    panel.show_state(State.STA_6)
    panel.show_busy(True)
    assert enabled(panel) == {"abort"}
    panel.show_busy(False)
    assert enabled(panel) == {"echo", "release", "abort"}


def test_an_attempt_can_be_cancelled(qtbot, panel):
    panel.attempt_started()
    panel.show_busy(True)
    assert enabled(panel) == {"abort"}
    assert button(panel, "abort").text() == "Cancel"
    with qtbot.waitSignal(panel.abort_requested):
        click(qtbot, panel, "abort")


def test_the_state_is_words_and_number(panel):
    panel.show_state(State.STA_6)
    assert panel.findChild(QLabel, "scu.state").text() == "Established (Sta6)"
    panel.show_state(None)
    assert panel.findChild(QLabel, "scu.state").text() == "Idle (Sta1)"


@pytest.mark.parametrize("name", ["echo", "release", "abort"])
def test_each_button_asks_for_its_own_thing(qtbot, panel, name):
    panel.show_state(State.STA_6)
    with qtbot.waitSignal(getattr(panel, f"{name}_requested")):
        click(qtbot, panel, name)


# --- what came of it -------------------------------------------------------------------------------------------------


def test_an_accepted_attempt_shows_the_verdict_and_each_contexts_result(qtbot, panel):
    contexts = (ProposedContext(VERIFICATION), ProposedContext(CT))
    panel.set_side(replace(RequestorSide(), handle=RequestorHandle(contexts=contexts)))
    click(qtbot, panel, "associate")
    panel.attempt_started()
    request = request_pdu(panel.asked[0].handle)
    answer = accept_pdu(AcceptorHandle(), AcceptanceRules(), request)
    panel.attempt_finished(Attempt(AttemptEnd.ESTABLISHED, "127.0.0.1:11112", request, answer))
    assert results(panel) == ["Accepted with Implicit VR LE", "Rejected: abstract syntax not supported"]
    verdict = panel.findChild(QLabel, "scu.verdict")
    assert verdict.isVisible()
    assert "Passed" in verdict.text()


def test_an_attempt_under_way_names_its_peer_in_one_word(panel):
    panel.set_side(RequestorSide("2001:db8::1", 104))
    panel.attempt_started()
    assert panel.findChild(QLabel, "scu.verdict").text().endswith("asking [2001:db8::1]:104 …")


def test_a_rejected_attempt_says_why_and_what_next(panel):
    panel.attempt_started()
    request = request_pdu(panel.side().handle)
    panel.attempt_finished(Attempt(AttemptEnd.REJECTED, "127.0.0.1:11112", request, AAssociateRj(1, 1, 7)))
    text = panel.findChild(QLabel, "scu.verdict").text()
    assert "Failed" in text
    assert "What next" in text
    assert results(panel) == ["Not negotiated"]


def test_a_verdict_moves_no_button_from_under_the_mouse(panel):
    echo = button(panel, "echo")
    before = echo.y()
    panel.attempt_finished(Attempt(AttemptEnd.REJECTED, "127.0.0.1:11112", None, AAssociateRj(1, 1, 7)))
    panel.layout().activate()
    assert panel.verdict.isVisible()
    assert echo.y() == before


def test_no_state_asks_for_more_room(panel):
    before = panel.minimumSizeHint().width()
    panel.show_state(State.STA_4)
    panel.layout().activate()
    assert panel.minimumSizeHint().width() == before


def test_words_of_a_peer_are_never_markup(panel):
    panel.echo_finished("<img src=x>")
    assert "&lt;img" in panel.findChild(QLabel, "scu.verdict").text()


def test_an_echo_is_shown_with_its_time(panel):
    panel.echo_finished(EchoResult(3.21, 0, "success (0000H)"))
    assert "3.2 ms" in panel.findChild(QLabel, "scu.verdict").text()


def test_an_echo_that_is_refused_says_why_and_what_to_do(panel):
    panel.echo_finished(EchoResult(3.21, 0x0122, "SOP class not supported (0122H): not today"))
    words = panel.findChild(QLabel, "scu.verdict").text()
    assert "0122H" in words
    assert "not today" in words
    assert "switch C-ECHO on" in words


def test_another_profile_leaves_no_verdict_of_the_one_before(panel):
    panel.attempt_started()
    panel.attempt_finished(Attempt(AttemptEnd.CONNECT_REFUSED, "10.0.0.1:104"))
    assert panel.verdict.isVisible()
    panel.set_side(RequestorSide())
    assert not panel.verdict.isVisible()


def test_what_is_under_way_is_said_whichever_profile_is_open(panel):
    panel.attempt_started()
    panel.set_side(RequestorSide())
    assert panel.verdict.isVisible()


def test_what_the_person_cancelled_has_not_failed(panel):
    panel.attempt_started()
    panel.attempt_finished(Attempt(AttemptEnd.CANCELLED, "10.0.0.1:104"))
    words = panel.verdict.accessibleDescription()
    assert words.startswith("Cancelled:")


def test_what_is_unfolded_comes_into_view(qtbot, panel):
    panel.resize(560, 420)
    qtbot.mouseClick(panel.findChild(QToolButton, "scu.timers"), Qt.MouseButton.LeftButton)
    field = panel.findChild(QLineEdit, "scu.timers.idle")
    qtbot.waitUntil(lambda: field.visibleRegion().boundingRect() == field.rect())


def test_what_is_wrong_stands_in_the_order_of_the_fields(qtbot, panel):
    for name, text in (("port", "0"), ("host", "a b")):
        type_into(qtbot, panel, name, text)
        panel.check()
    host, port = (panel.findChild(QWidget, f"scu.{name}.problem") for name in ("host", "port"))
    qtbot.waitUntil(lambda: host.isVisible() and port.isVisible() and host.y() != port.y())
    assert host.y() < port.y()


# --- misbehaving -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "steps", "is_provoked"),
    [
        (AttemptEnd.RESOLVE_FAILED, (Step("name", "failed", 1.0),), False),
        (AttemptEnd.CONNECT_REFUSED, (Step("name", "passed", 1.0), Step("tcp", "failed", 1.0)), False),
        (AttemptEnd.TLS_FAILED, (Step("tcp", "passed", 1.0), Step("tls", "failed", 1.0)), False),
        (AttemptEnd.CLOSED_BY_PEER, (Step("tcp", "passed", 1.0), Step("association", "failed", 1.0)), True),
    ],
)
def test_a_failure_is_provoked_only_where_something_was_sent(panel, end, steps, is_provoked):
    panel._misbehave("two-requests")
    panel.attempt_started()
    panel.attempt_finished(Attempt(end, "pacs.example:104", steps=steps))
    words = panel.verdict.accessibleDescription()
    assert ("This side misbehaved on purpose." in words) is is_provoked
    assert words.startswith("Failed:")


# --- room ------------------------------------------------------------------------------------------------------------


def places(panel):
    panel.layout().activate()
    return {name: button(panel, name).geometry() for name in ("associate", "echo", "release", "abort")}


@pytest.mark.parametrize("width", [460, 560, 800])
def test_no_text_moves_a_button(qtbot, panel, width):
    panel.resize(max(width, panel.minimumSizeHint().width()), 640)
    panel.set_side(replace(RequestorSide(), handle=RequestorHandle(called_ae_title="RADIOLOGY_PACS_1")))
    before = places(panel)
    panel.attempt_started()
    assert button(panel, "abort").text() == "Cancel"
    assert places(panel) == before
    panel.attempt_finished(Attempt(AttemptEnd.ESTABLISHED, "127.0.0.1:11112"))
    panel.show_state(State.STA_6)
    for name, text in (("called_ae_title", "A_TITLE_THAT_IS_TOO_LONG"), ("host", "a b")):
        type_into(qtbot, panel, name, text)
        panel.check()
        assert button(panel, "associate").text() == "Send anyway"
        assert button(panel, "release").text() == "Release RADIOLOGY_PACS_1"
        assert places(panel) == before


def test_what_a_button_has_no_room_for_is_seen_to_be_missing(qtbot, panel):
    panel.set_side(replace(RequestorSide(), handle=RequestorHandle(called_ae_title="RADIOLOGY_PACS_1")))
    panel.attempt_started()
    panel.attempt_finished(Attempt(AttemptEnd.ESTABLISHED, "127.0.0.1:11112"))
    panel.show_state(State.STA_6)
    type_into(qtbot, panel, "called_ae_title", "B")
    panel.layout().activate()
    option = QStyleOptionButton()
    button(panel, "release").initStyleOption(option)
    assert option.text.startswith("Release R")
    assert option.text.endswith("…")
    assert "RADIOLOGY_PACS_1 at 127.0.0.1:11112" in button(panel, "release").toolTip()
    assert panel.release_action.iconText().endswith("…")


def test_a_state_is_never_cut_to_a_false_port(qtbot, panel):
    panel.resize(520, 640)
    panel.set_side(RequestorSide("localhost", 21042, RequestorHandle(called_ae_title="RADIOLOGY_PACS_1" * 3)))
    panel.attempt_started()
    panel.attempt_finished(Attempt(AttemptEnd.ESTABLISHED, "localhost:21042"))
    panel.show_state(State.STA_6)
    type_into(qtbot, panel, "called_ae_title", "B")
    label = panel.findChild(ElidedLabel, "scu.state")
    assert label.text() == f"Connected to {'RADIOLOGY_PACS_1' * 3}@localhost:21042"
    qtbot.waitUntil(lambda: label.shown_text().endswith(":21042"))
    assert "…" in label.shown_text()
    assert label.text() in label.toolTip()
