"""What of a PDU another one does not have, in words for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeVar

from parley.ul.codec import encode_item
from parley.ul.codes import ItemType
from parley.ul.pdu import (
    NO_USER_INFORMATION,
    AAssociateAc,
    AAssociateRq,
    ApplicationContext,
    Item,
    PresentationContextAc,
    PresentationContextRq,
    UnknownItem,
    UserInformation,
    UserInformationSubItem,
)

P = TypeVar("P", AAssociateRq, AAssociateAc)
T = TypeVar("T", Item, UserInformationSubItem)

_FIELDS = {
    "called_ae_title": "bytes of the called AE title that are no UTF-8",
    "calling_ae_title": "bytes of the calling AE title that are no UTF-8",
    "protocol_version": "the protocol version",
    "reserved_9_10": "the reserved bytes 9 to 10",
    "reserved_43_74": "the reserved bytes 43 to 74",
    "reserved": "the reserved second byte",
}


def lost_words(pdu: P, rebuilt: P) -> tuple[str, ...]:
    """What the rebuilt PDU does not say as the PDU does; empty exactly when they are equal."""
    words = tuple(dict.fromkeys(_lost_words(pdu, rebuilt)))
    return words if words or pdu == rebuilt else ("something that has no name here",)


def _lost_words(pdu: P, rebuilt: P) -> Iterator[str]:
    for field, words in _FIELDS.items():
        if getattr(pdu, field) != getattr(rebuilt, field):
            yield words
    for kind, what in ((ApplicationContext, "application context name"), (UserInformation, "user information")):
        if not any(isinstance(item, kind) for item in pdu.items):
            yield f"that there is no {what}"
    mine, theirs = pdu.user_information, rebuilt.user_information
    yield from _of_items(
        [NO_USER_INFORMATION if item is mine else item for item in pdu.items],
        [NO_USER_INFORMATION if item is theirs else item for item in rebuilt.items],
        "items",
    )
    if mine.reserved:
        yield "the reserved byte of the user information"
    yield from _of_items(mine.sub_items, theirs.sub_items, "user information")


def _of_items(items: Sequence[T], rebuilt: Sequence[T], where: str) -> Iterator[str]:
    left = Counter(rebuilt)
    missing: dict[tuple[type, int], T] = {}
    for item in items:
        if left[item]:
            left[item] -= 1
        else:
            missing.setdefault((type(item), _number(item)), item)
    yield from map(_name, missing.values())
    if not missing and not left.total() and list(items) != list(rebuilt):
        yield f"the order of the {where}"


def _number(item: Item | UserInformationSubItem) -> int:
    """What tells items of a class apart that have names of their own."""
    match item:
        case PresentationContextRq(number) | PresentationContextAc(number) | UnknownItem(number):
            return number
    return 0


def _name(item: Item | UserInformationSubItem) -> str:
    if isinstance(item, PresentationContextRq | PresentationContextAc):
        return f"presentation context {item.context_id} as it came, or a second one of that number"
    kind = ItemType(encode_item(item)[0])
    name = "" if kind.is_reserved else f" ({kind.words})"
    return f"an item of type {kind.value:02X}H{name} as it came"
