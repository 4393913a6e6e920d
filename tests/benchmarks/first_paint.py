"""Opens a window and says when it has been painted for the first time, and when it was complete; then leaves.

``bare``: an empty QMainWindow, the least that a PySide6 program can be. ``parley FOLDER``: the real command, with its
profiles in that folder.
"""

import os
import sys

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView


class Watch(QObject):
    """Sees every event of the application."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            if isinstance(watched, QMainWindow):
                print("SHOWN", flush=True)
                if sys.argv[1] == "bare":
                    os._exit(0)
            elif watched.objectName() == "log.table" or isinstance(watched.parent(), QTableView):
                print("COMPLETE", flush=True)
                os._exit(0)
        return False


app = QApplication(sys.argv[:1])
watch = Watch()
app.installEventFilter(watch)
if sys.argv[1] == "bare":
    window = QMainWindow()
    window.resize(1400, 900)
    window.show()
    app.exec()
else:
    from parley.cli import main

    main(["gui", "--profiles", sys.argv[2]])
