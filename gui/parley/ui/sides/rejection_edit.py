"""Choosing the three codes of an A-ASSOCIATE-RJ: equal numbers differ in meaning, so each source has its own list."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from parley.model.handle import Rejection
from parley.ui.kit import style
from parley.ui.kit.fields import ComboBox, Field
from parley.ul.codes import REJECT_REASONS, RejectResult, RejectSource, WireCode


def _choices(codes: type[WireCode], leave_out: str = "") -> list[tuple[str, object]]:
    """The codes with their words, but for those that the field's own label says."""
    return [
        (f"{code.value}  {code.words.removeprefix(leave_out).replace('-', ' ')}", code.value)
        for code in codes
        if not code.is_reserved
    ]


class RejectionEdit(QWidget):
    """Edits a `Rejection`; what the standard reserves is kept and shown as reserved.

    Attributes:
        changed: another code was chosen.
    """

    changed = Signal()

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._result = Field(
            "Result", ComboBox(_choices(RejectResult, "rejected-")), f"{prefix}.result", "Whether to try again"
        )
        self._source = Field("Source", ComboBox(_choices(RejectSource, "service-")), f"{prefix}.source", "Who rejects")
        self._reason = Field("Reason", ComboBox(), f"{prefix}.reason", "Why; each source has its own reasons")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.SPACING)
        for field, share in ((self._result, 3), (self._source, 3), (self._reason, 6)):
            layout.addWidget(field, share)
        self._list_reasons()
        self._source.editor.currentIndexChanged.connect(self._list_reasons)
        for field in (self._result, self._reason):
            field.editor.currentIndexChanged.connect(self.changed)

    def value(self) -> Rejection:
        codes = (field.editor.value() for field in (self._result, self._source, self._reason))
        return Rejection(*(code if isinstance(code, int) else 0 for code in codes))

    def set_value(self, rejection: Rejection) -> None:
        """Show codes and tell nobody."""
        self.blockSignals(True)
        self._result.editor.set_value(rejection.result)
        self._source.editor.set_value(rejection.source)
        self._reason.editor.set_value(rejection.reason)
        self.blockSignals(False)

    def _list_reasons(self) -> None:
        source = self._source.editor.value()
        reasons = REJECT_REASONS.get(RejectSource(source)) if isinstance(source, int) else None
        self._reason.editor.blockSignals(True)
        self._reason.editor.set_choices(_choices(reasons) if reasons else [("0 (reserved)", 0)])
        self._reason.editor.blockSignals(False)
        self.changed.emit()
