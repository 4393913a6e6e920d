"""The SCU's draft as a command or a script of another program, for the clipboard. Nothing of it is run here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QPushButton

from parley.model.system_errors import error_words
from parley.ui.kit import icons, style
from parley.ui.kit.fields import named
from parley.ui.kit.job_line import JobLine, Said
from parley.ui.kit.texts import set_tip, without_shortcut

if TYPE_CHECKING:
    from parley.bridge.loop.job import Job
    from parley.exchange.copy_as import Copied
    from parley.exchange.features import Tool
    from parley.model.profile import RequestorSide
    from parley.ui.sides.scu_panel import ScuPanel

_LABELS = {
    "echoscu": "&echoscu (DCMTK)",
    "storescu": "&storescu (DCMTK)",
    "dcmassoc": "&dcmassoc (dcm4che)",
    "pynetdicom": "p&ynetdicom script",
    "parley": "&Parley command line",
}
_SHOWN = 1
"""Notes beside the word that it is copied: there is little room. The first is the one that asks for something."""
_LONGEST_REASON = 60
"""Letters of a reason within a menu; the tip has all of it."""


class CopyAs(QObject):
    """A menu with an entry per tool; one that cannot say the draft is greyed and says why.

    Attributes:
        menu: for the menu bar; its entries are made when it opens.
        button: opens it too.
        line: says what was copied, and what else to know of it.
    """

    def __init__(self, panel: ScuPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.menu = QMenu("&Copy as", panel)
        self.menu.setObjectName("scu.copy_as.menu")
        self.menu.setIcon(icons.icon("copy"))
        self.menu.setToolTipsVisible(True)
        set_tip(self.menu.menuAction(), _TIP)
        self.menu.aboutToShow.connect(self._fill)
        self.button = QPushButton(icons.icon("copy"), "Copy as")
        named(self.button, "scu.copy_as", "Copy as", _TIP)
        self.button.setIconSize(style.ICON_SIZE)
        self.button.setMenu(self.menu)
        self.line = JobLine("scu.copied", panel)

    @Slot()
    def forget(self) -> None:
        """Another draft is shown: what was said of this one is over."""
        self.line.say(None)

    @Slot()
    def _fill(self) -> None:
        from parley.exchange.features import Tool, missing

        side = self._panel.side()
        self.menu.clear()
        for tool in Tool:
            reasons = missing(side, tool)
            label = _LABELS[tool.value]
            why = f": cannot say {without_shortcut(_short(reasons))}" if reasons else ""
            action = self.menu.addAction(f"{label}{why}")
            action.setEnabled(not reasons)
            plain = label.replace("&", "")
            set_tip(action, f"{plain} cannot say: {'; '.join(reasons)}" if reasons else f"Copy for {plain}")
            action.triggered.connect(partial(self._copy, tool))

    def _copy(self, tool: Tool, _checked: bool = False) -> None:
        self.line.run(
            partial(_text_for, self._panel.side(), tool), "Writing it down …", _put_on_clipboard, _said_of_failure
        )


_TIP = "Copy the draft as a command or script that makes another program ask for the same"


def _text_for(side: RequestorSide, tool: Tool, _job: Job) -> Copied:
    """For the thread: with many contexts it takes a while."""
    from parley.exchange.copy_as import copy_as

    return copy_as(side, tool)


def _put_on_clipboard(copied: Copied) -> Said:
    QGuiApplication.clipboard().setText(copied.text)
    words = " ".join((f"Copied for {_LABELS[copied.tool.value].replace('&', '')}.", *copied.notes[:_SHOWN]))
    rest = len(copied.notes) - _SHOWN
    return (
        style.Tone.OK,
        f"{words} ({rest} more in the details.)" if rest > 0 else words,
        copied.notes[_SHOWN:] and copied.notes,
    )


def _said_of_failure(error: Any) -> Said:
    return style.Tone.ERROR, f"It could not be copied: {error_words(error)}"


def _short(reasons: tuple[str, ...]) -> str:
    first = reasons[0] if len(reasons[0]) <= _LONGEST_REASON else f"{reasons[0][:_LONGEST_REASON]}…"
    return f"{first} and {len(reasons) - 1} more" if reasons[1:] else first
