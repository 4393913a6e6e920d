"""A program that drags rows with the mouse on a real screen, and prints what came of it as JSON.

Qt's offscreen platform ends every drag at once, so that `test_dragging` runs this one under Xvfb.
"""

import json
import sys

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView

from parley.model.handle import ProposedContext
from parley.ui.contexts.editor import ContextsEditor

LEFT, NONE, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
UIDS = ("1.2.0", "1.2.1", "1.2.2", "1.2.3", "1.2.4")


class Hand:
    """The mouse over a view in a window."""

    def __init__(self, window, view):
        self._window, self._view = window, view

    def at(self, row, share):
        """A point in a row, that share of its height below its top."""
        rect = self._view.visualRect(self._view.model().index(row, 0))
        spot = QPoint(rect.left() + 12, rect.top() + round(share * (rect.height() - 1)))
        return self._view.viewport().mapTo(self._window, spot)

    def click(self, row, keys=NONE):
        QTest.mouseClick(self._window.windowHandle(), LEFT, keys, self.at(row, 0.5))

    def drag(self, row, below):
        """Take a row and let it go under another."""
        handle = self._window.windowHandle()
        over = []
        steps = [self.at(row, 0.9), *(self.at(place, 0.5) for place in range(row, below)), self.at(below, 0.95)]

        def go_on():
            if steps:
                QTest.mouseMove(handle, steps.pop(0))
                QTimer.singleShot(10, go_on)
            else:
                QTest.mouseRelease(handle, LEFT, NONE, self.at(below, 0.95))
                over.append(True)

        QTest.mousePress(handle, LEFT, NONE, self.at(row, 0.5))
        QTest.mouseMove(handle, self.at(row, 0.6))
        QTimer.singleShot(10, go_on)
        QTest.mouseMove(handle, self.at(row + 1, 0.5))  # far enough to begin: Qt's own loop runs until the release
        while not over:
            QTest.qWait(10)


def main():
    QApplication(sys.argv)
    results = {}

    def fresh():
        editor = ContextsEditor(ProposedContext, "scu")
        editor.set_contexts(tuple(ProposedContext(uid, UIDS) for uid in UIDS))
        editor.resize(520, 460)
        editor.show()
        QTest.qWaitForWindowExposed(editor)
        told = []
        editor.changed.connect(lambda: told.append(True))
        return editor, told

    editor, told = fresh()
    Hand(editor, editor.table).drag(0, below=3)
    results["one"] = [[c.abstract_syntax for c in editor.contexts()], len(told), editor.selected_rows()]

    editor, told = fresh()
    hand = Hand(editor, editor.table)
    hand.click(0)
    hand.click(2, CONTROL)
    hand.drag(0, below=3)
    results["several"] = [[c.abstract_syntax for c in editor.contexts()], len(told), editor.selected_rows()]

    editor, told = fresh()
    view = editor.findChild(QListView, "scu.transfer_syntaxes")
    hand = Hand(editor, view)
    hand.click(0)
    hand.click(1, CONTROL)
    hand.drag(0, below=2)
    results["transfer syntaxes"] = [list(editor.contexts()[0].transfer_syntaxes), len(told)]
    print(json.dumps(results))


if __name__ == "__main__":
    main()
