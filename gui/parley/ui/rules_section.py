"""The folded section of the rules by which an acceptor decides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from parley.model.handle import AcceptanceRules, NoContext, TransferSyntaxChoice
from parley.ui import style
from parley.ui.fields import ComboBox, Field, named
from parley.ui.fold import FoldedSection

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPlainTextEdit

_CHOICES: list[tuple[str, object]] = [
    ("The first one the peer proposed", TransferSyntaxChoice.FIRST_PROPOSED),
    ("The first one in this side's order", TransferSyntaxChoice.FIRST_PREFERRED),
]
_NO_CONTEXT: list[tuple[str, object]] = [
    ("Accept the association all the same", NoContext.ACCEPT),
    ("Reject it (1/1/1)", NoContext.REJECT),
    ("Abort it", NoContext.ABORT),
]


class RulesSection(FoldedSection):
    """Edits `AcceptanceRules` but for `reject_all`; the widgets exist only once it has been unfolded."""

    field_names = ("check_called", "calling_ae_titles", "choice", "no_context")

    def __init__(self, prefix: str) -> None:
        tip = "Whom to accept, which transfer syntax to choose, what to do when nothing fits"
        super().__init__("Rules", f"{prefix}.rules", tip, self._make)
        self._prefix = prefix
        self._rules = AcceptanceRules()
        self._check_called: QCheckBox
        self._titles: Field[QPlainTextEdit]
        self._choice: Field[ComboBox]
        self._no_context: Field[ComboBox]
        self._describe()

    def rules(self) -> AcceptanceRules:
        return self._rules

    def set_rules(self, rules: AcceptanceRules) -> None:
        self._rules = replace(rules, reject_all=None)
        if self.is_built():
            self._fill()
        self._describe()

    def fields(self) -> dict[str, Field]:
        if not self.is_built():
            return {}
        return {"calling_ae_titles": self._titles, "choice": self._choice, "no_context": self._no_context}

    def _make(self) -> QWidget:
        content = QWidget()
        self._check_called = QCheckBox("Reject (1/1/7) unless the called AE title is this one")
        named(
            self._check_called,
            f"{self._prefix}.check_called",
            "Check the called AE title",
            "Many devices insist on their own title; off answers to every name",
        )
        from PySide6.QtWidgets import QPlainTextEdit  # takes 4 ms to load, for what is folded away

        titles = QPlainTextEdit()
        titles.setTabChangesFocus(True)
        titles.setPlaceholderText("Everybody")
        titles.setFixedHeight(3 * titles.fontMetrics().lineSpacing() + 12)
        prefix = self._prefix
        self._titles = Field(
            "Accept only these calling AE titles, one a line",
            titles,
            f"{prefix}.calling_ae_titles",
            "Any other is rejected with 1/1/3; empty admits everybody",
        )
        self._choice = Field(
            "Of several common transfer syntaxes, answer",
            ComboBox(_CHOICES),
            f"{prefix}.choice",
            "The standard leaves the choice to the acceptor",
        )
        self._no_context = Field(
            "When no context can be accepted",
            ComboBox(_NO_CONTEXT),
            f"{prefix}.no_context",
            "Peers differ in what they expect here",
        )
        layout = QVBoxLayout(content)
        layout.setSpacing(style.SPACING)
        for widget in (self._check_called, self._titles, self._choice, self._no_context):
            layout.addWidget(widget)
        self._fill()
        self._check_called.toggled.connect(self._read)
        titles.textChanged.connect(self._read)
        self._choice.editor.activated.connect(self._read)
        self._no_context.editor.activated.connect(self._read)
        return content

    def _fill(self) -> None:
        rules, editors = self._rules, (self._check_called, self._titles.editor)
        for editor in editors:
            editor.blockSignals(True)
        self._check_called.setChecked(rules.check_called)
        self._titles.editor.setPlainText("\n".join(rules.calling_ae_titles))
        for editor in editors:
            editor.blockSignals(False)
        self._choice.editor.set_value(rules.choice)
        self._no_context.editor.set_value(rules.no_context)

    def _read(self) -> None:
        titles = tuple(line for line in self._titles.editor.toPlainText().split("\n") if line.strip())
        self._rules = AcceptanceRules(
            check_called=self._check_called.isChecked(),
            calling_ae_titles=titles,
            choice=TransferSyntaxChoice(self._choice.editor.value()),
            no_context=NoContext(self._no_context.editor.value()),
        )
        self._describe()
        self.changed.emit()

    def _describe(self) -> None:
        rules = self._rules
        callers = ", ".join(rules.calling_ae_titles) or "everybody"
        called = "own title only" if rules.check_called else "any title"
        order = {TransferSyntaxChoice.FIRST_PROPOSED: "peer's order", TransferSyntaxChoice.FIRST_PREFERRED: "own order"}
        empty = {NoContext.ACCEPT: "accept", NoContext.REJECT: "reject", NoContext.ABORT: "abort"}
        self.set_summary(f"from {callers} · {called} · {order[rules.choice]} · no context: {empty[rules.no_context]}")
