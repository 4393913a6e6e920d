"""Misbehaving on purpose, in the window: the list, the question before it goes to other machines, and its memory."""

import threading
import time
from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QLabel, QListWidget, QMessageBox, QPushButton, QToolButton

from parley.bridge.loop.job import Job
from parley.model.answering import Answering, AnswerRule, DecisionMode
from parley.model.consent import LASTS_SECONDS, Party
from parley.model.files.consent_file import read_consents, remember_consent
from parley.model.handle import AcceptorHandle, RequestorHandle
from parley.model.misbehaviour.tables import REQUESTOR
from parley.model.profile import LOOPBACK, AcceptorSide, Profile, RequestorSide
from parley.ui.kit.verdict import VerdictView
from tests.ui.windows import type_into

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
STRANGER = "192.0.2.7"
ODD = AnswerRule("~calling CT*", "misbehave two-answers")
NAME_ROLE = Qt.ItemDataRole.UserRole


@pytest.fixture
def odd(stage):
    """A stage with a profile of its own open."""
    stage.book.start(stage.store.create(Profile("Ours")))
    return stage


def calls(stage):
    return [(name, *arguments[1:]) for name, *arguments in stage.controller.calls]


def names_list(stage):
    return stage.find(QListWidget, "scu.misbehave.list")


def choose(stage, name):
    """Unfold the section and select a misbehaviour."""
    stage.window.scu.misbehave_action.trigger()
    names = names_list(stage)
    rows = [row for row in range(names.count()) if names.item(row).data(NAME_ROLE) == name]
    names.setCurrentRow(*rows)


def associate(qtbot, stage, name="two-requests"):
    choose(stage, name)
    qtbot.mouseClick(stage.find(QPushButton, "scu.misbehave.associate"), Qt.MouseButton.LeftButton)


def call_stranger(stage):
    stage.window.scu.set_side(RequestorSide(host=STRANGER))


def question(stage):
    boxes = [box for box in stage.window.findChildren(QMessageBox, "misbehave_question") if box.isVisible()]
    assert len(boxes) <= 1
    return boxes[0] if boxes else None


def press(qtbot, box, words):
    button = next(each for each in box.findChildren(QAbstractButton) if each.text().replace("&", "") == words)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def verdict(stage, side):
    return stage.find(VerdictView, f"{side}.verdict").accessibleDescription()


# --- the list --------------------------------------------------------------------------------------------------------


def test_every_misbehaviour_is_listed_under_a_heading(stage):
    choose(stage, "two-requests")
    names = names_list(stage)
    items = [names.item(row) for row in range(names.count())]
    headings = [item.text() for item in items if item.data(NAME_ROLE) is None]
    assert [item.data(NAME_ROLE) for item in items if item.data(NAME_ROLE)] == list(REQUESTOR)
    assert items[0].text() == headings[0] == "An odd A-ASSOCIATE-RQ"
    assert len(headings) == len(set(headings)) == 4
    assert "Later" not in headings
    assert not any(item.flags() for item in items if item.data(NAME_ROLE) is None)


def test_what_the_selected_one_is_stands_beneath(stage):
    choose(stage, "two-requests")
    about = stage.find(QLabel, "scu.misbehave.about")
    assert about.text() == f"{REQUESTOR['two-requests'].about} It breaks the standard."
    choose(stage, "maximum-length-0")
    assert about.text().endswith("The standard allows it.")
    choose(stage, "close-without-release")
    assert about.text().endswith("It begins when you press Release.")


def test_enter_associates_with_the_selected_one(qtbot, stage):
    choose(stage, "half-request")
    qtbot.keyClick(names_list(stage), Qt.Key.Key_Return)
    assert calls(stage) == [("associate", "half-request")]


def test_the_next_association_is_as_usual(qtbot, stage):
    associate(qtbot, stage)
    stage.window.scu.associate_action.trigger()
    assert calls(stage) == [("associate", "two-requests"), ("associate", None)]


def test_it_can_be_asked_for_whenever_an_association_can(qtbot, stage):
    choose(stage, "two-requests")
    button = stage.find(QPushButton, "scu.misbehave.associate")
    stage.controller.attempt_started.emit(stage.window.scu.side())
    assert not button.isEnabled()
    qtbot.keyClick(names_list(stage), Qt.Key.Key_Return)
    assert calls(stage) == []


def test_the_action_leads_to_the_list(stage):
    assert stage.window.scu.misbehave_action in stage.window.menus.scu.actions()
    stage.window.scu.misbehave_action.trigger()
    assert names_list(stage).hasFocus()


def test_every_widget_has_a_name(stage):
    choose(stage, "two-requests")
    for kind, name in ((QToolButton, ""), (QListWidget, ".list"), (QLabel, ".about"), (QPushButton, ".associate")):
        assert stage.find(kind, f"scu.misbehave{name}").accessibleName()


