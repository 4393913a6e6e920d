"""How texts come into the window: as text, whoever wrote them. Rich text is made in `verdict` and `help` alone.

Qt guesses: a label, a tooltip or a message box whose text has something like a tag in it shows rich text, which reads
the files that it names. An ampersand gives an action or a button a shortcut, and three characters in the title of a
window stand for its being changed. None of this may come from a peer, a file or another program, so no other module
sets such a text but by what is here, or by writing it out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QMenu, QToolTip, QWidget

from parley.bridge.tooltips import tip_text
from parley.ul.visible import LONGEST_NAME, each_line, one_line

if TYPE_CHECKING:
    from PySide6.QtWidgets import QInputDialog, QMessageBox


class Label(QLabel):
    """A label that shows its text as it is; what cannot be seen in it appears as escapes."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(each_line(text))


class Heading(Label):
    """A label in bold."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.set_strong(True)

    def set_strong(self, is_strong: bool) -> None:
        """Have it in bold, or not while it has nothing to say that matters."""
        font = self.font()
        font.setBold(is_strong)
        self.setFont(font)


class _WithTip(Protocol):
    def setToolTip(self, tip: str, /) -> None: ...


def set_tip(what: _WithTip, text: str) -> None:
    """Give a widget, an action or an item its tooltip."""
    what.setToolTip(tip_text(text))


def share_tip(source: QAction, widget: QWidget) -> None:
    """Give a widget the tooltip of an action that has one."""
    widget.setToolTip(source.toolTip())


def show_tip(place: QPoint, text: str, widget: QWidget) -> None:
    """Show a tooltip now."""
    QToolTip.showText(place, tip_text(text), widget)


def without_shortcut(text: str) -> str:
    """A text for an action or a button in which an ampersand is one."""
    return one_line(text, LONGEST_NAME).replace("&", "&&")


def add_choice(menu: QMenu, text: str, tip: str = "") -> QAction:
    """Add an action of a text that somebody else wrote."""
    action = menu.addAction(without_shortcut(text))
    # A tooltip that is not set would be made of the text, as rich text.
    set_tip(action, tip or text)
    return action


def set_title(window: QWidget, text: str, own: str = "") -> None:
    """Give a window a title that ends in a text of our own, with Qt's ``[*]`` where it is to show what is not saved."""
    window.setWindowTitle(one_line(text, LONGEST_NAME).replace("[*]", "[*][*]") + own)


def message_box(parent: QWidget, object_name: str, icon: QMessageBox.Icon, text: str, more: str) -> QMessageBox:
    """A message box, without buttons as yet; who opens it does so with `open`."""
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(parent)
    box.setObjectName(object_name)
    box.setIcon(icon)
    box.setWindowTitle("Parley")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(each_line(text))
    box.setInformativeText(each_line(more))
    _make_plain(box)  # One of its labels has a format of its own.
    return box


def text_question(parent: QWidget, object_name: str, title: str, text: str, value: str) -> QInputDialog:
    """A dialog that asks for a line of text; who opens it does so with `open`."""
    from PySide6.QtWidgets import QInputDialog

    dialog = QInputDialog(parent)
    dialog.setObjectName(object_name)
    set_title(dialog, title)
    dialog.setLabelText(each_line(text))
    dialog.setTextValue(value)
    _make_plain(dialog)
    return dialog


def _make_plain(dialog: QWidget) -> None:
    for label in dialog.findChildren(QLabel):
        label.setTextFormat(Qt.TextFormat.PlainText)
