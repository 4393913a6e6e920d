"""Dialogs that ask for files or for a folder; they stay open beside everything else and hand on what was chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

Take = Callable[[tuple[Path, ...]], None]
TakePlace = Callable[[Path, str], None]


def ask_for_files(parent: QWidget, object_name: str, title: str, take: Take, filters: Sequence[str] = ()) -> None:
    """Ask for files that exist, any number of them; `filters` are Qt's name filters, the first one chosen."""
    dialog = _dialog(parent, object_name, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    if filters:
        dialog.setNameFilters(filters)
    dialog.filesSelected.connect(partial(_hand_on, take))
    dialog.open()


def ask_for_folder(parent: QWidget, object_name: str, title: str, take: Take) -> None:
    """Ask for one folder that exists."""
    dialog = _dialog(parent, object_name, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(partial(_hand_on_one, take))
    dialog.open()


def ask_where_to_save(
    parent: QWidget, object_name: str, title: str, name: str, filters: Mapping[str, str], take: TakePlace
) -> None:
    """Ask for a file to be written; before one that exists is replaced, the dialog asks.

    Args:
        name: of the file, without a suffix.
        filters: name filters, each with its suffix, such as ``.csv``, that a name without one gets.
        take: gets the file and the suffix of the filter that was chosen.
    """
    dialog = _dialog(parent, object_name, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(filters))
    dialog.setDefaultSuffix(next(iter(filters.values())))
    dialog.selectFile(name.replace(".", "_"))  # what follows a dot would be taken for a suffix
    dialog.filterSelected.connect(partial(_use_suffix, dialog, filters))
    dialog.fileSelected.connect(partial(_hand_on_place, dialog, filters, take))
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


def _use_suffix(dialog: QFileDialog, filters: Mapping[str, str], name_filter: str) -> None:
    dialog.setDefaultSuffix(filters[name_filter])


def _hand_on_place(dialog: QFileDialog, filters: Mapping[str, str], take: TakePlace, name: str) -> None:
    take(Path(name), filters[dialog.selectedNameFilter()])
