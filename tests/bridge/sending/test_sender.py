"""Files sent from a list, with the real engine, on Qt's loop: how it goes, how it is stopped, how it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QAbstractItemModelTester

from parley.bridge.sending.model import Column, FileState, SendingModel
from parley.bridge.sending.sender import LOOK_MS, Sender, Summary
from parley.engine.messages import DIMSE_RESPONSE
from parley.model.attempt import AttemptEnd
from parley.model.dicom_files import UnreadableFile, read_dicom_file
from parley.model.event import EventKind
from parley.model.handle import AcceptorHandle, ProposedContext, RequestorHandle, SupportedContext
from parley.model.profile import RequestorSide, Timers
from parley.model.storage import Storage, StorageMode
from parley.model.storage_contexts import missing_for
from parley.ul.codes import VERIFICATION
from parley.ul.table import State
from tests.bridge.test_controller import Desk, accept, is_in_task
from tests.harness.dicom import CT, EXPLICIT, IMPLICIT, JPEG, MR, write_file
from tests.harness.loops import qt_loop, run_on, until
from tests.harness.peer import Peer, listening
from tests.harness.process import serving

S = FileState
SUPPORTED = (SupportedContext(VERIFICATION), SupportedContext(CT, (IMPLICIT, EXPLICIT)))
PROPOSED = (ProposedContext(VERIFICATION), ProposedContext(CT, (EXPLICIT,)))


class SendingDesk(Desk):
    """A desk with a list of files on it."""

    def __init__(self) -> None:
        super().__init__()
        self.model = SendingModel()
        self.tester = QAbstractItemModelTester(self.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        self.sender = Sender(self.controller, self.model)
        self.finished = 0
        self.sender.changed.connect(self._look)
        self.sender.progressed.connect(self._look)
        self.sender.finished.connect(self._finished)

    def _finished(self, _summary: Summary) -> None:
        assert not is_in_task()
        self.finished += 1
        self._look()

    async def listens(self, storage: Storage | None = None) -> int:
        storage = storage or Storage(StorageMode.DISCARD)
        return await self.listen(handle=AcceptorHandle(contexts=SUPPORTED), storage=storage)

    async def associates(self, port: int, contexts: tuple[ProposedContext, ...] = PROPOSED) -> None:
        self.controller.associate(RequestorSide(port=port, handle=RequestorHandle(contexts=contexts)))
        assert (await self.heard("attempt_finished")).end is AttemptEnd.ESTABLISHED

    def add(self, *paths: Path) -> None:
        self.model.add(map(read_dicom_file, paths))

    def send(self, *rows: int) -> None:
        self.sender.start(rows or range(self.model.rowCount()))

    async def sent(self) -> None:
        runs = self.finished
        assert self.sender.is_running
        await self.until(lambda: self.finished > runs)
        assert not self.sender.is_running

    @property
    def stand(self) -> list[FileState]:
        return [self.model.state(row) for row in range(self.model.rowCount())]

    @property
    def words(self) -> str:
        """The summary without the rate, which is another each time, and with the peer's place as X."""
        summary = self.sender.summary()
        assert summary.recipient is not None
        words = summary.words.replace(str(summary.recipient.target), "X")
        return ", ".join(part for part in words.split(", ") if not part.endswith("MB/s"))


@pytest.fixture
def play(qapp) -> Callable[[Callable[[SendingDesk], Coroutine[Any, Any, None]]], None]:
    """Plays a scene at a desk; no error may be left for the loop to report."""

    def run(scene: Callable[[SendingDesk], Coroutine[Any, Any, None]]) -> None:
        errors: list[dict[str, Any]] = []

        async def work() -> None:
            asyncio.get_running_loop().set_exception_handler(lambda _loop, context: errors.append(context))
            desk = SendingDesk()
            try:
                await scene(desk)
            finally:
                await desk.engine.close(grace=0)
                desk.pump.flush()

        run_on(qt_loop(qapp), work())
        assert errors == []

    return run


@pytest.fixture
def files(tmp_path):
    return [write_file(tmp_path / f"{number}.dcm", 20_000) for number in range(5)]


def test_each_file_is_stored_or_says_why_not_and_the_association_stays(play, tmp_path, files):
    mr, odd = write_file(tmp_path / "mr.dcm", sop_class=MR), UnreadableFile(tmp_path / "odd", "It is empty.")

    async def scene(desk: SendingDesk) -> None:
        await desk.associates(await desk.listens(Storage(StorageMode.RECEIVE, str(tmp_path / "in"))))
        desk.add(*files[:2], mr)
        desk.model.add([odd])
        assert desk.stand == [S.WAITING, S.WAITING, S.UNFIT, S.UNREADABLE]
        desk.send(0, 2, 1)
        await desk.sent()
        assert desk.stand == [S.STORED, S.STORED, S.FAILED, S.UNREADABLE]
        assert desk.words == "2 of 4 stored at X, 1 failed, 1 cannot be sent"
        assert desk.sender.summary().share == 1
        assert desk.model.verdict(2).code == "store_not_proposed"
        assert desk.states[-1] is State.STA_6
        assert len(list((tmp_path / "in").iterdir())) == 2
        assert desk.all("scu_busy_changed") == [True, False, True, False]

    play(scene)


