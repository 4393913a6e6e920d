"""Importing and exporting profiles, for a thread: files of other programs in, files for other programs out.

No widget and no signal: a function gets the job that it runs in, and returns what came of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from parley.bridge.loop.job import Cancelled, Job
from parley.exchange.adopting import Landed, adopt
from parley.exchange.files import Format, read_file, write
from parley.model.files.atomic import write_atomically
from parley.model.files.entries import StoredProfile, StoreError
from parley.model.files.secrets import without_references
from parley.model.files.store import ProfileStore
from parley.model.files.writer import new_text
from parley.model.profile import Profile


class NothingToExportError(Exception):
    """There is nothing that could be written; the text says why in words for a person."""


@dataclass(frozen=True, slots=True)
class Imports:
    """What came of importing.

    Attributes:
        landed: each profile with the file that it is from.
        problems: what was left out, each with its file, line and reason.
        entries: the list of profiles afterwards.
        notes: how files were read, where that was not plain, each with its file.
    """

    landed: tuple[tuple[Path, Landed], ...]
    problems: tuple[str, ...]
    entries: tuple[StoredProfile, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exports:
    """What came of exporting.

    Attributes:
        path: the file that was written.
        form: what it is.
        count: of the profiles in it.
        problems: what of them it does not hold.
    """

    path: Path
    form: Format
    count: int
    problems: tuple[str, ...]


def import_files(store: ProfileStore, paths: Sequence[Path], job: Job) -> Imports:
    """Take the profiles of these files into the store; when it is cancelled, none of them.

    Raises:
        Cancelled: so it was.
    """
    landed: list[tuple[Path, Landed]] = []
    problems: list[str] = []
    notes: list[str] = []
    folders = store.folders()
    try:
        for number, path in enumerate(paths):
            job.report(number / len(paths))
            found = read_file(path)
            notes += [f"{path.name}: {note}" for note in found.notes]
            steps = len(paths) * (len(found.arrivals) + len(found.problems) or 1)
            for step, each in enumerate(adopt(store, found)):
                if isinstance(each, Landed):
                    landed.append((path, each))
                else:
                    problems.append(f"{path.name}: {each}")
                job.report(number / len(paths) + (step + 1) / steps)
        job.settle()
    except Cancelled:
        _take_back(store, [each.key for _, each in landed], folders)
        raise
    return Imports(tuple(landed), tuple(problems), store.list(), tuple(notes))


def export_draft(store: ProfileStore, key: str, draft: Profile, path: Path, form: Format, job: Job) -> Exports:
    """Write the open profile to a file, as it is edited.

    Raises:
        OSError: the file could not be written; what was there before is unchanged.
    """
    job.report(0)
    texts = [(key, _text_of(store, key, draft))] if form in {Format.TOML, Format.ZIP} else []
    return _write(store, [draft], texts, form, path, (), job)


def export_saved(store: ProfileStore, path: Path, form: Format, job: Job) -> Exports:
    """Write every profile that has a file to one file, as they are saved.

    Raises:
        NothingToExportError: there are no profiles that can be read, or too many for that format.
        OSError: the file could not be written; what was there before is unchanged.
    """
    profiles: list[Profile] = []
    texts: list[tuple[str, str]] = []
    problems: list[str] = []
    entries = [entry for entry in store.list() if not entry.built_in]
    for number, entry in enumerate(entries):
        job.report(number / len(entries))
        if entry.profile is None:
            problems.append(f"{entry.key} cannot be read: {entry.problem}")
            continue
        try:
            texts.append((entry.key, store.text(entry.key)))
        except StoreError as error:
            problems.append(str(error))
        else:
            profiles.append(entry.profile)
    if not profiles:
        raise NothingToExportError("There is no saved profile that could be exported.")
    if form is Format.TOML and len(profiles) > 1:
        raise NothingToExportError("A TOML file holds one profile: choose zip for several.")
    return _write(store, profiles, texts, form, path, problems, job)


def _text_of(store: ProfileStore, key: str, draft: Profile) -> str:
    """The profile's own file, changed to the draft; where that is gone or broken, what is on the screen is whole."""
    try:
        return store.text(key, draft)
    except StoreError:
        return new_text(without_references(draft))


def _write(
    store: ProfileStore,
    profiles: Sequence[Profile],
    texts: Sequence[tuple[str, str]],
    form: Format,
    path: Path,
    problems: Iterable[str],
    job: Job,
) -> Exports:
    exported = write(profiles, texts, form)
    job.settle()
    write_atomically(path, exported.data, for_group=store.for_group)
    return Exports(path, form, len(profiles), (*problems, *map(str, exported.problems)))


def _take_back(store: ProfileStore, keys: Iterable[str], folders: Iterable[str]) -> None:
    """Remove profiles that were just written, and the folders that were made for them."""
    for key in keys:
        with suppress(StoreError):
            store.delete(key)
    for folder in sorted(set(store.folders()) - set(folders), reverse=True):
        with suppress(OSError):
            (store.folder / folder).rmdir()
