"""The editor of a `Transport`: everything that its side has of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from parley.model.transport import IpVersion, RequestorTransport, Transport
from parley.ui.kit import style
from parley.ui.kit.fields import named
from parley.ui.kit.pieces import CheckEdit, ChoiceEdit, CountEdit, Switched, TextEdit
from parley.ui.kit.texts import Label, set_tip

FIRST_SIZE = 65536
"""Bytes that wait in a buffer's field before anything was typed."""

_VERSIONS: list[tuple[str, object]] = [
    ("IPv4 and IPv6", IpVersion.ANY),
    ("IPv4 only", IpVersion.IPV4),
    ("IPv6 only", IpVersion.IPV6),
]


class TransportEdit(QWidget):
    """Edits the kind of `Transport` that it is given."""

    changed = Signal()

    def __init__(self, object_name: str, transport: Transport) -> None:
        super().__init__()
        self._name = object_name
        self._transport = transport
        self._edits: dict[str, Any] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(style.SPACING)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(3, 2)
        if isinstance(transport, RequestorTransport):
            self._add_local(0)
        else:
            tip = "How many connections the system may hold that are not taken up yet; callers beyond it have to wait"
            self._add("backlog", "Backlog", CountEdit(), tip, 0, 2)
        self._add_shared(row=1)
        self.setFocusProxy(self._edits["ip_version"])

    def value(self) -> Transport:
        return replace(self._transport, **{name: edit.value() for name, edit in self._edits.items()})

    def set_value(self, value: Transport) -> None:
        self._transport = value
        for name, edit in self._edits.items():
            edit.set_value(getattr(value, name))

    def typed_problems(self) -> Iterator[tuple[str, str, str]]:
        for name, edit in self._edits.items():
            if isinstance(edit, CountEdit | Switched):
                yield from ((f".{name}", text, remedy) for _, text, remedy in edit.typed_problems())

    def _add_local(self, row: int) -> None:
        tip = "The address of this machine to connect from, in numbers: for a peer or a firewall that admits only some"
        host = TextEdit()
        host.setPlaceholderText("as the system chooses")
        self._add("local_host", "From address", host, tip, row, 0)
        tip = "The port to connect from; 0 takes any free one"
        self._add("local_port", "From port", CountEdit(), tip, row, 2)

    def _add_shared(self, row: int) -> None:
        is_requestor = isinstance(self._transport, RequestorTransport)
        tip = "Which of the peer's addresses may be called" if is_requestor else "At which addresses to listen"
        place = (row, 0) if is_requestor else (0, 0)
        self._add("ip_version", "IP version", ChoiceEdit(_VERSIONS), tip, *place)
        for column, part, label, what in (
            (0, "send_buffer", "Send buffer", "what is sent and not yet acknowledged"),
            (2, "receive_buffer", "Receive buffer", "what has come and was not yet read"),
        ):
            tip = f"Bytes for {what}. The log says what the system grants"
            name = f"{self._name}.{part}"
            size = CountEdit()
            named(size, name, label, tip)
            self._add(part, label, Switched(size, name, label, "set", FIRST_SIZE, beside=True), tip, row + 1, column)
        no_delay = CheckEdit("Send small segments at once (TCP_NODELAY)")
        tip = "Off lets TCP keep a small segment until more can go with it, as some stacks do: answers get slower"
        self._keep("no_delay", "Send small segments at once", no_delay, tip)
        self._grid.addWidget(no_delay, row + 2, 0, 1, 4)
        quick_ack = CheckEdit("Acknowledge at once what has come (TCP_QUICKACK, on Linux)")
        tip = "Off leaves it to the system, which waits some 40 ms: peers that wait for it in the middle get slower"
        self._keep("quick_ack", "Acknowledge at once", quick_ack, tip)
        self._grid.addWidget(quick_ack, row + 3, 0, 1, 4)

    def _add(self, part: str, label: str, edit: QWidget, tip: str, row: int, column: int) -> None:
        """An editor with its label before it."""
        words = Label(label)
        words.setBuddy(edit)
        set_tip(words, tip)
        self._grid.addWidget(words, row, column)
        self._grid.addWidget(edit, row, column + 1)
        self._keep(part, label, edit, tip)

    def _keep(self, part: str, label: str, edit: Any, tip: str) -> None:
        if not isinstance(edit, Switched):  # whose parts have the names
            named(edit, f"{self._name}.{part}", label, tip)
        edit.changed.connect(self.changed)
        self._edits[part] = edit
