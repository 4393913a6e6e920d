"""pynetdicom as a peer in a process of its own: commands come in as JSON lines, what happens goes out as JSON lines.

Run as ``python -m tests.harness.pynetdicom_peer``. `Peer` of this module is the test's end of it. A process lives long
and serves many tests one after the other, as importing pynetdicom takes longer than any of them.

Commands, each with ``do``:
    ``serve``     start an SCP with the given settings; answers ``listening`` with its port
    ``release``   ``abort``   let the SCP end the association it has
    ``stop``      stop the SCP
    ``associate`` be an SCU: associate, do what ``then`` lists, tell how it went as ``outcome``
"""

from __future__ import annotations

import itertools
import json
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.harness.process import Program, running

QUICK_SECONDS = 1.0
"""What pynetdicom may wait for a PDU that never comes."""


# --- the test's end --------------------------------------------------------------------------------------------------


class Peer:
    """Tells the process what to do and reads what it says."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._seen = 0
        self._servers = itertools.count(1)
        self._server = 0

    def tell(self, do: str, **settings: Any) -> None:
        """Give a command; what was said before it does not count any more."""
        self._seen = self._program.lines
        self._program.tell(json.dumps({"do": do, **settings}))

    def hear(self, what: str) -> dict[str, Any]:
        """Wait for the first thing of that kind since the last command; old servers do not count."""

        def fits(line: str) -> bool:
            if not line.startswith("{"):
                return False
            told = json.loads(line)
            return told["what"] == what and told.get("server", self._server) == self._server

        told: dict[str, Any] = json.loads(self._program.wait_for(fits, self._seen))
        return told

    @contextmanager
    def serving(self, **settings: Any) -> Iterator[int]:
        """An SCP with these settings; gives its port."""
        self._server = next(self._servers)
        self.tell("serve", server=self._server, **settings)
        port = self.hear("listening")["port"]
        try:
            yield port
        finally:
            self.tell("stop")


@contextmanager
def started() -> Iterator[Peer]:
    """A process that waits for commands."""
    with running(sys.executable, "-m", __name__, takes_input=True) as program:
        peer = Peer(program)
        peer.hear("ready")
        yield peer


# --- the process -----------------------------------------------------------------------------------------------------

_printing = threading.Lock()


def say(what: str, **facts: Any) -> None:
    """Print one line."""
    with _printing:
        print(json.dumps({"what": what, **facts}), flush=True)


def _text(title: Any) -> str:
    return title.decode("latin-1").strip() if isinstance(title, bytes) else str(title).strip()


def end(association: Any, how: str) -> None:
    """Release or abort."""
    if how == "release":
        association.release()
        return
    # Its blocking abort shuts the socket down at once, every third time before the A-ABORT has left.
    association.abort(block=False)
    deadline = time.monotonic() + QUICK_SECONDS
    while association.dul.state_machine.current_state != "Sta1" and time.monotonic() < deadline:
        threading.Event().wait(0.005)
    association.kill()


def _request_facts(event: Any) -> dict[str, Any]:
    request = event.assoc.requestor
    primitive = request.primitive
    return {
        "calling": _text(primitive.calling_ae_title),
        "called": _text(primitive.called_ae_title),
        "maximum_length": request.maximum_length,
        "implementation_class_uid": str(request.implementation_class_uid),
        "implementation_version_name": request.implementation_version_name,
        "contexts": [
            [context.context_id, str(context.abstract_syntax), [str(uid) for uid in context.transfer_syntax]]
            for context in primitive.presentation_context_definition_list
        ],
    }


def tls_context(files: dict[str, str], *, is_server: bool) -> ssl.SSLContext:
    """A context with the files ``ca``, ``certificate`` and ``key``; who has a CA wants the peer's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if is_server else ssl.PROTOCOL_TLS_CLIENT)
    if "certificate" in files:
        context.load_cert_chain(files["certificate"], files["key"])
    if "ca" in files:
        context.load_verify_locations(files["ca"])
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def handlers_of(settings: dict[str, Any], tell: Callable[..., None]) -> Iterator[tuple[Any, Any]]:
    """Handlers of what a request negotiates; pynetdicom passes over what has none.

    Args:
        settings: ``users`` maps names to passcodes (None for any), everybody else is refused; ``response`` is answered
            to an identity; ``extended`` maps SOP classes to what is answered to their details; ``common`` accepts the
            relations of SOP classes; ``operations`` answers the window. Bytes are in hexadecimal.
        tell: says what each was asked.
    """
    from pynetdicom import evt

    def identify(event: Any) -> tuple[bool, bytes | None]:
        name, passcode = event.primary_field, event.secondary_field
        tell("identified", type=event.user_id_type, primary=name.hex(), secondary=(passcode or b"").hex())
        users = settings["users"]
        is_known = name.decode() in users and users[name.decode()] in {None, (passcode or b"").decode()}
        return is_known, bytes.fromhex(settings["response"]) if "response" in settings else None

    def extend(event: Any) -> dict[str, bytes]:
        tell("extended", asked={str(uid): information.hex() for uid, information in event.app_info.items()})
        return {uid: bytes.fromhex(answer) for uid, answer in settings["extended"].items()}

    def relate(event: Any) -> Any:
        tell("related", asked=[_relation(item) for item in event.items.values()])
        return event.items

    def operate(event: Any) -> tuple[int, int]:
        tell("operations", asked=[event.nr_invoked, event.nr_performed])
        return 1, 1

    for name, kind, handler in (
        ("users", evt.EVT_USER_ID, identify),
        ("extended", evt.EVT_SOP_EXTENDED, extend),
        ("common", evt.EVT_SOP_COMMON, relate),
        ("operations", evt.EVT_ASYNC_OPS, operate),
    ):
        if name in settings:
            yield kind, handler


