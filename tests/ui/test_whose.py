"""What belongs to one profile and its peer is not shown under another, nor is anything sent there by mistake."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QLabel, QTableView, QToolButton

from parley.bridge.profiles.conflicts import Choice
from parley.bridge.sending.model import FileState
from parley.engine.engine import Engine
from parley.model.attempt import Attempt, AttemptEnd
from parley.model.build import request_pdu
from parley.model.files.store import ProfileStore
from parley.model.handle import AcceptorHandle, ProposedContext, RequestorHandle, SupportedContext, UserIdentity
from parley.model.profile import AcceptorSide, Profile, RequestorSide, Timers
from parley.model.secret import Secret
from parley.model.storage import Storage, StorageMode
from parley.model.tls import Tls
from parley.ui.kit.style import Tone
from parley.ui.sides.scu_panel import ScuPanel
from parley.ul.codec import encode
from parley.ul.codes import VERIFICATION
from parley.ul.table import State
from tests.harness.dicom import CT, EXPLICIT, IMPLICIT, MR, write_file
from tests.harness.loops import qt_loop, run_on
from tests.harness.peer import connected
from tests.harness.process import free_port
from tests.ui.driver import Driver, opened
from tests.ui.sending.test_files import Sending
from tests.ui.windows import type_into

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
TAKES = (SupportedContext(VERIFICATION), SupportedContext(CT, (IMPLICIT, EXPLICIT)))
PATIENCE = 10.0


@dataclass
class Place:
    """A window with two profiles, and the archive that profile A calls.

    Attributes:
        port: where the archive of A listens; nothing listens at `dead`, which is B's.
        folder: where the archive puts what it is sent.
    """

    window: Driver
    port: int
    dead: int
    folder: Path

    @property
    def a(self) -> str:
        return f"ARCHIVE_A@127.0.0.1:{self.port}"

    def open(self, name: str) -> None:
        self.window.parley.book.open(f"{name}.toml")
        assert self.window.parley.book.draft.name == name

    async def associate(self) -> None:
        """Associate A."""
        self.open("A")
        self.window.press("scu.associate")
        await self.window.until(lambda: self.window.verdict().startswith("Passed"))

    async def listen(self) -> None:
        """Listen with the profile that is open."""
        self.window.press("scp.listen")
        await self.window.until(lambda: self.window.text("scp.state").startswith("Listening"))

    def shows_nothing(self) -> None:
        """The SCU panel is that of a profile that was never called."""
        window = self.window
        assert window.text("scu.state") == "Idle (Sta1)"
        assert window.text("status.scu") == "SCU: Idle (Sta1)"
        assert window.verdict() == ""
        assert [row[-1] for row in window.table("scu.contexts")] == [""]
        assert not any(window.can(f"scu.{name}") for name in ("echo", "release", "abort"))
        assert window.can("scu.associate")

    @property
    def listens_at(self) -> int:
        """The port of the open profile's listener."""
        return int(self.window.text("scp.state").rpartition(":")[2])

    @property
    def received(self) -> int:
        return len(list(self.folder.iterdir()))


@pytest.fixture
def play(qapp, tmp_path) -> Callable[[Callable[[Place], Coroutine[Any, Any, None]]], None]:
    """Plays a scene; afterwards the archive is stopped."""
    folder = tmp_path / "in"
    folder.mkdir()

    def run(scene: Callable[[Place], Coroutine[Any, Any, None]]) -> None:
        async def work() -> None:
            engine = Engine(lambda _event: None)
            handle = AcceptorHandle(ae_title="ARCHIVE_A", contexts=TAKES)
            side = AcceptorSide(port=0, handle=handle, storage=Storage(StorageMode.RECEIVE, str(folder)))
            archive = await engine.listen(side)
            dead = free_port()
            store = ProfileStore(tmp_path / "profiles")
            for name, port in (("A", archive.port), ("B", dead)):
                called = RequestorHandle(called_ae_title=f"ARCHIVE_{name}")
                store.create(Profile(name, RequestorSide(port=port, handle=called), AcceptorSide(port=0)))
            try:
                async with opened(tmp_path) as window:
                    await scene(Place(window, archive.port, dead, folder))
            finally:
                await engine.close(0)

        run_on(qt_loop(qapp), work())

    return run


