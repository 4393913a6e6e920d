"""Nothing that leaves this machine, and no copy, holds a secret or its name in the key store."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parley.cli import main
from parley.exchange.adopting import adopt
from parley.exchange.copy_as import copy_as
from parley.exchange.features import Tool
from parley.exchange.files import Format, read_content, write
from parley.model.files.secrets import references_of, secrets_of, with_secrets
from parley.model.files.shared import shared_text
from parley.model.files.store import ProfileStore
from parley.model.files.writer import new_text
from parley.model.handle import AcceptanceRules, AcceptorHandle, KnownUser, RequestorHandle, UserIdentity
from parley.model.profile import AcceptorSide, Profile, RequestorSide
from parley.model.secret import Secret
from parley.model.tls import Tls
from tests.model import strategies

VALUE = "correct-horse"
NAMES = re.compile(rf"parley-[0-9a-f]{{32}}|\[[0-9a-f]{{12}}]|{VALUE}|the-persons-own-name")
KINDS = st.lists(
    st.sampled_from(
        ["parley-0123456789abcdef0123456789abcdef", "A, SCU passcode [0123456789ab]", "the-persons-own-name"]
    ),
    min_size=1,
)


def with_every_secret(profile: Profile, names: list[str]) -> Profile:
    """The profile with a value and a name for each secret that it has room for."""
    identity = profile.scu.handle.user_identity or UserIdentity(2, Secret.of("dr"), Secret())
    handle = replace(profile.scu.handle, user_identity=identity)
    scu = replace(profile.scu, handle=handle, tls=profile.scu.tls or Tls())
    rules = replace(profile.scp.rules, users=(*profile.scp.rules.users, KnownUser("a", Secret())))
    answering = replace(profile.scp.handle, identity_response=Secret())
    scp = replace(profile.scp, rules=rules, tls=profile.scp.tls or Tls(), handle=answering)
    cycle = itertools.cycle(names)
    return with_secrets(replace(profile, scu=scu, scp=scp), lambda *_: Secret(b"\xff" + VALUE.encode(), next(cycle)))


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(strategies.profiles, KINDS)
def test_no_secret_and_no_name_of_one_leaves(profile, names):
    full = replace(with_every_secret(profile, names), name="P", comment="")
    with TemporaryDirectory() as folder:
        store = ProfileStore(Path(folder))
        key = store.create(full)
        assert VALUE not in (store.folder / key).read_text("utf-8")
        assert references_of(store.load(key)) == references_of(full)
        handed_on = [store.text(key), store.text(key, full), store.text(key, replace(full, comment="changed"))]
        texts = [(key, handed_on[0])]
        for form in Format:
            data = write([full], texts, form).data
            assert form is Format.ZIP or not NAMES.search(data.decode())
            for arrival in read_content(data, "P").arrivals:
                assert not references_of(arrival.profile)
        handed_on += [copy_as(full.scu, tool).text for tool in Tool]
        for text in handed_on:
            assert not NAMES.search(text)
        # What came from elsewhere, in a text of its own and without, and copies.
        found = read_content((store.folder / key).read_bytes(), "P")
        landed = [each for each in adopt(store, found) if hasattr(each, "key")]
        copies = [landed[0].key, store.duplicate(key)]
        for copy in copies:
            assert not NAMES.search((store.folder / copy).read_text("utf-8"))
            assert set(secrets_of(store.load(copy)).values()) <= {Secret()}


HIDDEN = f"""schema = 1
name = "Hidden"
# secondary_reference = "parley-{"0" * 32}"
unknown_reference = "the-persons-own-name"
[scu]
user_identity = {{ identity_type = false, secondary_reference = "parley-{"1" * 32}" }}
[scu.tls] # CT, SCU passphrase of the TLS key [0123456789ab]
profile = false
passphrase_reference = 'the-persons-own-name'
[[scp.rules.users]]
name = "a"
passcode_reference = "A, SCP passcode of user 1 [0123456789ab]"
[[scp.rules.users]]
name = "b"
passcode_reference = false
[[other.place]]
deep = {{ deeper = [{{ x_reference = "the-persons-own-name" }}] }}
"""


def test_names_in_what_is_off_unknown_or_a_comment_do_not_leave_either(tmp_path):
    store = ProfileStore(tmp_path)
    (tmp_path / "Hidden.toml").write_text(HIDDEN, "utf-8")
    text = store.text("Hidden.toml")
    assert not NAMES.search(text)
    assert "deeper" in text
    assert "# secondary_reference" in text
    copy = store.duplicate("Hidden.toml")
    assert not NAMES.search((tmp_path / copy).read_text("utf-8"))
    # A user whose passcode nobody knows is still not one who needs none.
    assert [user.passcode for user in store.load(copy).scp.rules.users] == [Secret(), None]


def test_what_names_nothing_is_handed_on_as_it_is():
    text = 'schema = 1 # mine\nname   =   "x"\n'
    assert shared_text(text) == text


def full() -> Profile:
    return with_every_secret(
        Profile(
            "CT 1",
            RequestorSide(handle=RequestorHandle()),
            AcceptorSide(handle=AcceptorHandle(), rules=AcceptanceRules()),
        ),
        ["parley-0123456789abcdef0123456789abcdef", "the-persons-own-name"],
    )


@pytest.mark.parametrize("form", Format)
def test_the_command_line_shows_and_exports_none(tmp_path, capsysbinary, form):
    store = ProfileStore(tmp_path)
    store.create(full())
    assert main(["profiles", "show", "--profiles", str(tmp_path), "CT 1"]) == 0
    assert not NAMES.search(capsysbinary.readouterr().out.decode())
    arguments = ["profiles", "export", "--profiles", str(tmp_path), "--to", "-", "--format", form.value, "CT 1"]
    main(arguments)
    data = capsysbinary.readouterr().out
    found = read_content(data, "x")
    assert not any(references_of(profile) for profile in found.profiles)
    assert not NAMES.search("".join(arrival.text for arrival in found.arrivals))


def test_an_import_says_what_it_did_not_take_along(tmp_path, capsys):
    (tmp_path / "theirs.toml").write_text(new_text(full()), "utf-8")
    folder = tmp_path / "profiles"
    assert main(["profiles", "import", "--profiles", str(folder), str(tmp_path / "theirs.toml")]) == 1
    assert "CT 1: secrets are not taken along; type anew: SCU passcode, " in capsys.readouterr().err
    assert not NAMES.search((folder / "CT 1.toml").read_text("utf-8"))
