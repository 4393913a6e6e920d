"""The folded section of who an implementation says it is, and of what nearly nobody changes: the same for both ends."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from PySide6.QtWidgets import QVBoxLayout, QWidget

from parley.model.handle import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, AcceptorHandle, RequestorHandle
from parley.ui import style
from parley.ui.fields import Field, NumberEdit, OptionalField, StringEdit
from parley.ui.fold import FoldedSection
from parley.ul.codes import APPLICATION_CONTEXT


@dataclass(frozen=True, slots=True)
class Identity:
    """The part of a handle that this section edits."""

    implementation_class_uid: str | None = IMPLEMENTATION_CLASS_UID
    implementation_version_name: str | None = IMPLEMENTATION_VERSION_NAME
    application_context: str = APPLICATION_CONTEXT
    protocol_version: int = 1

    @classmethod
    def of(cls, handle: RequestorHandle | AcceptorHandle) -> Identity:
        return cls(
            handle.implementation_class_uid,
            handle.implementation_version_name,
            handle.application_context,
            handle.protocol_version,
        )


class IdentitySection(FoldedSection):
    """Edits an `Identity`; the widgets exist only once it has been unfolded."""

    field_names = tuple(field.name for field in fields(Identity))

    def __init__(self, prefix: str) -> None:
        super().__init__(
            "Implementation",
            f"{prefix}.implementation",
            "Implementation class UID and version name, application context, protocol version",
            self._make,
        )
        self._prefix = prefix
        self._identity = Identity()
        self._class_uid: OptionalField[StringEdit]
        self._version_name: OptionalField[StringEdit]
        self._context: Field[StringEdit]
        self._version: Field[NumberEdit]
        self._describe()

    def identity(self) -> Identity:
        return self._identity

    def set_identity(self, identity: Identity) -> None:
        self._identity = identity
        if self.is_built():
            self._fill()
        self._describe()

    def fields(self) -> dict[str, Field]:
        """The fields by the names of a handle; none while the section was never unfolded."""
        if not self.is_built():
            return {}
        made = (self._class_uid, self._version_name, self._context, self._version)
        return dict(zip(self.field_names, made, strict=True))

    def _make(self) -> QWidget:
        content = QWidget()
        self._class_uid = OptionalField(
            "Implementation class UID",
            StringEdit(),
            f"{self._prefix}.implementation_class_uid",
            "Identifies the software (sub-item 52H); the standard wants it",
            "send",
        )
        self._version_name = OptionalField(
            "Implementation version name",
            StringEdit(),
            f"{self._prefix}.implementation_version_name",
            "At most 16 characters (sub-item 55H)",
            "send",
        )
        self._context = Field(
            "Application context",
            StringEdit(),
            f"{self._prefix}.application_context",
            "DICOM has exactly one, 1.2.840.10008.3.1.1.1; another one tests how a peer refuses it",
        )
        self._version = Field(
            "Protocol version",
            NumberEdit(),
            f"{self._prefix}.protocol_version",
            "A bit field; the standard has only bit 0, which is 1",
        )
        layout = QVBoxLayout(content)
        layout.setSpacing(style.SPACING)
        for field in (self._class_uid, self._version_name, self._context, self._version):
            layout.addWidget(field)
        self._fill()
        self._class_uid.changed.connect(self._read)
        self._version_name.changed.connect(self._read)
        self._context.editor.textEdited.connect(self._read)
        self._version.editor.textEdited.connect(self._read)
        return content

    def _fill(self) -> None:
        identity = self._identity
        self._class_uid.show_value(identity.implementation_class_uid, IMPLEMENTATION_CLASS_UID)
        self._version_name.show_value(identity.implementation_version_name, IMPLEMENTATION_VERSION_NAME)
        self._context.editor.set_value(identity.application_context)
        self._version.editor.set_value(identity.protocol_version)

    def _read(self) -> None:
        self._identity = replace(
            self._identity,
            implementation_class_uid=self._class_uid.editor.value() if self._class_uid.is_on() else None,
            implementation_version_name=self._version_name.editor.value() if self._version_name.is_on() else None,
            application_context=self._context.editor.value(),
            protocol_version=self._version.editor.value() or 0,
        )
        self._describe()
        self.changed.emit()

    def _describe(self) -> None:
        identity = self._identity
        parts = [identity.implementation_version_name or "no version name"]
        parts.append(identity.implementation_class_uid or "no class UID")
        self.set_summary(" · ".join(parts))
