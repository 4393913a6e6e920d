"""Profiles as files: a folder tree that the person can read, change by hand and keep under version control.

A profile is known by its key, the path of its file below the folder with slashes (``Site A/CT 1.toml``); its name is
inside the file, so that a name may hold what file names cannot. A file that cannot be read is listed with the reason
and never overwritten. The built-in profile has no file and can only be copied.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, MutableSequence, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import count
from pathlib import Path, PurePosixPath

from parley.model.files.atomic import safe_file_name, write_atomically
from parley.model.files.entries import (
    GONE,
    SUFFIX,
    ChangedError,
    Deed,
    StoredProfile,
    StoreError,
    find,
    in_order,
)
from parley.model.files.lock import LockedError, Pause, only_one
from parley.model.files.memory import FileMemory
from parley.model.files.private import make_folder
from parley.model.files.reader import ProfileFileError, read_profile
from parley.model.files.regular import FileTooBigError, read_regular
from parley.model.files.secrets import without_references, without_secrets
from parley.model.files.shared import is_beyond_changing, shared_text
from parley.model.profile import LOOPBACK, AcceptorSide, Profile
from parley.model.system_errors import error_words

LARGEST_FILE = 1 << 20
"""Bytes. A profile takes some thousands; what is larger is something else."""

BUILT_IN = {LOOPBACK.name: LOOPBACK}
"""Profiles without a file; the key is the name, which no file's key can be for lack of the suffix."""


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of a profile that came from elsewhere.

    Attributes:
        key: of its new file; empty where it could not be written.
        profile: as it was written, with the name that it has now.
        problem: why it could not be written.
    """

    key: str
    profile: Profile
    problem: str = ""


class ProfileStore:
    """The profiles in one folder. What another program changes there is seen at the next call.

    Whatever is changed, no other window or command of Parley changes between the look at a file and its replacement.

    With a clock, the list reads a file again only when it has changed: listing 1 000 profiles once more takes
    milliseconds instead of a second. It may be done on any thread.

    Args:
        folder: where they are; it need not exist.
        clock: gives nanoseconds since 1970, as the times of files are; without one, every file is read every time.
        for_group: whether the user's group may read what is written.
        pause: waits so many seconds while another program changes the folder; see `only_one`.
    """

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], int] | None = None,
        *,
        for_group: bool = False,
        pause: Pause | None = None,
    ) -> None:
        self.folder = folder
        self._pause = pause
        self.for_group = for_group
        self._entries = FileMemory[StoredProfile](clock)

    # --- looking -----------------------------------------------------------------------------------------------------

    def list(self) -> tuple[StoredProfile, ...]:
        """Every profile, readable or not: the built-in ones, then by folder and name. Never raises.

        A folder that cannot be read is listed like a file that cannot.
        """
        errors = deque[OSError]()
        keys = list(self._keys(errors))
        stored = [self._entry(key) for key in keys]
        stored += [self._unreadable_folder(error) for error in errors if not isinstance(error, FileNotFoundError)]
        self._entries.retain([self._place(key) for key in keys])
        return in_order((*_built_in_entries(), *stored))

    def entry(self, key: str) -> StoredProfile | None:
        """The list's line of one profile, without a look at the others; None where there is none."""
        if key in BUILT_IN:
            return next(entry for entry in _built_in_entries() if entry.key == key)
        if any(part.startswith(".") for part in key.split("/")):
            return None
        try:
            return self._entry(key) if os.path.lexists(self._path(key)) else None
        except StoreError:
            return None

    def is_still(self, entry: StoredProfile) -> bool:
        """Whether a file is what it was when the list was read; it is not read as a profile, which may take seconds."""
        try:
            return bool(entry.version) and _version(_text_of(self._path(entry.key))) == entry.version
        except (OSError, ProfileFileError, StoreError):
            return False

    def folders(self) -> tuple[str, ...]:
        """Every folder below the top one, empty ones too, with slashes."""
        return tuple(sorted(folder for folder, _ in self._walk() if folder))

    def load(self, key: str) -> Profile:
        """The profile with that key.

        Raises:
            StoreError: there is none, or it cannot be read.
        """
        if key in BUILT_IN:
            return BUILT_IN[key]
        return self._read(key)[0]

    def find(self, name: str) -> StoredProfile:
        """As `find` among all of them; the others are not read where a file has that name.

        Raises:
            StoreError: there is none, or more than one.
        """
        entry = None if name in BUILT_IN or name.endswith(SUFFIX) else self.entry(name + SUFFIX)
        return entry if entry is not None and entry.profile is not None else find(self.list(), name)

    def acceptor_side(self, name: str) -> AcceptorSide | None:
        """The SCP side of the profile with that name; None where there is none, or more than one."""
        try:
            return self.load(self.find(name).key).scp
        except StoreError:
            return None

    def that_hold(self, text: re.Pattern[bytes]) -> Iterator[Profile]:
        """The profiles in whose files such a text stands; the others are not read as profiles, which would take a
        hundred times as long. Those that cannot be read are left out.
        """
        for key in self._keys():
            with suppress(OSError, StoreError):
                if text.search(read_regular(self._path(key), LARGEST_FILE)):
                    yield self.load(key)

    def text(self, key: str, draft: Profile | None = None) -> str:
        """The text of a profile's file, to be handed on as it is, or as `draft` would make it; built in, written out.

        No name of a secret is in it.

        Raises:
            StoreError: there is none, it cannot be read, or not be changed to that.
        """
        if key in BUILT_IN:
            return _fresh_text(without_references(draft or BUILT_IN[key]))
        current, text = self._read(key)
        text = shared_text(text, current.name)
        wanted = without_references(current if draft is None else draft)
        return text if wanted == without_references(current) else _changed_text(wanted, text)

    # --- changing ----------------------------------------------------------------------------------------------------

    def create(self, profile: Profile, folder: str = "") -> str:
        """Write a profile to a new file ("save as") and return its key. The folder is created where it is missing.

        Raises:
            StoreError: the name is empty or taken in that folder, or the file cannot be written.
        """
        self._path(str(PurePosixPath(folder, f"any{SUFFIX}")))  # before anything is made for it
        with self._alone(makes=True):
            self._refuse_name(profile.name, folder)
            key = self._free_key(profile.name, folder)
            self._write(key, _fresh_text(profile))
        return key

    def adopt(self, arrivals: Iterable[tuple[Profile, str, str]]) -> Iterator[Adopted]:
        """Write many profiles to new files, one after the other: each with its folder, and its own text or none.

        A name that is taken gets a number. What cannot be written has the reason, and the rest goes on.
        """
        names: dict[str, set[str]] = {}
        keys = {key.casefold() for key in self._keys()}
        for profile, folder, text in arrivals:
            if folder not in names:
                names[folder] = {entry.name.casefold() for entry in self._siblings(folder)}
            stem = profile.name.strip() or "Profile"
            numbered = (stem if number == 1 else f"{stem} {number}" for number in count(1))
            named = replace(profile, name=next(name for name in numbered if name.casefold() not in names[folder]))
            try:
                with self._alone(makes=True):
                    key = self._free_key(named.name, folder, taken=keys)
                    self._write(key, _changed_text(named, text) if text else _fresh_text(named))
            except StoreError as error:
                yield Adopted("", named, str(error))
                continue
            names[folder].add(named.name.casefold())
            keys.add(key.casefold())
            yield Adopted(key, named)

    def save(self, profile: Profile, key: str, opened: StoredProfile | None = None) -> str:
        """Write a profile to its file, keeping comments, order and unknown keys; a file that is gone is written anew.

        Of secrets it gets the references alone.

        The profile's name goes into the file, while the file keeps its own: `rename` changes both.

        Args:
            opened: the file as it was read, or `GONE`; None to write whatever it is now. Comments and unknown keys of
                another program stay in any case: only a profile that is another one is in the way.

        Returns the version of the file afterwards.

        Raises:
            ChangedError: the file has another profile now, or is gone.
            StoreError: the profile is built in, its file cannot be read any more, is read-only or cannot be written.
        """
        self._refuse_built_in(key, "changed: save it under another name")
        self._path(key)  # before anything is made for it
        with self._alone(makes=True):
            return self._save(profile, key, opened)

    def _save(self, profile: Profile, key: str, opened: StoredProfile | None) -> str:
        profile = without_secrets(profile)
        if not self._path(key).exists():
            if opened is not None and opened is not GONE:
                raise ChangedError(key, Deed.SAVE, None)
            self._refuse_name(profile.name, _folder_of(key))
            fresh = _fresh_text(profile)
            self._write(key, fresh)
            return _version(fresh)
        try:
            current, text = self._read(key)
        except _UnreadableError:
            if opened is not None:
                raise ChangedError(key, Deed.SAVE, self._entry(key)) from None
            raise
        if opened is not None and _version(text) != opened.version and current not in {opened.profile, profile}:
            raise ChangedError(key, Deed.SAVE, self.entry(key))
        if profile.name != current.name:
            self._refuse_name(profile.name, _folder_of(key), but_for=key)
        if profile == current:
            return _version(text)
        changed = _changed_text(profile, text)
        if opened is not None and self._read(key)[1] != text:
            raise ChangedError(key, Deed.SAVE, self.entry(key))
        self._write(key, changed)
        return _version(changed)

    def rename(self, key: str, name: str, opened: StoredProfile | None = None) -> str:
        """Give a profile another name and, where that is possible, its file a name like it; return the new key.

        Args:
            opened: the file as it was read; None to rename whatever it is now.

        Raises:
            ChangedError: the file is another one now.
            StoreError: the profile is built in or cannot be read, the name is empty or taken, or the file cannot be
                written.
        """
        self._refuse_built_in(key, "renamed: duplicate it instead")
        with self._alone():
            self._refuse_change(key, Deed.RENAME, opened)
            return self._rename(key, name)

    def _rename(self, key: str, name: str) -> str:
        profile, text = self._read(key)
        # An editor, which knows no lock, may write to it at this very moment.
        opened = StoredProfile(key, profile.name, profile=profile, version=_version(text))
        try:
            self._save(replace(profile, name=name), key, opened)
        except ChangedError as error:
            if error.theirs is None or error.theirs.profile is None:
                raise StoreError(str(error)) from None
            raise ChangedError(key, Deed.RENAME, error.theirs) from None
        if safe_file_name(name) == PurePosixPath(key).stem:
            return key
        new_key = self._free_key(name, _folder_of(key), but_for=key)
        try:
            self._path(key).rename(self._path(new_key))
        except OSError:
            return key  # The name inside the file is what counts.
        return new_key

    def duplicate(self, key: str, name: str | None = None) -> str:
        """Copy a profile, comments included, under a name or else a new one made from its own; return the copy's key.

        The copy has no names of secrets: those are its original's.

        Raises:
            StoreError: the profile cannot be read, the name is empty or taken, or the file cannot be written.
        """
        if key in BUILT_IN:
            profile, text, folder = BUILT_IN[key], None, ""
        else:
            profile, text = self._read(key)
            folder = _folder_of(key)
        with self._alone(makes=True):
            copy = replace(
                without_references(profile), name=self._copy_name(profile.name, folder) if name is None else name
            )
            self._refuse_name(copy.name, folder)
            new_key = self._free_key(copy.name, folder)
            self._write(new_key, _fresh_text(copy) if text is None else _changed_text(copy, shared_text(text)))
        return new_key

    def delete(self, key: str, opened: StoredProfile | None = None) -> None:
        """Remove a profile's file, also one that cannot be read.

        Args:
            opened: the file as it was read; None to remove whatever it is now.

        Raises:
            ChangedError: the file is another one now.
            StoreError: the profile is built in, or the file cannot be removed.
        """
        self._refuse_built_in(key, "deleted")
        with self._alone():
            self._refuse_change(key, Deed.DELETE, opened)
            try:
                self._path(key).unlink()
            except FileNotFoundError:
                raise StoreError(f"There is no file {key} any more.") from None
            except OSError as error:
                raise StoreError(f"{key} could not be deleted: {_words(error)}.") from error

    @contextmanager
    def _alone(self, *, makes: bool = False) -> Iterator[None]:
        """Have the folder for ourselves meanwhile, made where something comes into it."""
        if makes:
            with suppress(OSError):  # said when the file cannot be written
                make_folder(self.folder, for_group=self.for_group)
        try:
            with only_one(self.folder, self._pause):
                yield
        except LockedError as error:
            raise StoreError(f"Nothing was changed: {error}.") from None

    # --- names and keys ----------------------------------------------------------------------------------------------

    def _refuse_built_in(self, key: str, what: str) -> None:
        if key in BUILT_IN:
            raise StoreError(f"The profile {key} is built in and cannot be {what}.")

    def _refuse_change(self, key: str, deed: Deed, opened: StoredProfile | None) -> None:
        """Refuse what would be done to something that nobody here has seen; what is gone is told elsewhere."""
        theirs = None if opened is None else self.entry(key)
        if opened is not None and theirs is not None and theirs.version and theirs.version != opened.version:
            raise ChangedError(key, deed, theirs)

    def _refuse_name(self, name: str, folder: str, but_for: str = "") -> None:
        """Refuse names that are empty or that another profile of the folder has, whatever its case."""
        if not name.strip():
            raise StoreError("A profile needs a name.")
        taken = {entry.name.casefold() for entry in self._siblings(folder) if entry.key != but_for}
        if name.casefold() in taken:
            raise StoreError(f"There is already a profile called {name}.")

    def _siblings(self, folder: str) -> Iterator[StoredProfile]:
        yield from (entry for entry in _built_in_entries() if entry.folder == folder)
        yield from (self._entry(key) for key in self._keys() if _folder_of(key) == folder)

    def _copy_name(self, name: str, folder: str) -> str:
        taken = {entry.name.casefold() for entry in self._siblings(folder)}
        names = (f"{name} copy" if number == 1 else f"{name} copy {number}" for number in count(1))
        return next(name for name in names if name.casefold() not in taken)

    def _free_key(self, name: str, folder: str, but_for: str = "", taken: Set[str] | None = None) -> str:
        """A key for a new file, told from those there even where case does not count."""
        if taken is None:
            taken = {key.casefold() for key in self._keys()} - {but_for.casefold()}
        stem = f"{folder}/{safe_file_name(name)}" if folder else safe_file_name(name)
        keys = (f"{stem}{SUFFIX}" if number == 1 else f"{stem} {number}{SUFFIX}" for number in count(1))
        return next(key for key in keys if key.casefold() not in taken and self._is_free(key, but_for))

    def _is_free(self, key: str, but_for: str) -> bool:
        return key.casefold() == but_for.casefold() or not os.path.lexists(self._path(key))

    def _path(self, key: str) -> Path:
        """The file of a key, which never leads out of the folder."""
        parts = PurePosixPath(key).parts
        path = self.folder.joinpath(*parts)
        if not key.endswith(SUFFIX) or ".." in parts or not path.is_relative_to(self.folder):
            raise StoreError(f"{key} is no place for a profile.")
        return path

    # --- files -------------------------------------------------------------------------------------------------------

    def _walk(self, errors: MutableSequence[OSError] | None = None) -> Iterator[tuple[str, Iterable[str]]]:
        """Every folder with the names in it; hidden ones, such as version control's, are left out."""
        for path, folders, names in os.walk(self.folder, onerror=None if errors is None else errors.append):
            folders[:] = [folder for folder in folders if not folder.startswith(".")]
            relative = Path(path).relative_to(self.folder).as_posix()
            yield "" if relative == "." else relative, names

    def _keys(self, errors: MutableSequence[OSError] | None = None) -> Iterator[str]:
        for folder, names in self._walk(errors):
            for name in names:
                if name.endswith(SUFFIX) and not name.startswith("."):
                    yield f"{folder}/{name}" if folder else name

    def _unreadable_folder(self, error: OSError) -> StoredProfile:
        path = Path(error.filename or self.folder)
        name = path.relative_to(self.folder).as_posix() if path != self.folder else str(path)
        return StoredProfile(name, name, _folder_of(name), problem=f"the folder cannot be read: {_words(error)}")

    def _entry(self, key: str) -> StoredProfile:
        """A line of the list. That of a file which cannot be read is not remembered: the reason may be gone."""
        try:
            entry = self._entries.recall(self._place(key), lambda: self._read_entry(key))
        except _UnreadableError as error:
            name = PurePosixPath(key).stem
            return StoredProfile(key, name, _folder_of(key), problem=error.reason, line=error.line)
        return entry

    def _read_entry(self, key: str) -> StoredProfile:
        profile, text = self._read(key)
        return StoredProfile(key, profile.name, _folder_of(key), profile, version=_version(text))

    def _place(self, key: str) -> str:
        """The file of a key that is in the folder; `_path` is for keys from elsewhere."""
        return f"{self.folder}/{key}"

    def _read(self, key: str) -> tuple[Profile, str]:
        """The profile and the text that it was read from."""
        path = self._path(key)
        try:
            text = _text_of(path)
            return read_profile(text, default_name=path.stem), text
        except FileNotFoundError as error:
            raise _UnreadableError(key, "the file is gone") from error
        except OSError as error:
            raise _UnreadableError(key, _words(error)) from error
        except ProfileFileError as error:
            raise _UnreadableError(key, str(error), error.line) from error

    def _write(self, key: str, text: str) -> None:
        path = self._path(key)
        if path.exists() and not _is_writable(path):
            raise StoreError(f"{key} was not saved: the file is read-only.")
        try:
            make_folder(path.parent, for_group=self.for_group)
            write_atomically(path, text.encode("utf-8"), for_group=self.for_group)
        except UnicodeEncodeError:
            raise StoreError(f"{key} was not saved: a text in it holds half a character.") from None
        except OSError as error:
            raise StoreError(f"{key} was not saved: {_words(error)}.") from error


