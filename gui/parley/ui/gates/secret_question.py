"""The dialog that asks for a secret which is needed now and kept nowhere. It holds nobody up but its own wish."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from parley.bridge.profiles.secret_keeper import Question
from parley.model.secret import Secret
from parley.ui.kit import style
from parley.ui.kit.fields import named
from parley.ui.kit.texts import Label, without_shortcut
from parley.ui.sides.secret_edit import SecretEdit

_WIDTH = 440


class SecretQuestion(QDialog):
    """Asks for one secret; cancelling gives up what it is needed for.

    Signals:
        answered(Secret | None, bool): what was typed, and whether it is to be kept; None where it was cancelled.
    """

    answered = Signal(object, bool)

    def __init__(self, question: Question, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("secret_question")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("A secret is needed")
        self.setMinimumWidth(_WIDTH)
        what = Label(without_shortcut(f"The profile needs the {question.what}:"))
        reason = f"{question.reason[:1].upper()}{question.reason[1:]}"
        why = Label(f"{question.wanted.purpose.words} {reason}.")
        why.setWordWrap(True)
        tip = "It goes into no file and no log"
        self._edit = SecretEdit("secret_question.secret", question.what, tip, has_note=False)
        what.setBuddy(self._edit)
        self._keep = QCheckBox("&Keep it in the key store")
        named(self._keep, "secret_question.keep", "Keep it in the key store", "Then Parley need not ask again")
        self._keep.setChecked(question.can_keep)
        self._keep.setVisible(question.can_keep)
        run = Label("Parley knows it until it is closed. To keep it, type it into the profile and save that.")
        run.setVisible(not question.can_keep)
        run.setWordWrap(True)
        if question.can_unlock:
            run.setText(f"{run.text()} Or cancel, unlock the key store or allow Parley to use it, and try again.")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        named(self._ok, "secret_question.ok", "OK", "Go on with this secret")
        cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        named(cancel, "secret_question.cancel", "Cancel", "Do not go on")
        layout = QVBoxLayout(self)
        layout.setSpacing(2 * style.SPACING)
        for widget in (what, self._edit, why, self._keep, run, buttons):
            layout.addWidget(widget)
        self._edit.changed.connect(self._enable)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.finished.connect(self._finished)
        self._enable()

    @Slot()
    def _enable(self) -> None:
        self._ok.setEnabled(bool(self._edit.value()))

    @Slot(int)
    def _finished(self, result: int) -> None:
        secret: Secret | None = self._edit.value() if result == QDialog.DialogCode.Accepted else None
        self.answered.emit(secret, self._keep.isChecked() and not self._keep.isHidden())