# --- the question ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_towards_this_machine_nobody_is_asked(qtbot, odd, host):
    odd.window.scu.set_side(RequestorSide(host=host))
    associate(qtbot, odd)
    assert question(odd) is None
    assert calls(odd) == [("associate", "two-requests")]


def test_an_ipv6_address_is_asked_about_in_brackets(qtbot, odd):
    odd.window.scu.set_side(RequestorSide(host="2001:db8::7"))
    associate(qtbot, odd)
    assert question(odd).text() == "Send this to PARLEY_SCP at [2001:db8::7]:11112?"


def test_towards_another_machine_it_waits_for_an_answer_and_says_what_to_whom_and_why(qtbot, odd):
    call_stranger(odd)
    associate(qtbot, odd)
    box = question(odd)
    assert calls(odd) == []
    assert box.text() == "Send this to PARLEY_SCP at 192.0.2.7:11112?"
    assert REQUESTOR["two-requests"].about in box.informativeText()
    assert "may hang, restart, or stop answering" in box.informativeText()
    press(qtbot, box, "Send")
    assert calls(odd) == [("associate", "two-requests")]


def test_cancelling_sends_nothing_and_is_not_remembered(qtbot, odd):
    call_stranger(odd)
    associate(qtbot, odd)
    press(qtbot, question(odd), "Cancel")
    assert calls(odd) == []
    assert "Nothing was sent." in verdict(odd, "scu")
    associate(qtbot, odd)
    assert question(odd) is not None


def test_it_asks_once_for_each_peer_whichever_profile_names_it(qtbot, odd):
    theirs = odd.store.create(Profile("Theirs", RequestorSide(host="192.0.2.007")))
    odd.book.refresh()
    call_stranger(odd)
    associate(qtbot, odd)
    press(qtbot, question(odd), "Send")
    associate(qtbot, odd, "half-request")
    assert question(odd) is None
    assert len(calls(odd)) == 2
    odd.book.revert()
    odd.book.open(theirs)
    associate(qtbot, odd)
    assert question(odd) is None
    assert len(calls(odd)) == 3


@pytest.mark.parametrize(
    "edited",
    [
        RequestorSide(host="192.0.2.8"),
        RequestorSide(host=STRANGER, port=104),
        RequestorSide(host=STRANGER, handle=RequestorHandle(called_ae_title="ANOTHER")),
    ],
)
def test_consent_to_one_peer_is_none_to_another_that_is_typed_since(qtbot, odd, edited):
    call_stranger(odd)
    associate(qtbot, odd)
    press(qtbot, question(odd), "Send")
    odd.window.scu.set_side(edited)
    associate(qtbot, odd)
    assert question(odd) is not None
    assert len(calls(odd)) == 1


def test_the_usual_association_is_never_asked_about(odd):
    call_stranger(odd)
    odd.window.scu.associate_action.trigger()
    assert question(odd) is None
    assert calls(odd) == [("associate", None)]


def test_another_profile_takes_the_question_away(qtbot, odd):
    call_stranger(odd)
    associate(qtbot, odd)
    odd.book.opened.emit(LOOPBACK)
    assert question(odd) is None
    assert calls(odd) == []


# --- the SCP ---------------------------------------------------------------------------------------------------------


def listen(stage, side):
    stage.window.scp.set_side(side)
    stage.window.scp.listen_action.trigger()


@pytest.mark.parametrize(
    "answering",
    [
        Answering(rules=(ODD,)),
        Answering(DecisionMode.ASK, default_answer="misbehave half-answer"),
        Answering(rules=(AnswerRule(), replace(ODD, answer="after 2 s misbehave half-answer"))),
    ],
)
def test_listening_where_others_may_call_asks_for_answers_that_misbehave(qtbot, odd, answering):
    listen(odd, AcceptorSide(host="0.0.0.0", answering=answering))
    box = question(odd)
    assert calls(odd) == []
    assert box.text() == "Send this to whoever calls 0.0.0.0?"
    press(qtbot, box, "Send")
    assert calls(odd) == [("listen",)]


@pytest.mark.parametrize(
    "side",
    [
        AcceptorSide(answering=Answering(rules=(ODD,))),
        AcceptorSide(host="0.0.0.0", answering=Answering(rules=(replace(ODD, is_on=False),))),
        AcceptorSide(host="0.0.0.0", answering=Answering(rules=(AnswerRule("~tls", "reject 1/1/7"),))),
    ],
)
def test_listening_is_not_asked_about_where_nobody_else_is_concerned(odd, side):
    listen(odd, side)
    assert question(odd) is None
    assert calls(odd) == [("listen",)]