def _relation(item: Any) -> list[Any]:
    related = [str(uid) for uid in item.related_general_sop_class_identification]
    return [str(item.sop_class_uid), str(item.service_class_uid), related]


class Scp:
    """pynetdicom's acceptor."""

    def __init__(self, settings: dict[str, Any]) -> None:
        from pynetdicom import AE, evt

        self._number = settings["server"]
        self._echo_status = settings.get("echo_status", 0)
        entity = AE(settings.get("ae_title", "PEER_SCP"))
        entity.acse_timeout = entity.network_timeout = settings.get("timeout", QUICK_SECONDS)
        entity.dimse_timeout = settings.get("timeout", QUICK_SECONDS)
        entity.maximum_pdu_size = settings.get("maximum_length", 16382)
        entity.maximum_associations = settings.get("maximum_associations", 10)
        entity.require_called_aet = settings.get("require_called", False)
        entity.require_calling_aet = settings.get("require_calling", [])
        for abstract_syntax, transfer_syntaxes, *roles in settings["contexts"]:
            entity.add_supported_context(abstract_syntax, transfer_syntaxes, *roles)
        handlers: list[Any] = [
            (evt.EVT_REQUESTED, lambda event: self._say("requested", **_request_facts(event))),
            (evt.EVT_ESTABLISHED, lambda event: self._say("established")),
            (evt.EVT_REJECTED, lambda event: self._say("rejected")),
            (evt.EVT_RELEASED, lambda event: self._say("released")),
            (evt.EVT_ABORTED, lambda event: self._say("aborted")),
            (evt.EVT_C_ECHO, self._echo),
            *handlers_of(settings.get("handlers", {}), self._say),
        ]
        tls = tls_context(settings["tls"], is_server=True) if "tls" in settings else None
        self._server: Any = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers, ssl_context=tls)
        self._say("listening", port=self._server.socket.getsockname()[1])

    def _say(self, what: str, **facts: Any) -> None:
        say(what, server=self._number, **facts)

    def _echo(self, event: Any) -> int:
        self._say("echoed", context=event.context.context_id, transfer_syntax=str(event.context.transfer_syntax))
        return int(self._echo_status)

    def end_association(self, how: str) -> None:
        """Let the acceptor end what it accepted."""
        for association in self._server.active_associations:
            end(association, how)

    def stop(self) -> None:
        """Begin to stop; it takes half a second, for which nobody has to wait."""
        threading.Thread(target=self._server.shutdown, daemon=True).start()


