"""What a PDU is, found again from its bytes; the latest are remembered, and no more than have room."""

from parley.model.build import accept_pdu, request_pdu
from parley.model.handle import AcceptanceRules, AcceptorHandle, RequestorHandle
from parley.ul import recall
from parley.ul.codec import Decoded, decode, encode
from parley.ul.conformance import check_accept, check_request, locate
from parley.ul.limits import Limits
from parley.ul.pdu import AReleaseRq
from parley.ul.recall import Recall, findings_in, whole_pdu

RQ = request_pdu(RequestorHandle("odd title", "US"))
AC = accept_pdu(AcceptorHandle(), AcceptanceRules(), RQ)


def test_a_whole_pdu_is_found_and_nothing_else():
    data = encode(RQ)
    assert whole_pdu(data) == decode(data, Limits())
    for other in (b"", b"GET /", data[:-1], data + b"\0", b"\x01\0\0\0\0\0"):
        assert whole_pdu(other) is None


def test_findings_are_those_of_bytes_and_values_with_their_places():
    request, answer = encode(RQ), encode(AC)
    assert findings_in(request) == locate(request, check_request(RQ)) != ()
    assert findings_in(answer, request) == locate(answer, check_accept(RQ, AC))
    assert findings_in(answer) == locate(answer, check_accept(None, AC))
    odd = encode(AReleaseRq(b"\1\0\0\0"))
    assert findings_in(odd) == whole_pdu(odd).findings != ()
    assert findings_in(b"nothing") == ()


def test_the_latest_are_remembered_and_the_oldest_go_first(monkeypatch):
    monkeypatch.setattr(recall, "ROOM", 100)
    monkeypatch.setattr(recall, "PLACES", 3)
    asked: list[bytes] = []

    def find(key: bytes) -> int:
        asked.append(key)
        return len(key)

    known = Recall(find, len)
    assert [known(key) for key in (b"a", b"b", b"c", b"a")] == [1, 1, 1, 1]
    assert asked == [b"a", b"b", b"c"]
    known(b"d")
    known(b"b")
    assert asked == [b"a", b"b", b"c", b"d"], "only the oldest has gone"
    known(b"a")
    assert asked[-1] == b"a"
    large = bytes(1000)
    known(large)
    known(large)
    assert asked.count(large) == 1, "one that has no room is kept until the next"
    known(b"b")
    known(large)
    assert asked.count(large) == 2


def test_what_somebody_has_found_is_not_found_again():
    data = encode(AReleaseRq(b"\0\0\0\7"))
    mine = Decoded(AReleaseRq(), data, ())
    whole_pdu.keep(data, mine)
    assert whole_pdu(data) is mine
