"""What the user information of both ends says beside presentation contexts, in a few words. No Qt."""

from __future__ import annotations

from collections.abc import Iterator

from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    AsynchronousOperationsWindow,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    UserIdentityAc,
    UserIdentityRq,
)

_COUNTED = {
    RoleSelection: "role selections",
    SopClassExtendedNegotiation: "extended negotiations",
}


def agreed_words(request: AAssociateRq | None, answer: AAssociateAc | None) -> str:
    """Such as ``operations 5/any asked, 2/2 answered · user identity answered``; empty where there is nothing."""
    return " · ".join(_agreed(request, answer))


def _agreed(request: AAssociateRq | None, answer: AAssociateAc | None) -> Iterator[str]:
    windows = [_window(pdu) for pdu in (request, answer)]
    if any(windows):
        yield f"operations {windows[0] or 'not'} asked, {windows[1] or 'not'} answered"
    for kind, words in _COUNTED.items():
        asked, answered = _count(request, kind), _count(answer, kind)
        if asked or answered:
            yield f"{words}: {asked} asked, {answered} answered"
    if common := _count(request, SopClassCommonExtendedNegotiation):
        yield f"common extended negotiations: {common}"
    if _count(request, UserIdentityRq) or _count(answer, UserIdentityAc):
        yield f"user identity {'answered' if _count(answer, UserIdentityAc) else 'not answered'}"


def _count(pdu: AAssociateRq | AAssociateAc | None, kind: type) -> int:
    return len(pdu.user_information.all(kind)) if pdu is not None else 0


def _window(pdu: AAssociateRq | AAssociateAc | None) -> str:
    found = pdu.user_information.all(AsynchronousOperationsWindow) if pdu is not None else ()
    return f"{found[0].invoked or 'any'}/{found[0].performed or 'any'}" if found else ""
