"""The folded sections about who asks: the identity that an SCU gives, and what an SCP does about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from parley.model.handle import (
    AcceptanceRules,
    AcceptorHandle,
    IdentityCheck,
    KnownUser,
    RequestorHandle,
    UserIdentity,
)
from parley.model.secret import NO_SECRET
from parley.ui.kit import style
from parley.ui.kit.fields import ComboBox, Field, named
from parley.ui.kit.part_section import PartSection
from parley.ui.kit.texts import Label

USER_NAME, PASSCODE = 1, 2
_PRIMARY = {
    1: "User name",
    2: "User name",
    3: "Kerberos service ticket",
    4: "SAML assertion",
    5: "JSON web token",
}
_TYPES: list[tuple[str, object]] = [
    ("1  user name", 1),
    ("2  user name and passcode", 2),
    ("3  Kerberos service ticket", 3),
    ("4  SAML assertion", 4),
    ("5  JSON web token", 5),
]
_RESPONSES: list[tuple[str, object]] = [("0  no", 0), ("1  yes", 1)]
_CHECKS: list[tuple[str, object]] = [
    ("Ignored", IdentityCheck.IGNORE),
    ("Checked where one is given", IdentityCheck.CHECK),
    ("Required and checked", IdentityCheck.REQUIRE),
]


class UserIdentitySection(PartSection):
    """Edits the user identity that an SCU gives."""

    field_names = ("user_identity",)

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        tip = "User name, passcode, Kerberos ticket, SAML assertion or JSON web token"
        super().__init__("User identity", f"{prefix}.user_identity", tip, RequestorHandle())

    def _make_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.kit.pieces import SwitchedField

        name, tip = f"{self._prefix}.user_identity", "Sub-item 58H"
        return {"user_identity": SwitchedField("Who asks", UserIdentityEdit(name), name, tip, "send", UserIdentity())}

    def _words(self, values: Mapping[str, Any]) -> str:
        identity: UserIdentity | None = values["user_identity"]
        if identity is None:
            return "none"
        words = _PRIMARY.get(identity.identity_type, f"type {identity.identity_type}")
        if identity.identity_type in {USER_NAME, PASSCODE}:
            words = f"{words} {identity.primary.text or '(empty)'}"
        passcode = " · with passcode" if identity.identity_type == PASSCODE else ""
        return f"{words}{passcode}{' · response requested' if identity.response_requested else ''}"


class UserIdentityEdit(QWidget):
    """All parts of a `UserIdentity`; the passcode's line shows only where the type, or what is there, needs it."""

    changed = Signal()

    def __init__(self, object_name: str) -> None:
        super().__init__()
        from parley.ui.sides.secret_edit import SecretEdit

        self._type = ComboBox(_TYPES)
        named(self._type, f"{object_name}.type", "Type of user identity", "What the peer is given to know who asks")
        self._primary = SecretEdit(f"{object_name}.primary", "User identity", "User name, ticket, assertion or token")
        self._secondary = SecretEdit(f"{object_name}.secondary", "Passcode", "The passcode of type 2")
        self._response = ComboBox(_RESPONSES)
        tip = "Whether the peer is asked to say that it looked at it; without an answer it may have ignored it"
        named(self._response, f"{object_name}.response_requested", "Positive response requested", tip)
        self._labels = {
            part: Label(words)
            for part, words in (("type", "Type"), ("primary", ""), ("secondary", "Passcode"), ("response", "Response"))
        }
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(style.SPACING)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        widgets = (self._type, self._primary, self._secondary, self._response)
        for row, (label, widget) in enumerate(zip(self._labels.values(), widgets, strict=True)):
            label.setBuddy(widget)
            grid.addWidget(label, row, 0)
            grid.addWidget(widget, row, 1)
        self._primary.stand_beside(self._labels["primary"], grid)
        self._secondary.stand_beside(self._labels["secondary"], grid)
        self.setFocusProxy(self._type)
        self._type.activated.connect(self._type_chosen)
        self._response.activated.connect(self.changed)
        self._primary.changed.connect(self.changed)
        self._secondary.changed.connect(self.changed)
        self._adapt()

    def value(self) -> UserIdentity:
        return UserIdentity(
            _number(self._type.value()),
            self._primary.value(),
            self._secondary.value(),
            _number(self._response.value()),
        )

    def set_value(self, value: UserIdentity) -> None:
        self._type.set_value(value.identity_type)
        self._primary.set_value(value.primary)
        self._secondary.set_value(value.secondary)
        self._response.set_value(value.response_requested)
        self._adapt()

    def typed_problems(self) -> Iterator[tuple[str, str, str]]:
        for part, editor in ((".primary", self._primary), (".secondary", self._secondary)):
            yield from ((part, text, remedy) for _, text, remedy in editor.typed_problems())

    @Slot()
    def _type_chosen(self) -> None:
        self._adapt()
        self.changed.emit()

    def _adapt(self) -> None:
        """Name and mask what the type has; what it has not is shown all the same while something stands there."""
        number = _number(self._type.value())
        self._labels["primary"].setText(_PRIMARY.get(number, "Primary field"))
        self._primary.line.setAccessibleName(_PRIMARY.get(number, "Primary field"))
        self._primary.set_plain(number in {USER_NAME, PASSCODE})
        second = number == PASSCODE or self._secondary.value() != NO_SECRET or number not in _PRIMARY
        self._labels["secondary"].setVisible(second)
        self._secondary.setVisible(second)


class UserCheckSection(PartSection):
    """What an SCP does about user identities; the check is among the rules, the response in the handle."""

    field_names = ("identity", "users", "identity_response")

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        tip = "Whether callers have to say who they are, and who is let in"
        super().__init__("User identity", f"{prefix}.user_identity", tip, AcceptanceRules(), AcceptorHandle())

    def _make_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.kit.cells import Cell, SecretCell
        from parley.ui.kit.items_editor import ItemsEditor, ItemsField
        from parley.ui.kit.pieces import ChoiceEdit, SwitchedField
        from parley.ui.sides.secret_edit import SecretEdit, SecretNote

        prefix = self._prefix
        columns = (
            Cell("name", "User name", "As the peer sends it", 2),
            SecretCell("passcode", "Passcode", "Empty: the name is enough", 2, when_none="not asked for"),
        )
        users = ItemsEditor(columns, partial(KnownUser, ""), f"{prefix}.users", "Known users")
        known = ItemsField("Known users", users, "Whom the check lets in")
        self._note = SecretNote(f"{prefix}.users")
        self._users = users
        known.lines.addWidget(self._note)
        users.selected.connect(self._show_note)
        name, tip = f"{prefix}.identity_response", "The server's ticket, assertion or token; empty for user names"
        answer = SecretEdit(name, "Identity response", tip)
        words = "send when asked for"
        fails = "One that is not let in is rejected with 1/2/1; who asks for a response is told of one that is"
        return {
            "identity": Field("User identities are", ChoiceEdit(_CHECKS), f"{prefix}.identity", fails),
            "users": known,
            "identity_response": SwitchedField("Response", answer, name, f"Sub-item 59H. {tip}", words, NO_SECRET),
        }

    @Slot()
    def _show_note(self) -> None:
        self._note.setVisible(any(user.passcode for user in self._users.value()))

    def _words(self, values: Mapping[str, Any]) -> str:
        response = "" if values["identity_response"] is None else " · with response"
        check: IdentityCheck = values["identity"]
        if check is IdentityCheck.IGNORE:
            return f"ignored{response}"
        known = f"{len(values['users'])} known"
        return f"{'required' if check is IdentityCheck.REQUIRE else 'checked'} · {known}{response}"


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
