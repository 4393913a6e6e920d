"""The error of this room."""

from __future__ import annotations

from parley.ul.codes import AbortReason
from parley.ul.errors import RemoteProtocolError


class MessageError(RemoteProtocolError):
    """The peer sent PDVs that make no message; nothing that follows on this association can be trusted.

    Attributes:
        offset: bytes from the beginning of the command set, where it is one that cannot be read.
        field: the command element as ``(0000,0100)``, or empty.
    """

    def __init__(
        self,
        text: str,
        *,
        reason: AbortReason = AbortReason.INVALID_PDU_PARAMETER_VALUE,
        offset: int = 0,
        field: str = "",
    ) -> None:
        super().__init__(text, reason=reason, offset=offset, field=field)
