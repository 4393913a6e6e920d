"""DIMSE messages to and from P-DATA-TF PDUs (PS3.7 section 6.3, PS3.8 section 9.3.5 and Annex E)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from parley.dimse.codes import CommandField, status_words
from parley.dimse.command import CommandSet, decode_command, encode_command
from parley.dimse.errors import MessageError
from parley.ul.codes import AbortReason
from parley.ul.data_rules import PDV_OVERHEAD
from parley.ul.errors import LocalProtocolError
from parley.ul.limits import SENT_DATA_LENGTH
from parley.ul.pdu import PDataTf, Pdv
from parley.ul.primitives import DataRun

__all__ = [
    "COMMAND_LIMIT",
    "DATA_SET_KEPT",
    "MOST_EMPTY",
    "PDV_OVERHEAD",
    "Message",
    "MessageError",
    "Reassembler",
    "Sink",
    "bulk_fragments",
    "fragment_length",
    "fragments",
]

COMMAND_LIMIT = 64 * 1024
"""Longest command set taken from a peer, in bytes; real ones have some hundred."""

MOST_EMPTY = 8
"""How many fragments without a byte are taken in a row: a peer whose arithmetic leaves it no room would send them for
ever."""

DATA_SET_KEPT = 64 * 1024
"""How many bytes of a received data set are kept unless told otherwise."""

Sink = Callable[[bytes], None]
"""Takes a data set, fragment by fragment."""


@dataclass(frozen=True)
class Message:
    """A command set and the data set that may come with it.

    Attributes:
        data_set: encoded in the context's transfer syntax; None where there is none.
        omitted: how many bytes the received data set had beyond those in `data_set`.
    """

    context_id: int
    command: CommandSet
    data_set: bytes | None = None
    omitted: int = 0

    @property
    def field(self) -> CommandField | None:
        """Which message it is; None where the peer does not say."""
        return self.command.field

    @property
    def is_response(self) -> bool:
        """Whether it answers a request."""
        return self.field is not None and self.field.is_response

    @property
    def size(self) -> int:
        """How many bytes its data set has, those that were not kept included."""
        return len(self.data_set or b"") + self.omitted

    @property
    def message_id(self) -> int | None:
        """A request's own number."""
        return self.command.number("MessageID")

    @property
    def answers(self) -> int | None:
        """The number of the request that it answers, or cancels."""
        return self.command.number("MessageIDBeingRespondedTo")

    @property
    def status(self) -> int | None:
        """A response's status (PS3.7 Annex C)."""
        return self.command.number("Status")

    @cached_property
    def words(self) -> str:
        """What it is in one phrase, for example ``C-ECHO-RSP to message 1: success (0000H)``."""
        parts = [self.field.words if self.field is not None else "message without a command field"]
        if self.answers is not None:
            parts.append(f" to message {self.answers}")
        if self.message_id is not None:
            parts.append(f", message {self.message_id}")
        if self.status is not None:
            parts.append(f": {status_words(self.status, self.field)}")
        if self.data_set is not None:
            parts.append(f", with a data set of {self.size} bytes")
        return "".join(parts)


# --- sending ---------------------------------------------------------------------------------------------------------


def fragment_length(maximum_length: int | None, most: int = SENT_DATA_LENGTH) -> int:
    """How long a fragment may be, in bytes, for a receiver with this maximum length (PS3.8 section D.1.1).

    Even wherever that is possible, as the standard wants it (PS3.8 section E.1).

    Args:
        maximum_length: the peer's item 51H; 0 and None are no limit.
        most: this side's own longest P-DATA-TF, whatever the peer takes.

    Raises:
        LocalProtocolError: when not even one byte fits.
    """
    length = min(maximum_length or most, most) - PDV_OVERHEAD
    if length < 1:
        raise LocalProtocolError(
            f"The peer's maximum length of {maximum_length} leaves no room for data: each fragment needs "
            f"{PDV_OVERHEAD} bytes of its own."
        )
    return length - length % 2 or length


def fragments(message: Message, maximum_length: int | None, most: int = SENT_DATA_LENGTH) -> Iterator[PDataTf]:
    """The P-DATA-TF PDUs of a message, one PDV each, made as they are taken; see `fragment_length`.

    Raises:
        LocalProtocolError: at once, when the command set cannot be encoded or the peer's maximum length has no room.
    """
    length = fragment_length(maximum_length, most)
    return _fragments(message.context_id, encode_command(message.command), message.data_set, length)


def _fragments(context_id: int, command: bytes, data_set: bytes | None, length: int) -> Iterator[PDataTf]:
    yield from _cut(context_id, 1, command, length)
    if data_set is not None:
        yield from _cut(context_id, 0, data_set, length)


def _cut(context_id: int, is_command: int, data: bytes, length: int) -> Iterator[PDataTf]:
    for start in range(0, len(data) or 1, length):
        is_last = start + length >= len(data)
        yield PDataTf((Pdv(context_id, is_command | is_last << 1, data[start : start + length]),))


