"""A section that folds away, made only when it is first unfolded: what nobody looks at costs nothing at the start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from parley.ui.kit import icons, style
from parley.ui.kit.fields import TONES, Field, named, worst
from parley.ui.kit.texts import Label, set_tip

if TYPE_CHECKING:
    from parley.model.problems.validation import Problem


class ElidedLabel(Label):
    """One line that ends in an ellipsis instead of asking for room; of second rank unless told otherwise."""

    is_muted = True
    tone: style.Tone | None = None
    mode = Qt.TextElideMode.ElideRight

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        if self.tone is not None:
            painter.setPen(style.colour(self.tone, self.palette()))
        elif self.is_muted:
            painter.setPen(style.muted(self.palette()))
        where = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(self.contentsRect(), where, self.shown_text())

    def shown_text(self) -> str:
        """What there is room for."""
        return self.fontMetrics().elidedText(self.text(), self.mode, self.contentsRect().width())


class FoldedSection(QWidget):
    """A heading with a summary; its content unfolds beneath.

    Attributes:
        unfolded: the content was unfolded (True) or folded (False).
        changed: for subclasses: a value in it was edited.
        grown: for subclasses: what was chosen in it shows more of it.
    """

    unfolded = Signal(bool)
    grown = Signal()
    changed = Signal()
    field_names: tuple[str, ...] = ()

    def __init__(self, title: str, object_name: str, tip: str, build: Callable[[], QWidget]) -> None:
        super().__init__()
        self._build = build
        self._content: QWidget | None = None
        self._shown = False
        self._problems: list[Problem] = []
        self._toggle = QToolButton()
        self._toggle.setText(title)
        self._toggle.setAutoRaise(True)
        self._toggle.setIcon(icons.icon("folded"))
        self._toggle.setIconSize(style.ICON_SIZE)
        self._toggle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._toggle.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(self._toggle, object_name, title.replace("&", ""), tip)
        self._toggle.clicked.connect(self._flip)
        self._mark = Label()
        self._mark.hide()
        self._summary = ElidedLabel()
        header = QHBoxLayout()
        header.setContentsMargins(0, 0, 0, 0)
        header.addWidget(self._toggle)
        header.addWidget(self._mark)
        header.addWidget(self._summary, 1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(style.SPACING)
        self._layout.addLayout(header)

    @property
    def title(self) -> str:
        """Its heading."""
        return self._toggle.accessibleName()

    def is_built(self) -> bool:
        return self._content is not None

    def fields(self) -> dict[str, Field]:
        """Its fields by the paths that validation uses; none while it was never unfolded."""
        return {}

    def owns(self, path: str) -> bool:
        """Whether a problem's path is about one of its fields, unfolded or not."""
        return path in self.field_names or path.rpartition(".")[2] in self.field_names

    def unfold(self) -> None:
        if not self._shown:
            self._flip()

    def set_summary(self, text: str) -> None:
        """What the section holds, in a few words for while it is folded."""
        self._summary.setText(text)
        set_tip(self._summary, text)

    def show_problems(self, problems: list[Problem]) -> None:
        """A folded section does not hide that something in it is wrong."""
        self._problems = problems
        severity = worst(problems)
        self._mark.setVisible(severity is not None)
        if severity:
            tone = TONES[severity]
            self._mark.setPixmap(icons.tone_icon(tone).pixmap(style.ICON_SIZE, self.devicePixelRatio()))
            set_tip(self._mark, "\n".join(problem.text for problem in problems))
            self._mark.setAccessibleName(f"{tone.word} in {self._toggle.accessibleName()}")

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._problems:
            self.show_problems(self._problems)

    def _flip(self) -> None:
        self._shown = not self._shown
        if self._content is None:
            self._content = self._build()
            if layout := self._content.layout():
                layout.setContentsMargins(style.ICON_SIZE.width() + style.SPACING, 0, 0, style.SPACING)
            self._layout.addWidget(self._content)
        self._content.setVisible(self._shown)
        self._summary.setVisible(not self._shown)
        self._toggle.setIcon(icons.icon("unfolded" if self._shown else "folded"))
        self._toggle.setAccessibleDescription("unfolded" if self._shown else "folded")
        self.unfolded.emit(self._shown)
