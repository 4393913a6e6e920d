"""The code points of PS3.7 (Annexes C and E), with words for them."""

from __future__ import annotations

from parley.ul.codes import WireCode

NO_DATA_SET = 0x0101
"""Value of CommandDataSetType when no data set follows; every other value says that one does."""

RESPONSE_BIT = 0x8000
"""What a response's command field has and its request's has not."""


class CommandField(WireCode):
    """Which message it is (PS3.7 Table E.1-1, element 0000,0100)."""

    C_STORE_RQ = 0x0001
    C_GET_RQ = 0x0010
    C_FIND_RQ = 0x0020
    C_MOVE_RQ = 0x0021
    C_ECHO_RQ = 0x0030
    N_EVENT_REPORT_RQ = 0x0100
    N_GET_RQ = 0x0110
    N_SET_RQ = 0x0120
    N_ACTION_RQ = 0x0130
    N_CREATE_RQ = 0x0140
    N_DELETE_RQ = 0x0150
    C_CANCEL_RQ = 0x0FFF
    C_STORE_RSP = 0x8001
    C_GET_RSP = 0x8010
    C_FIND_RSP = 0x8020
    C_MOVE_RSP = 0x8021
    C_ECHO_RSP = 0x8030
    N_EVENT_REPORT_RSP = 0x8100
    N_GET_RSP = 0x8110
    N_SET_RSP = 0x8120
    N_ACTION_RSP = 0x8130
    N_CREATE_RSP = 0x8140
    N_DELETE_RSP = 0x8150

    @property
    def words(self) -> str:
        """The message's name as the standard writes it, for example ``C-ECHO-RQ``."""
        return f"unknown message {self.value:04X}H" if self.is_reserved else self._name_.replace("_", "-")

    @property
    def service(self) -> str:
        """The name that a request and its response share, for example ``C-ECHO``."""
        return self.words.rpartition("-")[0]

    @property
    def is_response(self) -> bool:
        """Whether it answers a request."""
        return bool(self.value & RESPONSE_BIT)


SUCCESS = 0x0000
INVALID_SOP_INSTANCE = 0x0117
SOP_CLASS_NOT_SUPPORTED = 0x0122
UNRECOGNIZED_OPERATION = 0x0211
OUT_OF_RESOURCES = 0xA700
CANNOT_UNDERSTAND = 0xC000

_STATUSES = {
    SUCCESS: "success",
    0x0001: "warning",
    0x0105: "no such attribute",
    0x0106: "invalid attribute value",
    0x0107: "attribute list error",
    0x0110: "processing failure",
    0x0111: "duplicate SOP instance",
    0x0112: "no such SOP instance",
    0x0113: "no such event type",
    0x0114: "no such argument",
    0x0115: "invalid argument value",
    0x0116: "attribute value out of range",
    INVALID_SOP_INSTANCE: "invalid SOP instance",
    0x0118: "no such SOP class",
    0x0119: "class-instance conflict",
    0x0120: "missing attribute",
    0x0121: "missing attribute value",
    SOP_CLASS_NOT_SUPPORTED: "SOP class not supported",
    0x0123: "no such action type",
    0x0124: "not authorized",
    0x0210: "duplicate invocation",
    UNRECOGNIZED_OPERATION: "unrecognized operation",
    0x0212: "mistyped argument",
    0x0213: "resource limitation",
    0xA801: "move destination unknown",
    0xFE00: "cancelled",
    0xFF00: "pending",
    0xFF01: "pending, optional keys not supported",
}


_STORAGE_STATUSES = {
    0xB000: "warning: elements were coerced",
    0xB006: "warning: elements were discarded",
    0xB007: "warning: the data set does not match its SOP class",
}
_STORAGE_CLASSES = {0xA7: "refused: out of resources", 0xA9: "failure: the data set does not match its SOP class"}


def status_words(status: int, field: CommandField | None = None) -> str:
    """A status in words, with its number: ``success (0000H)``.

    The general codes are those of PS3.7 Annex C, a few are common to the services of PS3.4; of the others only the
    class is known, from their first digit.

    Args:
        field: the response that it came in; for a C-STORE-RSP the codes of PS3.4 Table B.2-1 have words too.
    """
    words = _STATUSES.get(status)
    if words is None and field is CommandField.C_STORE_RSP:
        words = _STORAGE_STATUSES.get(status) or _STORAGE_CLASSES.get(status >> 8)
    if words is None:
        words = {0xA: "failure: refused", 0xB: "warning", 0xC: "failure: cannot understand"}.get(status >> 12, "status")
    return f"{words} ({status:04X}H)"


def is_success(status: int) -> bool:
    """Whether the operation was done, be it with a warning (PS3.7 Annex C: 0000H, 0001H, 0107H, 0116H, Bxxx)."""
    return status in {SUCCESS, 0x0001, 0x0107, 0x0116} or status >> 12 == 0xB
