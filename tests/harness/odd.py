"""PDUs as no careful implementation sends them, though some do: the corpus for everybody who has to bear them.

It is what our own misbehaviours send to somebody usual, by their names. Requests are for an acceptor (ours, or a real
one to learn what it does), acceptances for a requestor.
"""

from __future__ import annotations

from parley.model.build import accept_pdu, request_pdu
from parley.model.handle import AcceptanceRules, AcceptorHandle, RequestorHandle
from parley.model.misbehaviour.steps import OddAnswer, OddRequest, Script, SendBytes, Silence, Situation, Trigger
from parley.model.misbehaviour.tables import ACCEPTOR, REQUESTOR
from parley.ul.codec import encode
from parley.ul.pdu import AAssociateAc

BASE = request_pdu(RequestorHandle())
USUAL = accept_pdu(AcceptorHandle(), AcceptanceRules(), BASE)

REQUESTS: dict[str, bytes] = {
    name: encode(each.deed.build(BASE)) for name, each in REQUESTOR.items() if isinstance(each.deed, OddRequest)
}
"""A-ASSOCIATE-RQs that say something odd, each in one PDU."""


def _first_bytes(script: Script) -> bytes:
    match script.steps(Situation(BASE)):
        case (SendBytes(data), Silence()):
            return data
        case _:
            return b""


FIRST_BYTES: dict[str, bytes] = {
    name: data
    for name, each in REQUESTOR.items()
    # Nobody answers half a request; what becomes of it is the scripts' own tests' business.
    if each.trigger is Trigger.CONNECTED and isinstance(each.deed, Script) and name != "half-request"
    if (data := _first_bytes(each.deed))
}
"""What may come instead of a request."""

ANSWERS = {name: each.deed.build(BASE, USUAL) for name, each in ACCEPTOR.items() if isinstance(each.deed, OddAnswer)}

ACCEPTANCES: dict[str, AAssociateAc] = {name: pdu for name, pdu in ANSWERS.items() if isinstance(pdu, AAssociateAc)}
"""What a peer may answer to the usual request (one context, id 1, Verification, Implicit and Explicit VR LE)."""
