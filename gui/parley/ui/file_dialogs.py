"""Dialogs that ask for files or for a folder; they stay open beside everything else and hand on what was chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

Take = Callable[[tuple[Path, ...]], None]


def ask_for_files(parent: QWidget, object_name: str, title: str, take: Take) -> None:
    """Ask for files that exist, any number of them."""
    dialog = _dialog(parent, object_name, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(partial(_hand_on, take))
    dialog.open()


def ask_for_folder(parent: QWidget, object_name: str, title: str, take: Take) -> None:
    """Ask for one folder that exists."""
    dialog = _dialog(parent, object_name, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(partial(_hand_on_one, take))
    dialog.open()


def _dialog(parent: QWidget, object_name: str, title: str) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setObjectName(object_name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _hand_on(take: Take, names: list[str]) -> None:
    take(tuple(map(Path, names)))


def _hand_on_one(take: Take, name: str) -> None:
    take((Path(name),))
