"""What the bytes of an extended negotiation say, for storage, query/retrieve and worklist, with a box for each of them.

The other services have their own bytes, or none; they are edited in hexadecimal only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from parley.model import registry
from parley.ui.kit import style
from parley.ui.kit.cells import Cell
from parley.ui.kit.fields import ComboBox, named
from parley.ui.kit.items_editor import ItemsEditor
from parley.ui.kit.texts import Label


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


@dataclass(frozen=True, slots=True)
class Layout:
    """The application information of a service class.

    Attributes:
        flags: its bytes that say something, those that are reserved left out.
        usual: all of its bytes, as they are without any negotiation.
        least: how many of them are mandatory.
    """

    flags: tuple[Flag, ...] = ()
    usual: bytes = b""
    least: int = 0


_NO_YES = ("no", "yes")
_RELATIONAL_QUERIES = Flag(0, "relational", "Relational queries", _NO_YES)
_RELATIONAL_RETRIEVAL = Flag(0, "relational", "Relational retrieval", _NO_YES)
_DATE_TIME = Flag(1, "date_time", "Combined date-time matching", _NO_YES)
_FUZZY = Flag(2, "fuzzy", "Fuzzy matching of person names", _NO_YES)
_TIMEZONE = Flag(3, "timezone", "Timezone query adjustment", _NO_YES)
_FIND_VIEW = Flag(4, "multi_frame", "Enhanced multi-frame image conversion", _NO_YES)
_RETRIEVE_VIEW = replace(_FIND_VIEW, position=1)
_EMPTY_VALUE = Flag(5, "empty_value", "Empty value matching", _NO_YES)
_MULTIPLE_VALUE = Flag(6, "multiple_value", "Multiple value matching", _NO_YES)

STORAGE = Layout(
    (
        Flag(
            0,
            "level_of_support",
            "Level of support",
            (
                "level 0: some attributes",
                "level 1: types 1 and 2",
                "level 2: all attributes",
                "not applicable: SCU only",
            ),
        ),
        Flag(
            2,
            "digital_signatures",
            "Digital signatures",
            ("unspecified", "level 1: may be lost", "level 2: verified and replaced", "level 3: kept bit for bit"),
        ),
        Flag(4, "element_coercion", "Element coercion", ("does not coerce", "may coerce", "not applicable: SCU only")),
    ),
    usual=b"\3\0\0\0\2\0",
    least=6,
)
"""PS3.4 Tables B.3-1 and B.3-2; the levels are those of sections B.4.1.1 and B.4.1.4. Bytes 2, 4 and 6 are reserved."""
FIND = Layout(
    (_RELATIONAL_QUERIES, _DATE_TIME, _FUZZY, _TIMEZONE, _FIND_VIEW, _EMPTY_VALUE, _MULTIPLE_VALUE),
    usual=bytes(7),
    least=1,
)
"""PS3.4 Tables C.5-1 and C.5-2; older editions end with byte 5."""
RETRIEVE = Layout((_RELATIONAL_RETRIEVAL, _RETRIEVE_VIEW), usual=bytes(2), least=1)
"""PS3.4 Tables C.5-3 and C.5-4, for C-MOVE, and by section C.5.3.1 for C-GET."""
RETRIEVE_INSTANCES = Layout((_RETRIEVE_VIEW,), usual=bytes(2), least=2)
"""PS3.4 Tables Y.5.1-1 and Y.5.1-2, and by section Z.5.1 without bulk data; byte 1 is reserved and 0."""
WORKLIST = Layout((_FUZZY, _TIMEZONE), usual=b"\1\1\0\0", least=3)
"""PS3.4 sections K.5.1.1 and K.5.1.2; bytes 1 and 2 are reserved and 1."""

_ROOTS = ("PatientRoot", "StudyRoot", "PatientStudyOnly")
_NOTHING = Layout()


def layout_of(sop_class_uid: str) -> Layout:
    """What the bytes of this SOP class's extended negotiation are; without flags where only the bytes can be edited."""
    entry = registry.entries().get(sop_class_uid)
    if entry is None:
        return _NOTHING
    if entry.service == "Storage":
        return STORAGE
    if entry.keyword == "ModalityWorklistInformationModelFind":
        return WORKLIST
    retrieves = entry.keyword.endswith(("Move", "Get"))
    if entry.keyword.startswith(_ROOTS):
        return RETRIEVE if retrieves else FIND if entry.keyword.endswith("Find") else _NOTHING
    return RETRIEVE_INSTANCES if retrieves and entry.keyword.startswith("CompositeInstance") else _NOTHING


def with_flag(layout: Layout, information: bytes, flag: Flag, value: int) -> bytes:
    """The bytes with one flag changed; missing ones before it, and mandatory ones, become as they usually are."""
    size = max(flag.position + 1, layout.least)
    filled = information + layout.usual[len(information) : size]
    return filled[: flag.position] + bytes([value]) + filled[flag.position + 1 :]


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
        self._layout = _NOTHING
        self._boxes: list[ComboBox] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * style.SPACING)
        self._grid.setVerticalSpacing(2)
        self.hide()

    def show_bytes(self, sop_class_uid: str, information: bytes) -> None:
        """Say what these bytes mean, and tell nobody."""
        self._information = information
        layout = layout_of(sop_class_uid)
        if layout is not self._layout:
            self._lay_out(layout)
        for flag, box in zip(layout.flags, self._boxes, strict=True):
            value = information[flag.position] if flag.position < len(information) else None
            box.set_choices([*((f"{n}  {words}", n) for n, words in enumerate(flag.words)), ("not sent", None)])
            box.set_value(value)
        self.setVisible(bool(layout.flags))

    def _lay_out(self, layout: Layout) -> None:
        while item := self._grid.takeAt(0):
            if widget := item.widget():
                widget.deleteLater()
        self._layout, self._boxes = layout, []
        for number, flag in enumerate(layout.flags):
            box = ComboBox()
            named(
                box, f"{self._object_name}.{flag.attribute}", flag.name, f"Byte {flag.position + 1} of the selected row"
            )
            box.activated.connect(partial(self._chosen, number))
            label = Label(flag.name)
            label.setBuddy(box)
            self._grid.addWidget(label, number, 0)
            self._grid.addWidget(box, number, 1)
            self._boxes.append(box)
        self._grid.setColumnStretch(1, 1)

    def _chosen(self, number: int, _row: int = 0) -> None:
        flag, value = self._layout.flags[number], self._boxes[number].value()
        if isinstance(value, int):
            self._information = with_flag(self._layout, self._information, flag, value)
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
