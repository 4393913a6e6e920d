"""What the bytes of an extended negotiation say, for storage and query/retrieve, with a box for each of them.

The other services have their own bytes; they are edited in hexadecimal only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from parley.model import registry
from parley.ui import style
from parley.ui.cells import Cell
from parley.ui.fields import ComboBox, named
from parley.ui.items_editor import ItemsEditor


@dataclass(frozen=True, slots=True)
class Flag:
    """One byte of a service class's application information.

    Attributes:
        position: of the byte, from 0.
        words: what its values mean, from 0 on.
    """

    position: int
    attribute: str
    name: str
    words: tuple[str, ...]


_NO_YES = ("no", "yes")
_STORAGE = (  # PS3.4 section B.3.1
    Flag(
        0,
        "level_of_support",
        "Level of support",
        ("level 0: local", "level 1: base", "level 2: full", "not applicable: SCU only"),
    ),
    Flag(
        2,
        "digital_signatures",
        "Digital signatures",
        ("unspecified", "level 1: when stored bit for bit", "level 2: kept while unchanged", "level 3: kept"),
    ),
    Flag(4, "element_coercion", "Element coercion", ("does not coerce", "may coerce", "not applicable: SCU only")),
)
_FIND = (  # PS3.4 section C.5.1
    Flag(0, "relational", "Relational queries", _NO_YES),
    Flag(1, "date_time", "Combined date-time matching", _NO_YES),
    Flag(2, "fuzzy", "Fuzzy matching of person names", _NO_YES),
    Flag(3, "timezone", "Timezone query adjustment", _NO_YES),
    Flag(4, "multi_frame", "Enhanced multi-frame image conversion", _NO_YES),
)
_RETRIEVE = (  # PS3.4 sections C.5.2 and C.5.3
    Flag(0, "relational", "Relational retrieval", _NO_YES),
    Flag(1, "multi_frame", "Enhanced multi-frame image conversion", _NO_YES),
)
_ROOTS = ("PatientRoot", "StudyRoot", "PatientStudyOnly")


def flags_of(sop_class_uid: str) -> tuple[Flag, ...]:
    """The flags of this SOP class's extended negotiation; none where only its bytes can be edited."""
    entry = registry.entries().get(sop_class_uid)
    if entry is None:
        return ()
    if entry.service == "Storage":
        return _STORAGE
    if not entry.keyword.startswith(_ROOTS):
        return ()
    return _FIND if entry.keyword.endswith("Find") else _RETRIEVE if entry.keyword.endswith(("Move", "Get")) else ()


def with_flag(information: bytes, flag: Flag, value: int) -> bytes:
    """The bytes with one flag changed; missing ones before it become 0, those behind it stay."""
    padded = information.ljust(flag.position + 1, b"\0")
    return padded[: flag.position] + bytes([value]) + padded[flag.position + 1 :]


class FlagsEditor(QWidget):
    """A box for each flag of one SOP class's bytes; hidden where there are none.

    Attributes:
        changed: with the bytes as they are now.
    """

    changed = Signal(object)

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self._object_name = object_name
        self._information = b""
        self._flags: tuple[Flag, ...] = ()
        self._boxes: list[ComboBox] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * style.SPACING)
        self._grid.setVerticalSpacing(2)
        self.hide()

    def show_bytes(self, sop_class_uid: str, information: bytes) -> None:
        """Say what these bytes mean, and tell nobody."""
        self._information = information
        flags = flags_of(sop_class_uid)
        if flags != self._flags:
            self._lay_out(flags)
        for flag, box in zip(flags, self._boxes, strict=True):
            value = information[flag.position] if flag.position < len(information) else None
            box.set_choices([*((f"{n}  {words}", n) for n, words in enumerate(flag.words)), ("not sent", None)])
            box.set_value(value)
        self.setVisible(bool(flags))

    def _lay_out(self, flags: tuple[Flag, ...]) -> None:
        while item := self._grid.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        self._flags, self._boxes = flags, []
        for number, flag in enumerate(flags):
            box = ComboBox()
            named(
                box, f"{self._object_name}.{flag.attribute}", flag.name, f"Byte {flag.position + 1} of the selected row"
            )
            box.activated.connect(partial(self._chosen, number))
            label = QLabel(flag.name)
            label.setBuddy(box)
            self._grid.addWidget(label, number, 0)
            self._grid.addWidget(box, number, 1)
            self._boxes.append(box)
        self._grid.setColumnStretch(1, 1)

    def _chosen(self, number: int, _row: int = 0) -> None:
        flag, value = self._flags[number], self._boxes[number].value()
        if isinstance(value, int):
            self._information = with_flag(self._information, flag, value)
        else:
            self._information = self._information[: flag.position]
        self.changed.emit(self._information)


class ExtendedEditor(ItemsEditor):
    """A table of extended negotiations; the flags of the selected one stand beneath it."""

    def __init__(self, columns: tuple[Cell, ...], new: Callable[..., Any], object_name: str, name: str) -> None:
        super().__init__(columns, new, object_name, name)
        self._flags = FlagsEditor(f"{object_name}.flags")
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self._flags)
        self.selected.connect(self._show_flags)
        self._flags.changed.connect(self._apply)

    @Slot()
    def _show_flags(self) -> None:
        rows = self.selected_rows()
        if len(rows) == 1:
            item = self.model.item(rows[0])
            self._flags.show_bytes(item.sop_class_uid, item.information)
        else:
            self._flags.hide()

    @Slot(object)
    def _apply(self, information: bytes) -> None:
        row = self.selected_rows()[0]
        self.model.replace_item(row, replace(self.model.item(row), information=information))
