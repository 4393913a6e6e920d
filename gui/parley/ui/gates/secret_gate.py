"""Between the panels' wishes and the controller: a wish passes once every secret that it needs is there.

The key store is asked on a thread, which may take as long as a person takes to unlock it, and what it does not have is
asked for. Cancel, Abort and Stop give the wish up; nothing else waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from parley.bridge.profiles.secret_keeper import Fetching, Question, SecretKeeper
from parley.keystore.fetch import Missing
from parley.model.files.purposes import Wanted, unfetched
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.secret import Secret

if TYPE_CHECKING:
    from parley.bridge.controller import Controller
    from parley.ui.gates.secret_question import SecretQuestion
    from parley.ui.sides.scp_panel import ScpPanel
    from parley.ui.sides.scu_panel import ScuPanel
    from parley.ui.sides.secret_edit import SecretEdit
    from parley.ui.sides.side_panel import SidePanel

_WAITING = "Waiting for the key store:"
_UNLOCK = "unlock it if it asks for that."


class SecretGate(QObject):
    """Connects panels and controller wherever secrets are needed.

    Attributes:
        change_passed: the SCP's answers are to change to this `AcceptorSide`, which has its secrets.

    Args:
        window: the questions' parent.
    """

    change_passed = Signal(object)

    def __init__(
        self, keeper: SecretKeeper, controller: Controller, scu: ScuPanel, scp: ScpPanel, window: QWidget
    ) -> None:
        super().__init__(window)
        self._keeper = keeper
        self._controller = controller
        self._scu = scu
        self._scp = scp
        self._window = window
        self._fetching: dict[SidePanel, Fetching] = {}
        self._questions: dict[Fetching, SecretQuestion] = {}
        scu.associate_requested.connect(self.associate)
        scu.abort_requested.connect(self._give_up_associate)
        scp.stop_requested.connect(self._give_up_listen)
        for panel in (scu, scp):
            panel.secrets_shown.connect(keeper.look)
            panel.secret_wanted.connect(partial(self._show_secret, panel))
            keeper.problem_told.connect(panel.show_key_store_problem)

    @Slot(object)
    @Slot(object, str)
    def associate(self, side: RequestorSide, misbehaviour: str | None = None) -> None:
        """Associate, with every secret that this side needs, and with what it is to do wrong on purpose."""
        self._pass(self._scu, Profile("", scu=side), partial(self._associate, misbehaviour))

    @Slot(object)
    def listen(self, side: AcceptorSide) -> None:
        """The same for listening."""
        self._pass(self._scp, Profile("", scp=side), partial(self._listen, side))

    @Slot(object)
    def change(self, side: AcceptorSide) -> None:
        """The same for answering otherwise while listening."""
        self._pass(self._scp, Profile("", scp=side), self._change)

    def _associate(self, misbehaviour: str | None, profile: Profile) -> None:
        self._controller.associate(profile.scu, misbehaviour)

    def _listen(self, draft: AcceptorSide, profile: Profile) -> None:
        self._controller.listen(profile.scp, draft=draft)

    def _change(self, profile: Profile) -> None:
        self.change_passed.emit(profile.scp)

    # --- waiting -----------------------------------------------------------------------------------------------------

    def _pass(self, panel: SidePanel, profile: Profile, go_on: Callable[[Profile], None]) -> None:
        if panel in self._fetching:
            return
        if not unfetched(profile):
            go_on(profile)
            return
        fetching = Fetching(self._keeper, profile, self)
        self._fetching[panel] = fetching
        panel.show_waiting(_WAITING, _UNLOCK)
        fetching.wanted.connect(partial(self._ask, panel, fetching))
        fetching.fetched.connect(partial(self._fetched, panel, go_on))
        fetching.missing.connect(partial(self._missing, panel))
        fetching.start()

    def _fetched(self, panel: SidePanel, go_on: Callable[[Profile], None], profile: Profile) -> None:
        self._end(panel)
        go_on(profile)

    def _missing(self, panel: SidePanel, why: str) -> None:
        self._end(panel)
        panel.show_given_up(why)

    def _end(self, panel: SidePanel) -> None:
        fetching = self._fetching.pop(panel)
        fetching.cancel()
        question = self._questions.pop(fetching, None)
        if question is not None:
            question.answered.disconnect()
            question.reject()
        fetching.deleteLater()
        panel.show_waiting("", "")

    @Slot()
    def give_up(self) -> None:
        """Another profile is open: nothing of this one waits any more."""
        for panel in tuple(self._fetching):
            self._give_up(panel)

    @Slot()
    def _give_up_associate(self) -> None:
        self._give_up(self._scu)

    @Slot()
    def _give_up_listen(self) -> None:
        self._give_up(self._scp)

    def _give_up(self, panel: SidePanel) -> None:
        if panel in self._fetching:
            self._end(panel)
            panel.show_given_up("Nothing was sent.")

    # --- asking ------------------------------------------------------------------------------------------------------

    def _ask(self, panel: SidePanel, fetching: Fetching, question: Question) -> None:
        from parley.ui.gates.secret_question import SecretQuestion

        panel.show_waiting("Needed first:", f"the {question.what}.")
        dialog = SecretQuestion(question, self._window)
        self._questions[fetching] = dialog
        dialog.answered.connect(partial(self._answered, fetching))
        dialog.open()

    def _answered(self, fetching: Fetching, secret: Secret | None, keep: bool) -> None:
        del self._questions[fetching]
        fetching.answer(secret, keep=keep)

    # --- showing -----------------------------------------------------------------------------------------------------

    def _show_secret(self, panel: SidePanel, edit: SecretEdit, reference: str) -> None:
        """Somebody has clicked on Show beside a secret of which there is the name alone."""
        profile = Profile("", scu=self._scu.side()) if panel is self._scu else Profile("", scp=self._scp.side())
        wanted = next((each for each in unfetched(profile) if each.reference == reference), None)
        if wanted is None:
            return
        known = self._keeper.known(wanted)
        if known is not None:
            edit.show_fetched(known)
        else:
            self._keeper.look_up((wanted,), partial(_show_found, edit, wanted))


def _show_found(edit: SecretEdit, wanted: Wanted, found: dict[Wanted, Secret | Missing]) -> None:
    secret = found[wanted]
    if isinstance(secret, Secret):
        edit.show_fetched(secret)
    else:
        edit.show_missing(secret.reason)
