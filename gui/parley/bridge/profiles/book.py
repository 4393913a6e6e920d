"""Which profile is open, what was changed in it, and what has to be asked before it goes. No widgets, no dialogs.

The book holds a draft beside the profile as it was saved. Nothing here discards a draft that differs without an answer
from the person. A secret that was typed counts as saved once the key store has it, which may take as long as a person
takes to unlock it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from itertools import count

from PySide6.QtCore import QObject, Signal

from parley.bridge.loop.job import Job
from parley.bridge.profiles import saved_secrets
from parley.bridge.profiles.conflicts import Choice, Conflict, difference
from parley.bridge.profiles.history import History, Place
from parley.bridge.profiles.listing import ProfileList
from parley.bridge.profiles.secret_keeper import Kept, SecretKeeper
from parley.model.files.entries import GONE, ChangedError, Deed, StoredProfile, StoreError, find
from parley.model.files.purposes import Wanted, named_in
from parley.model.files.secrets import without_secrets
from parley.model.files.store import BUILT_IN, ProfileStore
from parley.model.profile import LOOPBACK, AcceptorSide, Profile, RequestorSide
from parley.model.secret import Secret
from parley.ul.visible import LONGEST_NAME, shortened


class Answer(Enum):
    """What the person may say to unsaved changes."""

    SAVE = "save"
    DISCARD = "discard"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class _Sides:
    """What the panels edit."""

    scu: RequestorSide
    scp: AcceptorSide


def _sides(profile: Profile) -> _Sides:
    return _Sides(profile.scu, profile.scp)


class ProfileBook(QObject):
    """The open profile and the list it comes from.

    Signals:
        listed(): there is something new in the list.
        opened(Profile): another profile is open: show it.
        moved(str, str): the profile of that key has another now: it was renamed, or its file is gone and the draft was
            saved as a new one.
        saved_as(str): the draft was saved as a new profile, which is open now: that is its key. The one before stays.
        deleted(str): the profile of that key is no more.
        restored(Profile): the draft of the open one went back to what it was, or forward again: show it.
        history_changed(): what can be undone or redone changed.
        state_changed(): name, key or "unsaved" changed.
        failed(str): something did not work; words for a person.
        noted(str): it worked, but there is something that a person has to know.
        unsaved(str): ask about the changes to the profile of that name, then call `answer`.
        conflicting(Conflict): another program has changed the file that something was to be done to: ask, then call
            `settle`.
        name_wanted(str): ask for a name, with a suggestion, then call `save_as` or `give_up`.
    """

    listed = Signal()
    opened = Signal(object)
    moved = Signal(str, str)
    saved_as = Signal(str)
    deleted = Signal(str)
    restored = Signal(object)
    history_changed = Signal()
    state_changed = Signal()
    failed = Signal(str)
    noted = Signal(str)
    unsaved = Signal(str)
    conflicting = Signal(object)
    name_wanted = Signal(str)

    def __init__(self, store: ProfileStore, keeper: SecretKeeper | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._keeper = keeper or SecretKeeper(parent=self)
        self._keeper.failed.connect(self.failed)
        self._list = ProfileList(store, self)
        self._list.changed.connect(self._say_listed)
        self._key = LOOPBACK.name
        self._saved = LOOPBACK
        self._draft = LOOPBACK
        self._left_out: tuple[str, ...] = ()
        self._history = History(_sides(LOOPBACK))
        self._then: Callable[[], None] | None = None
        self._keepings = 0  # so many times the key store is being asked to keep something
        self._told: tuple[str, str, bool] | None = None
        self._base: StoredProfile | None = None  # the open profile's file, as it was read or written last
        self._noticed: StoredProfile | None = None  # what it was told of that another program did to it
        self._conflict: Conflict | None = None
        self._again: Callable[..., None] | None = None  # does what met the conflict, whatever the file is now
        self._comparing: Job | None = None

    # --- what is known -----------------------------------------------------------------------------------------------

    @property
    def store(self) -> ProfileStore:
        """Where the profiles come from."""
        return self._store

    @property
    def keeper(self) -> SecretKeeper:
        """Where the secrets go, and come from."""
        return self._keeper

    @property
    def entries(self) -> tuple[StoredProfile, ...]:
        """The list as it was last read; see `has_whole_list`."""
        return self._list.entries

    @property
    def key(self) -> str:
        """Of the open profile."""
        return self._key

    @property
    def draft(self) -> Profile:
        """The open profile as it is edited."""
        return self._draft

    @property
    def is_dirty(self) -> bool:
        """Whether the draft differs from what was saved, or more is typed than it can hold."""
        return self._draft != self._saved or bool(self._left_out) or self._noticed is GONE

    @property
    def left_out(self) -> tuple[str, ...]:
        """Where something is typed that cannot be a value, in words: the draft has what was there before."""
        return self._left_out

    @property
    def is_built_in(self) -> bool:
        """Whether the open profile can only be saved under another name."""
        return self._key in BUILT_IN

    @property
    def is_listing(self) -> bool:
        """Whether the list is being read."""
        return self._list.is_being_read

    @property
    def has_whole_list(self) -> bool:
        """Whether the list was read once: before, a profile that is not in it may well be there."""
        return self._list.is_whole

    def whole_list(self) -> tuple[StoredProfile, ...]:
        """Every line of the list; it is read here where that was never done."""
        return self._list.whole()

    def entry(self, key: str) -> StoredProfile | None:
        """The list's line of a profile."""
        return self._list.entry(key)

    def name_of(self, key: str) -> str:
        """The name of a profile; where it is listed no more, that of its file stands for it."""
        entry = self.entry(key)
        return entry.name if entry is not None else key.removesuffix(".toml")

    # --- opening and editing -----------------------------------------------------------------------------------------

    def start(self, key: str = "") -> None:
        """Open a profile, the built-in one if there is no such or it cannot be read, and begin to read the list."""
        self._list.look_at(LOOPBACK.name, key)
        entry = self.entry(key)
        self._show(key, entry.profile, entry) if entry and entry.profile else self._show(LOOPBACK.name, LOOPBACK)

    def refresh(self) -> None:
        """Read the list again, on a thread: many profiles, or a slow folder, take seconds."""
        self._list.read()

    def take(self, entries: tuple[StoredProfile, ...]) -> None:
        """Have a list that was just read elsewhere, and that nothing was changed since."""
        self._list.take(entries)

    def watch(self) -> None:
        """Read the list again whenever another program changes something in the folder."""
        self._list.watch()

    def _say_listed(self) -> None:
        self._look_at_open()
        self.listed.emit()
        self._tell()

    def edit(self, scu: RequestorSide, scp: AcceptorSide, left_out: tuple[str, ...] = ()) -> None:
        """Take over what the panels hold now, and where they hold what cannot be a value."""
        self._draft = replace(self._draft, scu=scu, scp=scp)
        self._left_out = left_out
        self._history.record(_sides(self._draft), time.monotonic())
        self.history_changed.emit()
        self._tell()

    def leave_out(self, places: tuple[str, ...]) -> None:
        """Know where something is typed now that cannot be a value."""
        self._left_out = places
        self._tell()

    def open(self, key: str) -> None:
        """Open another profile, once the changes to this one are settled."""
        if key != self._key:
            self.leave(lambda: self._open(key))

    def open_named(self, name: str) -> None:
        """Open the profile with that name, as a command line gives it, once the list is there."""
        self._list.when_read(partial(self._open_named, name))

    def _open_named(self, name: str) -> None:
        try:
            key = find(self._list.entries, name).key
        except StoreError as error:
            self.failed.emit(str(error))
        else:
            self.open(key)

    def revert(self) -> None:
        """Go back to what was saved; that can be undone."""
        self._history.seal()
        self.edit(self._saved.scu, self._saved.scp)
        self.restored.emit(self._draft)

    # --- undo and redo -----------------------------------------------------------------------------------------------

    @property
    def to_undo(self) -> Place | None:
        """Where the edit is that `undo` takes back, such as ("scu", "host"); None when there is none."""
        return self._history.to_undo

    @property
    def to_redo(self) -> Place | None:
        """The same for `redo`."""
        return self._history.to_redo

    def undo(self) -> None:
        """Take the last edit of the open profile back. What is saved stays saved."""
        self._restore(self._history.undo())

    def redo(self) -> None:
        """Make the edit again that was undone last."""
        self._restore(self._history.redo())

    def end_step(self) -> None:
        """The person went elsewhere: what is typed from now on is undone by itself."""
        self._history.seal()

    def _restore(self, sides: _Sides) -> None:
        draft = replace(self._draft, scu=sides.scu, scp=sides.scp)
        self._draft = saved_secrets.with_names_of(draft, self._saved)
        self._history.amend(_sides(self._draft))
        self.restored.emit(self._draft)
        self.history_changed.emit()
        self._tell()

    # --- unsaved changes ---------------------------------------------------------------------------------------------

    def leave(self, then: Callable[[], None]) -> None:
        """Do `then` at once when nothing is unsaved, else after the person has answered, once."""
        waiting = self._then is not None
        self._then = then
        if not self.is_dirty:
            self._go_on()
        elif not waiting:
            self.unsaved.emit(self._draft.name)

    def answer(self, answer: Answer) -> None:
        """Go on with what `leave` was asked to do, or stay."""
        if answer is Answer.SAVE:
            if self.save():
                self._go_on()
            elif not self.is_built_in and not self._keepings and not self._is_asking:
                self.give_up()
        elif answer is Answer.DISCARD:
            self._draft, self._left_out = self._saved, ()
            self._go_on()
        else:
            self.give_up()

    def give_up(self) -> None:
        """Stay where we are; the list is told, so that it points at the open profile again."""
        self._then = None
        self.listed.emit()

    # --- saving ------------------------------------------------------------------------------------------------------

    def save(self) -> bool:
        """Save the draft; a built-in profile asks for a name instead.

        Returns whether it is saved now; what still has to go into the key store is not.
        """
        if self.is_built_in:
            self.want_name()
            return False
        if not self._try(self._save):
            return False
        self._note_left_out()
        return not self._keepings

    def want_name(self) -> None:
        """Ask under which name to save."""
        copy = f"{shortened(self._draft.name, LONGEST_NAME)} copy"
        self.name_wanted.emit(self._free_name("My profile" if self.is_built_in else copy))

    def save_as(self, name: str) -> None:
        """Save the draft as a new profile and open that; then go on with what waits for it."""
        if not self._try(self._save_as, name):
            if self._then is not None:
                self.give_up()
            return
        self._note_left_out()
        if not self._keepings:
            self._go_on()

    # --- the list ----------------------------------------------------------------------------------------------------

    def create(self) -> None:
        """Make a new profile with the defaults and open it."""
        self.create_like(replace(LOOPBACK, name="New profile", comment=""))

    def create_like(self, sample: Profile) -> None:
        """Make a new profile that holds what a sample holds, under its name or a free one like it, and open it."""
        self.leave(lambda: self._create(replace(sample, name=self._free_name(sample.name))))

    def duplicate(self, key: str) -> None:
        """Copy a saved profile and open the copy."""
        self.leave(lambda: self._duplicate(key))

    def rename(self, key: str, name: str) -> bool:
        """Give a profile another name; unsaved changes to it stay unsaved."""
        return self._try(self._rename, key, name)

    def delete(self, key: str) -> None:
        """Remove a profile for good: ask before. If it is open, the built-in one takes its place."""
        self._try(self._delete, key)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        then, self._then = self._then, None
        self._tell()
        if then is not None:
            then()

    def _try(self, work: Callable[..., None], *arguments: object, **known: StoredProfile) -> bool:
        try:
            work(*arguments, **known)
        except ChangedError as error:
            self._meet(error, partial(work, *arguments))
            return False
        except StoreError as error:
            self.failed.emit(str(error))
            self.refresh()  # the list may show what is there no more
            return False
        return True

    def _open(self, key: str) -> None:
        listed = self.entry(key)
        if listed is not None and listed.profile is not None and self._store.is_still(listed):
            self._show(key, listed.profile, listed)
            return
        if listed is not None and listed.problem and self._list.is_whole:
            line = f", line {listed.line}" if listed.line is not None else ""
            self.failed.emit(f"{key}{line}: {listed.problem}.")
            self.refresh()  # it may have been mended since
            return
        try:
            entry = self._store.entry(key)
            profile = entry.profile if entry is not None and entry.profile is not None else self._store.load(key)
        except StoreError as error:
            self.failed.emit(str(error))
        else:
            self._show(key, profile, entry)

    def _show(self, key: str, profile: Profile, base: StoredProfile | None = None) -> None:
        self._base, self._noticed = None if key in BUILT_IN else base, None
        self._conflict = self._again = None  # it was about what was open before
        self._key, self._saved, self._draft, self._left_out = key, without_secrets(profile), profile, ()
        self._history.start(_sides(profile))
        self.opened.emit(profile)
        self.history_changed.emit()
        self._tell()

    def _save(self, opened: StoredProfile | None = None) -> None:
        draft = saved_secrets.named(self._draft, self._saved)
        version = self._store.save(draft, self._key, opened or self._base)
        self._base = StoredProfile(
            self._key, draft.name, self._key.rpartition("/")[0], without_secrets(draft), version=version
        )
        self._noticed = None
        gone = named_in(self._saved)
        self._settle(draft)
        self._forget(gone)

    def _save_as(self, name: str) -> None:
        profile = replace(self._draft, name=name, comment="" if self.is_built_in else self._draft.comment)
        profile = saved_secrets.named(saved_secrets.copied(profile), Profile(""))
        before, self._key = self._key, self._store.create(profile)
        self._base, self._noticed = self._store.entry(self._key), None
        if before in BUILT_IN or self._store.entry(before) is not None:
            self.saved_as.emit(self._key)
        else:
            self.moved.emit(before, self._key)
        self._settle(profile)

    def _note_left_out(self) -> None:
        if words := self._words_of_left_out():
            self.noted.emit(words)

    def _words_of_left_out(self) -> str:
        if not self._left_out:
            return ""
        places = "; ".join(self._left_out)
        return f"Saved without what cannot be a value: {places}. It stays typed while the profile is open."

    def _settle(self, profile: Profile) -> None:
        """The file is written; secrets that were typed go into the key store next, and are unsaved until then."""
        typed = saved_secrets.typed(profile, self._saved)
        self._draft, self._saved = profile, saved_secrets.without_values(profile, typed.values())
        self._history.amend(_sides(profile))
        self._list.look_at(self._key)
        if typed:
            self._keepings += 1
            self.restored.emit(profile)  # with the names that they have now
            self._keeper.keep(typed, partial(self._kept, profile, tuple(typed.values())))

    def _kept(self, profile: Profile, secrets: tuple[Secret, ...], kept: Kept) -> None:
        safe = {secret for secret in secrets if secret.reference not in kept.failures}
        self._saved = saved_secrets.with_values(self._saved, self._draft, safe)
        self._keepings -= 1
        words = saved_secrets.words_of_keeping(kept, profile, secrets)
        if words:
            words = " ".join(filter(None, (words, self._words_of_left_out())))
            (self.noted if kept.problem else self.failed).emit(words)
        if self._then is not None and kept.failures:
            self.give_up()
        elif self._then is not None and not self._keepings:
            self._go_on()
        self._tell()

    def _forget(self, wanted: tuple[Wanted, ...]) -> None:
        """Remove from the key store what no profile needs any more, as a list tells that was read since."""
        if wanted:
            self._list.when_read(partial(self._forget_unused, wanted))

    def _forget_unused(self, wanted: tuple[Wanted, ...]) -> None:
        if unused := saved_secrets.unused(wanted, self._list.entries, self._draft):
            self._keeper.forget(unused, self._forgotten)

    def _forgotten(self, kept: Kept) -> None:
        if words := saved_secrets.words_of_forgetting(kept):
            self.failed.emit(words)

    def _create(self, profile: Profile) -> None:
        self._try(self._created, profile)

    def _created(self, profile: Profile) -> None:
        key = self._store.create(profile)
        self._list.look_at(key)
        self._show(key, profile, self._store.entry(key))

    def _duplicate(self, key: str) -> None:
        self._try(self._duplicated, key)

    def _duplicated(self, key: str) -> None:
        new_key = self._store.duplicate(key)
        self._list.look_at(new_key)
        self._open(new_key)

    def _rename(self, key: str, name: str, opened: StoredProfile | None = None) -> None:
        known = self._base if key == self._key else self.entry(key)
        new_key = self._store.rename(key, name, opened or known)
        if key == self._key:
            if known is not None and known.profile is not None and opened is not None:
                # What another program has written is in the file still, and has not been seen in the panels.
                self._base = replace(known, key=new_key, profile=replace(known.profile, name=name))
            else:
                self._base = self._store.entry(new_key)
            self._key = new_key
            self._saved, self._draft = replace(self._saved, name=name), replace(self._draft, name=name)
        self.moved.emit(key, new_key)
        self._list.look_at(key, new_key)

    def _delete(self, key: str, opened: StoredProfile | None = None) -> None:
        entry = self.entry(key)
        self._store.delete(key, opened or (self._base if key == self._key else entry))
        if key == self._key:
            self._base = None
        self._list.look_at(key)
        if key == self._key:
            self._show(LOOPBACK.name, LOOPBACK)
        self.deleted.emit(key)
        if entry is not None and entry.profile is not None:
            self._forget(named_in(entry.profile))

    # --- what other programs do --------------------------------------------------------------------------------------

    @property
    def _is_asking(self) -> bool:
        """Whether a conflict waits for an answer, or is about to be shown."""
        return self._again is not None

    def _meet(self, error: ChangedError, again: Callable[..., None]) -> None:
        """Ask about it, once it is known what is different: on a thread, as profiles may be long."""
        self._again = again
        name = self._draft.name
        mine = without_secrets(self._draft)
        if error.deed is not Deed.SAVE and error.theirs is not None:
            listed = self._base if error.theirs.key == self._key else self.entry(error.theirs.key)
            name = listed.name if listed is not None else error.theirs.name
            mine = listed.profile if listed is not None and listed.profile is not None else mine
        conflict = Conflict(error.deed, name, error.theirs)
        self._comparing = Job(partial(_compared, conflict, mine), self)
        self._comparing.succeeded.connect(self._ask)
        self._comparing.start()

    def _ask(self, conflict: Conflict) -> None:
        if self._comparing is not None:
            self._comparing.deleteLater()
        self._comparing = None
        if self._is_asking:
            self._conflict = conflict
            self.conflicting.emit(conflict)

    def settle(self, choice: Choice) -> None:
        """Do what the person chose about the conflict that was asked about."""
        conflict, again = self._conflict, self._again
        self._conflict = self._again = None
        if conflict is None or again is None or choice is Choice.STAY:
            self.give_up()
            return
        if choice is Choice.BOTH:
            self.save_as(self._free_name(self._draft.name))
        elif choice is Choice.MINE:
            if self._try(again, opened=conflict.theirs or GONE):
                self._done_all_the_same(conflict.deed)
        elif conflict.theirs is None:
            self._show(LOOPBACK.name, LOOPBACK)
            self._go_on()
        else:
            self._take_theirs(conflict.theirs)
            self._go_on()
        self.refresh()

    def _done_all_the_same(self, deed: Deed) -> None:
        if deed is Deed.SAVE:
            self._note_left_out()
            if not self._keepings:
                self._go_on()

    def _take_theirs(self, theirs: StoredProfile) -> None:
        """Show what is in the open profile's file now; that can be undone."""
        if theirs.profile is None:
            return
        self._history.seal()
        self._base, self._noticed = theirs, None
        self._saved = without_secrets(theirs.profile)
        self._draft = replace(self._draft, name=theirs.profile.name, comment=theirs.profile.comment)
        self.edit(theirs.profile.scu, theirs.profile.scp)
        self.restored.emit(self._draft)
        self._tell()

    def _look_at_open(self) -> None:
        """Another program may have changed the file of the open profile: nothing is lost here, and it is said once."""
        if self._base is None or self.is_built_in or not self._list.is_whole or self._is_asking:
            return
        now = self.entry(self._key) or GONE
        if now.version == self._base.version and now is not GONE:
            self._noticed = None
            return
        if self._noticed is not None and (now is self._noticed or now.version == self._noticed.version != ""):
            return
        name, was_dirty, self._noticed = self._draft.name, self.is_dirty, now
        if now is GONE:
            self.noted.emit(f"Another program has removed the file of “{name}”. What is here stays until it is closed.")
        elif now.profile is None:
            self.noted.emit(f"Another program has changed “{name}”, and it cannot be read now: {now.problem}.")
        elif now.profile == self._base.profile:
            self._base, self._noticed = now, None
        elif was_dirty or self._keepings:
            self.noted.emit(f"Another program has changed “{name}”. What is here stays; saving it asks.")
        else:
            self._take_theirs(now)
            self.noted.emit(f"Another program has changed “{name}”: it is shown as it is in the file now.")

    def _free_name(self, wanted: str) -> str:
        taken = {entry.name.casefold() for entry in self._list.whole()}
        names = (wanted if number == 1 else f"{wanted} {number}" for number in count(1))
        return next(name for name in names if name.casefold() not in taken)

    def _tell(self) -> None:
        """Say when something that others show has changed; typing on in a changed draft says nothing."""
        now = self._key, self._draft.name, self.is_dirty
        if now != self._told:
            self._told = now
            self.state_changed.emit()


def _compared(conflict: Conflict, mine: Profile, _job: Job) -> Conflict:
    theirs = conflict.theirs.profile if conflict.theirs is not None else None
    return conflict if theirs is None else replace(conflict, difference=difference(theirs, mine))
