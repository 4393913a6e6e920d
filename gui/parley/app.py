"""The window's composition root: shows it, furnishes it with engine and models, and ends everything in order."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from parley.ui.kit import style
from parley.ui.kit.texts import message_box
from parley.ui.main_window import MainWindow
from parley.ul.visible import each_line

if TYPE_CHECKING:
    import asyncio

    from parley.engine.deadlines import Clock

NOTHING_CHANGED: Mapping[str, int | bool] = {}

_LONGEST_DETAILS = 50_000
"""Characters of a fault of our own: who calls whom, some hundred deep."""

JOB_SECONDS = 3.0
"""How long work on a thread may take to end when the window is closed."""

GRACE_SECONDS = 3.0
"""How long open associations may take to end when the window is closed."""


def run(folder: Path | None = None, profile: str | None = None, changed: Mapping[str, int | bool] | None = None) -> int:
    """Open the window and return when it is closed.

    Args:
        folder: where the profiles are; None for the user's own folder.
        profile: the name of the profile to open; None for the last one.
        changed: settings that are others than in the person's file, for this once.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)
    style.apply(app)
    window = MainWindow(QSettings("Parley", "Parley"))
    window.show()
    # One turn of Qt's loop, so that the window is on the screen before the rest is loaded. `quit` would ask the window.
    QTimer.singleShot(0, app.exit)
    app.exec()

    from parley.bridge.loop import runtime

    async def main(closing: asyncio.Event) -> int:
        window.close_requested.connect(closing.set)
        parley = Parley(window, folder, changed or {})
        # The system may end the process as soon as it has been told that the session ends.
        app.commitDataRequest.connect(parley.engine.abort_all)
        app.commitDataRequest.connect(closing.set)
        if profile is not None:
            parley.book.open_named(profile)
        await closing.wait()
        await parley.close()
        return 0

    return runtime.run(app, main)


class Parley:
    """Everything that one window consists of.

    What it needs is imported here and not above: it would keep the window from showing for half a second.

    Args:
        window: not furnished yet.
        folder: where the profiles are; None for the user's own folder.
        changed: settings that are others than in the person's file, for this once.
        clock: what the engine's timers go by; the running loop without one.

    Attributes:
        window, book, log, associations, held, controller, desk, consent, engine: for whoever drives the window from
            outside, such as tests.
    """

    def __init__(
        self,
        window: MainWindow,
        folder: Path | None = None,
        changed: Mapping[str, int | bool] = NOTHING_CHANGED,
        clock: Clock | None = None,
    ) -> None:
        from parley.bridge.loop.garbage import GarbageKeeper
        from parley.bridge.loop.pump import EventPump

        # Nothing of what start-up makes is garbage, and nothing of it will be: it is not looked at now nor later.
        self.pump = EventPump()
        self._garbage = GarbageKeeper(self.pump)
        from parley.bridge.answers.desk import AnswerDesk
        from parley.bridge.answers.held import HeldModel
        from parley.bridge.association_model import AssociationModel
        from parley.bridge.consent import ConsentGate
        from parley.bridge.controller import Controller
        from parley.bridge.leftovers import Sweep
        from parley.bridge.log.model import LogModel
        from parley.bridge.loop import runtime
        from parley.bridge.profiles.book import ProfileBook
        from parley.engine.engine import Engine
        from parley.model.files.folders import default_folder
        from parley.model.files.settings_file import read_settings
        from parley.model.files.store import ProfileStore
        from parley.model.settings import with_values
        from parley.ui.kit import icons
        from parley.ul.codes import Role

        QApplication.setWindowIcon(icons.app_icon())
        self.window = window
        settings, faults = read_settings()
        settings = with_values(settings, changed)
        self.engine = Engine(self.pump.push, settings, clock=clock)
        self.log = LogModel()
        place, group, pause = folder or default_folder(), settings.group_access, threading.Event().wait
        store = ProfileStore(place, time.time_ns, for_group=group, pause=pause)
        self.book = ProfileBook(store)
        self.consent = ConsentGate(self.book)
        self._sweep = Sweep(self.book, self.engine.note)
        self.controller = Controller(
            self.engine,
            self.pump,
            resolve=store.acceptor_side,
            spares=self.consent.why_spared,
            name_of=self.book.name_of,
        )
        self.associations = AssociationModel(
            role=Role.ACCEPTOR, silence=self.engine.silence, owner_of=self.controller.owner_of
        )
        self.held = HeldModel(owner_of=self.controller.owner_of)
        self.desk = AnswerDesk(self.engine, self.controller, self.pump, store.acceptor_side)
        self.pump.batch.connect(self.log.append)
        self.pump.batch.connect(self.associations.update)
        self.pump.batch.connect(self.held.update)
        self.pump.batch.connect(self._let_go_of_what_was_missed)
        self.book.watch()
        window.furnish(self.controller, self.book, self.log, self.associations, self.desk, self.held, self.consent)
        for fault in faults:
            self.engine.note(fault)
        self._missed = 0
        self._has_shown_error = False
        self._restore_sinks = runtime.install_error_sinks(self._report)
        gc.freeze()

    async def close(self) -> None:
        """Release, abort and cut what is open, within `GRACE_SECONDS`; then close the window."""
        import asyncio

        from parley.bridge.loop.job import wait_for_all

        await self.engine.close(GRACE_SECONDS)
        self.pump.flush()
        # Python collects garbage on any thread again from here on, and no thread may destroy a window's objects.
        await asyncio.get_running_loop().run_in_executor(None, wait_for_all, JOB_SECONDS)
        self._garbage.stop()
        self._restore_sinks()
        self.window.allow_close()
        self.window.close()

    def _let_go_of_what_was_missed(self, _batch: object) -> None:
        """After events were dropped, the ends of some associations may be among them."""
        if self.pump.dropped != self._missed:
            self._missed = self.pump.dropped
            self.associations.retain(self.engine.associations)
            self.held.retain(self.engine.associations)

    def _report(self, where: str, error: BaseException | None) -> None:
        """Show an error nobody caught: in the log each time, in a dialog the first time."""
        import traceback

        details = "".join(traceback.format_exception(error)) if error is not None else where
        with suppress(OSError):  # The terminal may have gone.
            print(details, file=sys.stderr)
        self.engine.note(f"Parley's own fault: {where}: {error!r}")
        if not self._has_shown_error:
            self._has_shown_error = True
            # Not from here: this may be the inside of a task, where nothing may open a window.
            QTimer.singleShot(0, self.window, lambda: _show_error(self.window, details))


def _show_error(window: MainWindow, details: str) -> None:
    more = "What is open goes on. Please report this with the details below."
    box = message_box(window, "error", QMessageBox.Icon.Critical, "Something went wrong inside Parley.", more)
    box.setDetailedText(each_line(details, _LONGEST_DETAILS))
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    box.open()