def be_scu(command: dict[str, Any]) -> None:
    """Associate and do as told."""
    from pynetdicom import AE, evt
    from pynetdicom.pdu import A_ASSOCIATE_RJ
    from pynetdicom.presentation import build_context

    # Taken from the PDU: pynetdicom takes a socket that a quick rejection closed for one that never connected.
    rejections: list[list[int]] = []

    def keep_rejection(event: Any) -> None:
        if isinstance(event.pdu, A_ASSOCIATE_RJ):
            rejections.append([event.pdu.result, event.pdu.source, event.pdu.reason_diagnostic])

    entity = AE(command.get("calling", "PEER_SCU"))
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = command.get("timeout", 5)
    contexts = [build_context(uid, syntaxes) for uid, syntaxes in command["contexts"]]
    try:
        association: Any = entity.associate(
            "127.0.0.1",
            command["port"],
            contexts=contexts,
            ae_title=command.get("called", "PARLEY_SCP"),
            max_pdu=command.get("maximum_length", 16382),
            ext_neg=list(negotiation_items(command)),
            evt_handlers=[(evt.EVT_PDU_RECV, keep_rejection)],
            tls_args=(tls_context(command["tls"], is_server=False), "localhost") if "tls" in command else None,
        )
    except Exception as error:
        say("outcome", error=f"{type(error).__name__}: {error}")
        return
    facts = {**_association_facts(association), "rejection": rejections[0] if rejections else None}
    say("associated", **facts)
    statuses: list[int | None] = []
    how = ""
    for step in command.get("then", []):
        if step == "echo":
            try:
                status = association.send_c_echo()
            except Exception as error:
                facts["echo_error"] = f"{type(error).__name__}: {error}"
            else:
                statuses.append(status.get("Status") if status else None)
        elif step == "wait":
            association.join(command.get("timeout", 5))
            how = next((word for word in ("released", "aborted") if getattr(association, f"is_{word}")), "")
        elif association.is_established:
            end(association, step)
            how = next((word for word in ("released", "aborted") if getattr(association, f"is_{word}")), "")
    say("outcome", **facts, statuses=statuses, how=how)


def negotiation_items(command: dict[str, Any]) -> Iterator[Any]:
    """What a command wants to negotiate beside contexts, as pynetdicom's items; bytes are in hexadecimal."""
    from pynetdicom import pdu_primitives as items
    from pynetdicom.presentation import build_role

    for uid, scu, scp in command.get("roles", []):
        yield build_role(uid, scu_role=scu, scp_role=scp)
    if "operations" in command:
        window = items.AsynchronousOperationsWindowNegotiation()
        window.maximum_number_operations_invoked, window.maximum_number_operations_performed = command["operations"]
        yield window
    for uid, information in command.get("extended", []):
        details = items.SOPClassExtendedNegotiation()
        details.sop_class_uid, details.service_class_application_information = uid, bytes.fromhex(information)
        yield details
    for uid, service, related in command.get("common", []):
        relation = items.SOPClassCommonExtendedNegotiation()
        relation.sop_class_uid, relation.service_class_uid = uid, service
        relation.related_general_sop_class_identification = related
        yield relation
    if "identity" in command:
        kind, primary, secondary, wants_response = command["identity"]
        identity = items.UserIdentityNegotiation()
        identity.user_identity_type, identity.primary_field = kind, bytes.fromhex(primary)
        if secondary:
            identity.secondary_field = bytes.fromhex(secondary)
        identity.positive_response_requested = wants_response
        yield identity


def _negotiated(acceptor: Any) -> dict[str, Any]:
    """What an acceptor answered beside contexts, as pynetdicom reads it."""
    identity = acceptor.user_identity
    return {
        "roles": [[str(uid), role.scu_role, role.scp_role] for uid, role in acceptor.role_selection.items()],
        "extended": [[str(uid), answer.hex()] for uid, answer in acceptor.sop_class_extended.items()],
        "operations": list(acceptor.asynchronous_operations),
        "identity_response": None if identity is None else identity.server_response.hex(),
    }


def _association_facts(association: Any) -> dict[str, Any]:
    answer = association.acceptor.primitive
    return {
        "is_established": association.is_established,
        "is_aborted": association.is_aborted,
        "accepted": [[c.context_id, "".join(c.transfer_syntax[:1])] for c in association.accepted_contexts],
        "refused": [[c.context_id, c.result] for c in association.rejected_contexts],
        "maximum_length": association.acceptor.maximum_length if answer else None,
        "implementation_class_uid": str(association.acceptor.implementation_class_uid) if answer else None,
        "negotiated": _negotiated(association.acceptor) if answer else None,
        "may_be": [[c.context_id, c.as_scu, c.as_scp] for c in association.accepted_contexts],
    }


def main() -> None:
    """Carry out commands until the input ends."""
    import pynetdicom  # noqa: F401 - the whole import before anybody waits for an answer

    threading.excepthook = lambda error: say("thread died", error=f"{error.exc_type.__name__}: {error.exc_value}")
    scp: Scp | None = None
    say("ready")
    for line in sys.stdin:
        command = json.loads(line)
        match command["do"]:
            case "serve":
                scp = Scp(command)
            case "stop" if scp is not None:
                scp.stop()
                scp = None
            case "release" | "abort" as how if scp is not None:
                scp.end_association(how)
            case "associate":
                be_scu(command)


if __name__ == "__main__":
    main()
