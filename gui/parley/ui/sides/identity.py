"""The folded section of who an implementation says it is, and of what nearly nobody changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parley.model.handle import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME, AcceptorHandle, RequestorHandle
from parley.ui.kit.fields import Field
from parley.ui.kit.part_section import PartSection

_OWN = (
    "implementation_class_uid",
    "implementation_version_name",
    "application_context",
    "protocol_version",
    "reserved_9_10",
    "reserved_43_74",
)
_TITLES = {"called_ae_title": "Called AE title", "calling_ae_title": "Calling AE title"}
_AS_REQUESTED = "The standard wants the request's own here; on sends these instead"


class IdentitySection(PartSection):
    """Edits that part of either end's handle."""

    def __init__(self, prefix: str, start: RequestorHandle | AcceptorHandle) -> None:
        self._prefix = prefix
        self._answers = isinstance(start, AcceptorHandle)
        self.field_names = (*_OWN, *_TITLES) if self._answers else _OWN
        tip = "Implementation class UID and version name, application context, protocol version, reserved fields"
        super().__init__("Implementation", f"{prefix}.implementation", tip, start)

    def _make_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.kit.pieces import CountEdit, SwitchedField, TextEdit

        prefix = self._prefix
        made: dict[str, Field[Any]] = {
            "implementation_class_uid": SwitchedField(
                "Implementation class UID",
                TextEdit(),
                f"{prefix}.implementation_class_uid",
                "Identifies the software (sub-item 52H); the standard wants it",
                "send",
                IMPLEMENTATION_CLASS_UID,
            ),
            "implementation_version_name": SwitchedField(
                "Implementation version name",
                TextEdit(),
                f"{prefix}.implementation_version_name",
                "At most 16 characters (sub-item 55H)",
                "send",
                IMPLEMENTATION_VERSION_NAME,
            ),
            "application_context": Field(
                "Application context",
                TextEdit(),
                f"{prefix}.application_context",
                "DICOM has exactly one, 1.2.840.10008.3.1.1.1; another one tests how a peer refuses it",
            ),
            "protocol_version": Field(
                "Protocol version",
                CountEdit(),
                f"{prefix}.protocol_version",
                "A bit field; the standard has only bit 0, which is 1",
            ),
        }
        return made | self._reserved_fields() | (self._title_fields() if self._answers else {})

    def _reserved_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.kit.hex_edit import HexEdit
        from parley.ui.kit.pieces import SwitchedField

        name, tip = f"{self._prefix}.reserved_9_10", "2 bytes behind the protocol version; zero, and never tested"
        short = Field("Reserved bytes 9 to 10", HexEdit(2), name, tip)
        name, label, tip = f"{self._prefix}.reserved_43_74", "Reserved bytes 43 to 74", "32 bytes behind the titles"
        long = (
            SwitchedField(label, HexEdit(32), name, f"{tip}. {_AS_REQUESTED}", "instead of the request's", bytes(32))
            if self._answers
            else Field(label, HexEdit(32), name, f"{tip}; zero, and never tested")
        )
        return {"reserved_9_10": short, "reserved_43_74": long}

    def _title_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.kit.pieces import SwitchedField, TextEdit

        return {
            name: SwitchedField(
                f"{label} in the answer",
                TextEdit(),
                f"{self._prefix}.{name}",
                _AS_REQUESTED,
                "instead of the request's",
                "",
            )
            for name, label in _TITLES.items()
        }

    def _words(self, values: Mapping[str, Any]) -> str:
        parts = [values["implementation_version_name"] or "no version name"]
        parts.append(values["implementation_class_uid"] or "no class UID")
        if any(values["reserved_9_10"]) or any(values["reserved_43_74"] or b""):
            parts.append("reserved bytes not zero")
        return " · ".join(parts)
