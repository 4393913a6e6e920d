"""The panes of the main window: how they share its room, which of them are shown, and the way to each by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QWidget

from parley.ui.geometry import Geometry
from parley.ui.kit.actions import make_action

_UPPER_SIZES, _LOWER_SIZES, _WHOLE_SIZES = [190, 500, 500], [850, 550], [560, 300]


@dataclass(frozen=True, slots=True)
class Pane:
    """One of them.

    Attributes:
        name: stable, as settings and tests know it.
        title: for the View menu, with its underlined letter.
        first: what gets the focus on the way to the pane; None for the first widget in it that takes Tab.
    """

    name: str
    title: str
    widget: QWidget
    first: QWidget | None = None


class Panes(QObject):
    """The panes in splitters: a row of them above, a row beneath.

    Args:
        upper, lower: from left to right; together in the order of their keys, Ctrl+1 and on.
        window: whose actions the panes' actions are.

    Attributes:
        whole: the widget that holds them all.
        go_actions: to each pane by key.
        show_actions: by name; checked while the pane is shown.
        default_action: shows every pane and shares the room anew.
    """

    def __init__(self, upper: Sequence[Pane], lower: Sequence[Pane], window: QWidget) -> None:
        super().__init__(window)
        self._panes = {pane.name: pane for pane in (*upper, *lower)}
        self._upper = _splitter("upper", Qt.Orientation.Horizontal, *(pane.widget for pane in upper))
        self._lower = _splitter("lower", Qt.Orientation.Horizontal, *(pane.widget for pane in lower))
        self.whole = _splitter("whole", Qt.Orientation.Vertical, self._upper, self._lower)
        self.go_actions: list[QAction] = []
        self.show_actions: dict[str, QAction] = {}
        for number, pane in enumerate(self._panes.values(), start=1):
            title = pane.title.replace("&", "")
            words = f"Go to {title}"
            go = make_action(window, f"&{number} {words}", f"Ctrl+{number}", words, partial(self._go_to, pane))
            self.go_actions.append(go)
            show = make_action(window, f"Show {pane.title}", "", f"Show or hide: {title}", self._show_checked)
            show.setCheckable(True)
            show.setChecked(True)
            show.setObjectName(f"view.{pane.name}")
            self.show_actions[pane.name] = show
        self.default_action = make_action(window, "Default &layout", "", "Put every pane back", self.lay_out)

    @Slot(str)
    def show_pane(self, name: str) -> None:
        """Show a pane that may be hidden."""
        self.show_actions[name].setChecked(True)
        self._show_checked()

    @Slot()
    def lay_out(self) -> None:
        """Show every pane, with the room that it has at first."""
        for name in self._panes:
            self.show_pane(name)
        self._upper.setSizes(_UPPER_SIZES)
        self._lower.setSizes(_LOWER_SIZES)
        self.whole.setSizes(_WHOLE_SIZES)

    def restore(self, geometry: Geometry) -> None:
        """Share the room as it was shared last time."""
        self.lay_out()
        geometry.restore_splitters(self._splitters())
        hidden = geometry.hidden()
        for name, action in self.show_actions.items():
            action.setChecked(name not in hidden)
        self._show_checked()

    def remember(self, geometry: Geometry) -> None:
        """Keep how the room is shared."""
        hidden = (name for name, action in self.show_actions.items() if not action.isChecked())
        geometry.remember_panes(self._splitters(), hidden)

    @Slot()
    def _show_checked(self) -> None:
        for name, action in self.show_actions.items():
            self._panes[name].widget.setVisible(action.isChecked())

    def _go_to(self, pane: Pane, _checked: bool = False) -> None:
        self.show_pane(pane.name)
        target = pane.first or _first_by_tab(pane.widget)
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _splitters(self) -> tuple[QSplitter, ...]:
        return self._upper, self._lower, self.whole


def _splitter(name: str, orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setObjectName(f"splitter.{name}")
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(5)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter


def _first_by_tab(pane: QWidget) -> QWidget | None:
    """The first widget of the pane that takes the focus by Tab."""
    for child in pane.findChildren(QWidget):
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isEnabled() and child.isVisible():
            return child
    return None
