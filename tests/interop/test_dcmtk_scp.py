"""Our requestor against DCMTK's SCPs: what they answer per context, and why they refuse."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack, contextmanager

import pytest

from parley.model.attempt import AttemptEnd
from parley.model.event import EventKind as K
from parley.model.handle import ProposedContext, RequestorHandle
from parley.ul.codes import VERIFICATION
from parley.ul.table import State
from tests.harness.process import serving
from tests.interop.ends import BIG_ENDIAN, CT, EXPLICIT, IMPLICIT, JPEG_2000, asking

pytestmark = [pytest.mark.interop, pytest.mark.dcmtk]

FIND = "1.2.840.10008.5.1.4.1.2.1.1"
GET = "1.2.840.10008.5.1.4.1.2.1.3"
PRIVATE = "1.2.3.4"
SEVERAL = RequestorHandle(
    contexts=(
        ProposedContext(VERIFICATION),
        ProposedContext(CT, (JPEG_2000,)),
        ProposedContext(CT, (IMPLICIT, EXPLICIT, BIG_ENDIAN)),
        ProposedContext(PRIVATE),
        ProposedContext(VERIFICATION, (IMPLICIT,), 201),
    )
)


@contextmanager
def storescp(*options):
    with serving(lambda port: ["storescp", "-v", "-dhl", *options, str(port)]) as server:
        yield server


def contexts(association):
    """What became of each: its id, result, and transfer syntax."""
    return [(c.context_id, int(c.result), c.transfer_syntax) for c in association.contexts]


def ask(run, port, handle=None, then=()):
    """Associate, do what `then` names, and tell how it was."""

    async def play():
        async with asking(port, handle) as ours:
            results = [await getattr(ours.association, step)() for step in then]
            return ours, contexts(ours.association), results

    return run(play())


def rejection(attempt):
    assert attempt.end is AttemptEnd.REJECTED
    return attempt.answer.result, attempt.answer.source, attempt.answer.reason


def test_storescp_accepts_echoes_and_releases(run):
    with storescp() as server:
        ours, agreed, (first, second, was_released) = ask(run, server.port, None, ("echo", "echo", "release"))
        server.program.wait_for(lambda line: "Association Release" in line)
    assert ours.attempt.end is AttemptEnd.ESTABLISHED
    assert [step.name for step in ours.attempt.steps] == ["name", "tcp", "association"]
    assert {step.outcome for step in ours.attempt.steps} == {"passed"}
    assert agreed == [(1, 0, EXPLICIT)]
    assert (first.status, second.status) == (0, 0)
    assert was_released
    assert ours.association.state is State.STA_1
    assert "Received Echo Request" in server.program.output
    assert ours.record.kinds(1) == [
        K.RESOLVING, K.CONNECTING, K.CONNECTED, K.PDU_SENT, K.PDU_RECEIVED, K.ACCEPTED,
        *[K.MESSAGE_SENT, K.PDU_SENT, K.PDU_RECEIVED, K.MESSAGE_RECEIVED] * 2,
        K.PDU_SENT, K.PDU_RECEIVED, K.RELEASED, K.CLOSED,
    ]  # fmt: skip
    assert [event.findings for event in ours.record.of(K.PDU_RECEIVED)] == [()] * 4
    answer = ours.attempt.answer
    assert answer.implementation_class_uid.startswith("1.2.276.0.7230010.3")
    assert answer.implementation_version_name.startswith("OFFIS_DCMTK_")


def test_storescp_hears_our_abort(run):
    async def play(port):
        async with asking(port) as ours:
            await ours.association.echo()
            ours.association.abort()
            await ours.association.wait_closed()
            return ours.record

    with storescp() as server:
        record = run(play(server.port))
        server.program.wait_for(lambda line: "Association Aborted" in line)
    assert [event.text for event in record.of(K.ABORTED)] == ["by this side"]
    assert K.RELEASED not in record.kinds(1)


@pytest.mark.parametrize(
    ("options", "agreed"),
    [
        ((), [(1, 0, EXPLICIT), (3, 4, ""), (5, 0, EXPLICIT), (7, 3, ""), (201, 0, IMPLICIT)]),
        (("+xa",), [(1, 0, EXPLICIT), (3, 0, JPEG_2000), (5, 0, EXPLICIT), (7, 3, ""), (201, 0, IMPLICIT)]),
        (("+xi",), [(1, 0, IMPLICIT), (3, 4, ""), (5, 0, IMPLICIT), (7, 3, ""), (201, 0, IMPLICIT)]),
        (("+xb",), [(1, 0, EXPLICIT), (3, 4, ""), (5, 0, BIG_ENDIAN), (7, 3, ""), (201, 0, IMPLICIT)]),
        (("-pm",), [(1, 0, EXPLICIT), (3, 4, ""), (5, 0, EXPLICIT), (7, 0, EXPLICIT), (201, 0, IMPLICIT)]),
    ],
    ids=lambda value: " ".join(value) or "plain" if isinstance(value, tuple) else "",
)
def test_storescp_answers_each_context(run, options, agreed):
    with storescp(*options) as server:
        ours, ours_agreed, _ = ask(run, server.port, SEVERAL, ("release",))
    assert ours_agreed == agreed
    words = [context.words for context in ours.association.contexts]
    assert [text.startswith("accepted with 1.2.840") for text in words] == [result == 0 for _, result, _ in agreed]


def test_storescp_accepts_none(run):
    handle = RequestorHandle(contexts=(ProposedContext(PRIVATE), ProposedContext(CT, (PRIVATE,))))
    with storescp() as server:
        ours, agreed, _ = ask(run, server.port, handle)
    assert ours.attempt.end is AttemptEnd.ESTABLISHED
    assert agreed == [(1, 3, ""), (3, 4, "")]


def test_storescp_takes_128_contexts(run):
    handle = RequestorHandle(contexts=(ProposedContext(VERIFICATION),) * 128)
    with storescp() as server:
        _, agreed, (echo, _) = ask(run, server.port, handle, ("echo", "release"))
    assert [number for number, _, _ in agreed] == list(range(1, 256, 2))
    assert {result for _, result, _ in agreed} == {0}
    assert echo.status == 0


def test_storescp_refuses_everything(run):
    with storescp("--refuse") as server:
        ours, agreed, _ = ask(run, server.port)
    assert rejection(ours.attempt) == (1, 1, 1)
    assert agreed == []
    assert ours.record.kinds(1)[-3:] == [K.PDU_RECEIVED, K.REJECTED, K.CLOSED]


def test_storescp_wants_to_know_the_implementation(run):
    with storescp("--reject") as server:
        refused, _, _ = ask(run, server.port, RequestorHandle(implementation_class_uid=None))
        server.program.wait_for(lambda line: "No Implementation Class UID provided" in line)
        served, _, _ = ask(run, server.port, None, ("release",))
    assert rejection(refused.attempt) == (1, 1, 1)
    assert served.attempt.end is AttemptEnd.ESTABLISHED


@pytest.mark.parametrize(("theirs", "ours_is"), [(4096, 131072), (131072, 4096)])
def test_maximum_lengths_are_told_both_ways(run, theirs, ours_is):
    with storescp("-d", "-pdu", str(theirs)) as server:
        ours, _, (echo, _) = ask(run, server.port, RequestorHandle(maximum_length=ours_is), ("echo", "release"))
        server.program.wait_for(lambda line: re.search(rf"Their Max PDU Receive Size:\s+{ours_is}$", line) is not None)
    assert ours.attempt.answer.maximum_length == theirs
    assert echo.status == 0


def test_storescp_rejects_what_is_no_dicom(run):
    with storescp() as server:
        context, version = (
            ask(run, server.port, handle)[0]
            for handle in (RequestorHandle(application_context="1.2.3"), RequestorHandle(protocol_version=0))
        )
    assert rejection(context.attempt) == (1, 1, 2)
    assert rejection(version.attempt) == (1, 2, 2)


# --- dcmqrscp ---

CONFIGURATION = """\
NetworkType = "tcp"
NetworkTCPPort = 104
MaxPDUSize = 16384
MaxAssociations = 2
HostTable BEGIN
friend = (FRIEND, 127.0.0.1, 11112)
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
ARCHIVE {folder}/archive RW (9, 1024mb) ANY
CLOSED {folder}/closed RW (9, 1024mb) friend
AETable END
"""


@pytest.fixture
def archive(tmp_path):
    """A way to start dcmqrscp with an archive for all and one for a friend."""
    for name in ("archive", "closed"):
        (tmp_path / name).mkdir()
    configuration = tmp_path / "dcmqrscp.cfg"
    configuration.write_text(CONFIGURATION.format(folder=tmp_path))

    def start(*options):
        return serving(lambda port: ["dcmqrscp", "-v", "-dhl", "-c", str(configuration), *options, str(port)])

    return start


def test_dcmqrscp_answers_in_an_order_of_its_own(run, archive):
    handle = RequestorHandle(
        "ARCHIVE",
        contexts=tuple(
            ProposedContext(uid, syntaxes)
            for uid, syntaxes in [
                (VERIFICATION, (IMPLICIT, EXPLICIT)),
                (CT, (IMPLICIT, EXPLICIT)),
                (FIND, (IMPLICIT,)),
                (GET, (EXPLICIT,)),
                (CT, (JPEG_2000,)),
            ]
        ),
    )
    with archive("-s") as server:
        ours, agreed, (echo, _) = ask(run, server.port, handle, ("echo", "release"))
    on_the_wire = [context.context_id for context in ours.attempt.answer.presentation_contexts]
    assert sorted(on_the_wire) == [1, 3, 5, 7, 9] != on_the_wire
    # It says "abstract syntax not supported" of a context whose transfer syntax is what it does not take.
    assert agreed == [(1, 0, EXPLICIT), (3, 0, EXPLICIT), (5, 0, IMPLICIT), (7, 0, EXPLICIT), (9, 3, "")]
    assert echo.status == 0
    assert ours.record.of(K.PDU_RECEIVED)[0].findings == ()


@pytest.mark.parametrize(
    ("called", "calling", "expected"),
    [
        ("ARCHIVE", "ANYBODY", None),
        ("archive", "ANYBODY", (1, 1, 7)),
        ("NOWHERE", "ANYBODY", (1, 1, 7)),
        ("CLOSED", "FRIEND", None),
        ("CLOSED", "FOE", (1, 1, 7)),  # not 1/1/3: it is the calling title that is not allowed
    ],
)
def test_dcmqrscp_knows_whom_it_serves(run, archive, called, calling, expected):
    with archive("-s") as server:
        ours, _, _ = ask(run, server.port, RequestorHandle(called, calling))
    if expected is None:
        assert ours.attempt.end is AttemptEnd.ESTABLISHED
    else:
        assert rejection(ours.attempt) == expected
        assert "BadAEService" in server.program.output


def test_dcmqrscp_is_full(run, archive):
    """Two at most; a connection that only looked whether it is up may count for a while, so that four are tried."""

    async def play(port):
        async with AsyncExitStack() as held:
            handle = RequestorHandle("ARCHIVE")
            return [(await held.enter_async_context(asking(port, handle))).attempt for _ in range(4)]

    with archive("--fork") as server:
        attempts = run(play(server.port))
        server.program.wait_for(lambda line: "TooManyAssociations" in line)
    refused = [attempt for attempt in attempts if attempt.end is not AttemptEnd.ESTABLISHED]
    assert len(refused) >= 2
    assert {rejection(attempt) for attempt in refused} == {(2, 3, 2)}


def test_dcmqrscp_releases_get_without_a_word_on_roles(run, archive):
    """Nothing proposes a role, so nothing is answered: the default roles, in which C-GET cannot bring anything."""
    handle = RequestorHandle("ARCHIVE", contexts=(ProposedContext(GET), ProposedContext(CT)))
    with archive("-s") as server:
        ours, _, _ = ask(run, server.port, handle, ("release",))
    assert [(c.is_accepted, c.as_scu, c.as_scp) for c in ours.association.contexts] == [(True, True, False)] * 2
