"""Bytes as a person types them, and a line edit for them. Knows no field of any PDU."""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from parley.ui.kit.fields import LineEdit

_BETWEEN = re.compile(r"[\s:,;_-]+|\\x|0[xX]")
_DIGITS = frozenset("0123456789abcdefABCDEF")


def parse_hex(text: str) -> bytes:
    """The bytes of ``01 0A``, ``010a``, ``01:0a``, ``0x01, 0x0A`` and other ways to write them.

    Raises:
        ValueError: with a sentence about what is wrong.
    """
    found = bytearray()
    for run in filter(None, _BETWEEN.split(text)):
        if wrong := next((character for character in run if character not in _DIGITS), None):
            raise ValueError(f"{wrong!r} is not a hexadecimal digit.")
        if len(run) == 1:
            found.append(int(run, 16))
        elif len(run) % 2:
            raise ValueError(f"{run!r} has an odd number of digits; a byte has two.")
        else:
            found += bytes.fromhex(run)
    return bytes(found)


def hex_text(data: bytes) -> str:
    """Bytes as they are shown: ``01 0A``."""
    return data.hex(" ").upper()


class HexEdit(LineEdit):
    """Bytes in hexadecimal, typed in any way; while they cannot be read, the last that could be read count.

    Attributes:
        changed: the person typed something.

    Args:
        length: how many bytes the field holds; None for any number.
    """

    changed = Signal()

    def __init__(self, length: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._length = length
        self._value = b""
        self._wrong = ""
        self.setPlaceholderText("hexadecimal, such as 01 0A" if length is None else f"{length} bytes in hexadecimal")
        font = self.font()
        font.setFamilies(["monospace"])
        font.setStyleHint(font.StyleHint.Monospace)
        self.setFont(font)
        self.textEdited.connect(self._read)
        self.editingFinished.connect(self._tidy)

    def value(self) -> bytes:
        return self._value

    def set_value(self, value: bytes) -> None:
        """Show bytes and tell nobody."""
        self._value, self._wrong = value, ""
        self.setText(hex_text(value))

    def typed_problems(self) -> Iterator[tuple[str, str, str]]:
        """What cannot be read, as place, text and remedy."""
        if self._wrong:
            yield "", f"These are not bytes: {self._wrong}", "Type pairs of 0-9 and A-F; what was readable last counts."

    def _read(self) -> None:
        try:
            value = parse_hex(self.text())
            if self._length is not None and len(value) != self._length:
                raise ValueError(f"{len(value)} bytes are typed, the field holds {self._length}.")
        except ValueError as error:
            self._wrong = str(error)
        else:
            self._value, self._wrong = value, ""
        self.changed.emit()

    def _tidy(self) -> None:
        """Write what was understood the way it is shown everywhere."""
        if not self._wrong:
            self.setText(hex_text(self._value))
