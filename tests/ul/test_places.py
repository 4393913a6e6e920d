"""Places told by headers alone are those of the whole tree, cost a walk over neighbours, and leave no secret bare."""

from __future__ import annotations

import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.ul import pdu
from parley.ul.codec import encode
from parley.ul.places import MOST_HEADERS, Frame, Places, is_secret_item, secrets
from parley.ul.tree import Kind, annotate, masked
from tests.harness import hostile
from tests.harness.strategies import acceptances, any_bytes, pdus, requests, spoilt_bytes
from tests.ul.golden import GOLDEN

PASSCODE = b"correct horse"
WHOLE = pdu.UserIdentityRq(2, 1, b"dr_who", PASSCODE)
TICKET = pdu.UserIdentityRq(3, 0, PASSCODE)
RESPONSE = pdu.UserIdentityAc(PASSCODE)
IDENTITIES = [WHOLE, TICKET, RESPONSE]
HOSTILE = hostile.shapes()


def assert_same_places(data: bytes):
    places = Places(data)
    for node in annotate(data).walk():
        if data and 1 <= data[0] <= 7 and node.path not in {"missing", "after"} and not node.path.endswith("rest"):
            assert places.nearest(node.path) == (node.path, node.offset)


@given(any_bytes | spoilt_bytes() | pdus.map(encode))
def test_every_path_of_the_tree_has_its_place(data: bytes):
    assert_same_places(data)


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.name)
def test_every_path_of_every_beginning_has_its_place(golden):
    for size in range(len(golden.data) + 1):
        assert_same_places(golden.data[:size])


@pytest.mark.parametrize(
    ("path", "nearest"),
    [
        ("items[99].uid", ""),
        ("items[1].sub_items", "items[1]"),
        ("items[1].sub_items[9].uid", "items[1]"),
        ("items[1].no_such_field", "items[1]"),
        ("items", ""),
        ("nowhere.at[3].all", ""),
        ("items[x].uid", ""),
        (
            "items[2].sub_items[6].related_general_sop_class_uids[9]",
            "items[2].sub_items[6].related_general_sop_class_uids",
        ),
    ],
)
def test_what_is_missing_has_the_place_of_what_should_have_it(path, nearest):
    data = GOLDEN[0].data
    places = {node.path: node.offset for node in annotate(data).walk()}
    assert Places(data).nearest(path) == (nearest, places[nearest])


@pytest.fixture
def looked_at(monkeypatch) -> list[int]:
    """Where the headers begin that lists of items were told by."""
    starts: list[int] = []
    usual = Frame.listed

    def listed(self, *arguments):
        found = usual(self, *arguments)
        starts.extend(found.starts)
        return found

    monkeypatch.setattr(Frame, "listed", listed)
    return starts


def test_a_path_costs_a_walk_over_its_neighbours_once(looked_at):
    data = hostile.proposing(128, 63)
    places = Places(data)
    places.nearest("items[100].context_id")
    assert len(looked_at) == 130
    for number in range(128):
        places.nearest(f"items[{number}].sub_items")
    assert len(looked_at) == 130, "what is inside an item is not looked at"
    places.nearest("items[5].sub_items[60].uid")
    assert len(looked_at) == 130 + 64


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_no_request_makes_anybody_look_at_all_of_it(looked_at, name):
    data = HOSTILE[name]
    places = Places(data)
    for path in ("items[3]", "items[9000].context_id", "items[200000]", "items[1].sub_items[5000].uid"):
        places.nearest(path)
    assert len(looked_at) <= 20_000
    assert secrets(data).headers <= MOST_HEADERS
    root = annotate(data)
    assert len(root.children) <= 10_020
    assert root.children.made <= 12, "items are made when they are asked for"


# --- secrets ---------------------------------------------------------------------------------------------------------


def told_by_the_tree(data: bytes) -> list[bytes]:
    nodes = [node for node in annotate(data).walk() if node.kind is Kind.SECRET and not node.children]
    return [data[node.offset : node.offset + node.length] for node in nodes]


def framed(body: bytes, code: int = 1) -> bytes:
    return struct.pack(">BBL", code, 0, len(body)) + body


def request_of(*items: bytes) -> bytes:
    return hostile.pdu(b"".join(items))


def item_of(identity) -> bytes:
    """The bytes of the identity's own item."""
    whole = encode(pdu.AAssociateRq("B", "A", (pdu.UserInformation((identity,)),)))
    return whole[78:]


