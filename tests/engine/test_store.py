"""C-STORE both ways, our two ends against each other and against peers that behave as they are told."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from parley.dimse.message import Reassembler, fragments
from parley.dimse.store import store_response
from parley.engine import receiving
from parley.engine import turns as turns_module
from parley.engine.batch import store_files
from parley.engine.connection import Connection
from parley.engine.engine import Engine
from parley.engine.errors import AssociationError
from parley.engine.fragment_log import KEPT_BYTES
from parley.engine.messages import DIMSE_RESPONSE, RUN_BYTES
from parley.engine.tasks import spawn
from parley.model.attempt import AttemptEnd
from parley.model.build import accept_pdu
from parley.model.event import EventKind as K
from parley.model.handle import AcceptanceRules, AcceptorHandle, ProposedContext, RequestorHandle, SupportedContext
from parley.model.profile import AcceptorSide, RequestorSide, Timers
from parley.model.registry import labelled
from parley.model.storage import Duplicates, Storage, StorageMode
from parley.ul.codec import decode, encode
from parley.ul.codes import VERIFICATION, Role
from parley.ul.errors import Severity
from parley.ul.limits import Limits
from parley.ul.pdu import AAbort, PDataTf
from parley.ul.table import Action, State
from tests.harness.clock import ManualClock
from tests.harness.dicom import CT, EXPLICIT, IMPLICIT, JPEG, MR, data_set_of, write_file
from tests.harness.loops import until
from tests.harness.peer import Peer, listening
from tests.harness.record import Record

TIMERS = Timers()
BOTH = (SupportedContext(VERIFICATION), SupportedContext(CT, (EXPLICIT, IMPLICIT, JPEG)))
ASKED = RequestorHandle(contexts=(ProposedContext(VERIFICATION), ProposedContext(CT, (EXPLICIT,))))


class Ends:
    """Our requestor and our acceptor in one engine."""

    def __init__(self, record: Record, engine: Engine, association) -> None:
        self.record, self.engine, self.association = record, engine, association


@contextlib.asynccontextmanager
async def ends(storage: Storage, handle=ASKED, maximum_length=16384):
    record = Record()
    engine = Engine(record, clock=ManualClock())
    ours = AcceptorHandle(contexts=BOTH, maximum_length=maximum_length)
    listener = await engine.listen(AcceptorSide(port=0, handle=ours, storage=storage))
    association = engine.requestor(RequestorSide(port=listener.port, handle=handle))
    assert (await association.associate()).end is AttemptEnd.ESTABLISHED
    try:
        yield Ends(record, engine, association)
    finally:
        await engine.close()


def receive(folder: Path, status: int = 0) -> Storage:
    return Storage(StorageMode.RECEIVE, str(folder), status)


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


class TestBetweenOurEnds:
    @pytest.mark.parametrize("maximum_length", [0, None, 128, 4096, 16384])
    @pytest.mark.parametrize("size", [0, 300, 40_000, 1_300_000])
    def test_the_data_set_arrives_to_the_byte(self, run, tmp_path, size, maximum_length):
        if size > 100_000 and maximum_length == 128:
            size = 100_000
        path = write_file(tmp_path / "1.dcm", size)
        told = []

        async def play():
            async with ends(receive(tmp_path / "in"), maximum_length=maximum_length) as both:
                result = await both.association.store(path, lambda file, sent: told.append((file.path, sent)))
                assert (await both.association.echo()).status == 0
                assert await both.association.release()
                return result

        result = run(play())
        (received,) = (tmp_path / "in").iterdir()
        assert data_set_of(received) == data_set_of(path)
        assert (result.status, result.text, result.is_stored) == (0, "success (0000H)", True)
        assert (result.path, result.size, result.context_id) == (path, len(data_set_of(path)), 3)
        assert (result.sop_class_uid, result.transfer_syntax_uid) == (CT, EXPLICIT)
        assert received.name == f"{result.sop_instance_uid}.dcm"
        assert result.ms > 0
        assert told[-1] == (path, result.size)

    def test_pydicom_reads_what_was_received(self, run, tmp_path):
        from pydicom import dcmread

        path = write_file(tmp_path / "1.dcm")

        async def play():
            async with ends(receive(tmp_path / "in")) as both:
                await both.association.store(path)

        run(play())
        (received,) = (tmp_path / "in").iterdir()
        ours, theirs = dcmread(received), dcmread(path)
        assert ours == theirs
        assert ours.file_meta.TransferSyntaxUID == EXPLICIT
        assert ours.file_meta.SourceApplicationEntityTitle == "PARLEY_SCU"

    def test_what_is_discarded_is_answered_as_was_chosen(self, run, tmp_path):
        path = write_file(tmp_path / "1.dcm")

        async def play():
            async with ends(Storage(StorageMode.DISCARD, status=0xB007)) as both:
                return await both.association.store(path)

        result = run(play())
        assert result.text == "warning: the data set does not match its SOP class (B007H)"
        assert result.is_stored
        assert left_in(tmp_path) == ["1.dcm"]

    def test_a_chosen_failure_keeps_the_file_and_is_answered(self, run, tmp_path):
        path = write_file(tmp_path / "1.dcm")

        async def play():
            async with ends(receive(tmp_path / "in", 0xC123)) as both:
                return await both.association.store(path)

        result = run(play())
        assert (result.status, result.is_stored) == (0xC123, False)
        assert len(left_in(tmp_path / "in")) == 1

    def test_without_storage_it_is_refused(self, run, tmp_path):
        path = write_file(tmp_path / "1.dcm")

        async def play():
            async with ends(Storage()) as both:
                result = await both.association.store(path)
                assert (await both.association.echo()).status == 0
                return result

        assert run(play()).text == "SOP class not supported (0122H)"

    def test_that_is_told_when_listening_begins_and_when_the_context_is_accepted(self, run):
        async def play(storage):
            async with ends(storage) as both:
                return [event for event in both.record.of(K.NOTE) if "0122H" in event.text]

        listening, accepted = run(play(Storage()))
        assert (listening.association, accepted.role) == (0, Role.ACCEPTOR)
        assert "is supported, but every object is refused with 0122H" in listening.text
        (finding,) = accepted.findings
        assert finding.severity is Severity.WARNING
        assert finding.text.startswith("CT Image Storage is accepted, but every object is refused with 0122H")
        assert run(play(Storage(StorageMode.DISCARD))) == []

    def test_an_object_on_a_context_that_is_not_for_storage_is_refused(self, run, tmp_path):
        path = write_file(tmp_path / "1.dcm", sop_class=VERIFICATION)
        handle = RequestorHandle(contexts=(ProposedContext(VERIFICATION, (EXPLICIT,)),))

        async def play():
            async with ends(receive(tmp_path / "in"), handle) as both:
                return await both.association.store(path)

        assert run(play()).status == 0x0122
        assert left_in(tmp_path / "in") == []

    @pytest.mark.parametrize(
        ("duplicates", "statuses", "kept", "said"),
        [
            (
                Duplicates.KEEP,
                [0, 0, 0],
                {"1.2.dcm": 0, "1.2-2.dcm": 1, "1.2-3.dcm": 2},
                [
                    "saved as {}.dcm",
                    "that SOP instance was there already: saved as {}-2.dcm",
                    "that SOP instance was there already: saved as {}-3.dcm",
                ],
            ),
            (
                Duplicates.REPLACE,
                [0, 0, 0],
                {"1.2.dcm": 2},
                ["saved as {}.dcm", *["in place of the object that was there: saved as {}.dcm"] * 2],
            ),
            (
                Duplicates.REFUSE,
                [0, 0xA900, 0xA900],
                {"1.2.dcm": 0},
                [
                    "saved as {}.dcm",
                    *["that SOP instance is there already: the object is not kept, and A900H is answered: {}.dcm"] * 2,
                ],
            ),
        ],
    )
    def test_the_same_object_again_is_dealt_with_as_was_chosen_and_said(
        self, run, tmp_path, duplicates, statuses, kept, said
    ):
        files = [write_file(tmp_path / f"{size}.dcm", size, instance="1.2") for size in (500, 900, 1300)]
        storage = Storage(StorageMode.RECEIVE, str(tmp_path / "in"), 0, duplicates, 0xA900)

        async def play():
            async with ends(storage) as both:
                return [(await both.association.store(path)).status for path in files], both.record

        answered, record = run(play())
        assert answered == statuses
        assert left_in(tmp_path / "in") == sorted(kept)
        for name, number in kept.items():
            assert data_set_of(tmp_path / "in" / name) == data_set_of(files[number])
        notes = [event.text for event in record.of(K.NOTE) if "/in/" in event.text]
        assert notes == [words.format(tmp_path / "in" / "1.2") for words in said]

    @pytest.mark.parametrize("instance", ["../../escaped", "/etc/x", "a.b", "1.2/3", "..", "C:1"])
    def test_what_is_no_uid_never_becomes_a_name(self, run, tmp_path, instance):
        path = write_file(tmp_path / "1.dcm", instance=instance)
        (tmp_path / "in").mkdir()

        async def play():
            async with ends(receive(tmp_path / "in")) as both:
                return await both.association.store(path)

        assert run(play()).text == "invalid SOP instance (0117H)"
        assert left_in(tmp_path) == ["1.dcm", "in"]
        assert left_in(tmp_path / "in") == []

    def test_a_folder_that_cannot_be_written_is_told_on_both_sides(self, run, tmp_path):
        path = write_file(tmp_path / "1.dcm")

        async def play():
            async with ends(receive(tmp_path / "in")) as both:
                (tmp_path / "in").rmdir()
                (tmp_path / "in").write_text("a file where the folder should be")
                result = await both.association.store(path)
                assert (await both.association.echo()).status == 0
                return result, both.record

        result, record = run(play())
        assert result.status == 0xA700
        assert result.text.startswith("refused: out of resources (A700H): ")
        assert any("cannot be saved" in event.text for event in record.of(K.NOTE))

    def test_a_slow_disk_holds_the_connection(self, run, tmp_path, monkeypatch):
        monkeypatch.setattr(receiving, "MOST_WAITING", 300_000)
        monkeypatch.setattr(receiving, "WRITE_BYTES", 100_000)
        held = []
        hold = Connection.hold

        def noted(connection, is_held):
            held.append(is_held)
            hold(connection, is_held)

        monkeypatch.setattr(Connection, "hold", noted)
        path = write_file(tmp_path / "1.dcm", 3_000_000)

        async def play():
            async with ends(receive(tmp_path / "in")) as both:
                return await both.association.store(path)

        assert run(play()).is_stored
        assert held
        assert held == [True, False] * (len(held) // 2)
        (received,) = (tmp_path / "in").iterdir()
        assert data_set_of(received) == data_set_of(path)


class TestWhatIsNotSent:
    @pytest.mark.parametrize(
        ("sop_class", "syntax", "words"),
        [
            (MR, EXPLICIT, "There is no presentation context for {}: its SOP class was not proposed."),
            (CT, JPEG, "No presentation context takes {} as it is: context 3: accepted in Explicit VR Little Endian."),
        ],
    )
    def test_the_reason_says_which_contexts_there_are(self, run, tmp_path, sop_class, syntax, words):
        path = write_file(tmp_path / "1.dcm", sop_class=sop_class, transfer_syntax=syntax)

        async def play():
            async with ends(Storage()) as both:
                with pytest.raises(AssociationError) as caught:
                    await both.association.store(path)
                assert both.record.of(K.MESSAGE_SENT) == []
                assert (await both.association.echo()).status == 0
                return str(caught.value)

        assert run(play()) == words.format(f"{labelled(sop_class)} in {labelled(syntax)}")

    def test_a_rejected_context_is_named(self, run, tmp_path):
        path = write_file(tmp_path / "1.dcm", sop_class=MR)
        handle = RequestorHandle(contexts=(ProposedContext(VERIFICATION), ProposedContext(MR, (EXPLICIT,))))

        async def play():
            async with ends(Storage(), handle) as both:
                with pytest.raises(AssociationError, match="context 3: rejected"):
                    await both.association.store(path)

        run(play())

    def test_no_file_and_no_object(self, run, tmp_path):
        text = tmp_path / "notes.txt"
        text.write_text("hello")

        async def play():
            async with ends(Storage()) as both:
                with pytest.raises(AssociationError, match="No such file"):
                    await both.association.store(tmp_path / "missing.dcm")
                with pytest.raises(AssociationError, match="no DICOM file"):
                    await both.association.store(text)
                assert both.association.is_established

        run(play())

    def test_no_association(self, run, tmp_path):
        path = write_file(tmp_path / "1.dcm")

        async def play():
            async with ends(Storage()) as both:
                await both.association.release()
                with pytest.raises(AssociationError, match="no association to store on: it is Sta1"):
                    await both.association.store(path)

        run(play())

    def test_one_operation_at_a_time(self, run, tmp_path):
        path = write_file(tmp_path / "1.dcm", 2_000_000)

        async def play():
            async with ends(receive(tmp_path / "in")) as both:
                storing = spawn(both.association.store(path), name="store")
                await both.record.wait_for(K.MESSAGE_SENT)
                with pytest.raises(AssociationError, match="A C-STORE is under way already"):
                    await both.association.echo()
                assert (await storing).is_stored

        run(play())


class TestTheLog:
    def test_of_a_data_set_the_first_and_the_last_pdu_are_told(self, run, tmp_path):
        path = write_file(tmp_path / "1.dcm", 100_000)

        async def play():
            async with ends(Storage(StorageMode.DISCARD)) as both:
                await both.association.store(path)
                return both.record

        record = run(play())
        size = len(data_set_of(path))
        for number, pdu_kind, message_kind, word in (
            (1, K.PDU_SENT, K.MESSAGE_SENT, "sent"),
            (2, K.PDU_RECEIVED, K.MESSAGE_RECEIVED, "received"),
        ):
            events = [event for event in record.events if event.association == number]
            data = [event for event in events if event.kind is pdu_kind and event.data[:1] == b"\4"]
            command, first, last = data
            assert isinstance(command.pdu, PDataTf)
            assert first.pdu is None
            assert first.text.endswith(f"more to come (the first {KEPT_BYTES} bytes are kept)")
            assert len(first.data) == KEPT_BYTES
            (note,) = [event for event in events if event.kind is K.NOTE and "in between" in event.text]
            count = -(-size // 16378) - 2
            assert note.text == f"{word} {count} P-DATA-TF PDUs in between with {count * 16378} bytes of the data set"
            assert first.seq < note.seq < last.seq
            stores = [event.text for event in events if event.kind is message_kind and "STORE-RQ" in event.text]
            assert stores == [f"C-STORE-RQ, message 1, with a data set of {size} bytes"]
        assert max(len(event.data) for event in record.events) <= KEPT_BYTES
        states = [event for event in record.of(K.STATE) if event.transition.action in {Action.DT_1, Action.DT_2}]
        assert len(states) == 2 * 4  # command, first and last of the data set, and the response, on each side

    def test_a_thousand_pdus_are_few_events(self, run, tmp_path):
        path = write_file(tmp_path / "1.dcm", 120_000)

        async def play():
            async with ends(Storage(StorageMode.DISCARD), maximum_length=128) as both:
                before = len(both.record.events)
                await both.association.store(path)
                return len(both.record.events) - before

        assert run(play()) < 40


# --- interruptions ---------------------------------------------------------------------------------------------------


async def establish(peer: Peer) -> None:
    """Accept whatever is proposed."""
    request = decode(await peer.read_pdu(), Limits()).pdu
    handle = AcceptorHandle(contexts=BOTH)
    await peer.send(encode(accept_pdu(handle, AcceptanceRules(), request)))


async def _all_of(results):
    return [result async for result in results]


def _awaits_an_answer(association) -> bool:
    asked = association.messages._asked
    return asked is not None and not asked.is_sending and DIMSE_RESPONSE in association.deadline.due


@contextlib.asynccontextmanager
async def asking(port: int, clock=None):
    record = Record()
    engine = Engine(record, clock=clock or ManualClock())
    association = engine.requestor(RequestorSide(port=port, handle=ASKED))
    try:
        await association.associate()
        yield association, record
    finally:
        await engine.close(grace=0)


class TestInterruptions:
    def failure(self, run, tmp_path, behave):
        path = write_file(tmp_path / "1.dcm", 30_000_000)

        async def play():
            async with listening(behave) as port, asking(port) as (association, record):
                with pytest.raises(AssociationError) as caught:
                    await association.store(path)
                return str(caught.value), association, record

        return run(play())

    def test_the_peer_closes_in_the_middle(self, run, tmp_path):
        async def behave(peer):
            await establish(peer)
            await peer.read_pdu()
            await peer.read_pdu()
            peer.reset()

        words, association, _ = self.failure(run, tmp_path, behave)
        assert "ended" in words or "by now" in words
        assert association.is_closed

    def test_the_peer_aborts_in_the_middle(self, run, tmp_path):
        async def behave(peer):
            await establish(peer)
            await peer.read_pdu()
            await peer.send(encode(AAbort(0, 0)))
            await peer.read_to_end()

        words, _, record = self.failure(run, tmp_path, behave)
        assert "ended" in words or "by now" in words
        assert [event.text for event in record.of(K.ABORTED)] == ["by the peer"]

    def test_a_peer_that_reads_no_further_is_given_up(self, run, tmp_path):
        release = asyncio.Event()

        async def behave(peer):
            await establish(peer)
            await release.wait()

        path = write_file(tmp_path / "1.dcm", 30_000_000)

        async def play():
            clock = ManualClock()
            async with listening(behave) as port:
                try:
                    async with asking(port, clock) as (association, _):
                        storing = asyncio.gather(association.store(path))
                        await until(lambda: DIMSE_RESPONSE in association.deadline.due)
                        clock.advance(TIMERS.dimse_response)
                        with pytest.raises(AssociationError, match=r"has read nothing for 30 s"):
                            await storing
                        assert association.state is State.STA_13
                        assert association._transport.get_write_buffer_size() < 1_000_000
                finally:
                    release.set()

        run(play())

    def test_no_answer(self, run, tmp_path):
        async def behave(peer):
            await establish(peer)
            await peer.read_pdu()
            await peer.read_pdu()
            clock.advance(TIMERS.dimse_response)
            await peer.read_to_end()

        clock = ManualClock()
        path = write_file(tmp_path / "1.dcm", 100)

        async def play():
            async with listening(behave) as port, asking(port, clock) as (association, _):
                with pytest.raises(AssociationError, match=r"No answer to the C-STORE within 30 s; .* is aborted"):
                    await association.store(path)
                assert association.state is State.STA_13

        run(play())

    def test_after_one_that_was_not_answered_in_time_the_others_are_not_sent(self, run, tmp_path):
        asked = []

        async def behave(peer):
            await establish(peer)
            asked.append(await peer.read_to_end())

        paths = [write_file(tmp_path / f"{number}.dcm", 100) for number in (1, 2, 3)]

        async def play():
            clock = ManualClock()
            async with listening(behave) as port, asking(port, clock) as (association, record):
                sending = spawn(_all_of(store_files(association, paths)), name="send")
                await until(
                    lambda: DIMSE_RESPONSE in association.deadline.due and not association.messages._asked.is_sending
                )
                clock.advance(TIMERS.dimse_response)
                results = await sending
                sent = [event.text for event in record.of(K.MESSAGE_SENT)]
                return [result.text for result in results], sent

        texts, sent = run(play())
        assert texts[0] == "No answer to the C-STORE within 30 s; the association is aborted."
        assert texts[1:] == ["Not sent: the association has ended."] * 2
        assert len(sent) == 1
        assert asked[0].endswith(encode(AAbort(0, 0)))

    @pytest.mark.parametrize("what", ["store", "echo"])
    def test_who_waits_no_longer_for_an_answer_ends_the_association(self, run, tmp_path, what):
        async def behave(peer):
            await establish(peer)
            await peer.read_to_end()

        path = write_file(tmp_path / "1.dcm", 100)

        async def play():
            async with listening(behave) as port, asking(port) as (association, record):
                asking_it = spawn(association.store(path) if what == "store" else association.echo(), name=what)
                await record.wait_for(K.MESSAGE_SENT)
                while what == "store" and association.messages._asked.is_sending:  # noqa: ASYNC110
                    await asyncio.sleep(0)
                asking_it.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await asking_it
                assert association.state is State.STA_13

        run(play())

    def test_aborted_in_the_middle_it_says_so(self, run, tmp_path):
        """Whether it was sending at that moment or waited for the peer to read."""

        async def behave(peer):
            await establish(peer)
            await peer.read_to_abort()

        path = write_file(tmp_path / "1.dcm", 30_000_000)

        async def play():
            async with listening(behave) as port, asking(port) as (association, _):
                with pytest.raises(AssociationError, match="The association was aborted before the C-STORE"):
                    await association.store(path, lambda _file, _sent: association.abort())
                await association.wait_closed()

        run(play())

    def test_cancelled_in_the_middle_it_aborts(self, run, tmp_path):
        ended = []

        async def behave(peer):
            await establish(peer)
            await peer.read_pdu()
            ended.append(await peer.read_to_abort())

        path = write_file(tmp_path / "1.dcm", 30_000_000)

        async def play():
            async with listening(behave) as port, asking(port) as (association, record):
                storing = spawn(association.store(path), name="store")
                await record.wait_for(K.MESSAGE_SENT)
                storing.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await storing
                await association.wait_closed()

        run(play())
        assert ended[0].endswith(encode(AAbort(0, 0)))
        assert len(ended[0]) < 30_000_000

    def test_a_file_that_shrinks_meanwhile_aborts(self, run, tmp_path):
        """The A-ABORT comes after whole PDUs: within one it would be taken for a part of the data set."""
        path, received = write_file(tmp_path / "1.dcm", 30_000_000), []

        async def behave(peer):
            await establish(peer)
            await peer.read_pdu()
            with path.open("r+b") as file:
                file.truncate(5_000_000)
            received.append(await peer.read_to_abort())

        async def play():
            async with listening(behave) as port, asking(port) as (association, _):
                with pytest.raises(AssociationError, match="become shorter"):
                    await association.store(path)
                await association.wait_closed()

        run(play())
        assert received[0].endswith(encode(AAbort(0, 0)))

    @pytest.mark.parametrize("how", ["abort", "reset"])
    def test_half_a_received_file_leaves_nothing(self, run, tmp_path, how, monkeypatch):
        monkeypatch.setattr(receiving, "WRITE_BYTES", 10_000)
        path = write_file(tmp_path / "1.dcm", 30_000_000)

        async def play():
            async with ends(receive(tmp_path / "in")) as both:
                acceptor = both.engine.associations[2]
                storing = spawn(quietly(both.association.store(path)), name="store")
                while not any(name.endswith(".part") for name in left_in(tmp_path / "in")):  # noqa: ASYNC110
                    await asyncio.sleep(0)
                if how == "abort":
                    both.association.abort()
                else:
                    both.association.drop()
                await storing
                await acceptor.wait_closed()

        run(play())
        assert left_in(tmp_path / "in") == []


async def quietly(storing) -> None:
    """Fail without a word."""
    with contextlib.suppress(AssociationError):
        await storing


class TestBatch:
    def test_each_file_has_its_result_and_failures_do_not_stop_it(self, run, tmp_path):
        paths = [
            write_file(tmp_path / "1.dcm"),
            tmp_path / "missing.dcm",
            write_file(tmp_path / "2.dcm", sop_class=MR),
            write_file(tmp_path / "3.dcm"),
        ]

        async def play():
            async with ends(receive(tmp_path / "in")) as both:
                return [result async for result in store_files(both.association, paths)]

        results = run(play())
        assert [result.path for result in results] == paths
        assert [result.status for result in results] == [0, None, None, 0]
        assert "No such file" in results[1].text
        assert "not proposed" in results[2].text
        assert len(left_in(tmp_path / "in")) == 2

    def test_what_is_left_when_the_association_ends_is_told_too(self, run, tmp_path):
        paths = [write_file(tmp_path / f"{number}.dcm") for number in range(4)]

        async def play():
            results = []
            async with ends(receive(tmp_path / "in")) as both:
                async for result in store_files(both.association, paths):
                    results.append(result)
                    if len(results) == 2:
                        await both.association.release()
            return results

        results = run(play())
        assert [result.status for result in results] == [0, 0, None, None]
        assert {result.text for result in results[2:]} == {"Not sent: the association has ended."}

    def test_it_can_be_stopped_between_two_files(self, run, tmp_path):
        paths = [write_file(tmp_path / f"{number}.dcm") for number in range(4)]

        async def play():
            async with ends(receive(tmp_path / "in")) as both:
                async with contextlib.aclosing(store_files(both.association, paths)) as results:
                    async for _ in results:
                        break
                assert (await both.association.echo()).status == 0
                assert await both.association.release()

        run(play())
        assert len(left_in(tmp_path / "in")) == 1

    def test_a_file_that_takes_too_long_ends_the_association(self, run, tmp_path):
        async def behave(peer):
            await establish(peer)
            await peer.read_pdu()
            await peer.read_pdu()
            clock.advance(20)
            await peer.read_to_abort()

        clock = ManualClock()
        paths = [write_file(tmp_path / f"{number}.dcm", 100) for number in (1, 2)]

        async def play():
            async with listening(behave) as port, asking(port, clock) as (association, _):
                return [result async for result in store_files(association, paths, within=20)]

        assert [result.text for result in run(play())] == [
            "Not stored within 20 s; the association is aborted.",
            "Not sent: the association has ended.",
        ]

    def test_nothing_of_nothing(self, run):
        async def play():
            async with ends(Storage()) as both:
                assert [result async for result in store_files(both.association, [])] == []

        run(play())


def test_others_get_their_turn_while_a_data_set_is_sent(run, tmp_path, monkeypatch):
    monkeypatch.setattr(turns_module, "TURN_SECONDS", 0.0)
    path = write_file(tmp_path / "1.dcm", 400_000)
    turns = 0

    async def play():
        loop = asyncio.get_running_loop()

        def turn():
            nonlocal turns
            turns += 1
            if storing:
                loop.call_soon(turn)

        async with ends(Storage(StorageMode.DISCARD)) as both:
            storing = True
            loop.call_soon(turn)
            assert (await both.association.store(path)).is_stored
            storing = False

    run(play())
    assert turns > 400_000 // RUN_BYTES


def test_two_responses_to_one_request_are_one_too_many(run, tmp_path):
    path = write_file(tmp_path / "1.dcm", 100)

    async def behave(peer):
        await establish(peer)
        messages = Reassembler((1, 3))
        while True:
            for message in messages.receive(decode(await peer.read_pdu(), Limits()).pdu):
                answer = b"".join(map(encode, fragments(store_response(message, 0), 0)))
                await peer.send(answer + answer)
                await peer.read_to_end()
                return

    async def play():
        async with listening(behave) as port, asking(port) as (association, record):
            assert (await association.store(path)).is_stored
            await record.wait_for(K.NOTE)
            association.abort()
            return record

    record = run(play())
    assert "it answers nothing this side asked" in record.of(K.NOTE)[0].text
