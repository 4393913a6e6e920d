"""Between a wish to misbehave or to test and whoever carries it out: what may be done passes, once the person agrees.

Consent belongs to the peer that is called, or to the address that is listened on, and is asked for anew after 30 days;
what a profile says is not to be tested does not pass. The gate holds up that wish alone, and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from parley.model.address import host_and_port, host_of, is_loopback
from parley.model.answering import Answering
from parley.model.consent import Party, Ruling, Way
from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.target import Target
from parley.ui.kit.texts import message_box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parley.bridge.answers.desk import AnswerDesk
    from parley.bridge.consent import ConsentGate
    from parley.model.misbehaviour.steps import Misbehaviour
    from parley.ui.sides.scp_panel import ScpPanel
    from parley.ui.sides.scu_panel import ScuPanel
    from parley.ui.sides.side_panel import SidePanel

_SHOWN = 4
_WHY = (
    "A device that is not prepared for it may hang, restart, or stop answering until somebody sees to it. "
    "Send it only where nobody depends on the device."
)
_ONCE = {
    Way.CALLS: "Parley asks this once for each host, port and called AE title, and again after 30 days.",
    Way.LISTENS: "Parley asks this once for each address, port and AE title to listen by, and again after 30 days.",
}


class MisbehaveGate(QObject):
    """Takes the wishes of both panels that may lead to misbehaviour, and those to send files.

    Signals:
        associate_passed(RequestorSide, str): associate with the misbehaviour of that name.
        listen_passed(AcceptorSide): listen.
        change_passed(AcceptorSide): answer like this from now on.

    Args:
        consent: rules on them.
        desk: knows what is armed.
        window: the question's parent.
    """

    associate_passed = Signal(object, str)
    listen_passed = Signal(object)
    change_passed = Signal(object)

    def __init__(self, consent: ConsentGate, desk: AnswerDesk, scu: ScuPanel, scp: ScpPanel, window: QWidget) -> None:
        super().__init__(window)
        self._consent = consent
        self._desk = desk
        self._scu = scu
        self._scp = scp
        self._window = window
        self._question: QMessageBox | None = None
        self._looking: Callable[[], None] | None = None
        self._waits_at: SidePanel | None = None
        scu.abort_requested.connect(self._give_up_looking)
        scp.stop_requested.connect(self._give_up_looking)
        scu.misbehave_requested.connect(self._associate)
        scp.listen_requested.connect(self._listen)
        scp.change_requested.connect(self._change)

    @Slot(object, str)
    def _associate(self, side: RequestorSide, name: str) -> None:
        from parley.model.misbehaviour.tables import REQUESTOR

        known, to = _known((name,), REQUESTOR), Target.of(side).words
        self._pass(known, (Party.calling(side),), to, partial(self.associate_passed.emit, side, name), self._scu)

    @Slot(object)
    def _listen(self, side: AcceptorSide) -> None:
        names = _named_by(side.answering, self._desk.armed.text if self._desk.armed is not None else "")
        self._pass_answers(names, Party.listening(side), side.host, partial(self.listen_passed.emit, side))

    @Slot(object)
    def _change(self, side: AcceptorSide) -> None:
        party = self._listener or Party.listening(side)
        address = self._scp.listens_on or side.host
        self._pass_answers(_named_by(side.answering), party, address, partial(self.change_passed.emit, side))

    def arm(self, text: str, go_on: Callable[[], object]) -> None:
        """Arm an answer. While nothing listens that does no harm: listening asks."""
        party = self._listener
        if party is None:
            go_on()
        else:
            self._pass_answers(_named_by(Answering(), text), party, self._scp.listens_on or "", go_on)

    def answer(
        self, text: str, peers: Iterable[str], go_on: Callable[[], object], listener: Party | None = None
    ) -> None:
        """Answer the requests of these peers, each ``host:port``, which have called this listener."""
        from parley.model.misbehaviour.tables import ACCEPTOR

        known = _known(_named_by(Answering(), text), ACCEPTOR)
        strangers = tuple(peer for peer in peers if not is_loopback(peer))
        # Whom strangers can reach is not bound to this machine alone, whatever stands in the form.
        party = listener or self._listener or replace(Party.listening(self._scp.side()), host="*")
        parties = (party,) if strangers else ()
        hosts = tuple(map(host_of, strangers))
        self._pass(known, parties, ", ".join(strangers), go_on, self._scp, hosts)

    def send(self, side: RequestorSide, go_on: Callable[[], object], refused: Callable[[str], object]) -> None:
        """Send files to the peer of this side: that needs no consent, but the peer may be one that nobody may test."""
        self._give_up_looking()

        def ruled(ruling: Ruling) -> None:
            self._looking = None
            refused(_said_of(ruling)) if ruling.forbidden else go_on()

        self._looking = self._consent.look((Party.calling(side),), ruled)

    @Slot()
    def give_up(self) -> None:
        """Another profile is open: what it was asked about is of the past."""
        self._give_up_looking()
        if self._question is not None:
            self._question.reject()

    @Slot()
    def _give_up_looking(self) -> None:
        if self._looking is not None:
            self._looking()
            self._looking = None
            if self._waits_at is not None:
                self._waits_at.show_waiting("", "")
                self._waits_at = None

    @property
    def _listener(self) -> Party | None:
        """What is listened on, as it was bound; None while nothing listens."""
        if self._scp.listens_on is None:
            return None
        side = self._scp.served or self._scp.side()
        host, port = host_and_port(self._scp.listens_on)
        return Party(Way.LISTENS, host, int(port), side.handle.ae_title)

    # --- asking ------------------------------------------------------------------------------------------------------

    def _pass_answers(self, names: tuple[str, ...], party: Party, address: str, go_on: Callable[[], object]) -> None:
        from parley.model.misbehaviour.tables import ACCEPTOR

        self._pass(_known(names, ACCEPTOR), (party,), f"whoever calls {address}", go_on, self._scp)

    def _pass(
        self,
        what: list[Misbehaviour],
        parties: tuple[Party, ...],
        to: str,
        go_on: Callable[[], object],
        panel: SidePanel,
        callers: tuple[str, ...] = (),
    ) -> None:
        """Go on at once, or after the person has agreed.

        Args:
            what: the misbehaviours.
            parties: whose consent it takes.
            to: them, in words.
            panel: where it is said that nothing came of it.
            callers: those whose requests are answered, in numbers.
        """
        if not what:
            go_on()
            return
        if self._question is not None or self._looking is not None:
            return

        def ruled(ruling: Ruling) -> None:
            if self._looking is not None:
                self._looking = self._waits_at = None
                panel.show_waiting("", "")
            if ruling.forbidden:
                panel.show_forbidden(_said_of(ruling))
            elif ruling.to_ask:
                self._ask(what, ruling.to_ask, to, go_on, panel)
            else:
                go_on()

        self._looking = self._consent.look(parties, ruled, callers)
        if self._looking is not None:
            self._waits_at = panel
            panel.show_waiting("Looking up names:", "whether it may be done depends on whose addresses they are.")

    def _ask(
        self,
        what: list[Misbehaviour],
        parties: tuple[Party, ...],
        to: str,
        go_on: Callable[[], object],
        panel: SidePanel,
    ) -> None:
        lines = [f"{each.title[:1].upper()}{each.title[1:]}. {each.about}" for each in what[:_SHOWN]]
        if len(what) > _SHOWN:
            lines.append(f"… and {len(what) - _SHOWN} more.")
        more = "\n\n".join((*lines, _WHY, _ONCE[parties[0].way]))
        icon = QMessageBox.Icon.Warning
        box = self._question = message_box(self._window, "misbehave_question", icon, f"Send this to {to}?", more)
        box.setWindowTitle("Misbehave on purpose")
        send = box.addButton("&Send", QMessageBox.ButtonRole.AcceptRole)
        send.setObjectName("misbehave_question.send")
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.finished.connect(partial(self._answered, box, send, parties, go_on, panel))
        box.open()

    def _answered(
        self,
        box: QMessageBox,
        send: QWidget,
        parties: tuple[Party, ...],
        go_on: Callable[[], object],
        panel: SidePanel,
        _result: int,
    ) -> None:
        self._question = None
        box.deleteLater()
        if box.clickedButton() is send:
            self._consent.give(parties)
            go_on()
        else:
            panel.show_given_up("Nothing was sent.")


def _said_of(ruling: Ruling) -> str:
    return f"Nothing was sent. {' '.join(exempt.words for exempt in ruling.forbidden)}"


def _known(names: Iterable[str], table: Mapping[str, Misbehaviour]) -> list[Misbehaviour]:
    """The misbehaviours of these names; those that there are not are told elsewhere."""
    return [table[name] for name in names if name in table]


def _named_by(answering: Answering, text: str = "") -> tuple[str, ...]:
    """The misbehaviours that these answers may lead to, and one more that is written like an answer."""
    from parley.model.answers.policy import misbehaviours

    return tuple(dict.fromkeys((*misbehaviours(answering), *misbehaviours(Answering(default_answer=text)))))
