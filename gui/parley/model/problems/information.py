"""What is risky in the user information and the reserved fields that a handle of either side would send.

What the standard says of the values is `parley.ul.conformance`'s; here is what only an editor knows of.
"""

from __future__ import annotations

from parley.model.problems.problem import Problem, Problems, error, warning
from parley.model.typed import Handle, Typed
from parley.model.user_information import have_room
from parley.ul.codes import ItemType
from parley.ul.pdu import UnknownItem

SUB_ITEM_TYPES = range(ItemType.MAXIMUM_LENGTH, ItemType.USER_IDENTITY_AC + 1)


def information_problems(handle: Handle, information: list[Typed]) -> Problems:
    """Of the raw sub-items, the room in the item, and the reserved fields.

    Args:
        handle: what would send it.
        information: its sub-items.
    """
    for each in information:
        if isinstance(each.item, UnknownItem):
            yield _raw_problem(each.field, each.item)
    for each, has_room in zip(information, have_room(each.sent for each in information), strict=True):
        if not has_room:
            text = "The user information has no room for it: it is not sent."
            yield error(each.field, text, "Leave something else out.")
    for field, octets in (("reserved_9_10", handle.reserved_9_10), ("reserved_43_74", handle.reserved_43_74)):
        if octets is not None and any(octets):
            text = "Reserved bytes are not zero; receivers do not test them, unless they do it wrong."
            yield warning(field, text, "Use zeros.")


def _raw_problem(field: str, item: UnknownItem) -> Problem:
    kind = ItemType(item.item_type)
    if item.item_type in SUB_ITEM_TYPES:
        text = f"The bytes do not fit the layout of an item of type {item.item_type:02X}H ({kind.words})."
        return error(field, text, "Use the field that this item has, unless this is what you test.")
    if not kind.is_reserved:
        text = f"An item of type {item.item_type:02X}H ({kind.words}) does not belong into the user information."
        return error(field, text, "Leave it out, unless this is what you test.")
    text = f"Nobody knows sub-items of type {item.item_type:02X}H; receivers should skip them, some abort."
    return warning(field, text, "Leave it out, unless the peer is known to want it.")
