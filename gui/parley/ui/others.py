"""What profiles that are not on the screen have open: told in the status bar, marked in the list, ended from a menu.

A profile may also be gone from the list, its file removed elsewhere, and listen all the same: the menu reaches it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from parley.ui.kit import style
from parley.ui.kit.fold import ElidedLabel
from parley.ui.kit.texts import add_choice, set_tip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parley.bridge.answers.held import HeldModel, HeldRequest
    from parley.bridge.controller import Controller
    from parley.bridge.opened_profile import OpenedProfile
    from parley.bridge.profiles.book import ProfileBook
    from parley.ui.answers.held_pane import HeldPane
    from parley.ui.profiles.pane import ProfilesPane

NOTHING = "What other profiles have open"


class OthersLabel(ElidedLabel):
    """One line of the status bar; a click wants to know more.

    Attributes:
        clicked: where, on the screen.
    """

    clicked = Signal(object)
    is_muted = False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit(event.globalPosition().toPoint())


class Others(QObject):
    """Keeps line, marks and menu up to date.

    Attributes:
        label: for the status bar.
        menu: for the menus: what each other profile has open, and how to end it or go there.
    """

    def __init__(
        self,
        controller: Controller,
        book: ProfileBook,
        held: HeldModel,
        profiles: ProfilesPane,
        pane: HeldPane,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._controller, self._book, self._held = controller, book, held
        self._profiles, self._pane = profiles, pane
        self._going_to: object = None
        self.label = OthersLabel()
        self.menu = QMenu("Open in &other profiles", window)
        self.menu.setObjectName("others.menu")
        self.menu.setToolTipsVisible(True)
        self.menu.aboutToShow.connect(self._fill)
        self.label.clicked.connect(self._open_menu)
        pane.elsewhere_requested.connect(self.go_to_held)
        held.second_passed.connect(self.show)

    @Slot()
    def show(self) -> None:
        """Tell what is open now; what waits for an answer, and runs out first, comes first."""
        waiting = self._held.waiting_elsewhere
        by_owner = {each.owner: [held for held in waiting if held.owner is each.owner] for each in waiting}
        first = self._held.first_to_run_out(waiting)
        others = sorted(self._controller.others, key=lambda each: first is None or each is not first.owner)
        words = [self._line_of(opened, by_owner.get(opened, [])) for opened in others]
        self.label.tone = style.Tone.WARNING if waiting else None
        self.label.setText(" · ".join(words))
        self.label.update()
        set_tip(self.label, "\n".join([*words, "Click to end it, or to go there."]) if words else NOTHING)
        self.menu.menuAction().setEnabled(bool(others))
        shown, own = self._controller.shown, len(self._held.waiting)
        counts = {opened: len(by_owner.get(opened, [])) for opened in others} | {shown: own}
        marks = {opened.key: open_words(opened, count) for opened, count in counts.items()}
        marked = {key: words for key, words in marks.items() if words}
        self._profiles.show_open(marked, {opened.key for opened, count in counts.items() if count})

    def _line_of(self, opened: OpenedProfile, held: list[HeldRequest]) -> str:
        name, words = self._book.name_of(opened.key), open_words(opened, 0)
        first = self._held.first_to_run_out(held)
        if first is None:
            return f"{name}: {words}"
        left = self._held.left_words(first)
        return f"{name}: {len(held)} held ({left if first.hold.seconds is None else f'{left} left'}), {words}"

    # --- the menu ----------------------------------------------------------------------------------------------------

    @Slot()
    def _fill(self) -> None:
        self.menu.clear()
        for opened in self._controller.others:
            for text, tip, deed in self._choices(opened):
                add_choice(self.menu, text, tip).triggered.connect(deed)

    def _choices(self, opened: OpenedProfile) -> Iterator[tuple[str, str, object]]:
        name = self._book.name_of(opened.key)
        if opened.listener is not None:
            tip = "Stop listening and end what came in"
            yield f"Stop {name}: listening on {opened.listener.address}", tip, partial(_stop, opened)
        if opened.called is not None:
            verb, tip = ("Release", "End the association") if opened.can_store else ("Abort", "End what is under way")
            yield f"{verb} {name}: {open_words(opened, 0, listens=False)}", tip, partial(_end, opened)
        if self._book.entry(opened.key) is not None:
            yield f"Show {name}", "Open this profile", partial(self._show, opened)

    @Slot(object)
    def _open_menu(self, place: QPoint) -> None:
        if self.menu.menuAction().isEnabled():
            self.menu.popup(place)

    def _show(self, opened: OpenedProfile, _checked: bool = False) -> None:
        self._book.open(opened.key)

    # --- to who waits ------------------------------------------------------------------------------------------------

    @Slot()
    def go_to_held(self) -> None:
        """Open the profile whose request runs out first, and go to the requests that wait there."""
        first = self._held.first_to_run_out(self._held.waiting_elsewhere)
        owner = first.owner if first is not None else None
        if owner is not None:
            self._going_to = owner
            self._book.open(owner.key)  # type: ignore[attr-defined]

    def arrived(self, opened: OpenedProfile) -> None:
        """That profile is on the screen, with all that it has."""
        going_to, self._going_to = self._going_to, None
        if opened is going_to:
            self._pane.go_to_next()


def open_words(opened: OpenedProfile, held: int, *, listens: bool = True) -> str:
    """What a profile has open: whom it is connected to, where it listens, how many wait there for an answer."""
    called, listener = opened.called, opened.listener
    parts = [f"{'calling' if opened.is_attempting else 'connected to'} {called}"] if called is not None else []
    parts += [f"listening on {listener.address}"] if listener is not None and listens else []
    return ", ".join([*parts, f"{held} held"] if held else parts)


def _stop(opened: OpenedProfile, _checked: bool = False) -> None:
    opened.stop()


def _end(opened: OpenedProfile, _checked: bool = False) -> None:
    opened.release() if opened.can_store else opened.abort()