# --- another profile -------------------------------------------------------------------------------------------------


def test_a_profile_that_was_never_called_shows_nothing_of_another(play):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        window.press("scu.echo")
        await window.until(lambda: window.verdict().startswith("Echo answered"))
        place.open("B")
        place.shows_nothing()
        assert window.text("status.others") == f"A: connected to {place.a}"

        place.open("A")
        assert "Sta6" in window.text("scu.state")
        assert window.text("status.scu").endswith(place.a)
        assert window.verdict().startswith("Echo answered")
        assert [row[-1] for row in window.table("scu.contexts")] == ["Accepted with Implicit VR LE"]
        assert window.text("status.others") == ""
        window.press("scu.release")
        await window.until(lambda: window.verdict().startswith("Association released"))

    play(scene)


def test_each_profile_has_an_association_of_its_own(play):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        place.open("B")
        window.press("scu.associate")
        await window.until(lambda: window.verdict().startswith("Failed"))
        assert f"Nothing listens at port {place.dead}" in window.verdict()
        place.open("A")
        assert window.verdict().startswith("Passed")
        place.open("B")
        assert window.verdict().startswith("Failed")
        assert [row[-1] for row in window.table("scu.contexts")] == ["Not negotiated"]

    play(scene)


def test_what_ends_while_another_profile_is_shown_is_told_when_it_is_back(play):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        place.open("B")
        window.parley.controller.profile("A.toml").abort()
        await window.until(lambda: window.text("status.others") == "")
        assert window.verdict() == ""
        place.open("A")
        await window.until(lambda: window.verdict().startswith("Association aborted"))
        await window.until(lambda: window.text("scu.state") == "Idle (Sta1)")

    play(scene)


def test_an_attempt_goes_on_while_another_profile_is_shown(play):
    async def scene(place: Place) -> None:
        window = place.window
        place.open("A")
        window.press("scu.associate")
        place.open("B")
        assert window.verdict() == ""
        assert not window.can("scu.abort")
        await window.until(lambda: window.text("status.others").startswith("A: connected to"))
        assert window.verdict() == ""
        place.open("A")
        assert window.verdict().startswith("Passed")

    play(scene)


def test_files_are_not_sent_to_the_peer_of_another_profile(play, tmp_path):
    path = write_file(tmp_path / "a.dcm")

    async def scene(place: Place) -> None:
        window = place.window
        place.open("A")
        sending = Sending(window)
        await sending.add(path)
        sending.press()
        await sending.sent()
        assert place.received == 1
        window.parley.book.undo()  # the context that was proposed
        place.open("B")
        await sending.add(write_file(tmp_path / "b.dcm"))
        assert sending.button("send").text() == f"Associate and &send 2 files to ARCHIVE_B@127.0.0.1:{place.dead}"
        assert f"ARCHIVE_B at 127.0.0.1:{place.dead}" in sending.plan
        sending.press()
        await window.until(lambda: sending.plan.startswith(f"Nothing was sent to ARCHIVE_B@127.0.0.1:{place.dead}."))
        assert sending.stand == [FileState.WAITING, FileState.WAITING]
        assert place.received == 1

    play(scene)


