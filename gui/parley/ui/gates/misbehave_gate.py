"""Between a wish to misbehave and whoever carries it out: towards other machines it passes once the person agrees.

It asks once per profile, holds up that wish alone, and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from parley.model.address import is_loopback
from parley.model.answering import Answering
from parley.model.profile import AcceptorSide, RequestorSide
from parley.ui.kit.texts import message_box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parley.bridge.answers.desk import AnswerDesk
    from parley.bridge.profiles.consent import Consent
    from parley.model.misbehaviour.steps import Misbehaviour
    from parley.ui.sides.scp_panel import ScpPanel
    from parley.ui.sides.scu_panel import ScuPanel
    from parley.ui.sides.side_panel import SidePanel

_SHOWN = 4
_WHY = (
    "A device that is not prepared for it may hang, restart, or stop answering until somebody sees to it. "
    "Send it only where nobody depends on the device."
)


class MisbehaveGate(QObject):
    """Takes the wishes of both panels that may lead to misbehaviour.

    Signals:
        associate_passed(RequestorSide, str): associate with the misbehaviour of that name.
        listen_passed(AcceptorSide): listen.
        change_passed(AcceptorSide): answer like this from now on.

    Args:
        consent: of the open profile.
        desk: knows what is armed.
        window: the question's parent.
    """

    associate_passed = Signal(object, str)
    listen_passed = Signal(object)
    change_passed = Signal(object)

    def __init__(self, consent: Consent, desk: AnswerDesk, scu: ScuPanel, scp: ScpPanel, window: QWidget) -> None:
        super().__init__(window)
        self._consent = consent
        self._desk = desk
        self._scu = scu
        self._scp = scp
        self._window = window
        self._question: QMessageBox | None = None
        scu.misbehave_requested.connect(self._associate)
        scp.listen_requested.connect(self._listen)
        scp.change_requested.connect(self._change)

    @Slot(object, str)
    def _associate(self, side: RequestorSide, name: str) -> None:
        from parley.model.misbehaviour.tables import REQUESTOR

        to = f"{side.handle.called_ae_title} at {side.host}:{side.port}"
        go_on = partial(self.associate_passed.emit, side, name)
        self._pass((name,), REQUESTOR, (side.host,), to, go_on, self._scu)

    @Slot(object)
    def _listen(self, side: AcceptorSide) -> None:
        names = _named_by(side.answering, self._desk.armed.text if self._desk.armed is not None else "")
        self._pass_answers(names, side.host, partial(self.listen_passed.emit, side))

    @Slot(object)
    def _change(self, side: AcceptorSide) -> None:
        address = self._scp.listens_on or side.host
        self._pass_answers(_named_by(side.answering), address, partial(self.change_passed.emit, side))

    def arm(self, text: str, go_on: Callable[[], object]) -> None:
        """Arm an answer. While nothing listens that does no harm: listening asks."""
        address = self._scp.listens_on
        if address is None:
            go_on()
        else:
            self._pass_answers(_named_by(Answering(), text), address, go_on)

    def answer(self, text: str, peers: Iterable[str], go_on: Callable[[], object]) -> None:
        """Answer the requests of these peers, each ``host:port``."""
        from parley.model.misbehaviour.tables import ACCEPTOR

        strangers = tuple(peer for peer in peers if not is_loopback(peer))
        self._pass(_named_by(Answering(), text), ACCEPTOR, strangers, ", ".join(strangers), go_on, self._scp)

    @Slot()
    def give_up(self) -> None:
        """Another profile is open: what it was asked about is of the past."""
        if self._question is not None:
            self._question.reject()

    # --- asking ------------------------------------------------------------------------------------------------------

    def _pass_answers(self, names: tuple[str, ...], address: str, go_on: Callable[[], object]) -> None:
        from parley.model.misbehaviour.tables import ACCEPTOR

        self._pass(names, ACCEPTOR, (address,), f"whoever calls {address}", go_on, self._scp)

    def _pass(
        self,
        names: tuple[str, ...],
        table: Mapping[str, Misbehaviour],
        addresses: Iterable[str],
        to: str,
        go_on: Callable[[], object],
        panel: SidePanel,
    ) -> None:
        """Go on at once, or after the person has agreed.

        Args:
            names: of the misbehaviours; those that there are not are told elsewhere.
            table: where they stand.
            addresses: towards which.
            to: them, in words.
            panel: where it is said that nothing came of it.
        """
        known = [table[name] for name in names if name in table]
        if not known or all(map(is_loopback, addresses)) or self._consent.is_given:
            go_on()
        elif self._question is None:
            self._ask(known, to, go_on, panel)

    def _ask(self, what: list[Misbehaviour], to: str, go_on: Callable[[], object], panel: SidePanel) -> None:
        lines = [f"{each.title[:1].upper()}{each.title[1:]}. {each.about}" for each in what[:_SHOWN]]
        if len(what) > _SHOWN:
            lines.append(f"… and {len(what) - _SHOWN} more.")
        more = "\n\n".join((*lines, _WHY, "Parley asks this once for each profile."))
        icon = QMessageBox.Icon.Warning
        box = self._question = message_box(self._window, "misbehave_question", icon, f"Send this to {to}?", more)
        box.setWindowTitle("Misbehave on purpose")
        send = box.addButton("&Send", QMessageBox.ButtonRole.AcceptRole)
        send.setObjectName("misbehave_question.send")
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.finished.connect(partial(self._answered, box, send, go_on, panel))
        box.open()

    def _answered(
        self, box: QMessageBox, send: QWidget, go_on: Callable[[], object], panel: SidePanel, _result: int
    ) -> None:
        self._question = None
        box.deleteLater()
        if box.clickedButton() is send:
            self._consent.give()
            go_on()
        else:
            panel.show_given_up("Nothing was sent.")


def _named_by(answering: Answering, text: str = "") -> tuple[str, ...]:
    """The misbehaviours that these answers may lead to, and one more that is written like an answer."""
    from parley.model.answers.policy import misbehaviours

    return tuple(dict.fromkeys((*misbehaviours(answering), *misbehaviours(Answering(default_answer=text)))))
