"""The main window: it assembles the panes, connects them, and decides nothing.

It shows before it is furnished: the panes, and what they need, are imported when the empty window is on the screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow

from parley.ui.geometry import Geometry
from parley.ui.kit import style
from parley.ui.kit.texts import Label, set_tip, set_title
from parley.ul.visible import LONGEST_NAME, one_line

if TYPE_CHECKING:
    from pathlib import Path

    from parley.bridge.answers.desk import AnswerDesk
    from parley.bridge.answers.held import HeldModel
    from parley.bridge.association_model import AssociationModel
    from parley.bridge.consent import ConsentGate
    from parley.bridge.controller import Controller
    from parley.bridge.log.model import LogModel
    from parley.bridge.opened_profile import OpenedProfile
    from parley.bridge.profiles.book import ProfileBook
    from parley.model.event import EngineEvent
    from parley.model.profile import Profile
    from parley.ui.panes import Panes


class MainWindow(QMainWindow):
    """Profiles, SCU, SCP, log and details in splitters, with menus, toolbar and status bar.

    A new pane is made in `furnish` and placed in `_make_panes`, an action gets its place in `parley.ui.menus`, and what
    the controller tells is connected in `_connect`.

    Signals:
        close_requested: the person wants to close and nothing is unsaved; `allow_close` then lets it happen.

    Args:
        settings: where geometry and the last profile are remembered.
    """

    close_requested = Signal()

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self._settings = settings
        self._geometry = Geometry(settings)
        self._may_close = False
        self._is_furnished = False
        self.setObjectName("main_window")
        self.setWindowTitle("Parley")
        self.resize(1400, 900)
        self._geometry.restore_window(self)

    def furnish(
        self,
        controller: Controller,
        book: ProfileBook,
        log: LogModel,
        associations: AssociationModel,
        desk: AnswerDesk,
        held: HeldModel,
        consent: ConsentGate,
    ) -> None:
        """Put the panes in. Call once.

        Args:
            controller: fulfils wishes and tells what came of them.
            book: the open profile.
            log, associations: what happened, who is connected.
            desk, held: decides about requests that wait, and which do.
            consent: rules on what may upset a device.
        """
        from parley.ui.answers.decisions import Decisions
        from parley.ui.gates.leftovers_gate import LeftoversGate
        from parley.ui.gates.misbehave_gate import MisbehaveGate
        from parley.ui.gates.secret_gate import SecretGate
        from parley.ui.log.details import DetailsPane
        from parley.ui.log.from_wire import FromWire
        from parley.ui.log.view import LogView
        from parley.ui.menus import Menus
        from parley.ui.profiles.files import ProfileFiles
        from parley.ui.profiles.pane import ProfilesPane
        from parley.ui.sending.files import SendFiles
        from parley.ui.sides.scp_panel import ScpPanel
        from parley.ui.sides.scu_panel import ScuPanel
        from parley.ui.undo import UndoActions

        self._controller = controller
        self._book = book
        self._log = log
        self._associations = associations
        self._held = held
        self.profiles = ProfilesPane(book)
        self.scu = ScuPanel()
        self.scp = ScpPanel(associations, held)
        self.log_view = LogView(log)
        self.details = DetailsPane()
        self.profile_files = ProfileFiles(book, self.profiles, self)
        self.undo = UndoActions(book, (self.scu, self.scp), self)
        self.from_wire = FromWire(self.scu, self.scp, self)
        self.secrets = SecretGate(book.keeper, controller, self.scu, self.scp, self)
        self._settings.remove("misbehave")  # where consent was kept for each profile, which counts no more
        self.misbehave = MisbehaveGate(consent, desk, self.scu, self.scp, self)
        self.leftovers = LeftoversGate(controller, self)
        self.decisions = Decisions(desk, held, self.scp, self.secrets, self.misbehave, self)
        self.send_files = SendFiles(controller, self.scu, self.misbehave, self)
        self.panes = self._make_panes()
        self.setCentralWidget(self.panes.whole)
        self.log_view.table.addActions([self.from_wire.request_action, self.from_wire.answer_action])
        self.details.add_commands(self.from_wire.request_action, self.from_wire.answer_action)
        self.menus = Menus(self)
        self._make_status_bar()
        self._connect()
        self.panes.restore(self._geometry)
        self._is_furnished = True
        book.start(str(self._settings.value("profile/last", "")))

    # --- assemble ----------------------------------------------------------------------------------------------------

    def _make_panes(self) -> Panes:
        from parley.ui.panes import Pane, Panes

        upper = (
            Pane("profiles", "&Profiles", self.profiles, self.profiles.list),
            Pane("scu", "SC&U panel", self.scu),
            Pane("scp", "S&CP panel", self.scp),
        )
        lower = (
            Pane("log", "&Log", self.log_view, self.log_view.table),
            Pane("details", "&Details", self.details),
        )
        return Panes(upper, lower, self)

    def _make_status_bar(self) -> None:
        from parley.ui.kit.fields import named
        from parley.ui.kit.fold import ElidedLabel

        bar, others = self.statusBar(), ElidedLabel()
        others.is_muted = False
        self._status: dict[str, Label] = {"scp": Label(), "scu": Label(), "others": others, "events": Label()}
        words = "State of the SCP", "State of the SCU", "What other profiles have open", "Events"
        for (name, label), tip in zip(self._status.items(), words, strict=True):
            named(label, f"status.{name}", tip, tip)
            label.setContentsMargins(style.SPACING, 0, style.SPACING, 0)
            if name == "events":
                bar.addPermanentWidget(label)
            else:
                bar.addWidget(label, 1 if label is others else 0)

    # --- connect -----------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        controller, scu, scp, book = self._controller, self.scu, self.scp, self._book
        scu.echo_requested.connect(controller.echo)
        scu.release_requested.connect(controller.release)
        scu.abort_requested.connect(controller.abort)
        scp.stop_requested.connect(controller.stop)
        self.misbehave.associate_passed.connect(self.secrets.associate)
        self.misbehave.listen_passed.connect(self.secrets.listen)
        self.misbehave.change_passed.connect(self.secrets.change)
        scp.abort_association_requested.connect(controller.abort_association)

        controller.attempt_started.connect(scu.attempt_started)
        controller.attempt_finished.connect(scu.attempt_finished)
        controller.echo_finished.connect(scu.echo_finished)
        controller.scu_state_changed.connect(scu.show_state)
        controller.scu_ended.connect(scu.association_ended)
        controller.scu_busy_changed.connect(scu.show_busy)
        controller.listening_changed.connect(scp.show_listening)
        controller.listen_failed.connect(self._show_listen_failed)
        for change in (controller.attempt_started, controller.scu_state_changed, controller.listening_changed):
            change.connect(self._show_states)
        controller.open_changed.connect(self._show_others)
        book.listed.connect(self._show_others)
        controller.profile_shown.connect(self._show_opened)

        scu.tls.wanted_there.connect(scp.tls.use_certificates)
        scp.tls.wanted_there.connect(scu.tls.use_certificates)
        scu.changed.connect(self._draft_changed)
        scp.changed.connect(self._draft_changed)
        # First what waits for an answer is given up: it belongs to the profile that was open before.
        book.opened.connect(self.secrets.give_up)
        book.opened.connect(self.misbehave.give_up)
        book.opened.connect(self._show_profile)
        book.moved.connect(controller.move)
        book.deleted.connect(controller.give_up)
        book.restored.connect(self._restore_sides)
        book.state_changed.connect(self._show_title)
        self.log_view.event_selected.connect(self._show_event)
        self.decisions.event_selected.connect(self._show_event)
        self.decisions.waiting_changed.connect(self._show_states)
        self.from_wire.loaded.connect(self.panes.show_pane)
        for shown in (book.opened, book.restored):
            shown.connect(self.from_wire.forget)
            shown.connect(scu.copy_as.forget)
        self._log.counts_changed.connect(self._show_count)
        self._log.taken.connect(self._look_for_answer)
        self._show_states()
        self._show_count()

    @Slot(object)
    def _show_opened(self, opened: OpenedProfile) -> None:
        """Everything that shows associations shows this profile's alone."""
        self.scu.show_opened(opened)
        self.scp.show_opened(opened)
        self._associations.show(opened)
        self._held.show(opened)
        self._show_states()

    @Slot(str)
    def _show_listen_failed(self, text: str) -> None:
        """The port may be one that another profile of this window listens at."""
        port = self.scp.side().port
        for opened in self._controller.others:
            if opened.listener is not None and opened.listener.port == port:
                text = f"{text} The profile {self._name_of(opened)} of this window listens at this port."
        self.scp.show_listen_failed(text)

    def _name_of(self, opened: OpenedProfile) -> str:
        entry = self._book.entry(opened.key)
        return one_line(entry.name if entry is not None else opened.key, LONGEST_NAME)

    @Slot()
    def _draft_changed(self) -> None:
        self._book.edit(self.scu.side(), self.scp.side(), self._left_out())
        self._show_states()

    def _left_out(self) -> tuple[str, ...]:
        return (*self.scu.left_out(), *self.scp.left_out())

    @Slot(object)
    def _show_profile(self, profile: Profile) -> None:
        self.scu.set_side(profile.scu)
        self.scp.set_side(profile.scp)
        self._controller.show(self._book.key)

    @Slot(object)
    def _restore_sides(self, draft: Profile) -> None:
        """Only what differs is shown anew, so that carets and results elsewhere stay, and what cannot be a value.

        That one goes where the book knows of none any more: all was reverted.
        """
        keeps = bool(self._book.left_out)
        if draft.scu != self.scu.side() or (self.scu.left_out() and not keeps):
            self.scu.restore_side(draft.scu, keep_typed=keeps)
        if draft.scp != self.scp.side() or (self.scp.left_out() and not keeps):
            self.scp.restore_side(draft.scp, keep_typed=keeps)
        self._book.leave_out(self._left_out())
        self._show_states()

    @Slot()
    def _show_title(self) -> None:
        set_title(self, self._book.draft.name, "[*] — Parley")
        self.setWindowModified(self._book.is_dirty)
        self._settings.setValue("profile/last", self._book.key)

    @Slot()
    def _show_states(self) -> None:
        waiting = len(self._held.waiting)
        held = f" · {waiting} held" if waiting else ""
        self._status["scp"].setText(f"SCP: {self.scp.state_line.text()}{held}")
        self._status["scu"].setText(f"SCU: {self.scu.state_words}")
        self._show_others()

    @Slot()
    def _show_others(self) -> None:
        """What is open though its profile is not on the screen must not be forgotten."""
        elsewhere = [held.owner for held in self._held.waiting_elsewhere]
        others = tuple(self._controller.others)
        marks = {opened.key: _open_words(opened, elsewhere.count(opened)) for opened in others}
        words = [f"{self._name_of(opened)}: {marks[opened.key]}" for opened in others]
        self._status["others"].setText(" · ".join(words))
        set_tip(self._status["others"], "\n".join(words) or "What other profiles have open")
        shown = self._controller.shown
        own = _open_words(shown, len(self._held.waiting))
        self.profiles.show_open({**marks, shown.key: own} if own else marks)

    @Slot()
    def _show_count(self) -> None:
        total = f"{self._log.total:,}".replace(",", " ")
        self._status["events"].setText(f"{total} event{'' if self._log.total == 1 else 's'}")

    @Slot(object)
    def _show_event(self, event: EngineEvent | None) -> None:
        from parley.capture.summary import summarize

        if event is None:
            self.details.show_event(None)
            self.from_wire.show_event(None)
        else:
            negotiation = self._log.negotiation_of(event)
            self.details.show_event(event, summarize(event), *negotiation)
            self.from_wire.show_event(event, *negotiation)

    @Slot(object)
    def _look_for_answer(self, events: list[EngineEvent]) -> None:
        """The request that is shown may have been selected before its answer came."""
        number = self.details.awaits_answer_of
        if number is not None and any(event.association == number for event in events):
            event = self.log_view.table.current_event()
            if event is not None and event.association == number:
                self.details.show_answer(event, *self._log.negotiation_of(event))

    # --- for the menus -----------------------------------------------------------------------------------------------

    @property
    def profiles_folder(self) -> Path:
        """Where the profiles' files are; it need not exist yet."""
        return self._book.store.folder

    @Slot()
    def focus_search(self) -> None:
        """Go to the log's filter, from wherever one types."""
        self.panes.show_pane("log")
        self.log_view.focus_filter()

    # --- the end -----------------------------------------------------------------------------------------------------

    def _remember(self) -> None:
        self._geometry.remember_window(self)
        if self._is_furnished:
            self.panes.remember(self._geometry)

    def allow_close(self) -> None:
        """From now on closing closes."""
        self._may_close = True

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            self._remember()
            event.accept()
        else:
            event.ignore()
            self._book.leave(self.close_requested.emit) if self._is_furnished else self.close_requested.emit()


def _open_words(opened: OpenedProfile, held: int) -> str:
    """What a profile has open: whom it is connected to, where it listens, how many wait there for an answer."""
    called, listener = opened.called, opened.listener
    parts = [f"{'calling' if opened.is_attempting else 'connected to'} {called}"] if called is not None else []
    parts += [f"listening on {listener.address}"] if listener is not None else []
    return ", ".join([*parts, f"{held} held"] if held else parts)
