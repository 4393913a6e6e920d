"""The command line's gate: who agrees to what, for how long, and what is not to be tested."""

from __future__ import annotations

import shlex
import time

import pytest

from parley.cli import main
from parley.commands.consent import SAYS_SO
from parley.model.consent import LASTS_SECONDS, Party, Way
from parley.model.files.consent_file import read_consents, remember_consent
from parley.model.files.folders import default_folder
from parley.model.files.store import ProfileStore
from parley.model.handle import RequestorHandle
from parley.model.profile import Profile, RequestorSide
from tests.commands.typed import Listening
from tests.harness.dicom import write_file

# No connection can go there, which the system says at once: every command that passes the gate fails by its own means.
STRANGER = "255.255.255.255"
PARTY = Party(Way.CALLS, STRANGER, 104, "ANY")
ODD = ("check", f"ANY@{STRANGER}:104", "--misbehave", "no-contexts")
PASSED_GATE, HELD = 1, 2


def test_what_is_missing_is_said_with_the_words_to_type(capsys):
    assert main(list(ODD)) == HELD
    said = capsys.readouterr().err
    assert f"no-contexts would be sent on purpose to ANY@{STRANGER}:104; it may upset a device." in said
    assert f"--yes-for ANY@{STRANGER}:104" in said


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--yes",), PASSED_GATE),
        (("--yes-for", f"ANY@{STRANGER}:104"), PASSED_GATE),
        (("--yes-for", "OTHER@192.0.2.9:104", "--yes-for", "ANY@255.255.255.0xff:104"), PASSED_GATE),
        (("--yes-for", f"ANY@{STRANGER}:105"), HELD),
        (("--yes-for", f"OTHER@{STRANGER}:104"), HELD),
        (("--yes-for", "ANY@192.0.2.2:104"), HELD),
    ],
)
def test_yes_means_this_commands_targets_and_yes_for_the_one_that_is_named(capsys, options, code):
    assert main([*ODD, *options]) == code
    assert read_consents() == (), "what an option says counts for its command alone"


@pytest.mark.parametrize("title", ["", "TWO WORDS", "-DASH"])
def test_what_is_advised_is_understood(capsys, tmp_path, title):
    side = RequestorSide(STRANGER, 104, RequestorHandle(called_ae_title=title))
    ProfileStore(tmp_path).create(Profile("Odd", side))
    odd = ["check", "Odd", "--profiles", str(tmp_path), "--misbehave", "no-contexts"]
    assert main(odd) == HELD
    advised = capsys.readouterr().err.partition("For that alone: ")[2]
    assert main([*odd, *shlex.split(advised)]) == PASSED_GATE


def test_one_of_several_is_asked_about_alone(capsys):
    other = "ANY@192.0.2.2:104"
    assert main([*ODD[:2], other, *ODD[2:], "--yes-for", f"ANY@{STRANGER}:104"]) == HELD
    said = capsys.readouterr().err
    assert f"on purpose to {other};" in said


def test_what_the_window_was_told_counts_until_it_expires(capsys):
    remember_consent([PARTY], time.time() - LASTS_SECONDS + 60)
    assert main(list(ODD)) == PASSED_GATE
    remember_consent([PARTY], time.time() - LASTS_SECONDS - 1)
    assert main([*ODD[:1], f"OTHER@{STRANGER}:104", *ODD[2:]]) == HELD


def test_consent_that_has_expired_asks_again(capsys):
    remember_consent([PARTY], time.time() - LASTS_SECONDS - 1)
    assert main(list(ODD)) == HELD


def test_what_is_answered_at_the_terminal_is_remembered(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert main(list(ODD)) == PASSED_GATE
    monkeypatch.setattr("sys.stdin", Terminal(""))
    assert main(list(ODD)) == PASSED_GATE
    (consent,) = read_consents()
    assert consent.party.is_same(PARTY)


def test_no_at_the_terminal_sends_nothing(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert main(list(ODD)) == HELD
    assert "Nothing was sent." in capsys.readouterr().err
    assert read_consents() == ()


class Terminal:
    """Somebody who types this."""

    def __init__(self, typed: str) -> None:
        self._typed = typed

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        assert self._typed, "nobody was to be asked"
        return self._typed


def test_listening_is_agreed_to_by_own_title_and_the_address_that_is_listened_on(capsys):
    odd = ["listen", "--host", "*", "--port", "0", "--misbehave", "two-answers", "--ae-title", "ODD"]
    assert main(odd) == HELD
    said = capsys.readouterr().err
    assert "Callers of ODD@*:0 may be answered wrongly on purpose (two-answers)" in said
    assert "--yes-for 'ODD@*:0'" in said
    with Listening("--host", "*", "--misbehave", "two-answers", "--ae-title", "ODD", "--yes-for", "ODD@*:0"):
        pass


@pytest.mark.parametrize("text", ["ANY", "ANY@192.0.2.1", "ANY@192.0.2.1:99999"])
def test_what_names_nobody_is_wrong_usage(capsys, text):
    with pytest.raises(SystemExit) as ended:
        main([*ODD, "--yes-for", text])
    assert ended.value.code == HELD


# --- what is not to be tested ----------------------------------------------------------------------------------------


@pytest.fixture
def live(own_folders) -> None:
    """A profile that says so of the stranger, under another title and port, and one that does not mention it."""
    store = ProfileStore(default_folder())
    called = RequestorHandle(called_ae_title="LIVE")
    store.create(Profile("Live", RequestorSide(STRANGER, 11112, called, do_not_test="in use")))
    store.create(Profile("Other", RequestorSide("192.0.2.2")))
    assert [profile.name for profile in store.that_hold(SAYS_SO)] == ["Live"]


def test_misbehaving_is_refused_with_who_says_so_and_how_to_change_it(capsys, live):
    assert main([*ODD, "--yes"]) == HELD
    said = capsys.readouterr().err
    assert f'The profile "Live" says that {STRANGER} is not to be tested: in use.' in said
    assert "change that under Testing in that profile" in said


def test_another_spelling_of_the_peer_is_named_beside_the_one_that_is_exempt(capsys, own_folders):
    """At this machine one port is one peer: what listens at all addresses answers at each of them."""
    store = ProfileStore(default_folder())
    store.create(Profile("Live", RequestorSide("127.0.0.1", 11112, do_not_test="in use")))
    assert main(["check", "--misbehave", "no-contexts", "--yes", "ANY@127.0.0.2:11112"]) == HELD
    said = capsys.readouterr().err
    assert "ANY@127.0.0.2:11112 was not tried. 127.0.0.2 and 127.0.0.1 are the same peer." in said


def test_one_check_by_hand_is_an_echo_and_stays_allowed(capsys, live):
    assert main(["check", f"ANY@{STRANGER}:104"]) == 1
    assert main(["check", "Live"]) == 1


def test_among_several_targets_it_is_left_out_and_the_others_are_tried(capsys, live):
    with Listening() as scp:
        near = f"PARLEY_SCP@127.0.0.1:{scp.port}"
        assert main(["check", near, f"ANY@{STRANGER}:104"]) == HELD
    out, said = capsys.readouterr()
    assert f"--- {near}" in out
    assert "PASSED" in out
    assert f"--- ANY@{STRANGER}" not in out
    assert f"ANY@{STRANGER}:104 was not tried." in said


def test_nothing_is_sent_there(capsys, live, tmp_path):
    path = write_file(tmp_path / "a.dcm")
    assert main(["send", str(path), f"ANY@{STRANGER}:104"]) == HELD
    assert "Nothing was sent. The profile" in capsys.readouterr().err
