"""Verdicts on a check whose association was established: what became of its C-ECHO and its release. Pure."""

from __future__ import annotations

from parley.diagnosis.verdict import Failure, Verdict
from parley.model.ending import Ending, How
from parley.ul.codes import abort_words

_LOG = "Its log should say why."


def _both(code: str, cause: str, remedy: str) -> dict[str, Failure]:
    """One row for each step; ``{what}`` is what was asked."""
    return {step: Failure(f"{step}_{code}", cause, remedy) for step in ("echo", "release")}


ENDS: dict[How, dict[str, Failure]] = {
    How.NOT_ANSWERED: {
        "echo": Failure(
            "echo_not_answered",
            "The peer accepted the association, but did not answer the C-ECHO: {detail}.",
            "The peer's protocol layer works, what is behind it does not answer: see whether it is stuck. A busy peer "
            "may need longer: raise the DIMSE response timer.",
        ),
        "release": Failure(
            "release_not_answered",
            "The peer did not answer the release: {detail}. This side aborted the association.",
            "All before that has worked. A peer that answers no A-RELEASE-RQ keeps associations open: tell its "
            "maker. A busy peer may need longer: raise the release response timer.",
        ),
    },
    How.NO_TIME: _both(
        "no_time",
        "There was no time left for {what}: the check as a whole had taken too long.",
        "The steps above say what took long. Give the check more time.",
    ),
    How.RELEASED_BY_PEER: _both(
        "released_by_peer",
        "The peer released the association before it had answered {what}.",
        "Only who asked for an association may release it: this is a fault of the peer. " + _LOG,
    ),
    How.ABORTED_BY_PEER: _both(
        "aborted_by_peer",
        "The peer aborted the association before it had answered {what}: {codes}.",
        _LOG + " A peer that accepts every association may look only then whether this AE title or address may use it.",
    ),
    How.REFUSED: _both(
        "answer_refused",
        "This side aborted the association before {what} was answered. {detail}.",
        "The peer breaks the protocol: keep the log of this check, and show it to the peer's maker.",
    ),
    How.LOST: _both(
        "connection_lost",
        "The connection was lost before the peer had answered {what}. {detail}.",
        "The peer's program may have ended: its log should say why. Otherwise look for a firewall or proxy on the way "
        "that cuts connections.",
    ),
    How.ENDED_HERE: _both("ended_here", "This side ended the association before {what} was answered.", ""),
    How.FAILED: {
        step: Failure(
            f"{step}_failed",
            f"{begins} has failed. {{detail}}.",
            "If the peer is to blame, it breaks the protocol: keep the log of this check, and show it to its maker.",
        )
        for step, begins in (("echo", "The C-ECHO"), ("release", "The release"))
    },
}
"""By the step that came to nothing."""

_WHAT = {"echo": "the C-ECHO", "release": "the release"}


def _status(code: str, remedy: str) -> Failure:
    return Failure(f"echo_{code}", "The peer answered the C-ECHO, but not with success: {words}.", remedy)


_WRONG_MESSAGE = "The peer does not take the message for what it is. Compare it with one that it takes, in the log."
STATUSES: dict[int, Failure] = {
    0x0110: _status("processing_failure", "The association works, what is behind it does not: see the peer's log."),
    0x0122: _status(
        "class_not_supported",
        "The peer accepted the presentation context for Verification, and yet does not serve it: switch C-ECHO on at "
        "the peer, or see its conformance statement.",
    ),
    0x0124: _status("not_authorized", "Give this AE title, or this user, the right to do so at the peer."),
    0x0210: _status("duplicate_invocation", "The peer takes two messages for one: this is a fault of the peer."),
    0x0211: _status("unrecognized", "The peer knows no C-ECHO here: make sure that it is the right AE title and port."),
    0x0212: _status("mistyped", _WRONG_MESSAGE),
    0x0213: _status("resource_limitation", "The peer is short of something: make room there, or try again later."),
}
"""PS3.7 section 9.1.5.1.4 and Annex C."""

OTHER_STATUS = _status("other_status", "The peer's conformance statement should say what it means by this status.")


def diagnose_echo(status: int, words: str) -> Verdict:
    """The verdict on a C-ECHO-RSP.

    Args:
        words: the status in words, with the peer's comment.
    """
    if status == 0:
        return Verdict("echo_answered", True, f"The peer answered the C-ECHO: {words}.")
    return STATUSES.get(status, OTHER_STATUS).verdict(words=words.rstrip("."))


def diagnose_ending(step: str, ending: Ending) -> Verdict:
    """The verdict on the ``echo`` or ``release`` of a check that came to nothing."""
    abort = ending.abort
    return ENDS[ending.how][step].verdict(
        what=_WHAT[step],
        detail=ending.detail.strip().rstrip(".") or "No more is known",
        codes=abort_words(abort.source, abort.reason) if abort is not None else "it gives no codes",
    )
