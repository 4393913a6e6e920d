"""What a person should know about a side before using it, by the editors' field names.

No problem keeps anyone from sending: `parley.model.build` makes something sendable of everything. The rules about what
goes into a PDU are `parley.ul.conformance`'s, asked with the values as they were typed; only what never gets into a
PDU, or does not fit into one, has its rules in this room.
"""

from __future__ import annotations

import math
import re
from dataclasses import fields

from parley.model.problems.answer import answer_problems, rules_problems
from parley.model.problems.answering import answering_problems, response_problems
from parley.model.problems.problem import Problem, Problems, error, note, warning
from parley.model.problems.request import clear_text_problems, request_problems
from parley.model.problems.storage import storage_problems
from parley.model.problems.testing import testing_problems
from parley.model.problems.tls import acceptor_tls_problems, requestor_tls_problems
from parley.model.problems.transport import (
    FIRST_UNPRIVILEGED_PORT,
    LAST_PORT,
    acceptor_transport_problems,
    requestor_transport_problems,
)
from parley.model.profile import AcceptorSide, RequestorSide, Timers

__all__ = ["Problem", "check_acceptor", "check_requestor"]

DICOM_TLS_PORT = 2762
MOST_HOST_CHARACTERS = 253
"""Of a name: 255 octets on the wire (RFC 1035, 2.3.4), two of which are no characters of it."""
OTHER_SERVICES = {
    22: "SSH",
    80: "HTTP",
    443: "HTTPS",
    DICOM_TLS_PORT: "DICOM over TLS",
    3389: "Remote Desktop",
    8042: "Orthanc's HTTP server, whose DICOM port is 4242",
    8080: "HTTP",
    8443: "HTTPS",
}
"""What commonly listens where people hope for DICOM."""

EVERY_ADDRESS = {"0.0.0.0", "::", "*"}


def check_requestor(side: RequestorSide) -> tuple[Problem, ...]:
    """What is wrong or risky with an SCU's settings, in the order of the editor."""
    return (
        *_host_problems(side.host, "the peer's name or address"),
        *_called_port_problems(side.port, is_encrypted=side.tls is not None),
        *request_problems(side.handle),
        *clear_text_problems(side.handle, is_encrypted=side.tls is not None),
        *(requestor_tls_problems(side.tls) if side.tls is not None else ()),
        *_timer_problems(side.timers),
        *requestor_transport_problems(side.transport, side.host),
        *testing_problems(side),
    )


def check_acceptor(side: AcceptorSide) -> tuple[Problem, ...]:
    """What is wrong or risky with an SCP's settings, in the order of the editor."""
    return (
        *_listening_problems(side),
        *answer_problems(side.handle),
        *storage_problems(side),
        *rules_problems(side.rules, is_encrypted=side.tls is not None),
        *answering_problems(side.answering),
        *response_problems(side.responses),
        *(acceptor_tls_problems(side.tls) if side.tls is not None else ()),
        *_timer_problems(side.timers),
        *acceptor_transport_problems(side.transport, side.host),
    )


# --- the connection --------------------------------------------------------------------------------------------------


def _host_problems(host: str, what: str) -> Problems:
    if not host.strip():
        yield error("host", "The host is empty.", f"Give {what}.")
    elif len(host) > MOST_HOST_CHARACTERS:
        text = f"The host has {len(host)} characters, {MOST_HOST_CHARACTERS} are allowed."
        yield error("host", text, f"Give {what}.")
    elif "/" in host:
        yield error("host", "The host looks like a web address.", f"Give {what} alone, without :// and path.")
    elif re.search(r"\s", host):
        yield error("host", "The host has a blank in it.", "Leave it out.")
    elif re.fullmatch(r"[^:]+:\d+", host):
        yield error("host", "The host has a port behind it.", "Put the number into the port field.")


def _called_port_problems(port: int, *, is_encrypted: bool) -> Problems:
    if not 1 <= port <= LAST_PORT:
        yield error("port", f"Port {port} does not exist.", "Use 1 to 65535; DICOM is mostly at 104 or 11112.")
    elif is_encrypted and port == DICOM_TLS_PORT:
        return
    elif service := OTHER_SERVICES.get(port):
        yield warning("port", f"Port {port} usually belongs to {service}.", "Use the peer's DICOM port.")


def _listening_problems(side: AcceptorSide) -> Problems:
    yield from _host_problems(side.host, "the address to listen at, 0.0.0.0 for every address of this machine")
    if side.host.strip() in EVERY_ADDRESS:
        text = "Every machine that reaches this one can connect."
        yield note("host", text, "Use 127.0.0.1 to be reached from this machine only.")
    if not 0 <= side.port <= LAST_PORT:
        yield error("port", f"Port {side.port} does not exist.", "Use 1 to 65535; 11112 is registered for DICOM.")
    elif side.port == 0:
        yield note("port", "The system will choose a free port.")
    elif side.port < FIRST_UNPRIVILEGED_PORT:
        text = f"Listening at port {side.port} needs administrator rights on many systems."
        yield warning("port", text, "Use 11112, which is registered for DICOM too.")
    if side.maximum_associations < 1:
        text = f"With a limit of {side.maximum_associations} associations, every request is rejected."
        yield error("maximum_associations", text, "Use 1 or more.")
    if side.maximum_silent_connections < 1:
        text = f"With {side.maximum_silent_connections} connections that may be silent, nobody gets to send a request."
        yield error("maximum_silent_connections", text, "Use 1 or more; 64 is usual.")


def _timer_problems(timers: Timers) -> Problems:
    for field in fields(Timers):
        seconds = getattr(timers, field.name)
        if seconds is not None and not (seconds > 0 and math.isfinite(seconds)):
            text = f"A timer of {seconds:g} seconds cannot run."
            yield error(f"timers.{field.name}", text, "Give more than 0 seconds, or switch it off.")
