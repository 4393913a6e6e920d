"""Secrets in the window: fetched when they are needed, asked for where nothing has them, kept when it saves."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
)

from parley.keystore.store import SERVICE
from parley.model.files.store import ProfileStore
from parley.model.handle import AcceptanceRules, KnownUser, RequestorHandle, UserIdentity
from parley.model.profile import LOOPBACK, AcceptorSide, Profile, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import Tls
from parley.ui.gates.secret_question import SecretQuestion
from parley.ui.kit.verdict import VerdictView
from parley.ui.sides.secret_edit import SecretNote
from parley.ui.sides.tls_section import TlsSection
from parley.ui.sides.user_identity import UserCheckSection
from tests.bridge.keepers import Lockable, Unusable, keeper_with
from tests.keystore.backends import keep_all
from tests.ui.windows import Stage

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def profile(**secrets):
    """Two secrets for the SCU, one for the SCP, by their names alone."""
    identity = UserIdentity(2, Secret.of("dr"), Secret(reference="passcode"))
    scu = RequestorSide(handle=RequestorHandle(user_identity=identity), tls=Tls(passphrase=Secret(reference="phrase")))
    rules = replace(AcceptorSide().rules, users=(KnownUser("dr", Secret(reference="user")),))
    return Profile("Secret", scu, AcceptorSide(rules=rules))


@pytest.fixture
def backend():
    made = Lockable()
    texts = {"passcode": "correct horse", "phrase": "open sesame", "user": "battery staple"}
    keep_all(profile(), texts, made)
    made.calls.clear()
    return made


@pytest.fixture
def make(qtbot, tmp_path):
    stages = []

    def made(backend, opened=None):
        ProfileStore(tmp_path / "profiles").create(opened or profile())
        stage = Stage(tmp_path, keeper_with(backend))
        stages.append((stage, backend))
        qtbot.addWidget(stage.window)
        stage.window.show()
        qtbot.waitExposed(stage.window)
        stage.window.activateWindow()
        stage.book.open("Secret.toml")
        return stage

    yield made
    for stage, backend in stages:
        if isinstance(backend, Lockable):
            backend.unlocking.set()
        qtbot.waitUntil(lambda stage=stage: stage.book.keeper._job is None)


@pytest.fixture
def stage(make, backend):
    return make(backend)


def press(qtbot, stage, name):
    button = stage.find(QPushButton, name)
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def said(stage, side="scu"):
    view = stage.find(VerdictView, f"{side}.verdict")
    return view.accessibleDescription() if view.isVisible() else ""


def question(qtbot, stage):
    def is_open():
        assert [box for box in stage.window.findChildren(SecretQuestion) if box.isVisible()]

    qtbot.waitUntil(is_open)
    (box,) = [box for box in stage.window.findChildren(SecretQuestion) if box.isVisible()]
    return box


def answer(qtbot, stage, text, *, keep=None):
    box = question(qtbot, stage)
    qtbot.keyClicks(box.findChild(QLineEdit, "secret_question.secret.text"), text)
    if keep is not None:
        box.findChild(QCheckBox, "secret_question.keep").setChecked(keep)
    ok = box.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    qtbot.mouseClick(ok, Qt.MouseButton.LeftButton)


def top_level(stage):
    """What else is on the screen beside the window and its dialogs."""
    return [
        w for w in QApplication.topLevelWidgets() if w.isVisible() and not isinstance(w, QDialog | type(stage.window))
    ]


def words_of(box):
    return "\n".join(label.text() for label in box.findChildren(QLabel) if label.isVisible())


def called(stage):
    return [name for name, *_ in stage.controller.calls]


def test_opening_a_profile_leaves_the_key_store_alone(stage, backend):
    assert backend.calls == []
    assert stage.window.scu.side() == profile().scu


def test_associating_fetches_what_is_needed_and_the_draft_keeps_the_names(qtbot, stage, backend):
    press(qtbot, stage, "scu.associate")
    qtbot.waitUntil(lambda: called(stage) == ["associate"])
    side = stage.controller.calls[0][1]
    assert side.handle.user_identity.secondary.text == "correct horse"
    assert side.tls.passphrase.text == "open sesame"
    assert [name for _, name in backend.calls] == ["passcode", "phrase"]
    assert stage.window.scu.side() == profile().scu
    assert not stage.book.is_dirty
    backend.calls.clear()
    press(qtbot, stage, "scu.associate")
    assert (called(stage), backend.calls) == (["associate", "associate"], [])


def test_listening_fetches_the_acceptors(qtbot, stage, backend):
    press(qtbot, stage, "scp.listen")
    qtbot.waitUntil(lambda: called(stage) == ["listen"])
    assert stage.controller.calls[0][1].rules.users[0].passcode.text == "battery staple"
    assert [name for _, name in backend.calls] == ["user"]


def test_the_window_goes_on_while_the_key_store_is_being_unlocked_and_cancel_gives_up(qtbot, stage, backend):
    backend.unlocking.clear()
    press(qtbot, stage, "scu.associate")
    assert said(stage).startswith("Waiting for the key store: unlock it")
    assert not stage.find(QPushButton, "scu.associate").isEnabled()
    press(qtbot, stage, "scu.abort")
    assert said(stage) == "Given up. Nothing was sent."
    backend.unlocking.set()
    qtbot.waitUntil(lambda: stage.book.keeper._job is None)
    assert called(stage) == ["abort"]
    press(qtbot, stage, "scu.associate")
    qtbot.waitUntil(lambda: called(stage)[-1] == "associate")


def test_stop_gives_up_listening_that_waits(qtbot, stage, backend):
    backend.unlocking.clear()
    press(qtbot, stage, "scp.listen")
    assert not stage.find(QPushButton, "scp.listen").isEnabled()
    press(qtbot, stage, "scp.stop")
    assert stage.find(QPushButton, "scp.listen").isEnabled()
    backend.unlocking.set()
    qtbot.waitUntil(lambda: stage.book.keeper._job is None)
    assert "listen" not in called(stage)


def test_another_profile_does_not_inherit_what_waits(qtbot, stage, backend):
    backend.unlocking.clear()
    press(qtbot, stage, "scu.associate")
    stage.book.open(LOOPBACK.name)
    backend.unlocking.set()
    qtbot.waitUntil(lambda: stage.book.keeper._job is None)
    assert "associate" not in called(stage)
    assert stage.find(QPushButton, "scu.associate").isEnabled()


def test_what_the_key_store_does_not_have_is_asked_for_and_kept(qtbot, stage, backend):
    backend.kept.clear()
    press(qtbot, stage, "scu.associate")
    box = question(qtbot, stage)
    assert "SCU passcode" in words_of(box)
    assert "It is sent to 127.0.0.1:11112, with TLS. The key store has none of that name." in words_of(box)
    assert said(stage) == "Needed first: the SCU passcode."
    line = box.findChild(QLineEdit, "secret_question.secret.text")
    assert line.echoMode() == QLineEdit.EchoMode.Password
    assert not box.findChild(QPushButton, "secret_question.ok").isEnabled()
    qtbot.keyClicks(line, "new ")
    assert top_level(stage) == []
    answer(qtbot, stage, "horse")
    qtbot.waitUntil(lambda: "passphrase" in words_of(question(qtbot, stage)))
    answer(qtbot, stage, "new sesame", keep=False)
    qtbot.waitUntil(lambda: called(stage) == ["associate"])
    side = stage.controller.calls[0][1]
    assert (side.handle.user_identity.secondary.text, side.tls.passphrase.text) == ("new horse", "new sesame")
    qtbot.waitUntil(lambda: stage.book.keeper._job is None)
    assert backend.secrets == {"passcode": "new horse"}


def test_a_given_secret_that_the_key_store_does_not_take_is_used_and_that_is_said(qtbot, stage, backend):
    del backend.kept[SERVICE, "passcode"]
    press(qtbot, stage, "scu.associate")
    question(qtbot, stage)
    backend.is_locked = True
    answer(qtbot, stage, "new horse")
    assert called(stage) == ["associate"]
    line = stage.window.profiles._line
    qtbot.waitUntil(line.isVisible)
    assert line.text() == (
        "The key store did not take the SCU passcode: the key store is locked and was not unlocked. "
        "Parley knows it until it is closed."
    )


def test_cancelling_the_question_ends_the_attempt_and_says_why(qtbot, stage, backend):
    backend.kept.clear()
    press(qtbot, stage, "scu.associate")
    question(qtbot, stage).reject()
    assert called(stage) == []
    assert said(stage) == "Given up. The SCU passcode was not given, and the key store has none of that name."
    assert stage.find(QPushButton, "scu.associate").isEnabled()


def test_a_locked_key_store_is_said_and_cannot_be_asked_to_keep(qtbot, stage, backend):
    backend.is_locked = True
    press(qtbot, stage, "scu.associate")
    box = question(qtbot, stage)
    assert "The key store is locked and was not unlocked." in words_of(box)
    assert "Or cancel, unlock the key store or allow Parley to use it, and try again." in words_of(box)
    assert not box.findChild(QCheckBox, "secret_question.keep").isVisible()
    box.reject()


def test_without_a_key_store_it_is_asked_for_once_a_run(qtbot, make):
    stage = make(Unusable())
    press(qtbot, stage, "scu.associate")
    words = words_of(question(qtbot, stage))
    assert "This system has no key store that can be used." in words
    assert "unlock" not in words
    answer(qtbot, stage, "one")
    qtbot.waitUntil(lambda: "passphrase" in words_of(question(qtbot, stage)))
    answer(qtbot, stage, "two")
    qtbot.waitUntil(lambda: called(stage) == ["associate"])
    stage.book.open(LOOPBACK.name)
    stage.book.open("Secret.toml")
    press(qtbot, stage, "scu.associate")
    assert called(stage) == ["associate", "associate"]


@pytest.mark.parametrize(("kind", "words"), [(Lockable, "Saving the profile puts it"), (Unusable, "Not saved: this")])
def test_where_a_secret_is_typed_it_says_what_becomes_of_it(qtbot, make, kind, words):
    stage = make(kind(), Profile("Secret"))
    section = stage.window.scu.findChild(TlsSection)
    section.unfold()
    section.findChild(QAbstractButton, "scu.tls.on").click()
    qtbot.keyClicks(stage.find(QLineEdit, "scu.tls.passphrase.text"), "open sesame")
    note = stage.find(SecretNote, "scu.tls.passphrase.note")
    qtbot.waitUntil(lambda: stage.book.keeper._job is None)
    assert note.isVisible()
    assert note.text().startswith(words)


def test_known_users_say_it_beneath_their_table(qtbot, make):
    stage = make(Unusable(), Profile("Secret"))
    panel = stage.window.scp
    panel.findChild(UserCheckSection).unfold()
    note = stage.find(SecretNote, "scp.users.note")
    assert not note.isVisible()
    panel.set_side(AcceptorSide(rules=AcceptanceRules(users=(KnownUser("dr", Secret.of("x")),))))
    qtbot.waitUntil(lambda: stage.book.keeper._job is None)
    assert note.isVisible()
    assert note.text().startswith("Not saved: this system has no key store")
    panel.set_side(AcceptorSide(rules=AcceptanceRules(users=(KnownUser("dr"),))))
    assert not note.isVisible()


def test_saving_gives_the_panel_the_name_and_keeps_what_stands_there(qtbot, make):
    backend = Lockable()
    stage = make(backend, Profile("Secret"))
    section = stage.window.scu.findChild(TlsSection)
    section.unfold()
    section.findChild(QAbstractButton, "scu.tls.on").click()
    qtbot.keyClicks(stage.find(QLineEdit, "scu.tls.passphrase.text"), "open sesame")
    stage.window.profiles.save_action.trigger()
    qtbot.waitUntil(lambda: stage.book.keeper._job is None)
    assert list(backend.secrets.values()) == ["open sesame"]
    assert stage.window.scu.side().tls.passphrase == Secret.of("open sesame", *backend.secrets)
    assert not stage.book.is_dirty
    assert not stage.window.isWindowModified()


def test_one_click_shows_a_kept_secret_in_its_field(qtbot, stage, backend):
    section = stage.window.scu.findChild(TlsSection)
    section.unfold()
    line = stage.find(QLineEdit, "scu.tls.passphrase.text")
    assert line.text() == ""
    stage.find(QToolButton, "scu.tls.passphrase.reveal").click()
    qtbot.waitUntil(lambda: line.displayText() == "open sesame")
    assert not stage.book.is_dirty


def test_a_note_that_a_secret_is_not_kept_stands_beneath_the_profiles(qtbot, make):
    stage = make(Unusable(), Profile("Secret"))
    scu = replace(stage.book.draft.scu, tls=Tls(passphrase=Secret.of("x")))
    stage.book.edit(scu, stage.book.draft.scp)
    stage.book.save()
    qtbot.waitUntil(lambda: "Saved without the SCU passphrase" in stage.window.profiles._line.text())
    assert not stage.book.is_dirty