def test_a_failure_is_sent_again(play, files):
    async def scene(desk: SendingDesk) -> None:
        await desk.associates(await desk.listens(Storage(StorageMode.DISCARD, status=0xA700)))
        desk.add(files[0])
        for _ in range(2):
            desk.send()
            assert desk.stand == [S.WAITING]
            await desk.sent()
            assert desk.stand == [S.FAILED]
        assert desk.model.index(0, Column.STATE).data().startswith("Refused: out of resources (A700H), at ")

    play(scene)


def test_stopping_lets_the_file_on_its_way_arrive_and_keeps_the_association(play, files):
    async def scene(desk: SendingDesk) -> None:
        await desk.associates(await desk.listens())
        desk.add(*files)
        desk.send()
        desk.sender.stop()
        assert desk.sender.is_stopping
        await desk.sent()
        assert desk.stand == [S.STORED] + 4 * [S.WAITING]
        assert desk.states[-1] is State.STA_6
        desk.send(*range(1, 5))
        await desk.sent()
        assert desk.words == "5 of 5 stored at X"

    play(scene)


async def read_nothing_more(peer: Peer) -> None:
    await accept_ct(peer)
    peer.writer.transport.pause_reading()
    await peer.writer.wait_closed()


async def accept_ct(peer: Peer) -> None:
    await accept(peer, AcceptorHandle(contexts=SUPPORTED))


def test_aborting_ends_file_and_association_and_leaves_the_rest_waiting(play, tmp_path, files):
    big = write_file(tmp_path / "big.dcm", 30_000_000)

    async def scene(desk: SendingDesk) -> None:
        async with listening(read_nothing_more) as port:
            await desk.associates(port)
            desk.add(big, files[0])
            desk.send()
            await desk.until(lambda: 0 < desk.sender.summary().share < 1)
            assert desk.model.index(0, Column.STATE).data().startswith("Sending ")
            desk.sender.stop()
            assert desk.sender.is_running
            desk.sender.abort()
            await desk.sent()
            assert desk.stand == [S.FAILED, S.WAITING]
            assert "aborted" in desk.model.verdict(0).cause
            desk.engine.associations[1].drop()

    play(scene)


def test_a_run_that_is_cancelled_leaves_nothing_on_its_way(play, tmp_path):
    big = write_file(tmp_path / "big.dcm", 30_000_000)

    async def scene(desk: SendingDesk) -> None:
        async with listening(read_nothing_more) as port:
            await desk.associates(port)
            desk.add(big)
            desk.send()
            await desk.until(lambda: desk.stand == [S.SENDING])
            (task,) = [task for task in asyncio.all_tasks() if task.get_name() == "store"]
            task.cancel()
            await desk.sent()
            assert desk.stand == [S.WAITING]
            desk.engine.associations[1].drop()

    play(scene)


def test_a_peer_that_goes_away_leaves_the_rest_waiting(play, files):
    async def leave(peer: Peer) -> None:
        await accept_ct(peer)
        await peer.read_pdu()

    async def scene(desk: SendingDesk) -> None:
        async with listening(leave) as port:
            await desk.associates(port)
            desk.add(*files)
            desk.send()
            await desk.sent()
        assert desk.stand == [S.FAILED] + 4 * [S.WAITING]
        assert "The association" in desk.model.verdict(0).cause
        await desk.settled()
        assert desk.words == "0 of 5 stored at X, 1 failed"

    play(scene)


def is_sent(association) -> bool:
    asked = association.messages._asked
    return asked is not None and not asked.is_sending


def test_after_one_without_an_answer_in_time_the_rest_waits_unsent(play, files):
    async def say_nothing(peer: Peer) -> None:
        await accept_ct(peer)
        await peer.read_to_end()

    async def scene(desk: SendingDesk) -> None:
        async with listening(say_nothing) as port:
            await desk.associates(port)
            desk.add(*files)
            desk.send()
            (association,) = desk.engine.associations.values()
            await until(lambda: DIMSE_RESPONSE in association.deadline.due and is_sent(association))
            desk.clock.advance(Timers().dimse_response)
            await desk.sent()
        assert desk.stand == [S.FAILED] + 4 * [S.WAITING]
        assert desk.model.verdict(0).cause.endswith("within 30 s; the association is aborted.")
        assert not desk.sender.can_start

    play(scene)


