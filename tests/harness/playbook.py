"""Playbooks: what is fed into a state machine (`>>`) and what it must want done (`<<`), as a script one can read aloud.

    >> connection accepted
    << Evt5: Sta1, AE-5, Sta2
    << start ARTIM
    >> peer: A-ASSOCIATE-RQ
    << received A-ASSOCIATE-RQ
    …

Inputs: ``connection accepted``, ``connected``, ``closed``, ``closed: <the transport's words>``, ``ARTIM expires``,
``user: <primitive>``, ``peer: <PDU>``, ``peer: <PDU>, first <n> bytes``, ``bytes: <hex>``. Blank lines and those
beginning with # are skipped. A refusal by `LocalProtocolError` is written ``<< refused: <its text>``.
"""

from parley.ul import primitives as pr
from parley.ul.codec import encode
from parley.ul.codes import PduType
from parley.ul.effects import (
    CloseTransport,
    Effect,
    Indicate,
    Malformed,
    OpenTransport,
    Received,
    ReceivedRun,
    SendPdu,
    StartArtim,
    StopArtim,
    Transition,
)
from parley.ul.errors import LocalProtocolError
from parley.ul.machine import UpperLayer
from parley.ul.pdu import AAbort, AAssociateRj, Pdu
from tests.harness.samples import AC, DATA, PDUS, RJ, RQ

REQUESTS: dict[str, pr.Request] = {
    "associate": pr.AssociateRequest(RQ),
    "accept": pr.AssociateAccept(AC),
    "reject": pr.AssociateReject(RJ),
    "data": pr.DataRequest(DATA),
    "release": pr.ReleaseRequest(),
    "agree to release": pr.ReleaseResponse(),
    "abort": pr.AbortRequest(),
}

_TYPES = {type(pdu): pdu_type for pdu_type, pdu in PDUS.items()}
_BY_WORDS = {pdu_type.words: pdu for pdu_type, pdu in PDUS.items()}


def play(machine: UpperLayer, script: str) -> None:
    """Feed the script's inputs into the machine; its effects must be the script's, all of them and in that order."""
    expected = [line.strip() for line in script.splitlines() if line.strip() and not line.strip().startswith("#")]
    played: list[str] = []
    for line in expected:
        if line.startswith(">> "):
            played.append(line)
            played += [f"<< {words}" for words in feed(machine, line.removeprefix(">> "))]
    assert played == expected, "\n".join(["the machine says otherwise:", *played])


def feed(machine: UpperLayer, line: str) -> list[str]:
    """Feed one input; returns the effects in words."""
    what, _, argument = line.partition(": ")
    try:
        match what:
            case "connection accepted":
                machine.transport_indication()
            case "connected":
                machine.transport_confirmation()
            case "closed":
                machine.receive_eof(argument)
            case "ARTIM expires":
                machine.artim_expired()
            case "user":
                machine.request(_request(argument))
            case "peer":
                machine.receive(_bytes_of(argument))
            case "bytes":
                machine.receive(bytes.fromhex(argument))
            case _:
                raise ValueError(f"no input of a playbook: {line}")
    except LocalProtocolError as error:
        return [*map(describe, machine.effects()), f"refused: {error}"]
    return [describe(effect) for effect in machine.effects()]


_PLAIN = {
    OpenTransport: "open transport",
    CloseTransport: "close transport",
    StartArtim: "start ARTIM",
    StopArtim: "stop ARTIM",
}


def describe(effect: Effect) -> str:
    """An effect in the words of a playbook."""
    match effect:
        case SendPdu(pdu, data):
            assert data == encode(pdu)
            return f"send {name(pdu)}"
        case Received(pdu, data, _):
            assert data == encode(pdu)
            return f"received {name(pdu)}"
        case ReceivedRun(pdvs):
            return f"received a run of {len(pdvs)} P-DATA-TF"
        case Malformed(error, _):
            return f"malformed: {error}"
        case Transition(event, before, action, after):
            return f"{event.label}: {before.label}, {action.label}, {after.label}"
        case Indicate(primitive):
            return f"indicate {_indication(primitive)}"
    return _PLAIN[type(effect)]


def _indication(primitive: pr.Indication) -> str:
    match primitive:
        case pr.ProviderAbortIndication(reason, pdu, cause):
            return f"A-P-ABORT {reason}{f' from {name(pdu)}' if pdu else ''}: {cause}"
        case pr.ReleaseIndication(collision=True):
            return "release collision"
    return type(primitive).__name__


def name(pdu: Pdu) -> str:
    """A PDU's name with the codes that matter: ``A-ABORT 2/1``, ``A-ASSOCIATE-RJ 1/1/7``."""
    words = _TYPES[type(pdu)].words
    match pdu:
        case AAbort(source, reason):
            return f"{words} {source:d}/{reason:d}"
        case AAssociateRj(result, source, reason):
            return f"{words} {result:d}/{source:d}/{reason:d}"
    return words


def _request(words: str) -> pr.Request:
    what, _, codes = words.partition(" with ")
    if codes:
        assert what == "abort"
        return pr.AbortRequest(*map(int, codes.split("/")))
    return REQUESTS[what]


def _bytes_of(words: str) -> bytes:
    pdu_words, _, first = words.partition(", first ")
    kind, _, codes = pdu_words.partition(" ")
    pdu: Pdu = _BY_WORDS[kind]
    if codes:
        numbers = map(int, codes.split("/"))
        pdu = AAbort(*numbers) if kind == PduType.A_ABORT.words else AAssociateRj(*numbers)
    data = encode(pdu)
    return data[: int(first.removesuffix(" bytes"))] if first else data
