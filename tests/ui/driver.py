"""A whole window, furnished as the program does it and driven as a person would: by clicks, keys and what it shows."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QAbstractItemModel, QCoreApplication, QEvent, QModelIndex, QObject, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QMessageBox, QPushButton, QWidget

from parley.app import GRACE_SECONDS, Parley
from parley.bridge.log.model import Column
from parley.engine.tasks import spawn
from parley.model.event import EventKind
from parley.ui.kit.verdict import VerdictView
from parley.ui.main_window import MainWindow
from tests.harness.clock import ManualClock

W = TypeVar("W", bound=QObject)
PATIENCE_SECONDS = 20.0
"""How long the window may take for anything it is waited for; less than the limit of a test's loop."""


class Driver(QObject):
    """What a person does with the window, and what they see in it.

    Attributes:
        parley: all that stands behind the window.
        clock: what its engine goes by; it stands still until a test advances it.
    """

    def __init__(self, parley: Parley, clock: ManualClock) -> None:
        super().__init__()
        self.parley = parley
        self.clock = clock
        self.window = parley.window
        self._waiting: list[tuple[Callable[[], object], asyncio.Future[None]]] = []
        controller, book = parley.controller, parley.book
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        # Later than the window's own slots: what is looked at here has been brought up to date.
        for signal in (
            controller.attempt_started,
            controller.attempt_finished,
            controller.echo_finished,
            controller.scu_state_changed,
            controller.scu_busy_changed,
            controller.listening_changed,
            controller.listen_failed,
            controller.open_changed,
            book.state_changed,
            book.failed,
            parley.pump.batch,
            parley.window.close_requested,
            app.focusWindowChanged,
        ):
            signal.connect(self._look)

    # --- what a person does ---

    def press(self, name: str) -> None:
        """Click a button, which must be one that can be clicked."""
        button = self.find(QPushButton, name)
        assert button.isEnabled(), f"{name} is greyed out"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def type(self, **texts: str | int) -> None:
        """Type into fields instead of what is there: ``scu_host`` is the field ``scu.host``."""
        for name, text in texts.items():
            edit = self.find(QLineEdit, name.replace("_", ".", 1))
            edit.setFocus()
            edit.selectAll()
            QTest.keyClick(edit, Qt.Key.Key_Delete)
            QTest.keyClicks(edit, str(text))
            assert edit.text() == str(text)

    async def listen(self, **texts: str | int) -> int:
        """Listen at any free port; returns it."""
        self.type(scp_port=0, **texts)
        self.press("scp.listen")
        await self.until(lambda: self.text("scp.state").startswith("Listening"))
        return int(self.text("scp.state").rpartition(":")[2])

    async def associate(self, **texts: str | int) -> None:
        """Associate and wait for the verdict."""
        self.type(**texts)
        self.press("scu.associate")
        await self.until(lambda: self.verdict() and not self.verdict().startswith("Under way"))

    async def until(self, shows: Callable[[], object]) -> None:
        """Wait until the window shows something."""
        if shows():
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((shows, future))
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await future
        except TimeoutError:
            raise AssertionError(f"it does not come to that; the window shows:\n{self}") from None

    def watch(self, *signals: Any) -> None:
        """Look at what is waited for after these signals too: for what is made only later."""
        for signal in signals:
            signal.connect(self._look)

    def __str__(self) -> str:
        facts = self.text("scu.state"), self.verdict(), self.text("scp.state"), self.verdict("scp")
        return "\n".join([*facts, *self.log(Column.SUMMARY)])

    def _look(self, *_news: object) -> None:
        for waiter in list(self._waiting):
            if waiter[0]():
                self._waiting.remove(waiter)
                if not waiter[1].done():
                    waiter[1].set_result(None)

    # --- what a person sees ---

    def find(self, kind: type[W], name: str) -> W:
        """The one widget of that name."""
        found = self.window.findChildren(kind, name)
        assert len(found) == 1, f"{name}: {len(found)}"
        return found[0]

    def text(self, name: str) -> str:
        """What a label says."""
        return self.find(QLabel, name).text()

    def verdict(self, side: str = "scu") -> str:
        """The words of a panel's verdict; empty while it has none to show."""
        view = self.find(VerdictView, f"{side}.verdict")
        return view.accessibleDescription() if view.isVisibleTo(self.window) else ""

    def can(self, name: str) -> bool:
        """Whether a button can be clicked."""
        return self.find(QPushButton, name).isEnabled()

    def button_text(self, name: str) -> str:
        """What a button says."""
        return self.find(QPushButton, name).text()

    def table(self, name: str) -> list[list[str]]:
        """The rows of a table or a tree's top level, as text."""
        view: Any = self.find(QWidget, name)
        return rows_of(view.model())

    def log(self, column: Column = Column.EVENT, association: int | None = None) -> list[str]:
        """A column of the log as it is shown."""
        log = self.parley.log
        return [
            log.text_at(row, column) for row in range(log.shown) if association in {None, log.event_at(row).association}
        ]

    def summary_of(self, kind: EventKind) -> str:
        """The log's words on the first event of a kind."""
        log = self.parley.log
        row = next(row for row in range(log.shown) if log.event_at(row).kind is kind)
        return log.text_at(row, Column.SUMMARY)

    def dialog(self, name: str) -> QDialog | None:
        """A dialog that is open."""
        return next((box for box in self.window.findChildren(QDialog, name) if box.isVisible()), None)

    def message(self, name: str) -> QMessageBox:
        """A question or a message that must be open."""
        box = self.dialog(name)
        assert isinstance(box, QMessageBox), name
        return box


def rows_of(model: QAbstractItemModel, parent: QModelIndex | None = None) -> list[list[str]]:
    """A model's rows, as text."""
    parent = parent or QModelIndex()
    columns = range(model.columnCount(parent))
    return [
        [str(model.index(row, column, parent).data() or "") for column in columns]
        for row in range(model.rowCount(parent))
    ]


def make_window(folder: Path) -> MainWindow:
    """A window that keeps its settings in the folder."""
    return MainWindow(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Driver]:
    """A window with profiles in the folder; it is closed as the program would do it, if the test has not done so."""
    QApplication.setQuitOnLastWindowClosed(False)
    clock = ManualClock()
    parley = Parley(make_window(folder), folder / "profiles", clock=clock)
    driver = Driver(parley, clock)
    parley.window.show()
    parley.window.activateWindow()
    try:
        yield driver
    finally:
        if not driver.window.isHidden():
            closing = spawn(parley.close(), name="close")
            while not closing.done():  # what does not end by itself is cut as soon as the loop has turned
                await asyncio.sleep(0)
                clock.advance(GRACE_SECONDS)
            await closing
        gc.unfreeze()
        for thing in (driver, parley.window):
            thing.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert not shiboken6.isValid(parley.window)