def test_without_an_association_or_with_something_under_way_nothing_begins(play, files):
    async def scene(desk: SendingDesk) -> None:
        desk.add(*files)
        assert not desk.sender.can_start
        desk.send()
        assert not desk.sender.is_running
        await desk.associates(await desk.listens())
        desk.controller.echo()
        assert not desk.sender.can_start
        desk.send()
        assert not desk.sender.is_running
        await desk.heard("echo_finished")
        assert desk.sender.can_start
        desk.send()
        desk.send(1)
        desk.controller.echo()
        await desk.sent()
        assert desk.finished == 1
        assert len(desk.all("echo_finished")) == 1

    play(scene)


def test_what_is_added_meanwhile_waits(play, files):
    async def scene(desk: SendingDesk) -> None:
        await desk.associates(await desk.listens())
        desk.add(*files[:2])
        desk.send()
        desk.add(*files[2:])
        await desk.sent()
        assert desk.stand == [S.STORED] * 2 + [S.WAITING] * 3

    play(scene)


def test_the_table_hears_of_many_files_in_batches(play, tmp_path):
    paths = [write_file(tmp_path / f"{number}.dcm", 100) for number in range(200)]

    async def scene(desk: SendingDesk) -> None:
        await desk.associates(await desk.listens())
        desk.add(*paths)
        told: list[int] = []
        desk.model.dataChanged.connect(lambda first, _last, _roles: told.append(first.row()))
        began = asyncio.get_running_loop().time()
        desk.send()
        await desk.sent()
        seconds = asyncio.get_running_loop().time() - began
        assert desk.words == "200 of 200 stored at X"
        # One for each look, one at the beginning, two at the end.
        assert len(told) <= seconds * 1000 / LOOK_MS + 3

    play(scene)


def test_the_rate_is_forgotten_once_the_list_is_another(play, files):
    async def scene(desk: SendingDesk) -> None:
        await desk.associates(await desk.listens())
        desk.add(*files[:2])
        desk.send()
        await desk.sent()
        assert desk.sender.summary().rate > 0
        desk.model.clear()
        desk.add(*files[2:])
        assert desk.sender.summary().rate == desk.sender.summary().share == 0

    play(scene)


def test_a_run_is_shown_under_its_recipient_and_afterwards_under_the_one_that_is_meant(play, files):
    async def scene(desk: SendingDesk) -> None:
        ended: list[Summary] = []
        desk.sender.finished.connect(ended.append)
        await desk.associates(await desk.listens())
        desk.add(*files[:2])
        desk.send()
        begun = desk.sender.recipient
        desk.sender.aim(replace(begun.target, host="192.0.2.9"))
        assert desk.sender.recipient == desk.model.recipient == begun
        await desk.sent()
        assert ended[0].words.startswith(f"2 of 2 stored at {begun.target}")
        assert ended[0].is_open
        assert desk.sender.recipient == desk.model.recipient != begun
        assert desk.stand == [S.WAITING] * 2
        assert desk.sender.summary().words == f"0 of 2 stored at {desk.sender.recipient.target}"
        desk.sender.aim(begun.target)
        assert desk.stand == [S.STORED] * 2

    play(scene)


@pytest.mark.interop
@pytest.mark.dcmtk
def test_storescp_takes_what_was_proposed_from_the_files(play, tmp_path):
    (tmp_path / "in").mkdir()
    paths = [
        write_file(tmp_path / f"{number}.dcm", 300_000, sop_class=sop_class, transfer_syntax=syntax)
        for number, (sop_class, syntax) in enumerate([(CT, EXPLICIT), (CT, IMPLICIT), (CT, JPEG), (MR, EXPLICIT)])
    ]

    async def scene(desk: SendingDesk, port: int) -> None:
        desk.add(*paths)
        await desk.associates(port, missing_for(desk.model.files(range(4)), ()))
        desk.send()
        await desk.sent()
        assert desk.words == "4 of 4 stored at X"
        desk.controller.release()
        assert (await desk.heard("scu_ended")).kind is EventKind.RELEASED

    arguments = ["storescp", "-v", "+xa", "-od", str(tmp_path / "in")]
    with serving(lambda port: [*arguments, str(port)]) as server:
        play(lambda desk: scene(desk, server.port))
    assert len(list((tmp_path / "in").iterdir())) == 4


@pytest.mark.parametrize(
    ("rate", "words"), [(0.0, ""), (99_999.0, ""), (100_000.0, ", 0.1 MB/s"), (23.4e6, ", 23.4 MB/s")]
)
def test_a_rate_that_would_read_as_nothing_is_left_out(rate, words):
    assert Summary(2, 2, 0, 0, rate=rate).words == f"2 of 2 stored{words}"