def test_what_became_of_files_belongs_to_the_peer_they_were_sent_to(play, tmp_path):
    """Also what is read: every line of the window names the peer that it is about."""
    paths = [write_file(tmp_path / "a.dcm"), write_file(tmp_path / "b.dcm", sop_class=MR)]

    async def scene(place: Place) -> None:
        b = f"ARCHIVE_B@127.0.0.1:{place.dead}"
        place.open("A")
        sending = Sending(place.window)
        await sending.add(*paths)
        sending.press()
        await sending.sent()
        assert sending.stand == [FileState.STORED, FileState.FAILED]
        assert sending.plan.startswith(f"1 file was not stored at {place.a}: ")
        assert sending.summary == "1 of 2 stored at X, 1 failed"
        assert sending.button("retry").text() == f"Re&try 1 failed at {place.a}"
        assert sending.window.windowTitle() == f"Send files to {place.a}"
        assert sending.select(0).startswith(f"Stored at {place.a}.")
        place.window.parley.book.undo()  # the contexts that were proposed

        place.open("B")
        assert sending.stand == [FileState.WAITING] * 2
        assert sending.select(0).startswith(f"Waiting. Stored earlier at {place.a}.")
        assert sending.summary == "0 of 2 stored at X"
        assert sending.window.windowTitle() == f"Send files to {b}"
        assert sending.plan.endswith(
            f"with ARCHIVE_B at 127.0.0.1:{place.dead}, and sends. The association stays open."
        )
        assert not sending.button("retry").isEnabled(), "nothing failed at this one"
        assert sending.button("retry").text() == "Re&try failed"
        assert sending.window.table.again_action.text() == f"Send to {b}"
        assert sending.button("send").text() == f"Associate and &send 2 files to {b}"
        assert sending.button("send").isEnabled()

        place.open("A")
        assert sending.stand == [FileState.STORED, FileState.FAILED]
        assert sending.button("retry").isEnabled()
        assert place.received == 1

    play(scene)


def test_an_edited_target_has_been_sent_nothing(play, tmp_path):
    async def scene(place: Place) -> None:
        place.open("A")
        sending = Sending(place.window)
        await sending.add(write_file(tmp_path / "a.dcm"))
        sending.press()
        await sending.sent()
        place.window.type(scu_called_ae_title="ANOTHER")
        assert sending.stand == [FileState.WAITING]
        place.window.parley.book.undo()
        assert sending.stand == [FileState.STORED]

    play(scene)


def test_a_run_that_ends_under_another_profile_says_where_it_has_sent(play, tmp_path):
    async def scene(place: Place) -> None:
        place.open("A")
        sending = Sending(place.window)
        await sending.add(*(write_file(tmp_path / f"{number}.dcm", 500_000) for number in range(4)))
        sending.press()
        await place.window.until(lambda: sending.sender.is_running)
        place.window.parley.book.save()
        place.open("B")
        assert sending.plan == f"Sending to ARCHIVE_A at 127.0.0.1:{place.port} …"
        assert sending.window.windowTitle() == f"Send files to {place.a}"
        await place.window.until(lambda: not sending.sender.is_running)
        assert sending.plan == f"Every file is stored at {place.a}. The association with it stays open."
        assert sending.stand == [FileState.WAITING] * 4
        assert sending.summary == "0 of 4 stored at X"
        assert sending.button("send").text() == f"Associate and &send 4 files to ARCHIVE_B@127.0.0.1:{place.dead}"
        place.open("A")
        assert sending.plan == f"Every file is stored at {place.a}. The association with it stays open."
        assert sending.stand == [FileState.STORED] * 4

    play(scene)


def test_what_was_stored_at_one_peer_is_sent_to_another(play, tmp_path):
    """And while it is released for that, another profile that is opened meanwhile is sent nothing."""
    path = write_file(tmp_path / "a.dcm")

    async def scene(place: Place) -> None:
        place.open("A")
        sending = Sending(place.window)
        await sending.add(path)
        sending.press()
        await sending.sent()
        place.window.parley.book.undo()
        place.open("B")
        place.window.type(scu_port=place.port)
        place.window.press("scu.associate")
        await place.window.until(lambda: "Sta6" in place.window.text("scu.state"))
        assert sending.stand == [FileState.UNFIT]
        assert sending.button("send").text().startswith("Release, associate and &send 1 file to ARCHIVE_B@")
        sending.press()
        await sending.sent()
        assert sending.stand == [FileState.STORED]
        assert sending.select(0).startswith(f"Stored at ARCHIVE_B@127.0.0.1:{place.port}. Stored earlier at {place.a}.")
        assert place.received == 2

    play(scene)


def test_what_waits_for_a_release_is_given_up_when_another_profile_is_opened(play, tmp_path):
    async def scene(place: Place) -> None:
        await place.associate()
        sending = Sending(place.window)
        await sending.add(write_file(tmp_path / "a.dcm"))
        sending.press()
        assert sending.plan == f"Releasing the association with ARCHIVE_A at 127.0.0.1:{place.port} …"
        place.window.parley.book.save()
        place.open("B")
        assert sending.plan == f"Nothing was sent to {place.a}: the SCU panel names another peer now."
        await place.window.until(lambda: not place.window.parley.engine.associations)
        assert place.window.text("scu.state") == "Idle (Sta1)"
        assert place.received == 0

    play(scene)


