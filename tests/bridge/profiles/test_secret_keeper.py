"""The key store beside the window: one call after the other, off its thread, and nothing fetched twice in a run."""

from __future__ import annotations

import threading

import pytest

from parley.bridge.profiles.secret_keeper import Fetching, SecretKeeper
from parley.keystore.fetch import Missing
from parley.model.handle import RequestorHandle, UserIdentity
from parley.model.profile import Profile, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import Tls
from tests.bridge.keepers import Lockable, Unusable, keeper_with


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
        keeper.keep([Secret.of("1", "a")], lambda kept: told.append(kept.failures))
        keeper.keep([Secret.of("2", "a")], lambda kept: told.append(kept.failures))
        keeper.look_up(["a"], lambda found: told.append(found["a"].text))
        keeper.forget(["a"], lambda kept: told.append(kept.failures))
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


def wanting(*references):
    passcode, phrase = (*references, "")[:2]
    identity = UserIdentity(2, Secret.of("dr"), Secret(reference=passcode))
    tls = Tls(passphrase=Secret(reference=phrase))
    return Profile("P", RequestorSide(handle=RequestorHandle(user_identity=identity), tls=tls))


def test_what_is_wanted_twice_is_asked_for_once(qtbot, keeper):
    fetching, asked = Fetching(keeper, wanting("a", "a")), []
    fetching.wanted.connect(asked.append)
    with qtbot.waitSignal(fetching.wanted):
        fetching.start()
    assert [(each.what, each.reference, each.can_keep) for each in asked] == [("SCU passcode", "a", True)]
    with qtbot.waitSignal(fetching.fetched) as fetched:
        fetching.answer(Secret.of("given"))
    scu = fetched.args[0].scu
    assert scu.handle.user_identity.secondary == scu.tls.passphrase == Secret.of("given", "a")


def test_nothing_is_told_after_cancelling(qtbot, keeper, backend):
    backend.unlocking.clear()
    fetching, told = Fetching(keeper, wanting("a")), []
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
    keeper.look_up(["a"], found.update)
    qtbot.waitUntil(lambda: bool(found))
    assert found == {"a": Missing("the key store is locked and was not unlocked", is_there=True)}
