"""What other programs can be told, and what not; that they then do it is tested in tests/interop."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given

from parley.exchange.copy_as import ASKS, Tool, copies, copy_as
from parley.exchange.features import FEATURES
from parley.model.files.reader import read_profile
from parley.model.files.secrets import without_secrets
from parley.model.handle import (
    AsynchronousOperations,
    CommonExtendedNegotiation,
    ExtendedNegotiation,
    ProposedContext,
    RawSubItem,
    RequestorHandle,
    RoleProposal,
    UserIdentity,
)
from parley.model.profile import Profile, RequestorSide, Timers
from parley.model.secret import Secret
from parley.model.tls import Tls, TlsProfile
from parley.model.transport import IpVersion, RequestorTransport
from parley.ul.codes import VERIFICATION
from tests.harness.steady import steady
from tests.model.strategies import profiles

CT = "1.2.840.10008.5.1.4.1.1.2"
ECHO, STORE, ASSOC, PYNET, PARLEY = Tool
DEFAULT = RequestorSide(host="192.0.2.7", port=104)
PASSCODE = Secret.of("correct horse")


def side(**facts) -> RequestorSide:
    return replace(DEFAULT, handle=replace(RequestorHandle(), **facts))


def context(uid: str = VERIFICATION, *syntaxes: str, number: int | None = None) -> tuple[ProposedContext, ...]:
    return (ProposedContext(uid, syntaxes or RequestorHandle().contexts[0].transfer_syntaxes, number),)


def secure(**facts) -> RequestorSide:
    return replace(DEFAULT, tls=Tls(**{"ca_file": "/ca.pem", **facts}))


def wishing(host: str = DEFAULT.host, **wishes) -> RequestorSide:
    return replace(DEFAULT, host=host, transport=RequestorTransport(**wishes))


EVERYBODY, NOBODY = {ECHO, STORE, ASSOC, PYNET}, set()
TABLE = {
    "the default": (DEFAULT, EVERYBODY),
    "another title": (side(called_ae_title="A B"), EVERYBODY),
    "a title of 17": (side(called_ae_title="A" * 17), NOBODY),
    "no title": (side(calling_ae_title=""), NOBODY),
    "a title with a backslash": (side(calling_ae_title="A\\B"), NOBODY),
    "a title with @": (side(called_ae_title="A@B"), {ECHO, STORE, PYNET}),
    "a host like an option": (replace(DEFAULT, host="-oops"), NOBODY),
    "a host with a command": (replace(DEFAULT, host="$(id)"), NOBODY),
    "IPv6": (replace(DEFAULT, host="::1"), {PYNET}),
    "no port": (replace(DEFAULT, port=0), NOBODY),
    "no contexts": (side(contexts=()), NOBODY),
    "129 contexts": (side(contexts=context() * 129), NOBODY),
    "another SOP class": (side(contexts=context(CT)), {STORE, ASSOC, PYNET}),
    "the other order": (side(contexts=context(VERIFICATION, "1.2.840.10008.1.2.1")), {STORE, ASSOC, PYNET}),
    "an id": (side(contexts=context(number=3)), {ASSOC}),
    "the usual id": (side(contexts=context(number=1)), EVERYBODY),
    "no transfer syntax": (side(contexts=(ProposedContext(CT, ()),)), NOBODY),
    "one twice": (side(contexts=context(CT, "1.2.840.10008.1.2", "1.2.840.10008.1.2")), NOBODY),
    "no UID": (side(contexts=context("CT")), NOBODY),
    "no maximum length": (side(maximum_length=None), NOBODY),
    "an unlimited one": (side(maximum_length=0), {ASSOC, PYNET}),
    "a huge one": (side(maximum_length=1 << 31), NOBODY),
    "an implementation": (side(implementation_class_uid="1.2.3"), {PYNET}),
    "no version name": (side(implementation_version_name=None), {PYNET}),
    "no class UID": (side(implementation_class_uid=None), NOBODY),
    "an application context": (side(application_context="1.2.3"), NOBODY),
    "a protocol version": (side(protocol_version=3), NOBODY),
    "reserved bytes": (side(reserved_9_10=b"\0\1"), NOBODY),
    "raw bytes": (side(raw_sub_items=(RawSubItem(0x5A),)), NOBODY),
    "a window": (side(asynchronous_operations=AsynchronousOperations(0, 5)), {ASSOC, PYNET}),
    "the default window": (side(asynchronous_operations=AsynchronousOperations(1, 1)), NOBODY),
    "roles": (side(roles=(RoleProposal(VERIFICATION),)), {STORE, PYNET}),
    "the role of an SCU": (side(roles=(RoleProposal(VERIFICATION, 1, 0),)), {STORE, PYNET}),
    "no role": (side(roles=(RoleProposal(VERIFICATION, 0, 0),)), NOBODY),
    "roles for nothing": (side(roles=(RoleProposal(CT),)), NOBODY),
    "extended": (side(extended_negotiation=(ExtendedNegotiation(VERIFICATION, b"1"),)), {STORE, PYNET}),
    "empty extended": (side(extended_negotiation=(ExtendedNegotiation(VERIFICATION),)), NOBODY),
    "common": (side(common_extended_negotiation=(CommonExtendedNegotiation(CT, "1.2"),)), {PYNET}),
    "a name": (side(user_identity=UserIdentity(1, Secret.of("dr who"))), {STORE, ASSOC, PYNET}),
    "a passcode": (side(user_identity=UserIdentity(2, Secret.of("dr"), PASSCODE, 1)), {STORE, ASSOC, PYNET}),
    "a ticket": (side(user_identity=UserIdentity(3, PASSCODE)), {STORE, PYNET}),
    "an assertion": (side(user_identity=UserIdentity(4, PASSCODE)), {STORE, ASSOC, PYNET}),
    "a token": (side(user_identity=UserIdentity(5, PASSCODE)), {STORE, ASSOC, PYNET}),
    "an unknown type": (side(user_identity=UserIdentity(6, PASSCODE)), NOBODY),
    "no passcode": (side(user_identity=UserIdentity(2, Secret.of("dr"))), NOBODY),
    "a name like none": (side(user_identity=UserIdentity(1, Secret(b"\xff"))), NOBODY),
    "TLS": (secure(), {ECHO, STORE, PYNET}),
    "TLS with the system's store": (secure(ca_file=None), {PYNET}),
    "TLS without verification": (secure(ca_file=None, verify=False), {ECHO, STORE, PYNET}),
    "TLS of one's own": (secure(profile=TlsProfile.CUSTOM), {PYNET}),
    "TLS with a server name": (secure(server_name="pacs"), {PYNET}),
    "a local address": (wishing(local_host="192.0.2.9"), {ASSOC, PYNET}),
    "one for a name": (wishing("pacs", local_host="192.0.2.9"), {ASSOC, PYNET}),
    "a local IPv6 address": (wishing("::1", local_host="::1"), {PYNET}),
    "one for a name of who knows what": (wishing("pacs", local_host="::1"), NOBODY),
    "one of the other version": (wishing("::1", local_host="192.0.2.9"), NOBODY),
    "one with a scope": (wishing("fe80::7", local_host="fe80::1%eth0"), NOBODY),
    "a local address that is none": (wishing(local_host="ct1"), NOBODY),
    "a local port": (wishing(local_port=4000), {PYNET}),
    "a local port that is none": (wishing(local_port=-1), NOBODY),
    "IPv4 alone": (wishing("pacs", ip_version=IpVersion.IPV4), NOBODY),
    "IPv4 alone for such a host": (wishing(ip_version=IpVersion.IPV4), EVERYBODY),
    "a send buffer": (wishing(send_buffer=65536), {ASSOC}),
    "a receive buffer of nothing": (wishing(receive_buffer=0), NOBODY),
    "segments that wait": (wishing(no_delay=False), {ASSOC, PYNET}),
}  # fmt: skip


@pytest.mark.parametrize(("wanted", "tools"), TABLE.values(), ids=TABLE)
def test_each_tool_says_what_it_can(wanted, tools):
    copied = {each.tool: each for each in copies(wanted)}
    assert {tool for tool in copied if copied[tool].text} == tools | {PARLEY}
    for tool, each in copied.items():
        assert bool(each.text) is not bool(each.reason)
        assert not each.reason or each.reason.startswith(f"{tool.value} cannot say: ")


def test_every_feature_is_in_the_table():
    seen = {feature.words for wanted, _ in TABLE.values() for feature in FEATURES if feature.is_wanted(wanted)}
    assert seen == {feature.words for feature in FEATURES}


@pytest.mark.parametrize("wanted", [wanted for wanted, _ in TABLE.values()], ids=TABLE)
def test_no_secret_is_copied(wanted):
    for each in copies(wanted):
        assert "correct horse" not in each.text
        assert b"correct horse".hex() not in each.text


def test_variables_stand_for_secrets_and_are_told():
    passcode = copy_as(side(user_identity=UserIdentity(2, Secret.of("dr who"), PASSCODE, 1)), STORE)
    assert "-usr 'dr who' -pwd \"$PARLEY_PASSCODE\" -rsp" in passcode.text
    assert "Set PARLEY_PASSCODE before: secrets are not copied." in passcode.notes
    token = copy_as(side(user_identity=UserIdentity(5, PASSCODE)), ASSOC)
    assert '--user-jwt "$PARLEY_TOKEN"' in token.text


def test_echoscu():
    assert copy_as(side(calling_ae_title="it's"), ECHO).text == (
        "echoscu -v -aet 'it'\"'\"'s' -aec PARLEY_SCP -pdu 16384 -to 5 -ta 30 -td 30 -ppc 1 -pts 2 192.0.2.7 104\n"
    )


def test_echoscu_with_tls():
    text = copy_as(secure(certificate_file="my cert.pem", key_file="k.pem", verify=False), ECHO).text
    assert "+px +tls k.pem 'my cert.pem' +cf /ca.pem -ic 192.0.2.7 104" in text
    assert "+px +tla +cf /ca.pem 192" in copy_as(secure(), ECHO).text


def test_dcmassoc():
    contexts = (*context(number=3), ProposedContext(CT, ("1.2.840.10008.1.2",)))
    wanted = replace(
        side(contexts=contexts, calling_ae_title="ME"), timers=Timers(connect=1.5, association_response=None)
    )
    assert shlex.split(copy_as(wanted, ASSOC).text) == [
        "dcmassoc", "-c", "PARLEY_SCP@192.0.2.7:104", "-b", "ME",
        "--pc", "3:1.2.840.10008.1.1:1.2.840.10008.1.2,1.2.840.10008.1.2.1",
        "--pc", f"3:{CT}:1.2.840.10008.1.2",
        "--max-pdulen-rcv", "16384", "--not-async", "--connect-timeout", "1500",
    ]  # fmt: skip
    window = copy_as(side(asynchronous_operations=AsynchronousOperations(0, 5)), ASSOC).text
    assert "--max-ops-invoked 0 --max-ops-performed 5" in window


def test_dcmassoc_with_sockets_of_ones_own():
    text = copy_as(wishing(local_host="192.0.2.9", send_buffer=1, receive_buffer=2, no_delay=False), ASSOC).text
    assert "-b PARLEY_SCU@192.0.2.9 " in text
    assert text.endswith(" --sosnd-buffer 1 --sorcv-buffer 2 --tcp-delay\n")


def test_pynetdicom_from_a_local_end():
    assert "bind_address=('192.0.2.9', 0))" in copy_as(wishing(local_host=" 192.0.2.9"), PYNET).text
    assert "bind_address=('', 4000))" in copy_as(wishing(local_port=4000), PYNET).text
    assert "bind_address=('::', 4000))" in copy_as(wishing("::1", local_port=4000), PYNET).text


def test_parley_is_short_where_that_is_enough():
    assert copy_as(DEFAULT, PARLEY).text == "parley check -- PARLEY_SCP@192.0.2.7:104\n"
    wanted = side(calling_ae_title="-ME", called_ae_title="A B")
    assert copy_as(wanted, PARLEY).text == "parley check --calling=-ME -- 'A B@192.0.2.7:104'\n"


def profile_in(text: str) -> Profile:
    found = re.fullmatch(
        r"mkdir -p parley-copied\ncat > parley-copied/copied.toml <<'(END_OF_FILE_*)'\n(.*)\n\1\n"
        r"parley check --profiles parley-copied copied\n",
        text,
        re.DOTALL,
    )
    assert found is not None
    return read_profile(found[2] + "\n", "")


def test_parley_says_everything_else_with_a_profile():
    wanted = side(contexts=context(CT, number=2), raw_sub_items=(RawSubItem(0x5A, b"1"),), protocol_version=3)
    for each in (wanted, wishing(receive_buffer=4711)):
        assert profile_in(copy_as(each, PARLEY).text).scu == each


def test_parley_asks_for_a_secret_that_is_nowhere_else():
    copied = copy_as(side(user_identity=UserIdentity(2, Secret.of("dr"), PASSCODE)), PARLEY)
    found = profile_in(copied.text).scu.handle.user_identity
    assert found.primary.text == "dr"
    assert found.secondary == Secret(reference="copied scu.user_identity.secondary")
    assert ASKS in copied.notes
    kept = UserIdentity(2, Secret.of("dr"), Secret(b"correct horse", "mine"))
    found = profile_in(copy_as(side(user_identity=kept), PARLEY).text).scu.handle.user_identity
    assert found.secondary == Secret(reference="copied scu.user_identity.secondary")


def test_no_text_ends_the_file_early():
    text = copy_as(side(calling_ae_title="x\nEND_OF_FILE\nrm -rf ~\n"), PARLEY).text
    assert text.count("\nEND_OF_FILE_\n") == 1
    assert text.endswith("\nEND_OF_FILE_\nparley check --profiles parley-copied copied\n")


@steady
@given(profiles)
def test_whatever_the_side_is_each_tool_says_it_or_why_not(profile):
    for each in copies(profile.scu):
        assert bool(each.text) is not bool(each.reasons)
        if each.tool is PYNET and each.text:
            ast.parse(each.text)
        if each.tool is PARLEY and each.text.startswith("mkdir"):
            assert tomllib.loads(each.text.split("'\n", 1)[1].rsplit("\nEND_OF_FILE", 1)[0])
            copied = profile_in(each.text)
            assert without_secrets(Profile("x", copied.scu)).scu.handle.contexts == profile.scu.handle.contexts