def test_what_waits_to_be_sent_is_given_up_when_another_peer_is_named(play, tmp_path):
    async def scene(place: Place) -> None:
        window = place.window
        place.open("A")
        sending = Sending(window)
        await sending.add(write_file(tmp_path / "a.dcm"))
        sending.press()
        assert sending.plan == f"Associating with ARCHIVE_A at 127.0.0.1:{place.port} …"
        window.type(scu_called_ae_title="ARCHIVE_B")
        assert sending.plan == f"Nothing was sent to {place.a}: the SCU panel names another peer now."
        await window.until(lambda: window.text("scu.state").startswith("Connected"))
        assert sending.stand == [FileState.WAITING]
        assert place.received == 0

    play(scene)


def test_files_are_not_sent_to_what_is_not_to_be_tested(play, tmp_path):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        scu = window.window.scu
        scu.restore_side(replace(scu.side(), do_not_test="it is in use"))
        scu.changed.emit()
        sending = Sending(window)
        await sending.add(write_file(tmp_path / "a.dcm"))
        sending.press()
        assert sending.plan.startswith('Nothing was sent. The profile "A" says that 127.0.0.1 is not to be tested')
        assert sending.stand == [FileState.UNFIT]
        assert place.received == 0
        assert window.can("scu.echo"), "an echo by hand stays allowed"
        window.parley.book.undo()
        sending.press()
        await sending.sent()
        assert sending.stand == [FileState.STORED]

    play(scene)


# --- an edited target ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", [{"scu_host": "192.0.2.9"}, {"scu_port": 104}, {"scu_called_ae_title": "ANOTHER"}], ids=str
)
def test_an_edited_target_is_not_the_one_that_is_connected(play, tmp_path, typed):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        sending = Sending(window)
        await sending.add(write_file(tmp_path / "a.dcm"))
        window.type(**typed)
        assert window.text("scu.state") == f"Connected to {place.a}"
        assert window.text("status.scu") == f"SCU: Connected to {place.a}"
        assert window.verdict().startswith(f"Connected to {place.a}. The form names another peer.")
        assert [row[-1] for row in window.table("scu.contexts")] == [""]
        assert not window.can("scu.echo")
        assert not window.can("scu.associate")
        assert not sending.button("send").isEnabled()
        assert sending.plan.startswith(f"The association that is open is with ARCHIVE_A at 127.0.0.1:{place.port}.")
        assert window.button_text("scu.release") == "Release ARCHIVE_A"
        assert window.button_text("scu.abort") == "Abort ARCHIVE_A"

        window.parley.book.undo()
        assert "Sta6" in window.text("scu.state")
        assert window.verdict().startswith("Passed")
        assert [row[-1] for row in window.table("scu.contexts")] == ["Accepted with Implicit VR LE"]
        assert window.can("scu.echo")
        assert window.button_text("scu.release") == "Release"
        assert sending.button("send").isEnabled()

        window.type(**typed)
        window.press("scu.release")
        await window.until(lambda: window.text("scu.state") == "Idle (Sta1)")
        assert window.verdict() == "", "how it ended belongs to the one that was called"
        window.parley.book.undo()
        assert window.verdict().startswith("Association released")

    play(scene)


def test_another_spelling_is_the_same_target(play):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        window.type(scu_host="127.1")
        assert "Sta6" in window.text("scu.state")
        assert window.can("scu.echo")

    play(scene)


