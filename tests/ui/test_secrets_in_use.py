"""A passcode from the key store to the wire and back, in the program as it is: real sockets, `keyring` as it is set."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import keyring
import pytest
from PySide6.QtWidgets import QLineEdit

from parley.model.event import EngineEvent
from parley.model.event import EventKind as K
from parley.model.files.store import ProfileStore
from parley.model.handle import AcceptanceRules, IdentityCheck, KnownUser, RequestorHandle, UserIdentity
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.secret import Secret
from parley.ul.pdu import AAssociateRq, UserIdentityRq
from tests.harness.loops import qt_loop, run_on
from tests.keystore.backends import InMemory, keep_all
from tests.ui.driver import Driver, opened

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def backend():
    before, made = keyring.get_keyring(), InMemory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.mark.parametrize("kept", ["correct horse", "wrong horse"])
def test_the_kept_passcode_is_sent_and_checked(qapp, tmp_path, backend, kept):
    identity = UserIdentity(2, Secret.of("dr"), Secret(reference="scu"))
    rules = AcceptanceRules(identity=IdentityCheck.REQUIRE, users=(KnownUser("dr", Secret(reference="scp")),))
    scu = RequestorSide(handle=RequestorHandle(user_identity=identity))
    saved = Profile("Site A", scu, AcceptorSide(rules=rules))
    texts = {"scu": kept, "scp": "correct horse"}
    keep_all(saved, texts)
    key = ProfileStore(tmp_path / "profiles").create(saved)

    async def scene(window: Driver) -> None:
        window.parley.book.open(key)
        port = await window.listen()
        keep_all(replace(saved, scu=replace(scu, port=port)), texts)
        await window.associate(scu_port=port)  # the first verdict is that it waits for the key store
        await window.until(lambda: window.verdict().startswith(("Passed:", "Failed:")))
        assert window.verdict().startswith("Passed:" if kept == "correct horse" else "Failed:")

        def sent() -> list[EngineEvent]:
            log = window.parley.log
            events = map(log.event_at, range(log.shown))
            return [e for e in events if e.kind is K.PDU_SENT and isinstance(e.pdu, AAssociateRq)]

        await window.until(sent)
        assert sent()[0].pdu.user_information.first(UserIdentityRq).secondary == kept.encode()
        shown = "\n".join(edit.text() for edit in window.window.findChildren(QLineEdit))
        assert "horse" not in shown

    async def work() -> None:
        async with opened(tmp_path) as window:
            await asyncio.wait_for(scene(window), 30)

    run_on(qt_loop(qapp), work())
