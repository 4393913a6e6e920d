"""A whole session of the program in a process of its own: `parley.app.run`, then what it loaded, as JSON.

Arguments: where the profiles and settings go, and how it ends: `wait` for whoever started it to end it by a signal, by
the end of the desktop's session (`logout`), or by closing its window (`close`).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from parley import app as program
from parley.ui.main_window import MainWindow

LOOK_MS = 5


class Session(QObject):
    """Does one step after the other, each as soon as it can be done."""

    def __init__(self, steps: list[Callable[[], bool]]) -> None:
        super().__init__()
        self._steps = steps
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        if self._steps[0]():
            del self._steps[0]
        if not self._steps:
            self._timer.stop()


def window() -> MainWindow:
    """The program's window."""
    return next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow))


def pressed(name: str) -> Callable[[], bool]:
    """A step that clicks a button when it is there and can be clicked."""

    def step() -> bool:
        button = window().findChild(QPushButton, name)
        if button is None or not button.isEnabled():
            return False
        button.click()
        return True

    return step


def any_port() -> bool:
    """A step that asks for any free port to listen at."""
    edit = window().findChild(QLineEdit, "scp.port")
    if edit is not None:
        edit.setText("0")
    return edit is not None


def same_port() -> bool:
    """A step that calls the port that is listened at."""
    state = window().findChild(QLabel, "scp.state").text()
    if not state.startswith("Listening"):
        return False
    window().findChild(QLineEdit, "scu.port").setText(state.rpartition(":")[2])
    return True


def reverted() -> bool:
    """A step that leaves nothing unsaved."""
    window().profiles.revert_action.trigger()
    return True


def ended() -> bool:
    """A step that closes the window, tells it that the desktop's session ends, or says that it may be ended."""
    match sys.argv[2]:
        case "wait":
            print("READY", flush=True)
        case "logout":
            QApplication.instance().commitDataRequest.emit(None)
        case _:
            window().close()
    return True


def main() -> int:
    """Run the session."""
    app = QApplication(sys.argv[:1])
    steps = [any_port, pressed("scp.listen"), same_port, pressed("scu.associate"), pressed("scu.echo")]
    steps += [pressed("scu.release"), pressed("scu.associate"), pressed("scu.echo"), reverted, ended]
    session = Session(steps)
    code = program.run(Path(sys.argv[1]))
    print(json.dumps({"code": code, "steps left": len(session._steps), "modules": sorted(sys.modules)}))
    app.shutdown()
    return code


if __name__ == "__main__":
    sys.exit(main())
