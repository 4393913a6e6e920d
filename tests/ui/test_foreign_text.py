"""What a peer, a file or a profile says is text wherever the window shows it: no markup, no shortcut, all visible."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog, QMenu, QToolButton, QWidget

from parley.app import _show_error
from parley.bridge.profiles.conflicts import Conflict, Deed
from parley.bridge.profiles.secret_keeper import Question
from parley.model.consent import Party, Way
from parley.model.event import EngineEvent, EventKind
from parley.model.files.purposes import Kind, Purpose, Wanted
from parley.model.handle import ProposedContext, RequestorHandle, UserIdentity
from parley.model.misbehaviour.tables import REQUESTOR
from parley.model.profile import Profile, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import Certificate, Handshake, TlsFailure
from parley.ui.contexts.editor import ContextsEditor
from parley.ui.gates.secret_question import SecretQuestion
from parley.ui.kit.fold import FoldedSection
from parley.ui.kit.lines_dialog import show_lines
from parley.ui.profiles.conflict_question import ConflictQuestion
from parley.ul.codec import encode
from parley.ul.codes import VERIFICATION, Role
from parley.ul.pdu import (
    AAssociateRq,
    ApplicationContext,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    PresentationContextRq,
    UserIdentityRq,
    UserInformation,
)
from tests.harness.loops import qt_loop, run_on
from tests.harness.peer import connected
from tests.ui.driver import Driver, opened
from tests.ui.foreign import all_windows, faults_of, texts_of
from tests.ui.sending.test_files import Sending

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

SHORTCUT = "&qz"
UNSEEN = "\u202e\u200b\x1b\x9f"
DICOM_CONTEXT = "1.2.840.10008.3.1.1.1"


def hostile(mark: str, unseen: str = UNSEEN) -> str:
    """A text that is markup, has a shortcut and turns what stands behind it around."""
    return f'<img src="/etc/hostname">{mark}{SHORTCUT}{unseen}'


def title(mark: str) -> str:
    """The same in the 16 characters of an AE title."""
    return f"<h1>{mark}{SHORTCUT}\x1b\x9f"


class Looker:
    """Looks at all texts time and again, and keeps what was seen and what is wrong with it."""

    def __init__(self) -> None:
        self.seen = ""
        self.faults: dict[str, None] = {}

    def look(self, *roots: QWidget) -> None:
        """Look at these, or at every window with all that its menus have."""
        for root in roots or all_windows():
            for menu in root.findChildren(QMenu):
                menu.aboutToShow.emit()
            for shown in texts_of(root):
                self.seen += f"{shown.text}\n" if SHORTCUT.strip("&") in shown.text else ""
                self.faults |= dict.fromkeys(faults_of(shown, (SHORTCUT,)))

    def check(self, *marks: str) -> None:
        """Nothing was wrong, and all that was to be seen was seen."""
        assert not self.faults, "\n".join(self.faults)
        assert [mark for mark in marks if mark not in self.seen] == []


@pytest.fixture
def looker() -> Looker:
    return Looker()


def request(calling: str, application_context: str = DICOM_CONTEXT, abstract: str = VERIFICATION) -> AAssociateRq:
    items = (
        ApplicationContext(application_context),
        PresentationContextRq.of(1, abstract, (hostile("tsy", ""), "1.2.840.10008.1.2")),
        UserInformation(
            (
                MaximumLength(16384),
                ImplementationClassUid(hostile("icu", "")),
                ImplementationVersionName(title("ivn")),
                UserIdentityRq(2, 0, hostile("usr", "").encode(), b"secret"),
            )
        ),
    )
    return AAssociateRq(title("cld"), title(calling), items)


def handshake(*, failed: bool) -> Handshake:
    noon = datetime(2026, 6, 15, 12, tzinfo=UTC)
    certificate = Certificate(hostile("sub"), hostile("iss"), (hostile("san"),), noon, noon, hostile("key"))
    failure = TlsFailure(hostile("why"), "OTHER", 1) if failed else None
    return Handshake("TLSv1.3", "AES", "dicom", hostile("sni"), (certificate,), failure=failure)


def events() -> list[EngineEvent]:
    """Events whose every text comes from elsewhere."""
    rq = request("evt", hostile("acn", ""), hostile("asy", ""))
    wire = {EventKind.MALFORMED: b"<h1>mal", EventKind.PDU_RECEIVED: encode(rq), EventKind.REQUESTED: encode(rq)}
    common: dict[str, Any] = {"local": hostile("loc"), "peer": hostile("per"), "role": Role.REQUESTOR}
    common |= {"local_ae_title": title("lae"), "peer_ae_title": title("pae"), "association": 77}
    return [
        EngineEvent(
            900 + number,
            float(number),
            float(number),
            kind,
            text=hostile(f"t{number:02}"),
            wire=wire.get(kind, b""),
            handshake=handshake(failed=kind is EventKind.TLS_FAILED) if "tls" in kind.value else None,
            **common,
        )
        for number, kind in enumerate(EventKind)
        if kind not in {EventKind.HELD, EventKind.STATE}
    ]


def test_in_the_log_and_in_the_details_of_every_kind_of_event(play, looker):
    async def scene(window: Driver) -> None:
        window.parley.log.append(events())
        window.parley.associations.update(events())
        for row in range(window.parley.log.shown):
            window.window.log_view.table.selectRow(row)
            looker.look(window.window.details)
        looker.look()

    play(scene)
    looker.check(
        "evt", "cld", "ivn", "icu", "usr", "acn", "asy", "tsy", "sub", "iss", "san", "sni", "why", "lae", "t05"
    )


def test_at_the_acceptor_live_held_and_in_the_answer_that_is_edited(play, looker):
    async def scene(window: Driver) -> None:
        port = await window.listen()
        async with connected(port) as live, connected(port) as held:
            await live.send(encode(request("liv")))
            await live.read_pdu()
            await window.until(lambda: window.table("scp.associations"))
            looker.look()
            window.parley.desk.arm("ask")
            await held.send(encode(request("hld", hostile("acn", ""), hostile("asy", ""))))
            await window.until(lambda: window.parley.held.waiting)
            looker.look()
            window.find(QToolButton, "scp.held.edit").click()
            await window.until(lambda: window.dialog("answer.window") is not None)
            dialog = window.dialog("answer.window")
            looker.look()
            assert title("hld")[:4] in dialog.windowTitle()
            dialog.close()

    play(scene)
    looker.check("liv", "hld", "cld", "asy")


def profile() -> Profile:
    contexts = (ProposedContext(hostile("asy"), (hostile("tsy"),)), ProposedContext(VERIFICATION, (hostile("tsy"),)))
    handle = RequestorHandle(
        called_ae_title=hostile("cld"),
        calling_ae_title=hostile("cll"),
        application_context=hostile("acn"),
        contexts=contexts,
        implementation_version_name=hostile("ivn"),
        user_identity=UserIdentity(2, primary=Secret.of(hostile("usr")), secondary=Secret.of("x")),
    )
    # Too long to be looked up anywhere.
    side = RequestorSide(host=hostile("hst") + 64 * "x", port=104, handle=handle)
    return Profile(hostile("nam"), scu=side, comment=hostile("com"))


def test_in_a_profile_its_panels_menus_and_questions(qapp, tmp_path, looker):
    folder = tmp_path / "profiles"
    inner = folder / f"<b>fol{SHORTCUT}\u202e"
    inner.mkdir(parents=True)
    (inner / f"<b>fil{SHORTCUT}\u202e.toml").write_text("schema = 1\n", "utf-8")
    (folder / f"<b>brk{SHORTCUT}\u202e.toml").write_text('schema = 1\n"<h1>bad&qz" = {\n', "utf-8")

    async def work() -> None:
        async with opened(tmp_path) as window:
            book = window.parley.book
            key = book.store.create(profile())
            book.take(tuple(book.store.list()))
            book.open(key)
            assert book.key == key
            for section in window.window.findChildren(FoldedSection):
                section.unfold()
            for editor in window.window.findChildren(ContextsEditor):
                editor.select(range(1))
            looker.look()
            window.press("scu.associate")
            await window.until(lambda: window.verdict() and not window.verdict().startswith("Under way"))
            looker.look()
            pane = window.window.profiles
            pane.list.setCurrentIndex(pane.list.model().index(pane.list.model().rowCount() - 1, 0))
            pane.delete_action.trigger()
            pane._ask_unsaved(book.draft.name)
            window.window.misbehave._ask(
                [next(iter(REQUESTOR.values()))],
                (Party(Way.CALLS, hostile("hst"), 104, hostile("ttl")),),
                hostile("to_"),
                lambda: None,
                window.window.scu,
            )
            wanted = Wanted("ref", Purpose(Kind.IDENTITY, hostile("trg"), hostile("prt"), hostile("prf")))
            SecretQuestion(Question(hostile("wht"), wanted, hostile("rsn"), True, True), window.window).open()
            theirs = Conflict(Deed.SAVE, hostile("cnf"), None, (hostile("dif"),))
            ConflictQuestion(theirs, window.window).open()
            _show_error(window.window, hostile("err"))
            show_lines(window.window, "some_lines", hostile("lns"), [hostile("ln1")])
            looker.look()
            for box in window.window.findChildren(QDialog):
                box.close()
            book.revert()

    run_on(qt_loop(qapp), work())
    looker.check("nam", "fol", "fil", "brk", "com", "hst", "asy", "tsy", "to_", "wht", "trg", "rsn", "lns")


def test_where_files_are_sent(play, looker, tmp_path: Path):
    (tmp_path / "some").mkdir()
    path = tmp_path / "some" / f"<b>fil{SHORTCUT}\u202e.dcm"
    path.write_bytes(b"this is no DICOM file")

    async def scene(window: Driver) -> None:
        sending = Sending(window)
        await sending.add(path)
        sending.select(0)
        looker.look()
        sending.window.close()

    play(scene)
    looker.check("fil")
