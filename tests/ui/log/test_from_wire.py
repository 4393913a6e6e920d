"""From the log to the panels: a request or an answer that was seen becomes the draft."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton

from parley.model.build import accept_pdu, request_pdu
from parley.model.event import EventKind
from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    AsynchronousOperations,
    ProposedContext,
    RequestorHandle,
    RoleProposal,
    SupportedContext,
)
from parley.ui.kit.fields import ToneLine
from parley.ui.kit.job_line import JobLine
from parley.ul.codec import encode
from parley.ul.codes import VERIFICATION
from parley.ul.pdu import AReleaseRq, UnknownItem
from tests.bridge.samples import Samples

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CT, JPEG = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.4.50"
DEVICE = RequestorHandle(
    "ARCHIVE",
    "CT_1",
    (ProposedContext(VERIFICATION), ProposedContext(CT, (JPEG,))),
    maximum_length=0,
    implementation_version_name="CT 2000",
    asynchronous_operations=AsynchronousOperations(3, 1),
    roles=(RoleProposal(CT, 1, 1),),
)
ARCHIVE = AcceptorHandle("ARCHIVE", (SupportedContext(CT, (JPEG,)),), 32768, None, None)


def received(stage, *pdus):
    samples = Samples()
    events = [samples.event(EventKind.PDU_RECEIVED, 1, pdu=pdu, data=encode(pdu)) for pdu in pdus]
    stage.log.append(events)
    return stage.window.log_view.table


def press(qtbot, stage, name):
    qtbot.mouseClick(stage.find(QToolButton, name), Qt.MouseButton.LeftButton)


def message(stage, side):
    lines = getattr(stage.window, side).findChildren(JobLine)
    return next(line.message for line in lines if line.findChild(ToneLine, f"{side}.loaded.message"))


def test_nothing_can_be_loaded_before_an_event_is_selected(stage):
    actions = stage.window.from_wire.request_action, stage.window.from_wire.answer_action
    assert [action.isEnabled() for action in actions] == [False, False]
    table = received(stage, AReleaseRq())
    table.selectRow(0)
    assert [action.isEnabled() for action in actions] == [False, False]


def test_a_request_fills_the_scu_panel_and_is_undone(qtbot, stage):
    before = stage.window.scu.side()
    received(stage, request_pdu(DEVICE)).selectRow(0)
    press(qtbot, stage, "details.load_into_scu")
    assert stage.window.scu.side() == replace(before, handle=DEVICE)
    assert stage.book.draft.scu.handle == DEVICE
    assert message(stage, "scu") == "Loaded from event #1: the request of CT_1."
    stage.window.undo.undo_action.trigger()
    assert stage.window.scu.side() == stage.book.draft.scu == before
    assert message(stage, "scu") == ""


def test_the_logs_context_menu_has_both(stage):
    actions = stage.window.log_view.table.actions()
    assert {stage.window.from_wire.request_action, stage.window.from_wire.answer_action} <= set(actions)


def test_an_answer_fills_the_scp_panel_with_what_it_answered(qtbot, stage):
    before = stage.window.scp.side()
    request = request_pdu(DEVICE)
    answer = accept_pdu(ARCHIVE, AcceptanceRules(), request)
    received(stage, request, answer).selectRow(1)
    press(qtbot, stage, "details.load_into_scp")
    loaded = stage.window.scp.side()
    assert (loaded.host, loaded.port, loaded.rules) == (before.host, before.port, before.rules)
    assert accept_pdu(loaded.handle, loaded.rules, request) == answer
    assert loaded.handle.contexts == ARCHIVE.contexts
    assert message(stage, "scp") == "Loaded from event #2: the answer of ARCHIVE."


def test_any_event_of_an_association_leads_to_its_request(qtbot, stage):
    received(stage, request_pdu(DEVICE), AReleaseRq()).selectRow(1)
    press(qtbot, stage, "details.load_into_scu")
    assert stage.window.scu.side().handle == DEVICE


def test_an_answer_without_its_request_says_so(qtbot, stage):
    answer = accept_pdu(ARCHIVE, AcceptanceRules(), request_pdu(DEVICE))
    received(stage, answer).selectRow(0)
    press(qtbot, stage, "details.load_into_scp")
    assert "request that was answered is not in the log" in message(stage, "scp")
    assert [answer.context_id for answer in stage.window.scp.side().handle.forced_answers] == [1, 3]


def test_what_a_handle_cannot_say_is_told(qtbot, stage):
    request = request_pdu(DEVICE)
    odd = replace(request, items=(UnknownItem(0x60, b"?"), *request.items), reserved=7)
    received(stage, odd).selectRow(0)
    press(qtbot, stage, "details.load_into_scu")
    assert stage.window.scu.side().handle == DEVICE
    assert "Not all of it can be said here:" in message(stage, "scu")


def test_loading_brings_a_hidden_panel_back(qtbot, stage):
    stage.find_action("view.scu").trigger()
    assert not stage.window.scu.isVisible()
    received(stage, request_pdu(DEVICE)).selectRow(0)
    press(qtbot, stage, "details.load_into_scu")
    assert stage.window.scu.isVisible()


def test_loading_what_is_there_already_is_no_edit(qtbot, stage):
    received(stage, request_pdu(stage.window.scu.side().handle)).selectRow(0)
    press(qtbot, stage, "details.load_into_scu")
    assert not stage.window.undo.undo_action.isEnabled()


def test_of_very_many_contexts_as_many_are_loaded_as_an_association_can_hold(qtbot, stage):
    request = request_pdu(DEVICE)
    contexts = tuple(replace(request.presentation_contexts[0], context_id=number % 256) for number in range(3000))
    received(stage, replace(request, items=(*contexts, *request.items))).selectRow(0)
    press(qtbot, stage, "details.load_into_scu")
    assert len(stage.window.scu.side().handle.contexts) == 256
    assert "2746 presentation contexts beyond the first 256" in message(stage, "scu")
