"""What a misbehaviour is made of: values and pure functions, which know no clock and no connection.

There are two kinds. An odd PDU is sent in the place of the usual one, and all else goes as it should; a script is a
list of raw steps that run beside the state machine, which sees nothing of them. `parley.engine.script` runs them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from parley.model.problems.nonconformity import NOT_CONFORMANT
from parley.ul.codes import PduType
from parley.ul.errors import Finding, Severity
from parley.ul.pdu import AAssociateAc, AAssociateRj, AAssociateRq


class Trigger(Enum):
    """The moment at which a misbehaviour begins; the values are stable names."""

    CONNECTED = "connected"
    """The requestor's transport connection is open: instead of the A-ASSOCIATE-RQ."""
    REQUEST = "request"
    """An A-ASSOCIATE-RQ has come: instead of an answer."""
    ESTABLISHED = "established"
    """The A-ASSOCIATE-AC has been sent or received."""
    FIRST_MESSAGE = "first message"
    """The first P-DATA-TF has come: instead of looking at it."""
    RELEASE = "release"
    """An A-RELEASE-RQ has come, or would be sent: instead of that or of its answer."""


# --- steps -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SendBytes:
    """Send these bytes.

    Attributes:
        piece: how many at a time; None for all at once.
        pause: seconds between two pieces.
    """

    data: bytes
    piece: int | None = None
    pause: float = 0.0


@dataclass(frozen=True, slots=True)
class Pause:
    """Do nothing for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class AwaitPdu:
    """Wait until a PDU comes, of this type or of any, and for so many seconds at the most."""

    pdu_type: PduType | None = None
    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Close:
    """Close the transport connection once what was sent has left."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Reset the transport connection (TCP RST)."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Say nothing more; the peer, or the person, ends it."""


@dataclass(frozen=True, slots=True)
class Behave:
    """Go on by the standard, what was due at the trigger having been sent: after `CONNECTED`, `REQUEST`, `ESTABLISHED`.

    What was due is the usual A-ASSOCIATE-RQ or -AC, of which the steps before have sent the bytes.
    """


Step = SendBytes | Pause | AwaitPdu | Close | Reset | Silence | Behave


# --- misbehaviours ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when a script begins.

    Attributes:
        request: the A-ASSOCIATE-RQ that came, was sent, or would be sent.
        answer: the A-ASSOCIATE-AC that came, was sent, or would be sent; None when the requestor is only connected.
        peer_maximum_length: as the peer announced it, in bytes; None where it did not, or has not yet, and 0 for no
            limit.
    """

    request: AAssociateRq
    answer: AAssociateAc | None = None
    peer_maximum_length: int | None = None

    @property
    def context_id(self) -> int:
        """Of the first accepted presentation context, else of the first proposed, else 1."""
        answers = self.answer.presentation_contexts if self.answer else ()
        accepted = (context.context_id for context in answers if not context.result)
        proposed = (context.context_id for context in self.request.presentation_contexts)
        return next(accepted, next(proposed, 1))


@dataclass(frozen=True, slots=True)
class OddRequest:
    """An A-ASSOCIATE-RQ in the place of the usual one, which it is made of."""

    build: Callable[[AAssociateRq], AAssociateRq]


@dataclass(frozen=True, slots=True)
class OddAnswer:
    """An A-ASSOCIATE-AC or -RJ in the place of the usual A-ASSOCIATE-AC, which with the request it is made of."""

    build: Callable[[AAssociateRq, AAssociateAc], AAssociateAc | AAssociateRj]


@dataclass(frozen=True, slots=True)
class Script:
    """Raw steps, made of what is known at the trigger. After the last one the peer has the time of ARTIM to close."""

    trigger: Trigger
    steps: Callable[[Situation], tuple[Step, ...]]


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """One thing that a peer ought not to do, to see what another makes of it.

    Attributes:
        name: in kebab-case; stable, as files and the command line have it.
        title: a few words for a list.
        about: one sentence: what is sent, and what a good peer does.
        is_conformant: whether the standard allows it, and it is only unusual.
    """

    name: str
    title: str
    about: str
    deed: OddRequest | OddAnswer | Script
    is_conformant: bool = False

    @property
    def trigger(self) -> Trigger:
        """The moment at which it begins."""
        match self.deed:
            case OddRequest():
                return Trigger.CONNECTED
            case OddAnswer():
                return Trigger.REQUEST
            case Script(trigger):
                return trigger

    @property
    def heading(self) -> str:
        """What a list has above those of its kind."""
        match self.deed:
            case OddRequest():
                return "An odd A-ASSOCIATE-RQ"
            case OddAnswer():
                return "An odd A-ASSOCIATE-AC or -RJ"
        return _HEADINGS[self.trigger]

    @property
    def finding(self) -> Finding:
        """The mark that the log gets before it is sent: an error, or a warning where the standard allows it."""
        if self.is_conformant:
            return Finding(Severity.WARNING, "", -1, f"odd on purpose: {self.title}", self.about)
        return Finding(Severity.ERROR, "", -1, f"{NOT_CONFORMANT} on purpose: {self.title}", self.about)


_HEADINGS = {
    Trigger.CONNECTED: "Instead of an A-ASSOCIATE-RQ",
    Trigger.REQUEST: "Instead of an answer",
    Trigger.ESTABLISHED: "Once the association is established",
    Trigger.FIRST_MESSAGE: "At the first message",
    Trigger.RELEASE: "At the release",
}


def by_name(*misbehaviours: Misbehaviour) -> dict[str, Misbehaviour]:
    """A table of misbehaviours, in their order."""
    table = {misbehaviour.name: misbehaviour for misbehaviour in misbehaviours}
    assert len(table) == len(misbehaviours), "two misbehaviours have one name"
    return table
