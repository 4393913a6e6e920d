"""The main window: it assembles the panes, connects them, and decides nothing.

It shows before it is furnished: the panes, and what they need, are imported when the empty window is on the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSettings, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QLabel, QMainWindow, QMenu, QSizePolicy, QSplitter, QToolBar, QWidget

from parley.ui import style

if TYPE_CHECKING:
    from parley.bridge.association_model import AssociationModel
    from parley.bridge.controller import Controller
    from parley.bridge.log_model import LogModel
    from parley.bridge.profile_book import ProfileBook
    from parley.model.event import EngineEvent
    from parley.model.profile import Profile

_PANES = {"profiles": "&Profiles", "scu": "SC&U panel", "scp": "S&CP panel", "log": "&Log", "details": "&Details"}


class MainWindow(QMainWindow):
    """Profiles, SCU, SCP, log and details in splitters, with menus, toolbar and status bar.

    Signals:
        close_requested: the person wants to close and nothing is unsaved; `allow_close` then lets it happen.

    Args:
        settings: where geometry and the last profile are remembered.
    """

    close_requested = Signal()

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self._settings = settings
        self._may_close = False
        self._is_furnished = False
        self.setObjectName("main_window")
        self.setWindowTitle("Parley")
        self.resize(1400, 900)
        self._restore_one("geometry", self.restoreGeometry)

    def furnish(self, controller: Controller, book: ProfileBook, log: LogModel, associations: AssociationModel) -> None:
        """Put the panes in. Call once.

        Args:
            controller: fulfils wishes and tells what came of them.
            book: the open profile.
            log, associations: what happened, who is connected.
        """
        from parley.ui.details import DetailsPane
        from parley.ui.from_wire import FromWire
        from parley.ui.log_view import LogView
        from parley.ui.profiles_pane import ProfilesPane
        from parley.ui.scp_panel import ScpPanel
        from parley.ui.scu_panel import ScuPanel
        from parley.ui.undo import UndoActions

        self._controller = controller
        self._book = book
        self._log = log
        self.profiles = ProfilesPane(book)
        self.scu = ScuPanel()
        self.scp = ScpPanel(associations)
        self.log_view = LogView(log)
        self.details = DetailsPane()
        self.undo = UndoActions(book, (self.scu, self.scp), self)
        self.from_wire = FromWire(self.scu, self.scp, self)
        self._assemble()
        self._make_menus()
        self._make_toolbar()
        self._make_status_bar()
        self._connect()
        self._restore_layout()
        self._is_furnished = True
        book.start(str(self._settings.value("profile/last", "")))

    # --- assemble ----------------------------------------------------------------------------------------------------

    def _assemble(self) -> None:
        self._upper = self._splitter("upper", Qt.Orientation.Horizontal, self.profiles, self.scu, self.scp)
        self._lower = self._splitter("lower", Qt.Orientation.Horizontal, self.log_view, self.details)
        self._whole = self._splitter("whole", Qt.Orientation.Vertical, self._upper, self._lower)
        self._panes: dict[str, QWidget] = {
            "profiles": self.profiles,
            "scu": self.scu,
            "scp": self.scp,
            "log": self.log_view,
            "details": self.details,
        }
        self.setCentralWidget(self._whole)

    @staticmethod
    def _splitter(name: str, orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
        splitter = QSplitter(orientation)
        splitter.setObjectName(f"splitter.{name}")
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(5)
        for widget in widgets:
            splitter.addWidget(widget)
        return splitter

    def _make_menus(self) -> None:
        quit_action = self._action("&Quit", "Ctrl+Q", "Close Parley", self.close)
        quit_action.setMenuRole(QAction.MenuRole.QuitRole)
        folder = self._action("Open profiles &folder", "Ctrl+O", "Show the profiles' files", self._open_folder)
        pane, scu, scp = self.profiles, self.scu, self.scp
        load_rq, load_ac = self.from_wire.request_action, self.from_wire.answer_action
        self.log_view.table.addActions([load_rq, load_ac])
        self.details.add_commands(load_rq, load_ac)
        self._menu("&File", pane.new_action, pane.save_action, pane.save_as_action, None, folder, None, quit_action)
        self._menu("&Edit", self.undo.undo_action, self.undo.redo_action)
        profile = self._menu(
            "&Profile", pane.duplicate_action, pane.rename_action, pane.revert_action, None, pane.delete_action
        )
        profile.insertMenu(pane.duplicate_action, pane.sample_menu)
        profile.insertSeparator(pane.duplicate_action)
        self._menu("SC&U", scu.associate_action, scu.echo_action, scu.release_action, scu.abort_action, None, load_rq)
        self._menu("S&CP", scp.listen_action, scp.stop_action, None, scp.live.abort_action, None, load_ac)
        self._menu("&View", *self._view_actions())
        self._menu(
            "&Help",
            self._action("&First five minutes", "F1", "How to begin", partial(self._help, "first_five_minutes")),
            self._action("&Keyboard", "Ctrl+?", "Every shortcut", partial(self._help, "keys")),
            None,
            self._action("&About Parley", "", "What this is", partial(self._help, "about")),
        )

    def _view_actions(self) -> list[QAction | None]:
        from parley.ui import icons

        actions: list[QAction | None] = []
        self._shown: dict[str, QAction] = {}
        self._find = self._action("&Find in the log", "Ctrl+F", "Find in the log", self._focus_search)
        self._find.setIcon(icons.icon("search"))
        for number, (name, text) in enumerate(_PANES.items(), start=1):
            words = f"Go to {text.replace('&', '')}"
            actions.append(self._action(f"&{number} {words}", f"Ctrl+{number}", words, partial(self._go_to, name)))
        actions += [None, self._find, None]
        for name, text in _PANES.items():
            tip = f"Show or hide: {text.replace('&', '')}"
            show = self._action(f"Show {text}", "", tip, self._show_checked)
            show.setCheckable(True)
            show.setChecked(True)
            show.setObjectName(f"view.{name}")
            self._shown[name] = show
            actions.append(show)
        return [*actions, None, self._action("Default &layout", "", "Put every pane back", self._default_layout)]

    def _make_toolbar(self) -> None:
        bar = QToolBar("Toolbar")
        bar.setObjectName("toolbar")
        bar.setMovable(False)
        bar.setIconSize(style.ICON_SIZE)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        pane, scu, scp = self.profiles, self.scu, self.scp
        bar.addActions([pane.new_action, pane.save_action])
        bar.addSeparator()
        bar.addActions([scp.listen_action, scp.stop_action])
        bar.addSeparator()
        bar.addActions([scu.associate_action, scu.echo_action, scu.release_action, scu.abort_action])
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        bar.addWidget(stretch)
        bar.addAction(self._find)
        self.addToolBar(bar)

    def _make_status_bar(self) -> None:
        from parley.ui.fields import named

        bar = self.statusBar()
        self._status: dict[str, QLabel] = {}
        for name, words in (("scp", "State of the SCP"), ("scu", "State of the SCU"), ("events", "Events")):
            label = QLabel()
            named(label, f"status.{name}", words, words)
            label.setContentsMargins(style.SPACING, 0, style.SPACING, 0)
            if name == "events":
                bar.addPermanentWidget(label)
            else:
                bar.addWidget(label)
            self._status[name] = label

    def _menu(self, title: str, *actions: QAction | None) -> QMenu:
        menu = self.menuBar().addMenu(title)
        menu.setToolTipsVisible(True)
        for action in actions:
            menu.addSeparator() if action is None else menu.addAction(action)
        return menu

    def _action(self, text: str, keys: str, tip: str, slot: Callable[..., object]) -> QAction:
        action = QAction(text, self)
        if keys:
            action.setShortcut(QKeySequence(keys))
            tip = f"{tip} ({action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})"
        action.setToolTip(tip)
        action.triggered.connect(slot)
        return action

    # --- connect -----------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        controller, scu, scp, book = self._controller, self.scu, self.scp, self._book
        scu.associate_requested.connect(controller.associate)
        scu.echo_requested.connect(controller.echo)
        scu.release_requested.connect(controller.release)
        scu.abort_requested.connect(controller.abort)
        scp.listen_requested.connect(controller.listen)
        scp.stop_requested.connect(controller.stop)
        scp.abort_association_requested.connect(controller.abort_association)

        controller.attempt_started.connect(scu.attempt_started)
        controller.attempt_finished.connect(scu.attempt_finished)
        controller.echo_finished.connect(scu.echo_finished)
        controller.scu_state_changed.connect(scu.show_state)
        controller.scu_ended.connect(scu.association_ended)
        controller.scu_busy_changed.connect(scu.show_busy)
        controller.listening_changed.connect(scp.show_listening)
        controller.listen_failed.connect(scp.show_listen_failed)
        controller.scu_state_changed.connect(self._show_states)
        controller.listening_changed.connect(self._show_states)

        scu.changed.connect(self._draft_changed)
        scp.changed.connect(self._draft_changed)
        book.opened.connect(self._show_profile)
        book.restored.connect(self._restore_sides)
        book.state_changed.connect(self._show_title)
        self.log_view.event_selected.connect(self._show_event)
        self.from_wire.loaded.connect(self._show_pane)
        for shown in (book.opened, book.restored):
            shown.connect(self.from_wire.forget)
        self._log.counts_changed.connect(self._show_count)
        self._log.taken.connect(self._look_for_answer)
        self._show_states()
        self._show_count()

    @Slot()
    def _draft_changed(self) -> None:
        self._book.edit(self.scu.side(), self.scp.side())

    @Slot(object)
    def _show_profile(self, profile: Profile) -> None:
        self.scu.set_side(profile.scu)
        self.scp.set_side(profile.scp)

    @Slot(object)
    def _restore_sides(self, draft: Profile) -> None:
        """Only what differs is shown anew, so that carets and results elsewhere stay."""
        if draft.scu != self.scu.side():
            self.scu.restore_side(draft.scu)
        if draft.scp != self.scp.side():
            self.scp.restore_side(draft.scp)

    @Slot()
    def _show_title(self) -> None:
        self.setWindowTitle(f"{self._book.draft.name}[*] — Parley")
        self.setWindowModified(self._book.is_dirty)
        self._settings.setValue("profile/last", self._book.key)

    @Slot()
    def _show_states(self) -> None:
        self._status["scp"].setText(f"SCP: {self.scp.state_line.text()}")
        self._status["scu"].setText(f"SCU: {self.scu.state_line.text()}")

    @Slot()
    def _show_count(self) -> None:
        self._status["events"].setText(f"{self._log.total:,} events".replace(",", "\N{NARROW NO-BREAK SPACE}"))

    @Slot(object)
    def _show_event(self, event: EngineEvent | None) -> None:
        from parley.capture.summary import summarize

        if event is None:
            self.details.show_event(None)
            self.from_wire.show_event(None)
        else:
            negotiation = self._log.negotiation_of(event)
            self.details.show_event(event, summarize(event), *negotiation)
            self.from_wire.show_event(event, *negotiation)

    @Slot(object)
    def _look_for_answer(self, events: list[EngineEvent]) -> None:
        """The request that is shown may have been selected before its answer came."""
        number = self.details.awaits_answer_of
        if number is not None and any(event.association == number for event in events):
            event = self.log_view.table.current_event()
            if event is not None and event.association == number:
                self.details.show_answer(event, *self._log.negotiation_of(event))

    # --- view and help -----------------------------------------------------------------------------------------------

    @Slot()
    def _focus_search(self) -> None:
        self._show_pane("log")
        self.log_view.focus_filter()

    @Slot(str)
    def _show_pane(self, name: str) -> None:
        self._shown[name].setChecked(True)
        self._show_checked()

    @Slot()
    def _show_checked(self) -> None:
        for name, action in self._shown.items():
            self._panes[name].setVisible(action.isChecked())

    def _go_to(self, name: str, _checked: bool = False) -> None:
        self._show_pane(name)
        pane = self._panes[name]
        target = {"profiles": self.profiles.list, "log": self.log_view.table}.get(name)
        if target is not None:
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            _focus_first(pane)

    @Slot()
    def _open_folder(self) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        folder = self._book.store.folder
        with suppress(OSError):  # before the first profile is saved there is none
            folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _help(self, topic: str, _checked: bool = False) -> None:
        from parley.ui import help as pages

        if topic == "about":
            pages.show_about(self)
        elif topic == "keys":
            pages.show_keys(self, [a for menu in self.menuBar().findChildren(QMenu) for a in menu.actions()])
        else:
            pages.show_page(self, "First five minutes", topic)

    # --- geometry ----------------------------------------------------------------------------------------------------

    @Slot()
    def _default_layout(self) -> None:
        for name in self._panes:
            self._show_pane(name)
        self._upper.setSizes([190, 500, 500])
        self._lower.setSizes([850, 550])
        self._whole.setSizes([560, 300])

    def _restore_layout(self) -> None:
        self._default_layout()
        for splitter in self._splitters():
            self._restore_one(splitter.objectName(), splitter.restoreState)
        hidden = str(self._settings.value("window/hidden", "")).split()
        for name, action in self._shown.items():
            action.setChecked(name not in hidden)
        self._show_checked()

    def _restore_one(self, name: str, restore: Callable[[Any], object]) -> None:
        with suppress(TypeError):  # a settings file that somebody wrote by hand
            restore(self._settings.value(f"window/{name}", b""))

    def _splitters(self) -> tuple[QSplitter, ...]:
        return self._upper, self._lower, self._whole

    def _remember(self) -> None:
        self._settings.setValue("window/geometry", self.saveGeometry())
        if not self._is_furnished:
            return
        for splitter in self._splitters():
            self._settings.setValue(f"window/{splitter.objectName()}", splitter.saveState())
        hidden = [name for name, action in self._shown.items() if not action.isChecked()]
        self._settings.setValue("window/hidden", " ".join(hidden))

    # --- the end -----------------------------------------------------------------------------------------------------

    def allow_close(self) -> None:
        """From now on closing closes."""
        self._may_close = True

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            self._remember()
            event.accept()
        else:
            event.ignore()
            self._book.leave(self.close_requested.emit) if self._is_furnished else self.close_requested.emit()


def _focus_first(pane: QWidget) -> None:
    """Give the focus to the first widget of the pane that takes it by Tab."""
    for child in pane.findChildren(QWidget):
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isEnabled() and child.isVisible():
            child.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
