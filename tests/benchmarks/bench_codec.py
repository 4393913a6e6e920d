"""How long A-ASSOCIATE-RQs take to encode and decode, here and in pynetdicom, measured in the same run.

The figures are medians of several rounds, in milliseconds; the ratios say how many times longer pynetdicom takes.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import cycle

from pynetdicom import pdu as their_pdu

from parley.ul import pdu
from parley.ul.codec import decode, encode
from parley.ul.conformance import check_request
from parley.ul.limits import Limits
from parley.ul.tree import annotate
from tests.benchmarks.table import Row

ROUNDS = 9
LIMITS = Limits()
TRANSFER_SYNTAXES = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.50")


def request(contexts: int, transfer_syntaxes: tuple[str, ...] = TRANSFER_SYNTAXES) -> pdu.AAssociateRq:
    """A request with every kind of user information and as many contexts as asked for."""
    information = (
        pdu.MaximumLength(16384),
        pdu.ImplementationClassUid("1.2.826.0.1.3680043.8.1"),
        pdu.AsynchronousOperationsWindow(1, 1),
        pdu.RoleSelection("1.2.840.10008.5.1.4.1.1.1", 0, 1),
        pdu.ImplementationVersionName("PARLEY_01"),
        pdu.SopClassExtendedNegotiation("1.2.840.10008.5.1.4.1.1.1", b"\1\0\1"),
        pdu.SopClassCommonExtendedNegotiation("1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.4.2", ("1.2.3",)),
        pdu.UserIdentityRq(2, 1, b"user", b"passcode"),
    )
    proposed = [
        pdu.PresentationContextRq.of(2 * index + 1, f"1.2.840.10008.5.1.4.1.1.{index + 1}", transfer_syntaxes)
        for index in range(contexts)
    ]
    items = (pdu.ApplicationContext("1.2.840.10008.3.1.1.1"), *proposed, pdu.UserInformation(information))
    return pdu.AAssociateRq("PARLEY_SCP", "PARLEY_SCU", items)


def median_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median of several rounds, each long enough for the clock, in milliseconds a call."""
    work()
    start = time.perf_counter()
    work()
    calls = max(1, round(0.02 / max(time.perf_counter() - start, 1e-6)))
    figures = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(calls):
            work()
        figures.append((time.perf_counter() - start) / calls * 1000)
    return statistics.median(figures)


def _compared(contexts: int) -> list[Row]:
    """Two ways to look at pynetdicom: its PDU objects alone, and with the primitives that its users give and get.

    Here the PDU value is what the state machine takes and gives: there is nothing to convert.
    """
    data = encode(request(contexts))

    def read() -> their_pdu.A_ASSOCIATE_RQ:
        theirs = their_pdu.A_ASSOCIATE_RQ()
        theirs.decode(data)
        return theirs

    theirs = read()
    if theirs.encode() != data:
        raise AssertionError("the two do not measure the same PDU")
    primitive = theirs.to_primitive()
    # Values built anew, as from a handle, so that nothing is gained from equal objects being one object.
    fresh = cycle([request(contexts) for _ in range(50)])
    ours = median_ms(lambda: encode(next(fresh))), median_ms(lambda: decode(data, LIMITS))
    objects = median_ms(theirs.encode), median_ms(read)
    primitives = (
        median_ms(lambda: their_pdu.A_ASSOCIATE_RQ(primitive).encode()),
        median_ms(lambda: read().to_primitive()),
    )
    name = f"RQ of {contexts} context{'s' * (contexts > 1)}"
    return [
        _row(f"encode {name}", ours[0], objects[0]),
        _row(f"decode {name}", ours[1], objects[1]),
        _row(f"encode + decode {name}", sum(ours), sum(objects)),
        _row(f"encode + decode {name} (primitive)", sum(ours), sum(primitives), "at least 30" * (contexts == 128)),
    ]


def _never_seen() -> Row:
    """Peers whose UIDs have not come by lately, so that nothing kept is of use."""
    data = encode(request(128))
    root = b"1.2.840.10008.5.1.4.1.1."
    others = [data.replace(root, b"1.2.840.10008.5.1.4.%d." % number) for number in range(100, 160)]
    ours, theirs = cycle(others), cycle(others)
    return _row(
        "decode RQ of 128 contexts, never seen",
        median_ms(lambda: decode(next(ours), LIMITS)),
        median_ms(lambda: their_pdu.A_ASSOCIATE_RQ().decode(next(theirs))),
    )


def _row(name: str, ours: float, theirs: float | None = None, goal: str = "") -> Row:
    return Row(f"{name} (ms)", ours, theirs, None if theirs is None else theirs / ours, goal)


def run() -> list[Row]:
    """Every figure, our own time first."""
    large = request(128)
    data = encode(large)
    many = request(128, tuple(f"1.2.840.10008.1.2.4.{number}" for number in range(50, 70)))
    fragment = encode(pdu.PDataTf((pdu.Pdv(1, 2, bytes(16378)),)))
    return [
        *_compared(1),
        *_compared(128),
        _never_seen(),
        _row("decode P-DATA-TF of 16 KiB", median_ms(lambda: decode(fragment, LIMITS))),
        _row("annotate RQ of 128 contexts", median_ms(lambda: annotate(data))),
        _row("check RQ of 128 contexts × 3", median_ms(lambda: check_request(large))),
        _row("check RQ of 128 contexts × 20", median_ms(lambda: check_request(many))),
    ]
