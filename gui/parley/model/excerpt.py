"""As much of an A-ASSOCIATE PDU as one association can make use of, and what was left out, in words for a person.

A peer may send 100 000 contexts: a handle made of them all could be neither shown nor sent.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TypeVar

from parley.ul.pdu import (
    AAssociateAc,
    AAssociateRq,
    Item,
    PresentationContextAc,
    PresentationContextRq,
    SopClassCommonExtendedNegotiation,
    UserInformation,
    UserInformationSubItem,
)

P = TypeVar("P", AAssociateRq, AAssociateAc)
V = TypeVar("V")

MOST_CONTEXTS = 256
"""There are that many context ids, those included that nobody may use."""

MOST_SYNTAXES = 128
"""In one context: twice as many as there are transfer syntaxes."""

MOST_SUB_ITEMS = 512
"""Of the user information: roles and details of each of 128 SOP classes, and as much again."""

MOST_RELATED = 128
"""Related SOP classes in one item 57H."""

MOST_OTHERS = 64
"""Items that are no presentation contexts, the first user information among them."""


def excerpt(pdu: P) -> tuple[P, tuple[str, ...]]:
    """The PDU with no more in it than one association can make use of, and what was left out, each in a few words."""
    taker = _Taker()
    items = tuple([taker.item(item) for item in taker.first_items(pdu)])
    if not taker.left_out:
        return pdu, ()
    return replace(pdu, items=items), tuple(f"{count} {what}" for what, count in taker.left_out.items())


class _Taker:
    """Takes the first ones of each kind and counts the others."""

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()

    def first_items(self, pdu: AAssociateRq | AAssociateAc) -> list[Item]:
        """The items there is room for, in the order of the wire, and the first user information in any case."""
        information = pdu.user_information
        room = {True: MOST_CONTEXTS, False: MOST_OTHERS}
        taken = []
        for item in pdu.items:
            is_context = isinstance(item, PresentationContextRq | PresentationContextAc)
            if room[is_context] > 0 or item is information:
                room[is_context] -= 1
                taken.append(item)
            else:
                kind = "presentation contexts" if is_context else "other items"
                self.left_out[f"{kind} beyond the first {MOST_CONTEXTS if is_context else MOST_OTHERS}"] += 1
        return taken

    def item(self, item: Item) -> Item:
        """An item without what there is no room for in it."""
        match item:
            case PresentationContextRq() | PresentationContextAc() if len(item.sub_items) > MOST_SYNTAXES:
                return replace(item, sub_items=self._first(item.sub_items, MOST_SYNTAXES, "syntaxes of a context"))
            case UserInformation():
                first = self._first(item.sub_items, MOST_SUB_ITEMS, "sub-items of the user information")
                return replace(item, sub_items=tuple([self._sub_item(each) for each in first]))
        return item

    def _sub_item(self, item: UserInformationSubItem) -> UserInformationSubItem:
        if not isinstance(item, SopClassCommonExtendedNegotiation):
            return item
        related = self._first(item.related_general_sop_class_uids, MOST_RELATED, "related SOP classes of an item")
        return replace(item, related_general_sop_class_uids=related)

    def _first(self, values: tuple[V, ...], most: int, what: str) -> tuple[V, ...]:
        if len(values) > most:
            self.left_out[f"{what} beyond the first {most}"] += len(values) - most
        return values[:most]
