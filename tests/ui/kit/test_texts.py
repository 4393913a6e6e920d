"""Texts of others in widgets, titles, menus and message boxes."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QTextDocumentFragment
from PySide6.QtGui import Qt as QtGuiQt
from PySide6.QtWidgets import QLabel, QMenu, QMessageBox, QWidget

import parley
from parley.bridge.tooltips import tip_text
from parley.ui.kit.texts import Label, add_choice, message_box, set_title, share_tip, text_question
from tests.ui.foreign import tags_in

MARKUP = '<img src="/etc/hostname"> & &lt;b&gt;\u202e'
SHOWN = r'<img src="/etc/hostname"> & &lt;b&gt;\u202e'


@pytest.mark.parametrize("text", ["plain", "A & B", "two\nlines", "", "1 &amp; 2", "b > a"])
def test_a_tooltip_that_qt_would_not_take_for_markup_stays(text):
    assert tip_text(text) == text
    assert not QtGuiQt.mightBeRichText(text)


@pytest.mark.parametrize(
    "text", [MARKUP, "<b>x</b>", "&lt;b&gt;", "<!doctype html>", "<?xml version='1.0'?>", " <p>", "a < b"]
)
def test_a_tooltip_shows_its_markup(text):
    tip = tip_text(text)
    assert QtGuiQt.mightBeRichText(tip)
    assert tags_in(tip) == {"p"}
    assert QTextDocumentFragment.fromHtml(tip).toPlainText().strip() == text.replace("\u202e", r"\u202e").strip()


def test_a_label_is_plain_and_shows_what_cannot_be_seen(qtbot):
    label = Label(MARKUP)
    qtbot.addWidget(label)
    assert label.text() == SHOWN
    assert label.textFormat() is QtGuiQt.TextFormat.PlainText
    label.setText("a\x1b\nb")
    assert label.text() == "a\\x1b\nb"


def test_a_choice_has_no_shortcut_and_a_tooltip_of_its_own(qtbot):
    menu = QMenu()
    qtbot.addWidget(menu)
    action = add_choice(menu, MARKUP)
    assert action.text() == SHOWN.replace("&", "&&")
    assert tags_in(action.toolTip()) == {"p"}


def test_a_tooltip_is_shared_as_it_is(qtbot):
    widget, action = QWidget(), QAction("x")
    qtbot.addWidget(widget)
    action.setToolTip(tip_text(MARKUP))
    share_tip(action, widget)
    assert widget.toolTip() == action.toolTip()


@pytest.mark.parametrize("name", ["a[*]b", "[*]", "[*][*]", "x"])
def test_the_mark_of_a_title_is_ours_alone(name, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    set_title(window, f"{name}\u200b", "[*] — Parley")
    assert window.windowTitle() == name.replace("[*]", "[*][*]") + r"\u200b[*] — Parley"


def test_the_label_of_a_question_for_a_text_is_plain(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    dialog = text_question(window, "some_question", "Some title", MARKUP, "suggested")
    labels = [label for label in dialog.findChildren(QLabel) if label.text()]
    assert [label.text() for label in labels] == [SHOWN]
    assert {label.textFormat() for label in labels} == {QtGuiQt.TextFormat.PlainText}
    assert (dialog.textValue(), dialog.windowTitle()) == ("suggested", "Some title")


def test_every_label_of_a_message_box_is_plain(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    box = message_box(window, "some_box", QMessageBox.Icon.Question, MARKUP, MARKUP)
    labels = [label for label in box.findChildren(QLabel) if label.text()]
    assert [label.text() for label in labels] == [SHOWN, SHOWN]
    assert {label.textFormat() for label in labels} == {QtGuiQt.TextFormat.PlainText}


def test_only_those_who_make_rich_text_write_markup():
    """In any other label its tags would be read on the screen."""
    tag = re.compile(r"</?(b|i|u|br|p|a|em|strong|span|font|table|tr|td|h\d)\b[^>]*>|&(nbsp|lt|gt|amp);")
    house = Path(parley.__file__).parent
    found = {
        path.relative_to(house).as_posix()
        for room in ("ui", "bridge")
        for path in (house / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and tag.search(node.value)
    }
    assert found <= {"ui/kit/verdict.py", "ui/help.py", "bridge/tooltips.py"}
