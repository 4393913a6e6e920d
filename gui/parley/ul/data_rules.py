"""What is wrong with the fragments in a P-DATA-TF, though they can be read (PS3.8 Annex E)."""

from __future__ import annotations

from parley.ul.errors import Finding, Severity
from parley.ul.pdu import PDataTf

PDV_OVERHEAD = 6
"""Bytes of a PDV beside its fragment: item length, context id and control header."""

_HEADER = 6
_SHALL = "each shall have an even one (PS3.8 section E.1), and many receivers abort"
_EVEN_CUTS = "Whoever sends has to cut each message into fragments of an even length."
_REMEDIES = {
    (True, False): _EVEN_CUTS,
    (True, True): "Whoever sends has to make each value of the command set even, and to cut it at even places.",
    (False, False): _EVEN_CUTS,
    (False, True): (
        "Whoever writes the object has to make its last value even, and of a deflated data set the whole (PS3.5 "
        "sections 7.1 and A.5)."
    ),
}
"""What helps, by whether the fragment is of a command set, and whether it is the last one."""


def message_part(is_command: bool) -> str:
    """The part of a message that a fragment belongs to."""
    return "command set" if is_command else "data set"


def odd_fragments(pdu: PDataTf, *, is_sent: bool) -> tuple[Finding, ...]:
    """A finding for the first fragment of an odd length; none where all are even.

    Args:
        is_sent: whether this side sends it.
    """
    offset = _HEADER
    for index, pdv in enumerate(pdu.pdvs):
        size = len(pdv.data)
        if size & 1:
            place = "last fragment" if pdv.is_last else "fragment, not the last,"
            text = (
                f"This {place} of a {message_part(pdv.is_command)} that was {_way(is_sent)} has an odd length, "
                f"{size} byte{'s' if size > 1 else ''}; {_SHALL}."
            )
            return (Finding(Severity.ERROR, f"pdvs[{index}]", offset, text, _REMEDIES[pdv.is_command, pdv.is_last]),)
        offset += PDV_OVERHEAD + size
    return ()


def odd_in_between(*, is_command: bool, is_sent: bool) -> Finding:
    """For fragments of which no PDU is kept."""
    part = message_part(is_command)
    text = f"Fragments from the middle of a {part} that were {_way(is_sent)} have an odd length; {_SHALL}."
    return Finding(Severity.ERROR, "", -1, text, _EVEN_CUTS)


def no_even_room(maximum_length: int | None, *, is_sent: bool) -> Finding | None:
    """A finding for a maximum length that has room for one byte in each fragment; None where an even fragment fits.

    Args:
        maximum_length: the receiver's, as it announced it; None and 0 are no limit.
        is_sent: whether this side sends, and the peer announced it.
    """
    if maximum_length != PDV_OVERHEAD + 1:
        return None
    whose, who = ("The peer's", "the peer") if is_sent else ("This side's", "this side")
    return Finding(
        Severity.ERROR,
        "",
        -1,
        f"{whose} maximum length of {maximum_length} has room for one byte in each fragment: all that is "
        f"{_way(is_sent)} comes in fragments of an odd length, though {_SHALL}.",
        f"Have {who} announce a longer one, such as 16384 (PS3.8 section D.1.1).",
    )


def _way(is_sent: bool) -> str:
    return "sent" if is_sent else "received"
