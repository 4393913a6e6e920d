"""Whether a person has agreed that a profile misbehaves towards devices that are not this machine.

It is remembered on this machine only, by the place of the profile's file: a profile that comes from elsewhere brings
none, and one that has gone leaves none behind for the next of its name.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Slot

from parley.bridge.profiles.book import ProfileBook

_KEY = "misbehave/profiles"


class Consent(QObject):
    """Of the profile that is open."""

    def __init__(self, settings: QSettings, book: ProfileBook, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._book = book
        book.listed.connect(self._forget_what_is_gone)

    @property
    def is_given(self) -> bool:
        """Whether it was given, now or in an earlier session."""
        return self._place(self._book.key) in self._places()

    def give(self) -> None:
        """Remember it."""
        self._remember({*self._places(), self._place(self._book.key)})

    def _places(self) -> set[str]:
        kept = self._settings.value(_KEY, [])
        # A list of one comes back from a file as a text.
        return {kept} if isinstance(kept, str) else set(map(str, kept or []))  # type: ignore[call-overload]

    def _place(self, key: str) -> str:
        return f"{self._folder}{key}"

    @property
    def _folder(self) -> str:
        return f"{self._book.store.folder.absolute()}/"

    def _remember(self, places: set[str]) -> None:
        self._settings.setValue(_KEY, sorted(places))

    @Slot()
    def _forget_what_is_gone(self) -> None:
        if not self._book.has_whole_list:
            return
        folder, places = self._folder, self._places()
        there = {f"{folder}{entry.key}" for entry in self._book.entries}
        kept = {place for place in places if place in there or not place.startswith(folder)}
        if kept != places:
            self._remember(kept)
