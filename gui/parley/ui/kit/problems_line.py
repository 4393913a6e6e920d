"""One line that counts the problems of a panel and lists them on a click; choosing one leads to its field."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QMenu, QToolButton

from parley.ui.kit import icons, style
from parley.ui.kit.fields import TONES, named, sentence, worst
from parley.ui.kit.texts import add_choice, set_tip
from parley.ul.errors import Severity

if TYPE_CHECKING:
    from parley.model.problems.validation import Problem

_MOST_LISTED = 30
_LONGEST = 110


class ProblemsLine(QToolButton):
    """A button such as "Problems (3)"; hidden while there are none.

    Attributes:
        chosen: the path of the field that a listed problem is about.
    """

    chosen = Signal(str)

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._problems: tuple[Problem, ...] = ()
        self._menu = QMenu(self)
        self._menu.setObjectName(f"{prefix}.problems.list")
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(style.ICON_SIZE)
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(self, f"{prefix}.problems", "Problems", "Lists them; choosing one goes to its field")
        self.hide()

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Count them."""
        self._problems = problems
        severity = worst(problems)
        self.setVisible(severity is not None)
        if severity is None:
            return
        counts = Counter(TONES[problem.severity].word.lower() for problem in problems)
        parts = (f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts.items())
        self.setText(f"Problems ({len(problems)})")
        self.setIcon(icons.tone_icon(TONES[severity]))
        set_tip(self, f"{', '.join(parts)}. Lists them; choosing one goes to its field.")
        self.setAccessibleName(f"Problems: {len(problems)}")

    @Slot()
    def _fill(self) -> None:
        """The gravest first."""
        self._menu.clear()
        rank = [Severity.ERROR, Severity.WARNING, Severity.NOTE]
        ordered = sorted(self._problems, key=lambda problem: rank.index(problem.severity))
        for problem in ordered[:_MOST_LISTED]:
            words = sentence(problem)
            short = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
            action = add_choice(self._menu, short, words)
            action.setIcon(icons.tone_icon(TONES[problem.severity]))
            action.triggered.connect(partial(self._choose, problem.field))
        if len(ordered) > _MOST_LISTED:
            self._menu.addAction(f"and {len(ordered) - _MOST_LISTED} more").setEnabled(False)

    def _choose(self, field: str, _checked: bool = False) -> None:
        self.chosen.emit(field)
