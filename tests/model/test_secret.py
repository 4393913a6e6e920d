"""What must never show a secret."""

from __future__ import annotations

import copy
import traceback
from dataclasses import asdict

import pytest

from parley.model.handle import KnownUser, RequestorHandle, UserIdentity
from parley.model.secret import MASK, NO_SECRET, Secret

WORD = "open-sesame"
SECRET = Secret.of(WORD, "scu/passcode")


@pytest.mark.parametrize(
    "shown",
    [
        repr(SECRET),
        str(SECRET),
        f"{SECRET}",
        f"{SECRET!r:>40}",
        f"{SECRET:>40}",
        repr(KnownUser("me", SECRET)),
        repr(RequestorHandle(user_identity=UserIdentity(2, NO_SECRET, SECRET))),
        str(asdict(UserIdentity(2, SECRET, SECRET))),
    ],
)
def test_text_made_of_a_secret_has_a_mask_instead(shown: str) -> None:
    assert WORD not in shown
    assert MASK in shown


def test_a_traceback_shows_none() -> None:
    try:
        raise ValueError("it failed", SECRET)
    except ValueError as error:
        shown = "".join(traceback.format_exception(error))
    assert WORD not in shown


def test_the_mask_does_not_tell_how_long_the_secret_is() -> None:
    assert str(Secret(b"1")) == str(Secret(b"1" * 99))
    assert str(NO_SECRET) == ""


def test_it_is_a_value() -> None:
    assert SECRET == Secret.of(WORD, "scu/passcode") == copy.deepcopy(SECRET)
    assert len({SECRET, Secret.of(WORD, "scu/passcode"), Secret.of(WORD)}) == 2
    assert SECRET != WORD
    with pytest.raises(AttributeError):
        SECRET.data = b""  # type: ignore[misc]


def test_what_may_be_saved_is_the_reference() -> None:
    saved = SECRET.without_value()
    assert (saved.data, saved.reference) == (b"", "scu/passcode")
    assert saved.is_unfetched
    assert not SECRET.is_unfetched
    assert not NO_SECRET.is_unfetched


def test_bytes_and_text_go_both_ways() -> None:
    assert (Secret.of("Grün").data, Secret(b"\xff").text) == ("Grün".encode(), "�")
    assert Secret.of("\ud800").data