@pytest.mark.parametrize("before", [None, Tls()], ids=["plain", "tls"])
def test_another_protection_is_another_target(before, qtbot):
    """The panel alone: what was asked without TLS is not what the form asks with it, and the other way round."""
    panel = ScuPanel()
    qtbot.addWidget(panel)
    panel.set_side(RequestorSide("192.0.2.9", 104, RequestorHandle(called_ae_title="PACS"), tls=before))
    panel.attempt_started()
    panel.attempt_finished(Attempt(AttemptEnd.ESTABLISHED, "192.0.2.9:104"))
    panel.show_state(State.STA_6)
    panel.tls.put("tls", None if before else Tls())
    how = "with TLS" if before else "without TLS"
    assert panel.state_line.text() == panel.state_words == f"Connected to PACS@192.0.2.9:104 {how}"
    assert panel.verdict.accessibleDescription().startswith(f"Connected to PACS@192.0.2.9:104 {how}. The form says")
    panel.tls.put("tls", before)
    assert panel.state_line.text() == "Established (Sta6)"
    assert panel.echo_action.isEnabled()


def test_nothing_goes_out_in_the_clear_while_the_form_says_tls(play, tmp_path):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        sending = Sending(window)
        await sending.add(write_file(tmp_path / "a.dcm"))
        window.window.scu.tls.put("tls", Tls())
        assert window.text("scu.state") == f"Connected to {place.a} without TLS"
        assert window.text("status.scu") == f"SCU: Connected to {place.a} without TLS"
        assert not window.can("scu.echo")
        assert not sending.button("send").isEnabled()
        assert sending.plan.startswith(
            f"The association that is open is with ARCHIVE_A at 127.0.0.1:{place.port} without TLS."
        )
        assert window.button_text("scu.release") == "Release ARCHIVE_A"
        window.parley.book.undo()
        assert window.can("scu.echo")
        assert window.verdict().startswith("Passed")

    play(scene)


# --- an edited request -----------------------------------------------------------------------------------------------

_EDITS: dict[str, Callable[[RequestorHandle], RequestorHandle]] = {
    "calling title": lambda handle: replace(handle, calling_ae_title="OTHER"),
    "contexts": lambda handle: replace(handle, contexts=(ProposedContext(VERIFICATION, (EXPLICIT,)),)),
    "identity": lambda handle: replace(handle, user_identity=UserIdentity(1, Secret.of("dr"))),
    "maximum length": lambda handle: replace(handle, maximum_length=0),
}


@pytest.mark.parametrize("edit", _EDITS.values(), ids=_EDITS)
def test_what_came_of_another_request_is_said_to_be_of_that(play, edit):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        scu = window.window.scu
        scu.restore_side(replace(scu.side(), handle=edit(scu.side().handle)))
        scu.changed.emit()
        assert window.verdict().startswith("Got with another request: Passed")
        assert [row[-1] for row in window.table("scu.contexts")] == [""]
        assert window.text("scu.state") == f"Established (Sta6): {place.a}"
        assert window.text("status.scu") == f"SCU: Established (Sta6): {place.a}"
        for name in ("echo", "release", "abort"):
            assert window.can(f"scu.{name}")
            assert window.button_text(f"scu.{name}").endswith(" ARCHIVE_A")
        window.press("scu.echo")
        await window.until(lambda: "Echo answered" in window.verdict())
        assert window.verdict().startswith("Got with another request:")
        window.parley.book.undo()
        assert window.verdict().startswith("Echo answered")
        assert [row[-1] for row in window.table("scu.contexts")] == ["Accepted with Implicit VR LE"]
        assert window.button_text("scu.echo") == "Echo"

    play(scene)


def test_files_go_out_on_what_is_open_though_the_request_was_edited(play, tmp_path):
    async def scene(place: Place) -> None:
        window = place.window
        place.open("A")
        sending = Sending(window)
        await sending.add(write_file(tmp_path / "a.dcm"))
        sending.press()
        await sending.sent()
        window.type(scu_calling_ae_title="OTHER")
        await sending.add(write_file(tmp_path / "b.dcm"))
        sending.press()
        await sending.sent()
        assert place.received == 2

    play(scene)


def test_a_failure_is_of_the_request_that_failed(play):
    async def scene(place: Place) -> None:
        window = place.window
        place.open("B")
        window.press("scu.associate")
        await window.until(lambda: window.verdict().startswith("Failed"))
        window.type(scu_calling_ae_title="OTHER")
        assert window.verdict().startswith("Got with another request: Failed: Nothing listens")
        window.find(QToolButton, "scu.reset").click()
        assert window.verdict().startswith("Got with another request:")
        window.parley.book.undo()
        window.parley.book.undo()
        assert window.verdict().startswith("Failed")

    play(scene)