def test_listening_asks_for_what_is_armed(qtbot, odd):
    odd.window.scp.arm.chosen.emit("misbehave two-answers")
    assert question(odd) is None
    assert odd.desk.armed.text == "misbehave two-answers"
    listen(odd, AcceptorSide(host="0.0.0.0"))
    press(qtbot, question(odd), "Cancel")
    assert calls(odd) == []
    assert "Nothing was sent." in verdict(odd, "scp")
    odd.desk.disarm()


def test_arming_and_applying_while_others_may_call_ask(qtbot, odd):
    listen(odd, AcceptorSide(host="0.0.0.0"))
    odd.controller.listening_changed.emit("0.0.0.0:11112")
    odd.window.scp.arm.chosen.emit("misbehave two-answers")
    assert question(odd).text() == "Send this to whoever calls 0.0.0.0:11112?"
    press(qtbot, question(odd), "Cancel")
    assert odd.desk.armed is None
    odd.window.scp.set_side(AcceptorSide(host="0.0.0.0", answering=Answering(rules=(ODD,))))
    odd.window.scp.change_requested.emit(odd.window.scp.side())
    assert question(odd) is not None


def test_an_answer_by_hand_asks_when_its_peer_is_another_machine(qtbot, odd):
    answered, gate = [], odd.window.misbehave
    gate.answer("misbehave two-answers", ("127.0.0.1:5000",), partial(answered.append, "near"))
    gate.answer("reject 1/1/7", (f"{STRANGER}:5000",), partial(answered.append, "usual"))
    assert answered == ["near", "usual"]
    gate.answer("misbehave two-answers", ("127.0.0.1:5000", f"{STRANGER}:5000"), partial(answered.append, "far"))
    assert question(odd).text() == f"Send this to {STRANGER}:5000?"
    assert answered == ["near", "usual"]
    press(qtbot, question(odd), "Send")
    assert answered == ["near", "usual", "far"]


def test_many_misbehaviours_do_not_fill_the_screen(odd):
    names = ("two-answers", "half-answer", "zero-titles", "no-items", "double-context", "missing-context")
    odd_rules = tuple(AnswerRule("~tls", f"misbehave {name}") for name in names)
    listen(odd, AcceptorSide(host="0.0.0.0", answering=Answering(rules=odd_rules)))
    assert "… and 2 more." in question(odd).informativeText()


# --- the memory ------------------------------------------------------------------------------------------------------


def test_it_is_remembered_by_this_machine_and_not_by_the_profile(qtbot, odd):
    call_stranger(odd)
    odd.window.scu.changed.emit()
    associate(qtbot, odd)
    press(qtbot, question(odd), "Send")
    odd.book.save()
    assert "misbehave" not in odd.store.text(odd.book.key)
    (consent,) = read_consents()
    assert consent.party.is_same(Party.calling(RequestorSide(host=STRANGER)))


def test_what_another_process_was_told_counts_at_once(qtbot, odd):
    call_stranger(odd)
    associate(qtbot, odd)
    press(qtbot, question(odd), "Cancel")
    remember_consent([Party.calling(RequestorSide(host=STRANGER))], time.time())
    associate(qtbot, odd)
    assert question(odd) is None
    assert calls(odd) == [("associate", "two-requests")]


def test_consent_that_has_expired_asks_again(qtbot, odd):
    remember_consent([Party.calling(RequestorSide(host=STRANGER))], time.time() - LASTS_SECONDS - 1)
    call_stranger(odd)
    associate(qtbot, odd)
    assert question(odd) is not None


def test_consent_to_listen_somewhere_is_none_for_another_address_port_or_title(qtbot, odd):
    side = AcceptorSide(host="0.0.0.0", answering=Answering(rules=(ODD,)))
    listen(odd, side)
    press(qtbot, question(odd), "Send")
    listen(odd, side)
    assert question(odd) is None
    for other in (
        replace(side, host="*"),
        replace(side, port=104),
        replace(side, handle=AcceptorHandle(ae_title="ANOTHER")),
    ):
        listen(odd, other)
        press(qtbot, question(odd), "Cancel")
    assert len(calls(odd)) == 2


