"""Bytes as offset, hexadecimal and text. Paints only the lines that are visible, so that size does not matter."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QFontDatabase,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from parley.ui.kit import style

_PER_LINE = 16
_PER_NARROW_LINE = 8
_PADDING = 6
_OFFSET_DIGITS = 6
_HEX_START = _OFFSET_DIGITS + 2
_PRINTABLE = [chr(code) if 0x20 <= code < 0x7F else "·" for code in range(256)]


class HexView(QAbstractScrollArea):
    """A read-only view of bytes with one highlighted range.

    Signals:
        byte_selected: offset of the byte that the person pointed at.
    """

    byte_selected = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._data = b""
        self._first = 0
        self._length = 0
        self._cursor = 0
        self._per_line = _PER_LINE
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        for text, key, slot in (
            ("Copy selected bytes as hex", QKeySequence(QKeySequence.StandardKey.Copy), self._copy_selected),
            ("Copy all as hex dump", QKeySequence(), self._copy_dump),
        ):
            action = QAction(text, self)
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(slot)
            self.addAction(action)

    @property
    def data(self) -> bytes:
        """What is shown."""
        return self._data

    def set_data(self, data: bytes) -> None:
        """Show other bytes, from their start, with nothing highlighted."""
        self._data = data
        self._first = self._length = self._cursor = 0
        self._measure()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def highlight(self, first: int, length: int) -> None:
        """Mark a range and bring its start into view."""
        first = max(0, min(first, len(self._data)))
        self._first, self._length = first, max(0, min(length, len(self._data) - first))
        self._cursor = self._first
        self._show_line(self._first // self._per_line)
        self.viewport().update()

    def offset_at(self, point: QPoint) -> int | None:
        """The byte under a point of the viewport, in its hexadecimal or its text form."""
        width, height = self._cell()
        line = self.verticalScrollBar().value() + (point.y() - _PADDING // 2) // height
        column = (point.x() - _PADDING + self.horizontalScrollBar().value()) / width
        if _HEX_START <= column < self._text_start - 1:
            byte = int(column - _HEX_START) // 3
        elif self._text_start <= column < self._characters:
            byte = int(column) - self._text_start
        else:
            return None
        offset = line * self._per_line + byte
        return offset if 0 <= offset < len(self._data) else None

    # --- Qt's events -----------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(self._needed(_PER_LINE) + self.verticalScrollBar().sizeHint().width(), self._cell()[1] * 12)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._measure()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        height = self._cell()[1]
        top = self.verticalScrollBar().value()
        visible = range(
            event.rect().top() // height, min(event.rect().bottom() // height + 1, self._line_count() - top)
        )
        for place in visible:
            self._paint_line(painter, top + place, _PADDING // 2 + place * height)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        offset = self.offset_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and offset is not None:
            self._point_at(offset)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = self._per_line * max(1, self.verticalScrollBar().pageStep() - 1)
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._per_line,
            Qt.Key.Key_Down: self._per_line,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(self._data),
            Qt.Key.Key_End: len(self._data),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or not self._data:
            super().keyPressEvent(event)
            return
        self._point_at(max(0, min(self._cursor + step, len(self._data) - 1)))

    # --- inside ----------------------------------------------------------------------------------------------------

    def _point_at(self, offset: int) -> None:
        """Mark one byte; who hears of it may widen the mark to the byte's field."""
        self.highlight(offset, 1)
        self.byte_selected.emit(offset)
        self._cursor = offset
        self._show_line(offset // self._per_line)

    def _cell(self) -> tuple[float, int]:
        metrics = QFontMetrics(self.font())
        return metrics.horizontalAdvance("0" * 16) / 16, metrics.height()

    def _line_count(self) -> int:
        return -(-len(self._data) // self._per_line)

    @property
    def _text_start(self) -> int:
        """The text's first column, in characters."""
        return _HEX_START + 3 * self._per_line + 1

    @property
    def _characters(self) -> int:
        return self._text_start + self._per_line

    def _needed(self, per_line: int) -> int:
        """How wide lines of so many bytes are, in pixels."""
        return round(self._cell()[0] * (_HEX_START + 4 * per_line + 1)) + 2 * _PADDING

    def _measure(self) -> None:
        """Fit to the room there is: half as many bytes in a line before anything has to be scrolled sideways."""
        width, height = self._cell()
        room = self.viewport().width()
        self._per_line = _PER_LINE if self._needed(_PER_LINE) <= room else _PER_NARROW_LINE
        page = max(1, (self.viewport().height() - _PADDING) // height)
        self.verticalScrollBar().setPageStep(page)
        self.verticalScrollBar().setRange(0, max(0, self._line_count() - page))
        self.horizontalScrollBar().setPageStep(room)
        self.horizontalScrollBar().setRange(0, max(0, self._needed(self._per_line) - room))
        self.horizontalScrollBar().setSingleStep(round(width))

    def _show_line(self, line: int) -> None:
        bar = self.verticalScrollBar()
        if not bar.value() <= line < bar.value() + bar.pageStep():
            bar.setValue(line - bar.pageStep() // 3)

    def _paint_line(self, painter: QPainter, line: int, y: int) -> None:
        width, height = self._cell()
        palette = self.palette()
        left = _PADDING - self.horizontalScrollBar().value()
        start = line * self._per_line
        chunk = self._data[start : start + self._per_line]
        baseline = y + painter.fontMetrics().ascent()
        painter.setPen(style.muted(palette))
        painter.drawText(left, baseline, f"{start:0{_OFFSET_DIGITS}x}")
        for byte, code in enumerate(chunk):
            is_marked = self._first <= start + byte < self._first + self._length
            hex_x = left + round((_HEX_START + 3 * byte) * width)
            text_x = left + round((self._text_start + byte) * width)
            if is_marked:
                group = QPalette.ColorGroup.Active if self.isActiveWindow() else QPalette.ColorGroup.Inactive
                brush = palette.brush(group, QPalette.ColorRole.Highlight)
                joins = start + byte + 1 < self._first + self._length and byte + 1 < len(chunk)
                painter.fillRect(QRect(hex_x, y, round((3 if joins else 2) * width), height), brush)
                painter.fillRect(QRect(text_x, y, round(width) + 1, height), brush)
                painter.setPen(palette.color(group, QPalette.ColorRole.HighlightedText))
            else:
                painter.setPen(palette.color(QPalette.ColorRole.Text))
            painter.drawText(hex_x, baseline, f"{code:02x}")
            painter.drawText(text_x, baseline, _PRINTABLE[code])

    @Slot()
    def _copy_selected(self) -> None:
        chosen = self._data[self._first : self._first + self._length] or self._data
        QGuiApplication.clipboard().setText(chosen.hex(" "))

    @Slot()
    def _copy_dump(self) -> None:
        starts = range(0, len(self._data), _PER_LINE)
        QGuiApplication.clipboard().setText("\n".join(_dump_line(self._data, start) for start in starts))


def _dump_line(data: bytes, start: int) -> str:
    chunk = data[start : start + _PER_LINE]
    text = "".join(_PRINTABLE[code] for code in chunk)
    return f"{start:0{_OFFSET_DIGITS}x}  {chunk.hex(' '):<{3 * _PER_LINE}} {text}"
