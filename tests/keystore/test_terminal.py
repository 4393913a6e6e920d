"""Secrets at the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from parley.keystore.fetch import NotGivenError
from parley.keystore.terminal import with_values
from parley.model.handle import RequestorHandle, UserIdentity
from parley.model.profile import Profile, RequestorSide
from parley.model.secret import Secret
from tests.keystore.backends import keep_all

PROFILE = Profile(
    "P",
    RequestorSide(handle=RequestorHandle(user_identity=UserIdentity(2, Secret.of("dr"), Secret(reference="passcode")))),
)
SCRIPT = """
from parley.keystore.terminal import ask
secret = ask("passcode", "nothing is kept")
print("typed:", secret and secret.text)
"""


def test_what_is_kept_is_used(memory):
    keep_all(PROFILE, {"passcode": "correct horse"})
    assert with_values(PROFILE).scu.handle.user_identity.secondary.text == "correct horse"


def test_where_nobody_can_type_it_is_missed_in_plain_words(memory, monkeypatch):
    with Path(os.devnull).open(encoding="ascii") as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        with pytest.raises(NotGivenError, match="was not given"):
            with_values(PROFILE)


def test_a_profile_without_references_opens_nothing():
    script = (
        "import sys\nfrom parley.keystore.terminal import with_values\nfrom parley.model.profile import LOOPBACK\n"
        "assert with_values(LOOPBACK) is LOOPBACK\nsys.exit('keyring' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="there is no such terminal on this system")
@pytest.mark.parametrize(("typed", "told"), [("correct horse\n", "typed: correct horse"), ("\n", "typed: None")])
def test_it_is_typed_unseen_at_a_terminal(typed, told):
    ours, theirs = os.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as program:
            assert program.stderr is not None
            # What is typed before the prompt does not count.
            prompt = program.stderr.readline() + program.stderr.read(len("passcode: "))
            os.write(ours, typed.encode())
            out, err = program.communicate(timeout=30)
    finally:
        os.close(ours)
        os.close(theirs)
    assert out.strip() == told
    assert prompt == "parley: nothing is kept.\npasscode: "
    assert err.strip() == ""
