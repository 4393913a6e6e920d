"""Profiles in and out of the window: importing files of this and other programs, exporting to them.

Files are read and written on a thread. What came of it is said beneath the list, every line of it on demand.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from parley.bridge.profiles.book import ProfileBook
from parley.model.system_errors import error_words
from parley.ui.kit import icons, style
from parley.ui.kit.actions import make_action
from parley.ui.kit.file_drop import FileDrop
from parley.ui.kit.job_line import JobLine, Said

if TYPE_CHECKING:
    from parley.bridge.loop.job import Job
    from parley.bridge.profiles.files import Exports, Imports
    from parley.exchange.files import Format
    from parley.model.files.entries import StoredProfile
    from parley.model.files.store import ProfileStore
    from parley.model.profile import Profile
    from parley.ui.profiles.pane import ProfilesPane

SUFFIXES = (".toml", ".zip", ".csv", ".tsv", ".json", ".cfg")
"""Of files that are taken for profiles wherever in the window they are dropped; on the list of profiles, any are."""

_IMPORT_FILTERS = (f"Profiles ({' '.join(f'*{suffix}' for suffix in SUFFIXES)})", "All files (*)")
_TOML_FILTER = "Parley profile (*.toml)"
_FILTERS = {
    _TOML_FILTER: ".toml",
    "Parley profiles, zipped (*.zip)": ".zip",
    "DCMTK asconfig, negotiation only (*.cfg)": ".cfg",
    "Orthanc DicomModalities, peers only (*.json)": ".json",
    "CSV list of AE title, host, port (*.csv)": ".csv",
}
_LONGEST_NAME = 28


class ProfileFiles(QObject):
    """Gives the pane of profiles its ways in and out.

    Args:
        book: what is imported goes to its list, what is exported comes from there.
        pane: where it is said what came of it, and where any files may be dropped.
        window: whose actions these are, and where files may be dropped that look like profiles.

    Attributes:
        import_action, export_action, export_all_action: for the menus.
        line: says what is under way and what came of it.
    """

    def __init__(self, book: ProfileBook, pane: ProfilesPane, window: QWidget) -> None:
        super().__init__(pane)
        self._book = book
        self._pane = pane
        self.line = JobLine("profiles.files", narrow=True)
        pane.add_line(self.line)
        self.import_action = self._action("&Import profiles…", "import", "Ctrl+I", _IMPORT_TIP, self._ask_import)
        self.export_action = self._action("&Export profile…", "export", "", _EXPORT_TIP, self._ask_export)
        self.export_all_action = self._action("Export a&ll profiles…", "export", "", _ALL_TIP, self._ask_export_all)
        pane.list.addActions([self.import_action, self.export_action])
        for drop in (FileDrop(pane), FileDrop(window, SUFFIXES)):
            drop.dropped.connect(self.import_files)

    # --- in ----------------------------------------------------------------------------------------------------------

    @Slot()
    def _ask_import(self) -> None:
        from parley.ui.kit.file_dialogs import ask_for_files

        ask_for_files(self._pane, "profiles.import_dialog", "Import profiles", self.import_files, _IMPORT_FILTERS)

    @Slot(object)
    def import_files(self, paths: tuple[Path, ...]) -> None:
        """Take the profiles of these files in and open the first."""
        work = partial(_import, self._book.store, paths)
        imported = partial(self._imported, self._book.entries)
        self.line.run(work, "Importing …", imported, _said_of_failed_import)

    def _imported(self, before: tuple[StoredProfile, ...], imports: Imports) -> Said:
        if self._book.entries is before:
            self._book.take(imports.entries)
        else:  # the thread may have listed them before they changed
            self._book.refresh()
        if imports.landed:
            self._book.open(imports.landed[0][1].key)
        return _said_of_imports(imports)

    # --- out ---------------------------------------------------------------------------------------------------------

    @Slot()
    def _ask_export(self) -> None:
        from parley.model.files.atomic import safe_file_name
        from parley.ui.kit.file_dialogs import ask_where_to_save

        name = self._book.draft.name
        title = f"Export “{name}” as it is on the screen, without secrets"
        ask_where_to_save(self._pane, "profiles.export_dialog", title, safe_file_name(name), _FILTERS, self._export)

    @Slot()
    def _ask_export_all(self) -> None:
        from parley.ui.kit.file_dialogs import ask_where_to_save

        title = "Export all profiles as they are saved, without secrets"
        filters = {words: suffix for words, suffix in _FILTERS.items() if words != _TOML_FILTER}
        ask_where_to_save(self._pane, "profiles.export_dialog", title, "profiles", filters, self._export_all)

    def _export(self, path: Path, suffix: str) -> None:
        book = self._book
        work = partial(_export_draft, book.store, book.key, book.draft, path, suffix)
        said = partial(_said_of_exports, f"“{_short(book.draft.name)}” as it is on the screen")
        self.line.run(work, "Exporting …", said, partial(_said_of_failed_export, path))

    def _export_all(self, path: Path, suffix: str) -> None:
        work = partial(_export_saved, self._book.store, path, suffix)
        unsaved = _short(self._book.draft.name) if self._book.is_dirty else ""
        said = partial(_said_of_all, unsaved)
        self.line.run(work, "Exporting …", said, partial(_said_of_failed_export, path))

    def _action(self, text: str, icon: str, keys: str, tip: str, slot: Callable[..., object]) -> QAction:
        action = make_action(self._pane, text, keys, tip, slot)
        action.setIcon(icons.icon(icon))
        return action


_IMPORT_TIP = "Take profiles from Parley, DCMTK asconfig, Orthanc or CSV files; they can be dropped on the list too"
_EXPORT_TIP = "Write the open profile, as it is on the screen, to a file; secrets stay here"
_ALL_TIP = "Write all profiles, as they are saved, to one file; secrets stay here"


# --- on the thread, which also loads what it needs: that takes longer than the window may stand still ----------------


def _import(store: ProfileStore, paths: tuple[Path, ...], job: Job) -> Imports:
    from parley.bridge.profiles.files import import_files

    return import_files(store, paths, job)


def _export_draft(store: ProfileStore, key: str, draft: Profile, path: Path, suffix: str, job: Job) -> Exports:
    from parley.bridge.profiles.files import export_draft

    return export_draft(store, key, draft, path, _format_of(path, suffix), job)


def _export_saved(store: ProfileStore, path: Path, suffix: str, job: Job) -> Exports:
    from parley.bridge.profiles.files import export_saved

    return export_saved(store, path, _format_of(path, suffix), job)


def _format_of(path: Path, suffix: str) -> Format:
    """What the name asks for, else the filter."""
    from parley.exchange.files import SUFFIXES

    return SUFFIXES.get(path.suffix.lower(), SUFFIXES[suffix])


# --- what is said ----------------------------------------------------------------------------------------------------


def _said_of_imports(imports: Imports) -> Said:
    landed, problems = imports.landed, imports.problems
    if not landed:
        reason = _counted(len(problems), "problem") if problems[1:] else "".join(problems) or "the files are empty"
        return style.Tone.ERROR, f"Nothing was imported: {reason.removesuffix('.')}.", problems
    first = landed[0][1]
    words = f"Imported “{_short(first.profile.name)}”"
    if len(landed) > 1:
        words += f" and {len(landed) - 1} more"
    elif first.profile.name != first.wanted:
        words += f", as there is a “{_short(first.wanted)}” already"
    if problems:
        words += f"; {_counted(len(problems), 'thing')} left out"
    if imports.notes:
        words += f"; {imports.notes[0].rpartition(': ')[2]}"
    lines = [*imports.notes, *(f"{path.name}: {each}" for path, each in landed)]
    lines = ["Imported:", *lines, *(("", "Left out:", *problems) if problems else ())]
    return style.Tone.WARNING if problems else style.Tone.OK, f"{words}.", tuple(lines)


def _said_of_exports(what: str, exports: Exports) -> Said:
    words = f"Exported {what}, without secrets, to {_short(exports.path.name)}"
    if exports.form in {"csv", "orthanc"}:
        words += ": AE titles, host and port only"
    elif exports.form == "asconfig":
        words += ": contexts, roles and extended negotiation only"
    if exports.problems:
        words += f"; {_counted(len(exports.problems), 'thing')} could not be said there"
    return style.Tone.WARNING if exports.problems else style.Tone.OK, f"{words}.", exports.problems


def _said_of_all(unsaved: str, exports: Exports) -> Said:
    what = _counted(exports.count, "saved profile")
    return _said_of_exports(f"{what} (not the unsaved changes to “{unsaved}”)" if unsaved else what, exports)


def _said_of_failed_import(error: Exception) -> Said:
    return style.Tone.ERROR, f"The files could not be imported: {error_words(error)}"


def _said_of_failed_export(path: Path, error: Exception) -> Said:
    reason = error_words(error)
    return style.Tone.ERROR, f"{_short(path.name)} was not written: {reason[:1].lower()}{reason[1:].removesuffix('.')}."


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _short(name: str) -> str:
    """A name that does not make a narrow pane wide."""
    half = _LONGEST_NAME // 2
    return name if len(name) <= _LONGEST_NAME else f"{name[:half]}…{name[1 - half :]}"
