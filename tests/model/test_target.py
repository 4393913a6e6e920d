"""When two ways to name a peer are the same target, and how it is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parley.model.handle import RequestorHandle, UserIdentity
from parley.model.profile import RequestorSide, Timers
from parley.model.secret import Secret
from parley.model.target import Target, is_same_request
from parley.model.tls import Tls
from parley.model.transport import RequestorTransport

PACS = Target("pacs.example", 104, "PACS")


@pytest.mark.parametrize("other", [Target("PACS.Example.", 104, " PACS"), Target(" pacs.example ", 104, "PACS ")])
def test_the_same_target(other):
    assert PACS.is_same(other)


@pytest.mark.parametrize(
    "other", [Target("pacs", 104, "PACS"), Target("pacs.example", 11112, "PACS"), Target("pacs.example", 104, "pacs")]
)
def test_another_target(other):
    assert not PACS.is_same(other)


def test_how_it_is_said():
    assert Target.of(RequestorSide("::1", 104, RequestorHandle(called_ae_title="A "))).words == "A at [::1]:104"
    assert (str(PACS), PACS.title) == ("PACS@pacs.example:104", "PACS")
    assert (str(Target("pacs", 104, " ")), Target("pacs", 104, "").title) == ("pacs:104", "the peer")


def test_how_it_is_protected_is_part_of_it():
    secure = replace(PACS, tls=Tls())
    assert not PACS.is_same(secure)
    assert not secure.is_same(replace(PACS, tls=Tls(verify=False)))
    assert secure.is_same(replace(PACS, tls=Tls(passphrase=Secret.of("of the key"))))
    assert (PACS.protection, secure.protection) == ("without TLS", "with TLS")


# --- the request -----------------------------------------------------------------------------------------------------

ASKED = RequestorSide("pacs", 104, RequestorHandle(called_ae_title="PACS", user_identity=UserIdentity()))


def _of(primary: Secret, secondary: Secret) -> RequestorSide:
    return replace(ASKED, handle=replace(ASKED.handle, user_identity=UserIdentity(2, primary, secondary)))


def test_the_same_request():
    spelled = replace(ASKED, host="PACS.", handle=replace(ASKED.handle, called_ae_title=" PACS"))
    waiting = replace(ASKED, timers=Timers(connect=1.0), do_not_test="it is in use")
    assert is_same_request(ASKED, spelled)
    assert is_same_request(ASKED, waiting)


@pytest.mark.parametrize(
    "other",
    [
        replace(ASKED, port=105),
        replace(ASKED, transport=RequestorTransport(local_port=1040)),
        replace(ASKED, handle=replace(ASKED.handle, calling_ae_title="OTHER")),
        replace(ASKED, handle=replace(ASKED.handle, user_identity=None)),
        replace(ASKED, handle=replace(ASKED.handle, user_identity=UserIdentity(3))),
    ],
    ids=["target", "transport", "title", "no identity", "identity"],
)
def test_another_request(other):
    assert not is_same_request(ASKED, other)


def test_a_secret_is_the_same_wherever_it_is_kept():
    name, typed = Secret.of("dr"), Secret.of("x")
    fetched, unfetched = Secret.of("x", "parley-1"), Secret(reference="parley-1")
    for one, other in ((typed, fetched), (fetched, unfetched)):
        assert is_same_request(_of(name, one), _of(name, other))
    for one, other in ((typed, Secret.of("y")), (fetched, Secret(reference="parley-2")), (unfetched, Secret())):
        assert not is_same_request(_of(name, one), _of(name, other))