def test_how_long_one_waits_is_no_part_of_the_request(play):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        scu = window.window.scu
        scu.restore_side(replace(scu.side(), timers=Timers(connect=4.0)))
        scu.changed.emit()
        assert window.verdict().startswith("Passed")
        assert "Sta6" in window.text("scu.state")

    play(scene)


# --- an attempt under way --------------------------------------------------------------------------------------------


def test_an_attempt_goes_on_by_its_name_while_the_form_names_another(play):
    async def scene(place: Place) -> None:
        window = place.window
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            place.open("A")
            window.type(scu_port=port)
            whom = f"ARCHIVE_A@127.0.0.1:{port}"
            window.press("scu.associate")
            await window.until(lambda: "Sta5" in window.text("scu.state"))
            window.type(scu_called_ae_title="ANOTHER")
            assert window.text("scu.state") == f"Calling {whom}"
            words = f"Under way: an attempt to call {whom}. The form names another peer. Cancel it"
            assert window.verdict().startswith(words)
            assert window.button_text("scu.abort") == "Cancel ARCHIVE_A"
            window.clock.advance(30.0)
            await window.until(lambda: window.verdict().startswith(f"{whom}: Failed:"))
            assert window.text("scu.state").endswith(f"(Sta13): {whom}")
            assert window.text("status.scu") == f"SCU: {window.text('scu.state')}"
            window.clock.advance(30.0)
            await window.until(lambda: window.text("scu.state") == "Idle (Sta1)")
            assert window.text("status.scu") == "SCU: Idle (Sta1)"
            assert window.verdict().startswith(f"{whom}: Failed:")
            window.type(scu_called_ae_title="ARCHIVE_A")
            assert window.verdict().startswith("Failed:")
            window.type(scu_called_ae_title="ELSE")
            assert window.verdict() == ""

    play(scene)


@pytest.mark.parametrize("state", [State.STA_13, State.STA_1])
def test_the_status_bar_says_what_the_panel_says_when_an_attempt_is_over(qtbot, stage, state):
    scu, controller = stage.window.scu, stage.controller
    status = stage.find(QLabel, "status.scu")
    controller.attempt_started.emit(scu.side())
    controller.scu_state_changed.emit(State.STA_5)
    called = str(scu.target)
    type_into(qtbot, stage, "scu.host", "192.0.2.9")
    assert status.text() == f"SCU: Calling {called}"
    controller.scu_state_changed.emit(state)
    controller.attempt_finished.emit(Attempt(AttemptEnd.NO_ANSWER, "127.0.0.1:11112"))
    assert status.text() == f"SCU: {scu.state_line.text()}"
    assert state.label in status.text()
    assert scu.verdict.accessibleDescription().startswith(f"{called}: Failed:")


def test_the_status_bar_names_no_peer_once_nothing_is_asked_of_it(stage):
    controller = stage.controller
    controller.attempt_started.emit(stage.window.scu.side())
    controller.scu_state_changed.emit(State.STA_1)
    controller.attempt_finished.emit(Attempt(AttemptEnd.CONNECT_REFUSED, "127.0.0.1:11112"))
    assert stage.find(QLabel, "status.scu").text() == "SCU: Idle (Sta1)"


# --- the SCP ---------------------------------------------------------------------------------------------------------


def test_each_profile_has_a_listener_of_its_own(play):
    async def scene(place: Place) -> None:
        window = place.window
        place.open("A")
        await place.listen()
        where = window.text("scp.state").removeprefix("Listening on ")
        async with connected(int(where.rpartition(":")[2])) as peer:
            await peer.send(encode(request_pdu(RequestorHandle())))
            await window.until(lambda: "Sta6" in str(window.table("scp.associations")))
            place.open("B")
            assert window.text("scp.state") == "Not listening"
            assert window.text("status.scp") == "SCP: Not listening"
            assert window.text("status.others") == f"A: listening on {where}"
            assert window.table("scp.associations") == []
            assert window.can("scp.listen")
            assert not window.can("scp.stop")
            await place.listen()
            assert window.text("scp.state") != f"Listening on {where}"
            place.open("A")
            assert window.text("scp.state") == f"Listening on {where}"
            assert len(window.table("scp.associations")) == 1
            window.press("scp.stop")
            await window.until(lambda: window.text("scp.state") == "Not listening")
            place.open("B")
            assert window.text("scp.state").startswith("Listening")

    play(scene)


