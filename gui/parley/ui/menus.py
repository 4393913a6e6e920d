"""The main window's menus and its toolbar: where each action stands. What the actions do is their owners' business.

To add an entry: make the action where it is done, in a pane or beside the window, and put it in its menu here.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolBar, QWidget

from parley.model.files.private import make_folder
from parley.ui.kit import icons, style
from parley.ui.kit.actions import make_action

if TYPE_CHECKING:
    from pathlib import Path

    from parley.ui.main_window import MainWindow


class Menus:
    """The menu bar and the toolbar of a window whose panes are there.

    Attributes:
        file, edit, profile, scu, scp, view, help: for whoever has more to put in.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._find = make_action(window, "&Find in the log", "Ctrl+F", "Find in the log", window.focus_search)
        self._find.setIcon(icons.icon("search"))
        self.file = self._make_file()
        self.edit = self._menu("&Edit", window.undo.undo_action, window.undo.redo_action)
        self.profile = self._make_profile()
        self.scu = self._make_scu()
        self.scp = self._make_scp()
        self.view = self._make_view()
        self.help = self._make_help()
        self._make_toolbar()

    # --- one menu each -----------------------------------------------------------------------------------------------

    def _make_file(self) -> QMenu:
        window, pane = self._window, self._window.profiles
        folder = partial(_open_folder, window.profiles_folder)
        open_folder = make_action(window, "Open profiles &folder", "Ctrl+O", "Show the profiles' files", folder)
        leave = make_action(window, "&Quit", "Ctrl+Q", "Close Parley", window.close)
        leave.setMenuRole(QAction.MenuRole.QuitRole)
        first = (pane.new_action, pane.save_action, pane.save_as_action)
        files = window.profile_files
        carry = (files.import_action, files.export_action, files.export_all_action)
        return self._menu("&File", *first, None, *carry, None, open_folder, None, leave)

    def _make_profile(self) -> QMenu:
        pane = self._window.profiles
        first = (pane.sample_menu, None, pane.duplicate_action, pane.rename_action, pane.revert_action)
        return self._menu("&Profile", *first, None, pane.delete_action)

    def _make_scu(self) -> QMenu:
        scu, load = self._window.scu, self._window.from_wire.request_action
        send = self._window.send_files.action
        first = (scu.associate_action, scu.echo_action, send, scu.release_action, scu.abort_action)
        others = self._window.others.menu
        return self._menu("SC&U", *first, None, scu.misbehave_action, None, load, scu.copy_as.menu, None, others)

    def _make_scp(self) -> QMenu:
        scp, load = self._window.scp, self._window.from_wire.answer_action
        first = (scp.listen_action, scp.stop_action, scp.change_action)
        held, last = scp.held.actions_for_menu, (load, None, self._window.others.menu)
        return self._menu("S&CP", *first, None, *held, None, scp.live.abort_action, None, *last)

    def _make_view(self) -> QMenu:
        panes = self._window.panes
        shown = panes.show_actions.values()
        return self._menu("&View", *panes.go_actions, None, self._find, None, *shown, None, panes.default_action)

    def _make_help(self) -> QMenu:
        window = self._window
        first = partial(_help, window, "first_five_minutes")
        return self._menu(
            "&Help",
            make_action(window, "&First five minutes", "F1", "How to begin", first),
            make_action(window, "A&nswering requests", "", "Who decides, and how", partial(_help, window, "answering")),
            make_action(window, "F&ilters and rules", "", "Their language", partial(_help, window, "filters")),
            make_action(window, "&Keyboard", "Ctrl+?", "Every shortcut", partial(_help, window, "keys")),
            None,
            make_action(window, "&About Parley", "", "What this is", partial(_help, window, "about")),
        )

    def _menu(self, title: str, *entries: QAction | QMenu | None) -> QMenu:
        """A menu of actions and submenus; None draws a line."""
        menu = self._window.menuBar().addMenu(title)
        menu.setToolTipsVisible(True)
        for entry in entries:
            if isinstance(entry, QMenu):
                menu.addMenu(entry)
            elif entry is not None:
                menu.addAction(entry)
            else:
                menu.addSeparator()
        return menu

    # --- the toolbar -------------------------------------------------------------------------------------------------

    def _make_toolbar(self) -> None:
        bar = QToolBar("Toolbar")
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(style.ICON_SIZE)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        pane, scu, scp = self._window.profiles, self._window.scu, self._window.scp
        bar.addActions([pane.new_action, pane.save_action])
        bar.addSeparator()
        bar.addActions([scp.listen_action, scp.stop_action])
        bar.addSeparator()
        send = self._window.send_files.action
        bar.addActions([scu.associate_action, scu.echo_action, send, scu.release_action, scu.abort_action])
        _keep_places(bar, scu.associate_action, scu.release_action, scu.abort_action)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(stretch)
        bar.addAction(self._find)
        self._window.addToolBar(bar)


def _keep_places(bar: QToolBar, associate: QAction, *naming: QAction) -> None:
    """Give the buttons whose texts change the room that the longest takes: none moves while somebody types."""
    from parley.ui.sides.scu_panel import NAME_WIDTH

    spare = {associate: bar.fontMetrics().horizontalAdvance(" anyway"), **dict.fromkeys(naming, NAME_WIDTH)}
    for action, width in spare.items():
        button = bar.widgetForAction(action)
        button.setFixedWidth(button.sizeHint().width() + width)


def _open_folder(folder: Path, _checked: bool = False) -> None:
    from PySide6.QtCore import QUrl
    from PySide6.QtGui import QDesktopServices

    with suppress(OSError):  # before the first profile is saved there is none
        make_folder(folder)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _help(window: MainWindow, topic: str, _checked: bool = False) -> None:
    from parley.ui import help as pages

    if topic == "about":
        pages.show_about(window)
    elif topic == "filters":
        pages.show_filters(window)
    elif topic == "keys":
        pages.show_keys(window, [a for menu in window.menuBar().findChildren(QMenu) for a in menu.actions()])
    elif topic == "answering":
        pages.show_page(window, "Answering requests", topic)
    else:
        pages.show_page(window, "First five minutes", topic)
