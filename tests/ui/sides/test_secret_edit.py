"""A secret is masked until somebody asks to see it; what is no line of text is kept byte by byte."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from parley.model.secret import Secret
from parley.ui.sides.secret_edit import LONGEST_FILE, SecretEdit


@pytest.fixture
def edit(qtbot):
    made = SecretEdit("x.secret", "Passcode", "")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


def is_masked(edit):
    return edit.line.echoMode() == QLineEdit.EchoMode.Password


def test_what_is_typed_is_masked_until_the_reveal_click(qtbot, edit):
    with qtbot.waitSignal(edit.changed):
        qtbot.keyClicks(edit.line, "green")
    assert (edit.value().text, is_masked(edit)) == ("green", True)
    qtbot.mouseClick(edit.reveal, Qt.MouseButton.LeftButton)
    assert (edit.line.displayText(), is_masked(edit)) == ("green", False)
    qtbot.mouseClick(edit.reveal, Qt.MouseButton.LeftButton)
    assert is_masked(edit)


def test_another_secret_is_masked_again(qtbot, edit):
    qtbot.mouseClick(edit.reveal, Qt.MouseButton.LeftButton)
    with qtbot.assertNotEmitted(edit.changed):
        edit.set_value(Secret.of("other"))
    assert (is_masked(edit), "other" in edit.line.displayText()) == (True, False)


def test_the_key_stores_name_survives_typing_and_emptying_leaves_nothing(qtbot, edit):
    edit.set_value(Secret(reference="site-a"))
    assert "kept in the key store" in edit.line.placeholderText()
    qtbot.keyClicks(edit.line, "x")
    assert edit.value() == Secret.of("x", "site-a")
    qtbot.keyClick(edit.line, Qt.Key.Key_Backspace)
    assert edit.value() == Secret()


@pytest.mark.parametrize("data", [b"\x60\x82\x00\xff", b"line\nline"])
def test_a_ticket_from_a_file_is_kept_byte_by_byte(qtbot, edit, tmp_path, data):
    (tmp_path / "ticket").write_bytes(data)
    with qtbot.waitSignal(edit.changed):
        edit.take_file(str(tmp_path / "ticket"))
    assert edit.value().data == data
    assert (edit.line.text(), str(len(data)) in edit.line.placeholderText()) == ("", True)
    qtbot.mouseClick(edit.reveal, Qt.MouseButton.LeftButton)
    assert bytes.fromhex(edit.line.text()) == data
    qtbot.mouseClick(edit.reveal, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(edit.line, "typed")
    assert edit.value().text == "typed"


def test_a_file_that_cannot_be_taken_leaves_everything_and_says_why(qtbot, edit, tmp_path):
    edit.set_value(Secret.of("kept"))
    (tmp_path / "long").write_bytes(bytes(LONGEST_FILE + 1))
    for name, why in (("missing", "cannot be read"), ("long", "longer than 65 535"), (".", "is not a file")):
        with qtbot.waitSignal(edit.changed):
            edit.take_file(str(tmp_path / name))
        assert edit.value() == Secret.of("kept")
        assert [why in text for _, text, _ in edit.typed_problems()] == [True]


def test_the_file_is_asked_for_without_a_nested_loop(qtbot, edit):
    from PySide6.QtWidgets import QFileDialog

    qtbot.mouseClick(edit.load, Qt.MouseButton.LeftButton)
    dialog = edit.findChild(QFileDialog)
    assert dialog.isVisible()
    dialog.reject()


def test_a_user_name_is_no_secret(edit):
    edit.set_value(Secret.of("alice"))
    edit.set_plain(True)
    assert (is_masked(edit), edit.reveal.isVisible(), edit.line.text()) == (False, False, "alice")


def test_it_says_what_becomes_of_what_is_typed(qtbot, edit):
    assert not edit.note.isVisible()
    qtbot.keyClicks(edit.line, "green")
    assert edit.note.isVisible()
    assert "key store" in edit.note.text()
    edit.note.show_problem("this system has no key store")
    assert edit.note.text().startswith("Not saved: this system has no key store. Parley knows it until it is closed")
    edit.set_plain(True)
    assert not edit.note.isVisible()


def test_a_kept_secret_is_fetched_to_be_shown_and_is_no_edit(qtbot, edit):
    kept = Secret(reference="site-a")
    edit.set_value(kept)
    with qtbot.waitSignal(edit.fetch_wanted) as wanted:
        qtbot.mouseClick(edit.reveal, Qt.MouseButton.LeftButton)
    assert wanted.args == ["site-a"]
    with qtbot.assertNotEmitted(edit.changed):
        edit.show_fetched(Secret.of("green", "site-a"))
    assert (edit.line.displayText(), edit.value()) == ("green", kept)
    qtbot.mouseClick(edit.reveal, Qt.MouseButton.LeftButton)
    assert (edit.line.text(), edit.value()) == ("", kept)
    edit.show_fetched(Secret.of("green", "site-a"))
    assert edit.line.text() == ""


def test_what_was_fetched_can_be_typed_on(qtbot, edit):
    edit.set_value(Secret(reference="site-a"))
    qtbot.mouseClick(edit.reveal, Qt.MouseButton.LeftButton)
    edit.show_fetched(Secret.of("green", "site-a"))
    qtbot.keyClicks(edit.line, "er")
    assert edit.value() == Secret.of("greener", "site-a")


def test_a_secret_that_is_not_there_says_why(qtbot, edit):
    edit.set_value(Secret(reference="site-a"))
    qtbot.mouseClick(edit.reveal, Qt.MouseButton.LeftButton)
    edit.show_missing("the key store is locked")
    assert edit.line.placeholderText() == "the key store is locked; type it anew"
    edit.set_value(Secret(reference="site-a"))
    assert "kept in the key store" in edit.line.placeholderText()