def test_what_was_agreed_to_for_a_profile_is_forgotten(stage):
    settings = QSettings(str(stage.folder / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("misbehave/profiles", ["/somewhere/Ours.toml"])
    settings.sync()
    stage.window.deleteLater()
    window = stage.open()
    assert not window._settings.contains("misbehave/profiles")
    window.deleteLater()


# --- what is not to be tested ----------------------------------------------------------------------------------------


@pytest.fixture
def exempt(stage):
    """A stage with a profile of whose peer it is said that it is not to be tested, and another one open."""
    side = RequestorSide(host=STRANGER, do_not_test="it is in use; ask Dr Ito")
    stage.store.create(Profile("Live", side))
    stage.book.start(stage.store.create(Profile("Ours")))
    return stage


def test_what_is_not_to_be_tested_is_known_by_its_address_however_it_is_given(qtbot, exempt):
    exempt.window.scu.set_side(RequestorSide(host="::ffff:192.0.2.7", port=4242))
    associate(qtbot, exempt)
    assert question(exempt) is None
    assert calls(exempt) == []
    said = verdict(exempt, "scu")
    assert 'The profile "Live" says that 192.0.2.7 is not to be tested: it is in use; ask Dr Ito.' in said
    assert "change that under Testing in that profile" in said


def test_an_association_and_an_echo_by_hand_stay_allowed(exempt):
    call_stranger(exempt)
    exempt.window.scu.associate_action.trigger()
    assert calls(exempt) == [("associate", None)]


def test_consent_does_not_outweigh_it(qtbot, exempt):
    remember_consent([Party.calling(RequestorSide(host=STRANGER))], time.time())
    call_stranger(exempt)
    associate(qtbot, exempt)
    assert calls(exempt) == []


def test_the_open_profile_counts_as_it_is_edited_and_undone(qtbot, odd):
    scu = odd.window.scu
    scu.set_side(RequestorSide(do_not_test="no"))
    scu.changed.emit()
    associate(qtbot, odd)
    assert calls(odd) == []
    odd.book.undo()
    assert scu.side().do_not_test is None
    associate(qtbot, odd)
    assert calls(odd) == [("associate", "two-requests")]


def test_typing_another_host_does_not_free_the_one_that_is_saved(qtbot, exempt):
    exempt.book.open("Live.toml")
    scu = exempt.window.scu
    scu.set_side(replace(scu.side(), host="192.0.2.8", do_not_test=None))
    scu.changed.emit()
    assert exempt.consent.why_spared(STRANGER)
    scu.set_side(replace(scu.side(), host=STRANGER))
    scu.changed.emit()
    assert not exempt.consent.why_spared(STRANGER), "that it may be tested was said of this one"


def test_an_answer_by_hand_spares_what_is_not_to_be_tested(exempt):
    answered, gate = [], exempt.window.misbehave
    gate.answer("misbehave two-answers", (f"{STRANGER}:5000",), partial(answered.append, "odd"))
    assert question(exempt) is None
    assert 'The profile "Live" says' in verdict(exempt, "scp")
    gate.answer("accept", (f"{STRANGER}:5000",), partial(answered.append, "usual"))
    assert answered == ["usual"]


def test_a_name_is_looked_up_before_it_is_ruled_on(qtbot, exempt):
    names = {"pacs.example": frozenset({STRANGER})}
    exempt.consent._look_up = lambda wanted: {name: names.get(name, frozenset()) for name in wanted}
    exempt.window.scu.set_side(RequestorSide(host="pacs.example"))
    associate(qtbot, exempt)
    assert verdict(exempt, "scu").startswith("Looking up names:")
    qtbot.waitUntil(lambda: "Not to be tested." in verdict(exempt, "scu"))
    assert 'The profile "Live" says' in verdict(exempt, "scu")
    assert calls(exempt) == []


def test_looking_up_a_name_is_given_up_with_the_profile(qtbot, odd):
    asked, answer = threading.Event(), threading.Event()

    def look_up(wanted):
        asked.set()
        answer.wait(10)
        return dict.fromkeys(wanted, frozenset())

    odd.consent._look_up = look_up
    odd.window.scu.set_side(RequestorSide(host="pacs.example"))
    associate(qtbot, odd)
    assert asked.wait(10)
    odd.book.opened.emit(LOOPBACK)
    answer.set()
    qtbot.waitUntil(lambda: not odd.consent.findChildren(Job))
    assert question(odd) is None
    assert calls(odd) == []


def test_the_reason_is_typed_checked_and_undone(qtbot, stage):
    window = stage.window
    qtbot.mouseClick(stage.find(QToolButton, "scu.testing"), Qt.MouseButton.LeftButton)
    switch = stage.find(QCheckBox, "scu.do_not_test.on")
    switch.click()
    window.scu.check()
    assert [problem.text for problem in window.scu.problems() if problem.field == "do_not_test"] == [
        "No reason is given why this peer is not to be tested.",
        "At this machine, only what is behind this port is not tested.",
    ]
    type_into(qtbot, stage, "scu.do_not_test", "in use")
    assert window.scu.side().do_not_test == "in use"
    assert "not allowed: in use" in [label.toolTip() for label in window.scu.findChildren(QLabel)]
    stage.book.undo()
    stage.book.undo()
    assert window.scu.side().do_not_test is None
    assert not switch.isChecked()