class _UnreadableError(StoreError):
    """A file that cannot be read, as list entry and as error."""

    def __init__(self, key: str, reason: str, line: int | None = None) -> None:
        place = f", line {line}" if line is not None else ""
        super().__init__(f"{key}{place}: {reason}.")
        self.reason = reason
        self.line = line


def _built_in_entries() -> Iterator[StoredProfile]:
    return (StoredProfile(key, key, profile=profile, built_in=True) for key, profile in BUILT_IN.items())


def _text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        OSError: it cannot be read.
        ProfileFileError: it is nothing that a profile could be in.
    """
    try:
        data = read_regular(path, LARGEST_FILE)
    except FileTooBigError as error:
        raise ProfileFileError(f"it is too big for a profile ({error.size} bytes)") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProfileFileError("it is not UTF-8 text", data[: error.start].count(b"\n") + 1) from error


def _version(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _fresh_text(profile: Profile) -> str:
    # tomlkit takes 20 ms to import: too much for a window that only lists profiles.
    from parley.model.files.writer import new_text

    return new_text(profile)


def _changed_text(profile: Profile, text: str) -> str:
    """The text with the profile in it, read once more to be sure of it.

    Raises:
        StoreError: the text is written in a way that cannot be changed and kept at the same time.
    """
    from tomlkit.exceptions import TOMLKitError

    from parley.model.files.writer import changed_text

    if is_beyond_changing(text):
        raise StoreError("The file holds more than can be changed in place: save the profile under another name.")
    profile = without_secrets(profile)
    try:
        changed = changed_text(profile, text)
        if read_profile(changed, default_name="") == profile:
            return changed
    except (TOMLKitError, ProfileFileError, ValueError, TypeError, KeyError) as error:
        reason = f" ({error})"
    else:
        reason = ""
    raise StoreError(
        "The file is written in a way that cannot be changed without losing parts of it"
        f"{reason}: save the profile under another name."
    )


def _is_writable(path: Path) -> bool:
    """Whether the file itself may be changed: replacing it would need rights on its folder only."""
    return bool(path.stat().st_mode & 0o222) and os.access(path, os.W_OK)


def _folder_of(key: str) -> str:
    return key.rpartition("/")[0]


def _words(error: OSError) -> str:
    """Why, in the middle of a sentence."""
    words = error_words(error)
    return words[:1].lower() + words[1:]
