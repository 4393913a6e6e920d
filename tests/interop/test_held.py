"""Devices that nobody here wrote wait for a person's answer, and say in their own words what they got."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pydicom
import pytest
from pydicom.dataset import FileMetaDataset

from parley.engine.acceptor import Acceptor
from parley.model.answering import Answering, DecisionMode
from parley.model.answers.policy import AnswerPolicy, no_profile
from parley.model.answers.words import ABORT, CONNECTION, PRESETS, RESERVED, parse_answer
from parley.model.event import EventKind as K
from parley.model.handle import AcceptorHandle, Rejection
from parley.ul.codes import VERIFICATION
from tests.harness.clock import ManualClock
from tests.harness.process import Finished, running
from tests.interop import ends
from tests.interop.ends import CT, EXPLICIT, IMPLICIT, STORAGE

pytestmark = [pytest.mark.interop, pytest.mark.slow]
dcmtk = pytest.mark.dcmtk

ASK = Answering(DecisionMode.ASK, default_seconds=None)
GONE = "0006:0317 Peer aborted Association (or never connected)"
TIMEOUT = "0006:031a DUL network read timeout"
TEXTS = [preset.text for preset in PRESETS]
REJECTIONS = [text.split()[1] for text in TEXTS if text.startswith("reject")]
RESERVED_REJECTIONS = [
    preset.text.split()[1] for preset in PRESETS if preset.group == RESERVED and preset.text.startswith("reject")
]
ABORTS = [text for text in TEXTS if text.startswith("abort")]

RESULTS = {1: "Rejected Permanent", 2: "Rejected Transient"}
SOURCES = {
    1: "Service User",
    2: "Service Provider (ACSE Related)",
    3: "Service Provider (Presentation Related)",
}
REASONS = {
    (1, 1): "No Reason",
    (1, 2): "App Context Name Not Supported",
    (1, 3): "Calling AE Title Not Recognized",
    (1, 7): "Called AE Title Not Recognized",
    (2, 1): "No Reason",
    (2, 2): "Protocol Version Not Supported",
    (3, 1): "Temporary Congestion",
    (3, 2): "Local Limit Exceeded",
}
"""DCMTK's words for Table 9-21 of PS3.8."""


async def answer(ours: ends.Answering, text: str) -> None:
    """Wait until a request is held, and answer it as a person would."""
    await ours.record.wait_for(K.HELD, 1)
    association = ours.engine.associations[1]
    assert isinstance(association, Acceptor)
    policy = AnswerPolicy(replace(ours.listener.side, answering=Answering()), no_profile)
    assert association.caller is not None
    assert association.decide(policy.always(parse_answer(text), "by hand")(association.caller))


def hold(run, text: str, *command: str, files: tuple[str, ...] = ()) -> tuple[Finished, list[str]]:
    """One of DCMTK's SCUs is held and answered: how it ended, and what our log calls what was done."""

    async def play() -> tuple[Finished, list[str]]:
        clock = ManualClock()
        async with ends.answering(clock=clock, answering=ASK, handle=AcceptorHandle(contexts=STORAGE)) as ours:
            with running(*command, "127.0.0.1", ours.port, *files) as scu:
                await answer(ours, text)
                clock.advance(5)
                finished = await asyncio.to_thread(scu.wait)
                await ours.record.wait_for(K.CLOSED)
                return finished, [event.text for event in ours.record.of(K.DECIDED)]

    return run(play())


def rejection_lines(codes: str) -> list[str]:
    """What DCMTK prints for these codes; it has its own in the place of those that are reserved."""
    numbers = Rejection.parse(codes)
    source = numbers.source if numbers.source in SOURCES else 1
    reason = REASONS.get((numbers.source, numbers.reason), "No Reason")
    return [
        "F: Association Rejected:",
        f"F: Result: {RESULTS.get(numbers.result, RESULTS[1])}, Source: {SOURCES[source]}",
        f"F: Reason: {reason}",
    ]


# --- DCMTK -----------------------------------------------------------------------------------------------------------


@dcmtk
@pytest.mark.parametrize("text", ["accept", "accept all", "after 5 s accept"])
def test_echoscu_goes_on_when_it_is_accepted(run, text):
    finished, decided = hold(run, text, "echoscu", "-v")
    assert finished.code == 0
    assert "Association Accepted" in finished.output
    assert "Received Echo Response (Success)" in finished.output
    assert decided[0].startswith("accept: by hand: ")


@dcmtk
@pytest.mark.parametrize("codes", REJECTIONS)
def test_echoscu_reads_the_codes_of_a_rejection(run, codes):
    finished, decided = hold(run, f"reject {codes}", "echoscu", "-v")
    assert finished.code == 1
    assert finished.output.splitlines()[-3:] == rejection_lines(codes)
    assert ("using default" in finished.output) == (codes in RESERVED_REJECTIONS)
    assert decided == [f"reject {codes}: by hand"]


@dcmtk
@pytest.mark.parametrize("text", [*ABORTS, "close", "reset"])
def test_echoscu_is_refused_without_an_answer(run, text):
    finished, _ = hold(run, text, "echoscu", "-v")
    assert finished.code == 1
    assert f"Association Request Failed: {GONE}" in finished.output


@dcmtk
def test_echoscu_gives_up_in_its_own_time_when_nobody_says_anything(run):
    finished, decided = hold(run, "silence", "echoscu", "-v", "-ta", "1")
    assert finished.code == 1
    assert f"Association Request Failed: {TIMEOUT}" in finished.output
    assert decided == ["say nothing: by hand"]


