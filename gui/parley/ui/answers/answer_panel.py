"""The form of one answer that is edited before it is sent: contexts, all else of the A-ASSOCIATE-AC, what is wrong.

It edits an `AnswerDraft` and emits wishes, as the SCU and the SCP panel do with theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QToolButton

from parley.model.answers.draft import AnswerDraft
from parley.model.handle import AcceptorHandle
from parley.model.secret import NO_SECRET
from parley.ui.answers.answer_edit import AnswerMenu
from parley.ui.answers.answered_contexts import AnsweredField
from parley.ui.kit import icons
from parley.ui.kit.action_button import ActionButton
from parley.ui.kit.fields import Field, named, sentence
from parley.ui.kit.menu_button import MenuButton
from parley.ui.kit.texts import set_tip
from parley.ui.sides.identity import IdentitySection
from parley.ui.sides.negotiation_sections import AnswerSection, extended_field, operations_field, raw_field, roles_field
from parley.ui.sides.side_panel import DEFAULT_MAXIMUM_LENGTH, SidePanel
from parley.ul.errors import Severity

if TYPE_CHECKING:
    from parley.model.problems.problem import Problem

PREFIX = "answer"
_PREFILLS = {
    "default": (
        "As the rules accept",
        "Back to where this began: what this side would accept by itself",
    ),
    "reset": ("Grant everything", "Accept every context, and grant roles and all else that is asked for"),
}


class GrantsSection(AnswerSection):
    """What one answer grants beside contexts; no rules decide about it any more."""

    field_names = ("asynchronous_operations", "roles", "extended_negotiation", "identity_response", "raw_sub_items")

    def _make_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.kit.pieces import SwitchedField
        from parley.ui.sides.secret_edit import SecretEdit

        name, tip = f"{PREFIX}.identity_response", "Sub-item 59H: a ticket, assertion or token; empty for user names"
        response = SecretEdit(name, "Identity response", tip)
        return {
            "asynchronous_operations": operations_field(
                PREFIX, "The most that the peer may invoke at a time", "The most that this side invokes"
            ),
            "roles": roles_field(PREFIX, "Roles granted, by SOP class", "granted"),
            "extended_negotiation": extended_field(PREFIX),
            "identity_response": SwitchedField("Response to the user identity", response, name, tip, "send", NO_SECRET),
            "raw_sub_items": raw_field(PREFIX),
        }

    def _words(self, values: Mapping[str, Any]) -> str:
        words = super()._words(values)
        response = "" if values["identity_response"] is None else "with identity response"
        return " · ".join(filter(None, (words if words != "none" or not response else "", response)))


class AnswerPanel(SidePanel):
    """Edits an `AnswerDraft`.

    Attributes:
        send_requested: the person wants this answer to be sent, with the draft.
        other_requested: the person wants another answer than an acceptance, as text.
        wait_requested: the person needs more time.
        send_action: for keys.

    Args:
        draft: where the editing begins, and what one can go back to.
        number: of the association.
    """

    send_requested = Signal(object)
    other_requested = Signal(str)
    wait_requested = Signal()

    def __init__(self, draft: AnswerDraft, number: int) -> None:
        super().__init__(PREFIX, f"Answer to association {number}", "How long the request still waits")
        self._shown = self._first = draft
        self._can_send = True
        self._make_fields()
        self._make_commands()
        self.set_side(draft)
        self.check()
        self.setFocusProxy(self._contexts.editor)

    def _plain_button(self, name: str, text: str, tip: str) -> QToolButton:  # noqa: ARG002 (this panel has its own)
        return super()._plain_button(name, *_PREFILLS[name])

    def _make_fields(self) -> None:
        self._contexts = AnsweredField(f"{PREFIX}.contexts")
        self._fields["contexts"] = self._contexts
        self._layout.insertWidget(1, self._contexts)
        self._length = self._maximum_length_field("Ma&ximum length")
        self._row(("maximum_length", self._length, 1))
        self._section(GrantsSection(PREFIX))
        self._section(IdentitySection(PREFIX, AcceptorHandle()))
        self._form.addStretch(1)
        self._contexts.editor.changed.connect(self._edited)
        self._length.changed.connect(self._edited)

    def _make_commands(self) -> None:
        self.send_action = self._command("&Send", "ok", "Ctrl+Return", "Accept with this answer")
        self._send_tip = self.send_action.toolTip()
        self.send_action.triggered.connect(self._send)
        self._reject = self._command("&Reject", "abort", "Ctrl+Shift+X", "Reject instead: 1/1/1, no reason given")
        self._reject.triggered.connect(partial(self._choose_other, "reject 1/1/1"))
        self._others = AnswerMenu(parent=self)
        self._others.chosen.connect(self.other_requested)
        self._other_button = MenuButton("Other answer", f"{PREFIX}.other", "Any other answer instead", self._others)
        for action, name in ((self.send_action, "send"), (self._reject, "reject")):
            button = ActionButton(action, f"{PREFIX}.{name}")
            button.setAutoDefault(False)  # Enter in a field must not send
            self._buttons.addWidget(button)
            self.addAction(action)
        self._buttons.addWidget(self._other_button)
        self._buttons.addStretch(1)
        self._wait = QPushButton("Stop the countdown")
        self._wait.setAutoDefault(False)
        tip = "Wait until you answer; the device may give up before"
        named(self._wait, f"{PREFIX}.wait", "Stop the countdown", tip)
        self._wait.clicked.connect(self.wait_requested)
        self._buttons.addWidget(self._wait)

    # --- the draft ---------------------------------------------------------------------------------------------------

    def side(self) -> AnswerDraft:
        """The draft as it is typed, problems and all."""
        handle = replace(
            self._with_parts(self._shown.handle),
            maximum_length=(self._length.editor.value() or 0) if self._length.is_on() else None,
        )
        return replace(self._shown, contexts=self._contexts.editor.value(), handle=handle)

    def set_side(self, side: AnswerDraft) -> None:
        """Show another draft; `changed` stays silent."""
        self._filling = True
        self._shown = side
        self._contexts.editor.set_value(side.contexts)
        self._length.show_value(side.handle.maximum_length, DEFAULT_MAXIMUM_LENGTH)
        self._show_parts(side.handle)
        self._filling = False
        self._checking.start()

    def _defaulted(self, side: AnswerDraft) -> AnswerDraft:  # noqa: ARG002
        return self._first

    def _emptied(self, side: AnswerDraft) -> AnswerDraft:
        return side.granting_all()

    def _typed_problems(self) -> list[Problem]:
        from parley.model.problems.problem import error

        typed = self._contexts.editor.typed_problems()
        return [*super()._typed_problems(), *(error(f"contexts{place}", *words) for place, *words in typed)]

    def _check_draft(self) -> tuple[Problem, ...]:
        return self.side().problems()

    def _mark_rows(self) -> None:
        """The field does it."""

    def _after_check(self) -> None:
        errors = [sentence(problem) for problem in self._problems if problem.severity is Severity.ERROR]
        self.send_action.setText("&Send anyway" if errors else "&Send")
        self.send_action.setIcon(icons.icon("warning" if errors else "ok"))
        set_tip(self.send_action, "\n".join(["Send although:", *errors]) if errors else self._send_tip)

    # --- wishes ------------------------------------------------------------------------------------------------------

    @Slot()
    def _send(self) -> None:
        said_anyway = self.has_errors()
        self.check()
        if said_anyway or not self.has_errors():
            self.send_requested.emit(self.side())

    def _choose_other(self, text: str, _checked: bool = False) -> None:
        self.other_requested.emit(text)

    def show_countdown(self, goes_on: bool) -> None:
        """Whether it can be stopped."""
        self._wait.setEnabled(goes_on)

    def show_waiting_ended(self) -> None:
        """Nothing can be sent any more."""
        for thing in (self.send_action, self._reject, self._other_button, self._wait):
            thing.setEnabled(False)
