"""What became of an object that was sent, and what to do about it (PS3.4 Table B.2-1, PS3.7 Annex C). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from parley.diagnosis.verdict import Failure, Verdict
from parley.ul.codes import ContextResult
from parley.ul.negotiation import NegotiatedContext

_SUCCESS = 0x0000
_GENERAL_WARNINGS = {0x0001, 0x0107, 0x0116}


def _row(code: str, remedy: str) -> Failure:
    return Failure(f"store_{code}", "{words}", remedy)


_STATUSES: dict[int, Failure] = {
    0x0110: _row(
        "processing_failure", "The peer's log should say what it could not do. Try another object of this kind."
    ),
    0x0111: _row("duplicate", "The peer has this SOP instance already and takes no second one; delete it there first."),
    0x0117: _row("invalid_instance", "Look at the file's SOP instance UID: the peer does not take it for one."),
    0x0122: _row(
        "class_not_supported",
        "The peer accepted the presentation context and yet stores no such object: switch storing on at the peer, or "
        "see what it says in its conformance statement.",
    ),
    0x0124: _row("not_authorized", "Give this AE title, or this user, the right to store at the peer."),
    0x0210: _row("duplicate_invocation", "The peer takes two messages for one. Associate anew and send it again."),
    0x0211: _row(
        "unrecognized", "The peer knows no C-STORE here: make sure that it is an archive's AE title and port."
    ),
    0x0212: _row("mistyped", "The peer cannot read the message. Compare it with one that it takes, in the log."),
    0xB000: _row("coerced", "The peer has changed elements: compare what it keeps with the file."),
    0xB006: _row("discarded", "The peer has left out elements: compare what it keeps with the file."),
    0xB007: _row("class_mismatch", "The object lacks what its SOP class asks for, and was kept all the same."),
}
_RANGES: dict[int, Failure] = {
    0xA7: _row("out_of_resources", "The peer's disk or its queue is full: make room there, or send it again later."),
    0xA9: _row("class_mismatch", "The object is not what its SOP class asks for: check it with a DICOM validator."),
}
_CANNOT_UNDERSTAND = _row(
    "cannot_understand",
    "The peer could not read or keep the object, or misses values in it, such as a patient that it knows: its log "
    "should say which.",
)
_OTHER = _row("other_status", "The peer's conformance statement should say what it means by this status.")

_NOT_PROPOSED = _row("not_proposed", "Release the association and send again: what is missing is proposed first.")
_OTHER_SYNTAX = _row(
    "other_transfer_syntax",
    "Release the association and send again: a context with this transfer syntax alone is proposed first.",
)
_SYNTAX_REFUSED = _row(
    "transfer_syntax_refused",
    "The peer does not take this encoding. Convert the file with another tool to one that the peer takes.",
)
_CLASS_REFUSED = _row(
    "class_refused",
    "The peer takes no objects of this SOP class from this AE title: see its conformance statement, and the rights "
    "that the title has there.",
)
_NOT_SCU = _row("not_scu", "Look at the role selection of this SOP class: this side has to be its SCU to send.")


def diagnose_status(status: int, words: str) -> Verdict:
    """The verdict on a C-STORE-RSP.

    Args:
        words: the status in words, with the peer's comment.
    """
    if status == _SUCCESS:
        return Verdict("stored", True, words)
    failure = _STATUSES.get(status) or _RANGES.get(status >> 8)
    if failure is None:
        failure = _CANNOT_UNDERSTAND if status >> 12 == 0xC else _OTHER
    is_stored = status >> 12 == 0xB or status in _GENERAL_WARNINGS
    return replace(failure.verdict(words=words), passed=is_stored)


def diagnose_no_context(
    contexts: Iterable[NegotiatedContext], sop_class_uid: str, transfer_syntax_uid: str, words: str
) -> Verdict:
    """The verdict on a file for which no presentation context has been accepted.

    Args:
        words: which contexts there are, and why it fits none.
    """
    return _why_no_context(contexts, sop_class_uid, transfer_syntax_uid).verdict(words=words)


def is_helped_by_proposing(contexts: Iterable[NegotiatedContext], sop_class_uid: str, transfer_syntax_uid: str) -> bool:
    """Whether a file that fits none of these contexts may fit one that is proposed for it on another association."""
    return _why_no_context(contexts, sop_class_uid, transfer_syntax_uid) in {_NOT_PROPOSED, _OTHER_SYNTAX}


def _why_no_context(contexts: Iterable[NegotiatedContext], sop_class_uid: str, transfer_syntax_uid: str) -> Failure:
    ours = [context for context in contexts if context.abstract_syntax == sop_class_uid]
    own = [context for context in ours if context.transfer_syntaxes == (transfer_syntax_uid,)]
    if not ours:
        return _NOT_PROPOSED
    if any(context.is_accepted and context.transfer_syntax == transfer_syntax_uid for context in ours):
        return _NOT_SCU
    if any(context.result is ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED for context in own):
        return _SYNTAX_REFUSED
    if any(context.is_accepted for context in ours):
        return _SYNTAX_REFUSED if own else _OTHER_SYNTAX
    return _CLASS_REFUSED
