"""All texts that a window shows anywhere, and what must not be in one that somebody else wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as QtGuiQt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QMenu,
    QTabWidget,
    QWidget,
)

from parley.ul.visible import each_line

OURS = {"p", "b", "br"}
"""Tags that the window makes itself."""

_Role = Qt.ItemDataRole
_GUESSED_ROLES = (_Role.ToolTipRole, _Role.StatusTipRole, _Role.WhatsThisRole)


@dataclass(frozen=True)
class Shown:
    """A text and where it stands.

    Attributes:
        is_guessed: Qt takes it for rich text if it looks like it.
        has_shortcut: an ampersand in it is a shortcut.
    """

    where: str
    text: str
    is_guessed: bool = False
    has_shortcut: bool = False


def texts_of(root: QWidget) -> Iterator[Shown]:
    """Every text of a window, of what is in it and of what it has opened."""
    for widget in (root, *root.findChildren(QWidget)):
        name = f"{type(widget).__name__} {widget.objectName()}"
        for what in ("toolTip", "statusTip", "whatsThis"):
            yield Shown(f"{what} of {name}", getattr(widget, what)(), is_guessed=True)
        yield Shown(f"title of {name}", widget.windowTitle())
        yield from _own_texts(widget, name)
    for action in root.findChildren(QAction):
        name = f"action {action.objectName()} {action.text()!r}"
        yield Shown(f"text of {name}", action.text(), has_shortcut=True)
        for what in ("toolTip", "statusTip", "whatsThis"):
            yield Shown(f"{what} of {name}", getattr(action, what)(), is_guessed=True)
    for model in models_of(root):
        yield from _texts_of_model(model)


def _own_texts(widget: QWidget, name: str) -> Iterator[Shown]:
    match widget:
        case QLabel():
            is_plain = widget.textFormat() is Qt.TextFormat.PlainText
            yield Shown(f"text of {name}", widget.text(), not is_plain, widget.buddy() is not None)
        case QAbstractButton():
            yield Shown(f"text of {name}", widget.text(), has_shortcut=True)
        case QGroupBox() | QMenu():
            yield Shown(f"title of {name}", widget.title(), has_shortcut=True)
        case QTabWidget():
            for place in range(widget.count()):
                yield Shown(f"tab of {name}", widget.tabText(place), has_shortcut=True)
                yield Shown(f"tip of a tab of {name}", widget.tabToolTip(place), is_guessed=True)
        case QComboBox():
            for row in range(widget.count()):
                yield Shown(f"choice of {name}", widget.itemText(row))
                yield Shown(f"tip of a choice of {name}", widget.itemData(row, _Role.ToolTipRole) or "", True)


def models_of(root: QWidget) -> list[QAbstractItemModel]:
    """The models of a window, and those of its views that it does not own."""
    views = (view.model() for view in root.findChildren(QAbstractItemView) if view.model() is not None)
    return list(dict.fromkeys((*root.findChildren(QAbstractItemModel), *views)))


def _columns(model: QAbstractItemModel, parent: QModelIndex) -> int:
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)


def _texts_of_model(model: QAbstractItemModel) -> Iterator[Shown]:
    name = type(model).__name__
    for orientation in Qt.Orientation:
        is_across = orientation is Qt.Orientation.Horizontal
        for section in range(_columns(model, QModelIndex()) if is_across else model.rowCount()):
            yield Shown(f"header of {name}", str(model.headerData(section, orientation) or ""))
            for role in _GUESSED_ROLES:
                tip = model.headerData(section, orientation, role)
                yield Shown(f"{role.name} of a header of {name}", tip or "", is_guessed=True)
    for index in _indexes(model, QModelIndex()):
        yield Shown(f"cell of {name}", str(index.data() or ""))
        for role in _GUESSED_ROLES:
            yield Shown(f"{role.name} of {name}, column {index.column()}", index.data(role) or "", is_guessed=True)


def _indexes(model: QAbstractItemModel, parent: QModelIndex) -> Iterator[QModelIndex]:
    for row in range(model.rowCount(parent)):
        for column in range(_columns(model, parent)):
            yield model.index(row, column, parent)
        yield from _indexes(model, model.index(row, 0, parent))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)


def tags_in(text: str) -> set[str]:
    """The tags that rich text has."""
    parser = _Tags()
    parser.feed(text)
    return parser.tags


def faults_of(shown: Shown, shortcuts: tuple[str, ...]) -> Iterator[str]:
    """What is wrong with a text.

    Args:
        shortcuts: what a foreign text would look like whose ampersand has become a shortcut.
    """
    if shown.is_guessed and QtGuiQt.mightBeRichText(shown.text) and tags_in(shown.text) - OURS:
        yield f"{shown.where} is markup: {shown.text!r}"
    if shown.text != each_line(shown.text):
        yield f"{shown.where} has what cannot be seen: {shown.text!r}"
    if shown.has_shortcut and any(one in shown.text.replace("&&", "") for one in shortcuts):
        yield f"{shown.where} has a shortcut that is not ours: {shown.text!r}"


def all_windows() -> list[QWidget]:
    """Every top-level window."""
    return [widget for widget in QApplication.topLevelWidgets() if widget.parent() is None]