def test_a_port_that_another_profile_listens_at_is_said_to_be_its(play):
    async def scene(place: Place) -> None:
        window = place.window
        place.open("A")
        await place.listen()
        port = place.listens_at
        place.open("B")
        window.type(scp_port=port)
        window.press("scp.listen")
        await window.until(lambda: window.verdict("scp").startswith("Cannot listen:"))
        said = window.verdict("scp")
        assert "The profile A of this window listens at port" in said
        assert str(port) in said
        assert "program" not in said
        window.parley.book.save()
        place.open("A")
        place.open("B")
        assert window.verdict("scp") == said

    play(scene)


def test_a_request_that_waits_at_another_profile_is_said_and_answered_there(play):
    async def scene(place: Place) -> None:
        window = place.window
        place.open("A")
        decision = window.find(QComboBox, "scp.decision")
        decision.setCurrentText("Ask me")
        window.parley.book.save()
        await place.listen()
        port = place.listens_at
        place.open("B")
        async with connected(port) as peer:
            await peer.send(encode(request_pdu(RequestorHandle())))
            await window.until(lambda: "1 held" in window.text("status.others"))
            assert window.table("scp.held") == []
            assert "held" not in window.text("status.scp")
            place.open("A")
            assert len(window.table("scp.held")) == 1
            assert "1 held" in window.text("status.scp")
            window.window.scp.held.accept_all_action.trigger()
            await peer.read_pdu()
            place.open("B")
            assert window.table("scp.held") == []
            place.open("A")
            await window.until(lambda: "answered" in str(window.table("scp.held")))

    play(scene)


def icon_of(window: Driver, name: str) -> QImage:
    """The icon of a profile's row."""
    model = window.window.profiles.list.model()
    row = next(row for row in range(model.rowCount()) if model.index(row).data() == name)
    return model.index(row).data(Qt.ItemDataRole.DecorationRole).pixmap(16, 16).toImage()


def test_a_request_that_waits_at_another_profile_is_seen_and_a_key_leads_there(play):
    async def scene(place: Place) -> None:
        window = place.window
        place.open("A")
        window.find(QComboBox, "scp.decision").setCurrentText("Ask me")
        window.parley.book.save()
        await place.listen()
        port = place.listens_at
        place.open("B")
        before, key = icon_of(window, "A"), window.window.scp.held.next_action
        assert not key.isEnabled()
        async with connected(port) as peer:
            await peer.send(encode(request_pdu(RequestorHandle())))
            await window.until(lambda: "1 held (" in window.text("status.others"))
            assert re.match(r"A: 1 held \(0:\d\d left\), listening on", window.text("status.others"))
            assert window.window.others.label.tone is Tone.WARNING
            assert icon_of(window, "A") != before
            key.trigger()
            assert window.parley.book.draft.name == "A"
            table = window.find(QTableView, "scp.held")
            assert [index.row() for index in table.selectionModel().selectedRows()] == [0]
            assert window.text("status.others") == ""
            window.window.scp.held.reject_action.trigger()
            assert (await peer.read_pdu())[0] == 3

    play(scene)


def test_what_a_profile_has_open_whose_file_was_removed_elsewhere_can_be_ended(play):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        await place.listen()
        place.open("B")
        book = window.parley.book
        (book.store.folder / "A.toml").unlink()
        window.watch(book.listed)
        book.refresh()
        await window.until(lambda: book.entry("A.toml") is None)
        assert window.text("status.others").startswith("A: connected to")
        menu = window.window.others.menu
        assert any(menu.menuAction() in other.actions() for other in (window.window.menus.scp, window.window.menus.scu))
        for word in ("Stop A: listening on 127.0.0.1:", "Release A: connected to"):
            menu.aboutToShow.emit()
            next(action for action in menu.actions() if action.text().startswith(word)).trigger()
        await window.until(lambda: window.text("status.others") == "")
        assert not menu.menuAction().isEnabled()
        assert window.log().count("released") == 1

    play(scene)


