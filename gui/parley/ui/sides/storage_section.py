"""The folded section of what becomes of the objects that peers send. It edits a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import Signal

from parley.model.handle import SupportedContext
from parley.model.profile import AcceptorSide
from parley.model.storage import Duplicates, Storage, StorageMode
from parley.ui.kit.fields import Field
from parley.ui.kit.part_section import PartSection


class StorageSection(PartSection):
    """Edits `storage` of a side.

    Attributes:
        classes_requested: the person wants every storage SOP class among the supported contexts.
    """

    field_names = ("storage",)
    classes_requested = Signal()

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        tip = "What to do with the objects of a C-STORE: refuse them, forget them, or save them; and what to answer"
        super().__init__("Objects that come in", f"{prefix}.storage", tip, AcceptorSide())

    def show_contexts(self, contexts: Iterable[SupportedContext]) -> None:
        """Which contexts are supported: without one for storage nothing can come in."""
        if self.is_built():
            from parley.model.storage_contexts import is_for_storage

            lacks = not any(is_for_storage(context.abstract_syntax) for context in contexts)
            self._made["storage"].editor.show_lack_of_classes(lacks)

    def _make_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.sides.storage_edit import StorageEdit

        name = f"{self._prefix}.storage"
        editor = StorageEdit(name)
        editor.classes_requested.connect(self.classes_requested)
        editor.grown.connect(self.grown)
        label = "When a peer sends an object (C-STORE)"
        tip = "Whether it is taken, where it goes, what is answered"
        field: Field[Any] = Field(label, editor, f"{name}.editor", tip)
        field.keep_room()
        return {"storage": field}

    def _words(self, values: Mapping[str, Any]) -> str:
        storage: Storage = values["storage"]
        if storage.mode is StorageMode.REFUSE:
            return "refused (0122H)"
        words = "forgotten" if storage.mode is StorageMode.DISCARD else f"saved to {storage.folder or 'no folder yet'}"
        if storage.mode is StorageMode.RECEIVE and storage.duplicates is not Duplicates.KEEP:
            words += f", duplicates {storage.duplicates.value}d"
        return words if not storage.status else f"{words}, answered {storage.status:04X}H"
