"""Which rows of the log hold the request and the answer of an association, so that none is looked for. No Qt."""

from __future__ import annotations

from collections.abc import Iterable

from parley.bridge.log.row import LogRow
from parley.model.event import EventKind
from parley.ul.pdu import Pdu
from parley.ul.places import is_associate


class Negotiations:
    """Rows about an A-ASSOCIATE-RQ or -AC, by the numbers of their associations; they leave in the order they came."""

    def __init__(self) -> None:
        self._rows: dict[int, list[LogRow]] = {}

    def add(self, rows: Iterable[LogRow]) -> None:
        """Take note of those among rows that have come."""
        for row in rows:
            if _negotiates(row):
                self._rows.setdefault(row.event.association, []).append(row)

    def remove(self, rows: Iterable[LogRow]) -> None:
        """Forget those among rows that leave, which are the oldest."""
        for row in rows:
            if _negotiates(row):
                known = self._rows[row.event.association]
                del known[0]
                if not known:
                    del self._rows[row.event.association]

    def put_before(self, earlier: Negotiations) -> None:
        """Rows that have left come back before the others."""
        for number, rows in self._rows.items():
            earlier._rows[number] = earlier._rows.get(number, []) + rows
        self._rows = earlier._rows

    def pdus(self, association: int) -> list[Pdu | None]:
        """The requests and answers of an association, the oldest first."""
        return [row.event.pdu for row in self._rows.get(association, ())]


def _negotiates(row: LogRow) -> bool:
    event = row.event
    return event.association > 0 and is_associate(event.wire) and event.kind is not EventKind.MALFORMED
