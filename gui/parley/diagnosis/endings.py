"""Why an association ended that was not released, and what to do about it: one row for each way that is known."""

from __future__ import annotations

from parley.diagnosis.verdict import Failure, Verdict
from parley.model.event import EngineEvent, EventKind
from parley.ul.pdu import AAbort

SILENT_SECONDS = 10.0
"""A connection on which nothing has come or gone for so long was given up for its silence, most likely."""

_AFTER_SILENCE = Failure(
    "closed_after_silence",
    "Nothing had come or gone for {silence:.0f} s.",
    "The peer gives up associations that are idle, or a firewall on the way cuts what is silent. Associate when "
    "there is something to send, and release afterwards. How long it waits is a setting of the peer.",
)
_AT_WORK = Failure(
    "closed_at_work",
    "",
    "The peer's program was stopped or has failed, or the network between has. Associate again. If it ends like this "
    "once more, look into the peer's log at this time.",
)
_BY_PEERS_PROTOCOL = Failure(
    "aborted_by_peers_protocol",
    "",
    "The peer could not go on with what it was sent, or with itself: look into its log at this time, and at the PDU "
    "before the abort in the log here.",
)
_BY_PEER = Failure(
    "aborted_by_peer",
    "",
    "The peer's application gave up: it may have been stopped, or waited for something for too long. Its log should "
    "say more.",
)


def diagnose_end(event: EngineEvent, silence: float | None = None) -> Verdict | None:
    """What the end of an established association means; None where there is nothing to be said of it.

    Args:
        event: of the end.
        silence: for so many seconds nothing had come or gone; None where that is not known.
    """
    row = _row(event, silence)
    return row.verdict(silence=silence) if row is not None else None


def _row(event: EngineEvent, silence: float | None) -> Failure | None:
    match event.kind, event.pdu:
        case EventKind.PROVIDER_ABORTED, AAbort():
            return _BY_PEERS_PROTOCOL
        case EventKind.PROVIDER_ABORTED, _:
            return _AFTER_SILENCE if silence is not None and silence >= SILENT_SECONDS else _AT_WORK
        case EventKind.ABORTED, AAbort():
            return _BY_PEER
    return None
