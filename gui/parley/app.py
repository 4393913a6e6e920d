"""The window's composition root: makes engine, models and main window, connects them, and ends them in order."""

from __future__ import annotations

import asyncio
import sys
import traceback
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from parley.bridge import runtime
from parley.bridge.association_model import AssociationModel
from parley.bridge.controller import Controller
from parley.bridge.log_model import LogModel
from parley.bridge.profile_book import ProfileBook
from parley.bridge.pump import EventPump
from parley.engine.engine import Engine
from parley.model.store import ProfileStore, default_folder
from parley.ui import style
from parley.ui.main_window import MainWindow

GRACE_SECONDS = 3.0
"""How long open associations may take to end when the window is closed."""


def run(folder: Path | None = None, profile: str | None = None) -> int:
    """Open the window and return when it is closed.

    Args:
        folder: where the profiles are; None for the user's own folder.
        profile: the name of the profile to open; None for the last one.
    """
    store = ProfileStore(folder or default_folder())

    async def main(app: QApplication, closing: asyncio.Event) -> int:
        style.apply(app)
        parley = Parley(store, QSettings("Parley", "Parley"), closing)
        if profile is not None:
            parley.book.open(profile)
        parley.window.show()
        await closing.wait()
        await parley.close()
        return 0

    return runtime.run(sys.argv[:1], main)


class Parley:
    """Everything that one window consists of.

    Attributes:
        window, book, log, controller, engine: for whoever drives the window from outside, such as tests.

    Args:
        closing: set when the person wants to close the window.
    """

    def __init__(self, store: ProfileStore, settings: QSettings, closing: asyncio.Event) -> None:
        self.pump = EventPump()
        self.engine = Engine(self.pump.push)
        self.log = LogModel()
        self.associations = AssociationModel()
        self.controller = Controller(self.engine, self.pump)
        self.book = ProfileBook(store)
        self.pump.batch.connect(self.log.append)
        self.pump.batch.connect(self.associations.update)
        self.window = MainWindow(
            self.controller, self.book, self.log, self.associations, settings, on_close=closing.set
        )
        self._restore_sinks = runtime.install_error_sinks(self._report)
        self._has_shown_error = False

    async def close(self) -> None:
        """Release, abort and cut what is open, within `GRACE_SECONDS`; then close the window."""
        await self.engine.close(GRACE_SECONDS)
        self.pump.flush()
        self._restore_sinks()
        self.window.allow_close()
        self.window.close()

    def _report(self, where: str, error: BaseException | None) -> None:
        """Show an error nobody caught: in the log each time, in a dialog the first time."""
        details = "".join(traceback.format_exception(error)) if error is not None else where
        print(details, file=sys.stderr)
        self.engine.note(f"Parley's own fault: {where}: {error!r}")
        if not self._has_shown_error:
            self._has_shown_error = True
            # Not from here: this may be the inside of a task, where nothing may open a window.
            QTimer.singleShot(0, self.window, lambda: _show_error(self.window, details))


def _show_error(window: MainWindow, details: str) -> None:
    box = QMessageBox(QMessageBox.Icon.Critical, "Parley", "Something went wrong inside Parley.", parent=window)
    box.setObjectName("error")
    box.setInformativeText("What is open goes on. Please report this with the details below.")
    box.setDetailedText(details)
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    box.open()