@dcmtk
def test_echoscu_that_gives_up_withdraws_its_request(run):
    async def play():
        async with ends.answering(answering=ASK) as ours:
            with running("echoscu", "-v", "-ta", "1", "127.0.0.1", ours.port) as scu:
                await ours.record.wait_for(K.HELD, 1)
                finished = await asyncio.to_thread(scu.wait)
                await ours.record.wait_for(K.WITHDRAWN)
                await ours.record.wait_for(K.CLOSED)
                return finished, ours.record

    finished, record = run(play())
    assert TIMEOUT in finished.output
    assert record.of(K.WITHDRAWN)[0].text == "by the peer"
    assert not record.of(K.DECIDED)
    assert not record.of(K.ACCEPTED)


@pytest.fixture
def image(tmp_path) -> str:
    """A small CT image."""
    made = pydicom.Dataset()
    made.SOPClassUID, made.SOPInstanceUID = CT, "1.2.3.4.5"
    made.StudyInstanceUID, made.SeriesInstanceUID = "1.2.3.4", "1.2.3.4.1"
    made.PatientName, made.PatientID = "Nobody", "0"
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = EXPLICIT
    path = tmp_path / "ct.dcm"
    made.save_as(path, enforce_file_format=True)
    return str(path)


def command_of(program: str, image: str) -> tuple[list[str], tuple[str, ...]]:
    """Another SCU's command line, and what comes behind the port."""
    if program == "storescu":
        return ["storescu", "-v", "-ta", "1"], (image,)
    return ["findscu", "-v", "-ta", "1", "-P", "-k", "QueryRetrieveLevel=PATIENT"], ()


@dcmtk
@pytest.mark.parametrize("program", ["storescu", "findscu"])
@pytest.mark.parametrize("codes", ["1/1/7", "1/1/3", "2/2/2", "2/3/1", "1/3/7"])
def test_other_scus_read_the_codes_too(run, program, codes, image):
    command, files = command_of(program, image)
    finished, _ = hold(run, f"reject {codes}", *command, files=files)
    assert finished.code != 0
    lines = [line[3:] for line in finished.output.splitlines()]
    assert [line[3:] for line in rejection_lines(codes)[1:]] == [
        line for line in lines if line.startswith(("Result:", "Reason:"))
    ]


@dcmtk
@pytest.mark.parametrize("program", ["storescu", "findscu"])
@pytest.mark.parametrize(
    ("text", "words"),
    [("abort 0/0", GONE), ("abort 2/5", GONE), ("close", GONE), ("reset", GONE), ("silence", TIMEOUT)],
)
def test_other_scus_are_refused_without_an_answer(run, program, text, words, image):
    command, files = command_of(program, image)
    finished, _ = hold(run, text, *command, files=files)
    assert finished.code != 0
    assert words in finished.output


@dcmtk
@pytest.mark.parametrize("text", ["accept all", "after 5 s accept all"])
def test_other_scus_go_on_when_all_is_accepted(run, text, image):
    for program, words in (("storescu", "Received Store Response"), ("findscu", "Received Final Find Response")):
        command, files = command_of(program, image)
        finished, _ = hold(run, text, *command, files=files)
        assert "Association Accepted" in finished.output
        assert words in finished.output


# --- pynetdicom ------------------------------------------------------------------------------------------------------


def hold_pynetdicom(run, pynetdicom, text: str, timeout: float = 5, then: tuple[str, ...] = ()) -> dict[str, object]:
    """pynetdicom is held and answered; what it says became of it."""

    async def play() -> dict[str, object]:
        clock = ManualClock()
        async with ends.answering(clock=clock, answering=ASK) as ours:
            contexts = [[VERIFICATION, [IMPLICIT]]]
            port = ours.listener.port
            pynetdicom.tell("associate", port=port, contexts=contexts, timeout=timeout, then=list(then))
            await answer(ours, text)
            clock.advance(5)
            if text.startswith("reject"):  # which it may not understand, and never close
                clock.advance(ends.TIMERS.artim)
            told: dict[str, object] = await asyncio.to_thread(pynetdicom.hear, "outcome")
            return told

    return run(play())


@pytest.mark.parametrize("text", ["accept", "accept all", "after 5 s accept"])
def test_pynetdicom_echoes_when_it_is_accepted(run, pynetdicom, text):
    told = hold_pynetdicom(run, pynetdicom, text, then=("echo", "release"))
    assert told["is_established"]
    assert told["accepted"] == [[1, IMPLICIT]]
    assert told["statuses"] == [0]
    assert told["how"] == "released"


@pytest.mark.parametrize("codes", REJECTIONS)
def test_pynetdicom_reads_the_codes_of_a_rejection(run, pynetdicom, codes):
    told = hold_pynetdicom(run, pynetdicom, f"reject {codes}")
    assert not told["is_established"]
    if codes not in RESERVED_REJECTIONS:
        assert told["rejection"] == [int(number) for number in codes.split("/")]


@pytest.mark.parametrize("text", [*ABORTS[:3], "close", "reset"])
def test_pynetdicom_is_refused_without_an_answer(run, pynetdicom, text):
    told = hold_pynetdicom(run, pynetdicom, text)
    assert not told["is_established"]
    assert told["is_aborted"]
    assert told["rejection"] is None


def test_pynetdicom_gives_up_in_its_own_time(run, pynetdicom):
    told = hold_pynetdicom(run, pynetdicom, "silence", timeout=3)
    assert told["is_aborted"]
    assert not told["is_established"]


def test_every_preset_is_among_those_that_were_tried():
    """Later ones take 5 seconds and more; their like is tried with a shorter time."""
    tried = {"accept", "accept all", "close", "reset", "silence", "ask", *ABORTS, *(f"reject {c}" for c in REJECTIONS)}
    assert {preset.text for preset in PRESETS if not preset.text.startswith("after")} == tried
    assert {preset.group for preset in PRESETS} >= {ABORT, CONNECTION, RESERVED}