def bulk_fragments(
    context_id: int, part: bytes, length: int, most: int, *, begins: bool, ends: bool
) -> Iterator[PDataTf | DataRun]:
    """A data set of any size on its way, one part after the other: its first fragment, runs, its last fragment.

    Args:
        part: the data set, or a part of it; a whole number of fragments unless it is the last.
        length: of a fragment, see `fragment_length`.
        most: how many fragments a run may have.
        begins, ends: whether the data set begins and ends with this part.
    """
    last = max(0, len(part) - 1) // length * length if ends else len(part)
    start = 0
    if begins and last:
        yield PDataTf((Pdv(context_id, 0, part[:length]),))
        start = length
    view = memoryview(part)
    for position in range(start, last, most * length):
        yield DataRun(context_id, length, view[position : min(position + most * length, last)])
    if ends:
        yield PDataTf((Pdv(context_id, 2, part[last:]),))


# --- receiving -------------------------------------------------------------------------------------------------------


class Reassembler:
    """Makes messages of one association's PDVs.

    Command sets are bounded. Data sets are not: a peer may send whatever it likes, of which only the beginning is kept,
    so that memory is bounded in any case, unless somebody wants it: then each fragment goes there as it comes, nothing
    of it is kept, and the message counts its bytes as omitted.

    Args:
        accepted: ids of the accepted presentation contexts.
        command_limit: longest command set, in bytes.
        data_set_kept: how many bytes of a data set are kept.
        sink_for: asked, with the message so far, for each data set that is announced; None for a data set that nobody
            wants.
    """

    def __init__(
        self,
        accepted: Collection[int],
        *,
        command_limit: int = COMMAND_LIMIT,
        data_set_kept: int = DATA_SET_KEPT,
        sink_for: Callable[[Message], Sink | None] | None = None,
    ) -> None:
        self._accepted = frozenset(accepted)
        self._command_limit = command_limit
        self._data_set_kept = data_set_kept
        self._sink_for = sink_for
        self._empty = 0
        self._reset()

    def _reset(self) -> None:
        self._context_id: int | None = None
        self._fragments = bytearray()
        self._command: CommandSet | None = None
        self._data_set = bytearray()
        self._omitted = 0
        self._sink: Sink | None = None

    def receive(self, pdu: PDataTf) -> Iterator[Message]:
        """The messages that this PDU completes; it is read as far as the iterator is taken.

        Raises:
            MessageError: while iterating, after the messages that came before the fault.
        """
        if not pdu.pdvs:
            self._count_empty()
        for pdv in pdu.pdvs:
            if pdv.data or pdv.control & 2:
                self._empty = 0
            else:
                self._count_empty()
            message = self._take(pdv)
            if message is not None:
                yield message

    def _count_empty(self) -> None:
        self._empty += 1
        if self._empty > MOST_EMPTY:
            raise MessageError(
                f"The peer sends fragments without data: {self._empty} in a row, with more to come each time. Some "
                "stacks do so for ever when the maximum length that they were told leaves them no room."
            )

    def _take(self, pdv: Pdv) -> Message | None:
        if not pdv.control & 3 and self._sink is not None and pdv.context_id == self._context_id:
            # The middle of a data set that goes elsewhere: what bulk data is made of.
            self._sink(pdv.data)
            self._omitted += len(pdv.data)
            return None
        self._check_context(pdv)
        if pdv.is_command:
            return self._take_command(pdv)
        return self._take_data_set(pdv)

    def _check_context(self, pdv: Pdv) -> None:
        if pdv.context_id not in self._accepted:
            raise MessageError(f"A PDV came on presentation context {pdv.context_id}, which is not an accepted one.")
        if self._context_id is None:
            self._context_id = pdv.context_id
        elif self._context_id != pdv.context_id:
            raise MessageError(
                f"A PDV came on presentation context {pdv.context_id} in the middle of a message on {self._context_id}."
            )

    def _take_command(self, pdv: Pdv) -> Message | None:
        if self._command is not None:
            raise MessageError(
                "A command set began where a data set was announced.", reason=AbortReason.UNEXPECTED_PDU_PARAMETER
            )
        if len(self._fragments) + len(pdv.data) > self._command_limit:
            raise MessageError(f"A command set is longer than {self._command_limit} bytes.")
        self._fragments += pdv.data
        if not pdv.is_last:
            return None
        command = decode_command(bytes(self._fragments))
        if command.has_data_set:
            self._command = command
            if self._sink_for is not None:
                self._sink = self._sink_for(Message(pdv.context_id, command))
            return None
        return self._complete(Message(pdv.context_id, command))

    def _take_data_set(self, pdv: Pdv) -> Message | None:
        if self._command is None:
            raise MessageError(
                "A data set came without a whole command set before it.", reason=AbortReason.UNEXPECTED_PDU_PARAMETER
            )
        if self._sink is not None:
            self._sink(pdv.data)
            self._omitted += len(pdv.data)
        else:
            kept = pdv.data[: self._data_set_kept - len(self._data_set)]
            self._data_set += kept
            self._omitted += len(pdv.data) - len(kept)
        if not pdv.is_last:
            return None
        return self._complete(Message(pdv.context_id, self._command, bytes(self._data_set), self._omitted))

    def _complete(self, message: Message) -> Message:
        self._reset()
        return message
