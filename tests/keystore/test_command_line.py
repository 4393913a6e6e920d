"""`parley check` with a profile that refers to secrets."""

from __future__ import annotations

import asyncio
import sys

from parley.cli import main
from parley.model.event import EventKind as K
from parley.model.files.store import ProfileStore
from parley.model.handle import RequestorHandle, UserIdentity
from parley.model.profile import Profile, RequestorSide
from parley.model.secret import Secret
from parley.ul.pdu import UserIdentityRq
from tests.interop.ends import answering
from tests.keystore.backends import keep_all


def profile(port: int) -> Profile:
    identity = UserIdentity(2, Secret.of("dr"), Secret(reference="passcode"))
    return Profile("P", RequestorSide(port=port, handle=RequestorHandle(user_identity=identity)))


def test_a_check_sends_the_passcode_that_is_kept(memory, tmp_path):
    async def play():
        async with answering() as ours:
            saved = profile(ours.listener.port)
            keep_all(saved, {"passcode": "correct horse"})
            ProfileStore(tmp_path).create(saved)
            # The command has a loop of its own.
            code = await asyncio.to_thread(main, ["check", "--profiles", str(tmp_path), "P"])
            return code, (await ours.record.wait_for(K.REQUESTED)).pdu

    code, request = asyncio.run(play())
    assert code == 0
    assert request.user_information.first(UserIdentityRq).secondary == b"correct horse"


def test_a_check_without_the_passcode_is_not_tried(memory, tmp_path, capsys, monkeypatch):
    ProfileStore(tmp_path).create(profile(1))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    assert main(["check", "--profiles", str(tmp_path), "P"]) == 2
    assert capsys.readouterr().err == ("parley: the SCU passcode was not given: the key store has none of that name\n")
