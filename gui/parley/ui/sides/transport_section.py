"""The folded section of what is wished of TCP, for the SCU and for the SCP. It edits a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parley.model.profile import AcceptorSide, RequestorSide
from parley.model.transport import AcceptorTransport, IpVersion, RequestorTransport, Transport
from parley.ui.kit.fields import Field
from parley.ui.kit.part_section import PartSection


class TransportSection(PartSection):
    """Edits `transport` of a side."""

    field_names = ("transport",)

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        calls = prefix == "scu"
        tip = "Where to connect from, which" if calls else "Which"
        tip += " IP version, how large the socket's buffers are: what a peer, a firewall or a route may care about"
        super().__init__("Connection", f"{prefix}.transport", tip, RequestorSide() if calls else AcceptorSide())

    def _make_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.sides.transport_edit import TransportEdit

        name = f"{self._prefix}.transport"
        editor = TransportEdit(name, self.part("transport"))
        return {"transport": Field("TCP connection", editor, f"{name}.editor", "What is wished of the system's TCP")}

    def _words(self, values: Mapping[str, Any]) -> str:
        return " · ".join(_parts(values["transport"])) or "as the system chooses"


def _parts(transport: Transport) -> list[str]:
    """What is not left to the system."""
    parts = []
    if isinstance(transport, RequestorTransport) and (transport.local_host or transport.local_port):
        port = f"port {transport.local_port}" if transport.local_port else ""
        parts.append(" ".join(filter(None, ("from", transport.local_host, port))))
    if transport.ip_version is not IpVersion.ANY:
        parts.append(f"{transport.ip_version.value} only")
    if isinstance(transport, AcceptorTransport) and transport.backlog != AcceptorTransport().backlog:
        parts.append(f"backlog {transport.backlog}")
    sizes = (("send", transport.send_buffer), ("receive", transport.receive_buffer))
    parts += [f"{words} buffer {size}" for words, size in sizes if size is not None]
    parts += [] if transport.no_delay else ["small segments wait"]
    return parts if transport.quick_ack else [*parts, "acknowledgements wait"]