@pytest.mark.parametrize("identity", IDENTITIES, ids=["passcode", "ticket", "response"])
@pytest.mark.parametrize(
    "around",
    [
        lambda item: request_of(hostile.item(0x50, item)),
        request_of,
        lambda item: request_of(hostile.context(1, item)),
        lambda item: request_of(hostile.context(1, hostile.item(0x50, item))),
        lambda item: request_of(hostile.item(0x50, hostile.item(0x50, item))),
        lambda item: request_of(hostile.item(0x21, b"\1\0\0\0" + item)),
        lambda item: request_of(hostile.item(0x50, item + b"\x51")),
        lambda item: request_of(struct.pack(">BBH", 0x50, 0, 4) + item),
        lambda item: request_of(struct.pack(">BBH", 0x50, 0, 60_000) + item),
        lambda item: request_of(struct.pack(">BBH", 0x50, 0, 12) + item),
        lambda item: request_of() + hostile.item(0x50, item),
        lambda item: request_of(hostile.item(0x50, item))[:2] + bytes(4) + request_of(hostile.item(0x50, item))[6:],
        lambda item: request_of(*[hostile.context(1)] * 300, hostile.item(0x50, item)),
        lambda item: request_of(*[hostile.context(0x58, b"XY")] * 30_000, hostile.item(0x50, item)),
        lambda item: request_of(hostile.item(0x50, hostile.item(0x58, b"\1\0\0\0\0\0") * 500 + item)),
    ],
)
def test_an_identity_is_masked_wherever_it_stands(identity, around):
    data = around(item_of(identity))
    assert PASSCODE in data
    assert PASSCODE not in masked(data)
    assert len(masked(data)) == len(data)


@pytest.mark.parametrize("identity", IDENTITIES, ids=["passcode", "ticket", "response"])
def test_a_length_that_is_wrong_unmasks_nothing_of_what_it_moves(identity):
    whole = item_of(identity)
    data = request_of(hostile.item(0x50, whole))
    start = data.index(whole)
    for place in (start - 2, start + 2):
        for length in (0, 1, 5, 10, 15, 20, 300, 65535):
            broken = data[:place] + struct.pack(">H", length) + data[place + 2 :]
            shown = masked(broken)
            # The last bytes can be read only where the item is cut off before them, as then they are in none.
            assert PASSCODE not in shown, (place, length)


def test_a_user_name_that_runs_into_the_passcode_is_masked():
    whole = item_of(WHOLE)
    data = request_of(hostile.item(0x50, whole))
    place = data.index(b"dr_who") - 2
    broken = data[:place] + b"\xff\xff" + data[place + 2 :]
    assert PASSCODE not in masked(broken)
    assert b"dr_who" in masked(data)


@given(spoilt_bytes() | requests.map(encode) | acceptances.map(encode) | any_bytes)
def test_tree_and_mask_agree_about_every_byte(data: bytes):
    found = secrets(data)
    shown = masked(data)
    assert len(shown) == len(data)
    hidden = {place for start, end in found.spans for place in range(start, end)}
    assert all(shown[place] == (ord("*") if place in hidden else data[place]) for place in range(len(data)))
    spans = found.spans
    assert all(one[1] < other[0] for one, other in pairwise(spans))
    for node in annotate(data).walk():
        if not node.children and node.length:
            places = range(node.offset, node.offset + node.length)
            assert (node.kind is Kind.SECRET) == any(place in hidden for place in places)


@given(st.sampled_from(IDENTITIES), requests, st.data())
def test_identities_of_decoded_requests_are_masked(identity, rq, draw):
    sub_items = (*rq.user_information.sub_items, identity)
    items = (*(item for item in rq.items if not isinstance(item, pdu.UserInformation)), pdu.UserInformation(sub_items))
    data = encode(pdu.AAssociateRq("B", "A", items))
    assert PASSCODE not in masked(data)
    cut = draw.draw(st.integers(0, len(data)))
    assert PASSCODE[:4] not in masked(data[:cut])


def test_most_requests_are_not_walked_over_for_secrets():
    data = request_of(*[hostile.context(1, hostile.ABSTRACT, hostile.TRANSFER)] * 128, hostile.INFORMATION)
    assert secrets(data).headers == 0


def test_items_that_could_not_be_read_are_secret_where_they_hold_an_identity():
    assert is_secret_item(0x58, b"\2\1\0\xff" + PASSCODE)
    assert is_secret_item(0x50, item_of(WHOLE))
    assert not is_secret_item(0x58, b"")
    assert not is_secret_item(0x51, b"XY")
    assert not is_secret_item(0x60, b"XYZ")
