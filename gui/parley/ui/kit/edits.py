"""Edits of rows in a model: told of as one where a person means one, and moved as a block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QAbstractItemModel, QModelIndex, SignalInstance


class Edits:
    """Tells of an edit, at once or when all that belongs to it is done: a person undoes it as a whole.

    Args:
        edited: the signal to tell by.
    """

    def __init__(self, edited: SignalInstance) -> None:
        self._edited = edited
        self._is_open = False
        self._is_told = False

    def tell(self) -> None:
        if self._is_open:
            self._is_told = True
        else:
            self._edited.emit()

    @contextmanager
    def as_one(self) -> Iterator[None]:
        """What is edited inside is told of once, at the end."""
        self._is_open = True
        try:
            yield
        finally:
            self._is_open = False
        if self._is_told:
            self._is_told = False
            self._edited.emit()


def move_rows(model: QAbstractItemModel, rows: Iterable[int], step: int) -> list[int]:
    """Move rows one up (-1) or down (1) as a block would go; returns where they are afterwards."""
    chosen = sorted(rows)
    root = QModelIndex()
    if not chosen or (chosen[0] == 0 and step < 0) or (chosen[-1] == model.rowCount() - 1 and step > 0):
        return chosen
    for row in chosen if step < 0 else reversed(chosen):
        model.moveRow(root, row, root, row - 1 if step < 0 else row + 2)
    return [row + step for row in chosen]
