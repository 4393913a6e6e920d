"""The key store beside the window: one call after the other, off its thread, and nothing fetched twice in a run."""

from __future__ import annotations

import threading

import pytest

from parley.bridge.profiles.secret_keeper import Fetching, SecretKeeper
from parley.keystore.fetch import Missing
from parley.model.files.purposes import Kind, Purpose, Wanted
from parley.model.handle import AcceptanceRules, KnownUser, RequestorHandle, UserIdentity
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.secret import Secret
from tests.bridge.keepers import Lockable, Unusable, keeper_with

A = Wanted("a", Purpose(Kind.PASSCODE, "pacs:104"))


@pytest.fixture
def backend():
    return Lockable()


@pytest.fixture
def keeper(qtbot, backend):
    made = keeper_with(backend)
    yield made
    backend.unlocking.set()
    qtbot.waitUntil(lambda: made._job is None)


def test_calls_are_made_in_order_on_another_thread(qtbot, keeper, backend):
    threads = set()
    look, told = backend._look, []
    backend._look = lambda *call: (threads.add(threading.current_thread()), look(*call))
    with qtbot.waitSignal(keeper.working, check_params_cb=lambda busy: not busy):
        keeper.keep({A: Secret.of("1")}, lambda kept: told.append(kept.failures))
        keeper.keep({A: Secret.of("2")}, lambda kept: told.append(kept.failures))
        keeper.look_up([A], lambda found: told.append(found[A].text))
        keeper.forget([A], lambda kept: told.append(kept.failures))
        assert told == []
    assert told == [{}, {}, "2", {}]
    assert backend.kept == {}
    assert threading.current_thread() not in threads


@pytest.mark.parametrize(("kind", "usable"), [(Lockable, True), (Unusable, False)])
def test_it_says_once_whether_there_is_a_key_store(qtbot, kind, usable):
    keeper, told = keeper_with(kind()), []
    keeper.problem_told.connect(told.append)
    with qtbot.waitSignal(keeper.problem_told):
        keeper.look()
    keeper.look()
    qtbot.waitUntil(lambda: keeper._job is None)
    assert [bool(problem) for problem in told] == [not usable]


def test_a_new_keeper_has_asked_nobody(qapp):
    assert SecretKeeper()._job is None


def wanting(host="127.0.0.1"):
    identity = UserIdentity(2, Secret.of("dr"), Secret(reference="a"))
    return Profile("P", RequestorSide(host, handle=RequestorHandle(user_identity=identity)))


def test_what_is_wanted_twice_is_asked_for_once(qtbot, keeper):
    users = (KnownUser("x", Secret(reference="a")), KnownUser("y", Secret(reference="a")))
    profile = Profile("P", scp=AcceptorSide(rules=AcceptanceRules(users=users)))
    fetching, asked = Fetching(keeper, profile), []
    fetching.wanted.connect(asked.append)
    with qtbot.waitSignal(fetching.wanted):
        fetching.start()
    assert [(each.what, each.wanted.reference, each.can_keep) for each in asked] == [
        ("SCP passcode of user 1", "a", True)
    ]
    with qtbot.waitSignal(fetching.fetched) as fetched:
        fetching.answer(Secret.of("given"))
    assert [user.passcode for user in fetched.args[0].scp.rules.users] == [Secret.of("given", "a")] * 2


def test_what_was_given_for_one_peer_is_not_known_for_another(qtbot, keeper):
    first = Fetching(keeper, wanting("pacs"))
    with qtbot.waitSignal(first.wanted):
        first.start()
    with qtbot.waitSignal(first.fetched):
        first.answer(Secret.of("given"), keep=True)
    qtbot.waitUntil(lambda: keeper._job is None)
    second = Fetching(keeper, wanting("PACS"))
    with qtbot.waitSignal(second.fetched):
        second.start()
    other = Fetching(keeper, wanting("elsewhere"))
    with qtbot.waitSignal(other.wanted) as wanted:
        other.start()
    assert wanted.args[0].reason == "what is kept under its name of the profile “P” is for pacs:11112"
    assert not wanted.args[0].can_keep


def test_nothing_is_told_after_cancelling(qtbot, keeper, backend):
    backend.unlocking.clear()
    fetching, told = Fetching(keeper, wanting()), []
    for signal in (fetching.wanted, fetching.fetched, fetching.missing):
        signal.connect(told.append)
    fetching.start()
    fetching.cancel()
    backend.unlocking.set()
    qtbot.waitUntil(lambda: keeper._job is None)
    assert told == []


def test_a_failure_of_the_backend_is_a_reason(qtbot, keeper, backend):
    backend.is_locked = True
    found = {}
    keeper.look_up([A], found.update)
    qtbot.waitUntil(lambda: bool(found))
    assert found == {A: Missing("the key store is locked and was not unlocked", is_there=True)}