def test_what_is_armed_is_armed_for_its_own_profile(play):
    async def scene(place: Place) -> None:
        window = place.window
        place.open("A")
        window.parley.desk.arm("reject 1/1/7")
        assert window.window.scp.armed.isVisibleTo(window.window)
        place.open("B")
        assert not window.window.scp.armed.isVisibleTo(window.window)
        await place.listen()
        assert window.parley.controller.shown.listener.armed is None
        place.open("A")
        assert window.parley.desk.armed.text == "reject 1/1/7"
        window.parley.desk.disarm()

    play(scene)


def test_what_was_edited_since_listening_is_said_when_the_profile_is_back(play):
    async def scene(place: Place) -> None:
        window = place.window
        place.open("A")
        await place.listen()
        window.type(scp_ae_title="OTHER")
        window.parley.book.save()
        place.open("B")
        assert window.verdict("scp") == ""
        place.open("A")
        assert window.verdict("scp").startswith("Edited since Listen.")

    play(scene)


# --- the profile itself ----------------------------------------------------------------------------------------------


def test_a_renamed_profile_keeps_what_it_has(play):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        assert window.parley.book.rename("A.toml", "Archive")
        assert "Sta6" in window.text("scu.state")
        place.open("B")
        assert window.text("status.others") == f"Archive: connected to {place.a}"
        place.open("Archive")
        assert window.can("scu.echo")

    play(scene)


def test_what_is_open_stays_with_its_profile_when_that_is_saved_as_another(play):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        await place.listen()
        where = window.text("scp.state").removeprefix("Listening on ")
        window.parley.book.save_as("C")
        assert window.parley.book.draft.name == "C"
        place.shows_nothing()
        assert window.text("scp.state") == "Not listening"
        assert window.text("status.others") == f"A: connected to {place.a}, listening on {where}"
        place.open("A")
        assert window.verdict().startswith("Passed")
        assert window.can("scu.echo")
        assert window.text("status.others") == ""

    play(scene)


def test_what_is_open_stays_with_the_file_that_another_program_has_changed(play, tmp_path):
    async def scene(place: Place) -> None:
        window = place.window
        book = window.parley.book
        await place.associate()
        window.type(scu_calling_ae_title="MINE")
        path = tmp_path / "profiles" / "A.toml"
        path.write_text(path.read_text().replace("ARCHIVE_A", "THEIRS"))
        asked: list[object] = []
        book.conflicting.connect(asked.append)
        window.watch(book.conflicting)
        book.save()
        await window.until(lambda: asked)
        book.settle(Choice.BOTH)
        assert book.key != "A.toml"
        place.shows_nothing()
        place.open("A")
        assert window.text("scu.state") == f"Connected to {place.a}"
        assert window.verdict().startswith(f"Connected to {place.a}. The form names another peer.")

    play(scene)


def test_a_profile_whose_file_is_gone_goes_on_in_the_one_it_is_saved_as(play, tmp_path):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        (tmp_path / "profiles" / "A.toml").unlink()
        window.parley.book.save_as("C")
        assert window.can("scu.echo")
        assert window.verdict().startswith("Passed")

    play(scene)


def test_a_deleted_profile_leaves_nothing_open(play):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        await place.listen()
        window.window.profiles.delete_action.trigger()
        box = window.message("profiles.delete_question")
        assert f"Connected to {place.a}, listening on 127.0.0.1:" in box.informativeText()
        assert "That ends with it." in box.informativeText()
        box.findChild(type(box.buttons()[0]), "profiles.delete_question.delete").click()
        assert window.text("scu.state") == "Idle (Sta1)"
        await window.until(lambda: not window.parley.engine.associations)
        assert "released" in window.log()
        assert window.text("status.others") == ""

    play(scene)


def test_closing_ends_what_other_profiles_have_open(play):
    async def scene(place: Place) -> None:
        window = place.window
        await place.associate()
        place.open("B")
        async with asyncio.timeout(PATIENCE):
            await window.parley.close()
        assert not window.parley.engine.associations
        assert window.log()[-1] == "closed"

    play(scene)
