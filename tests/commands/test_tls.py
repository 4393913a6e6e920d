"""TLS from the command line: test certificates, and both ends with them."""

from __future__ import annotations

import json
import os
import re
import stat
import sys

import pytest
from cryptography.hazmat.primitives import serialization

from parley import cli
from parley.engine.certificate_maker import CertificateFilesError, make_test_certificates
from tests.harness.dicom import data_set_of, write_file
from tests.harness.loops import run_on
from tests.harness.process import free_port, run_to_end, running

PARLEY = (sys.executable, "-m", "parley")
FILES = ["ca.key.pem", "ca.pem", "client.key.pem", "client.pem", "server.key.pem", "server.pem"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of test certificates, and what is in it."""
    folder = tmp_path_factory.mktemp("certificates") / "new" / "folder"
    return folder, make_test_certificates(folder)


def test_the_files_are_there_and_keys_are_for_nobody_else(made):
    folder, files = made
    assert sorted(path.name for path in folder.iterdir()) == [f"test-{name}" for name in FILES]
    if os.name == "posix":
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
        assert {mode for name, mode in modes.items() if ".key." in name} == {0o600}
        assert all(mode & 0o022 == 0 for mode in modes.values())
    assert "PRIVATE KEY" not in files.server.read_text()


def test_nothing_is_overwritten(made, capsys):
    folder, files = made
    before = files.server_key.read_bytes()
    assert cli.main(["certificates", str(folder)]) == 2
    assert "test-server.key.pem" in capsys.readouterr().err
    assert files.server_key.read_bytes() == before


def test_one_file_that_is_there_keeps_all_others_from_being_written(tmp_path):
    (tmp_path / "test-client.pem").write_text("mine")
    with pytest.raises(CertificateFilesError, match=r"has test-client\.pem already"):
        make_test_certificates(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["test-client.pem"]


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CertificateFilesError, match="cannot be written"):
        make_test_certificates(tmp_path / "file")
    with pytest.raises(CertificateFilesError, match="cannot be the name of a host"):
        make_test_certificates(tmp_path / "new", ["x" * 70])


def listening(files, *options):
    certificate = ("--cert", str(files.server), "--key", str(files.server_key))
    return running(*PARLEY, "listen", "--port", "0", *certificate, *options)


def port_of(program):
    line = program.wait_for(lambda line: "listening on" in line)
    return re.search(r"127\.0\.0\.1:(\d+)", line)[1]


def check(run, files, port, *options):
    finished = run(run_to_end(*PARLEY, "check", f"PARLEY_SCP@127.0.0.1:{port}", *options))
    return finished.code, finished.output


@pytest.fixture
def run():
    """Runs a coroutine to its end."""
    return lambda work: run_on(None, work)


def test_both_ends(run, made):
    _, files = made
    ca = ("--ca", str(files.ca))
    with listening(files, *ca, "--client-certificate", "required") as program:
        port = port_of(program)
        own = ("--cert", str(files.client), "--key", str(files.client_key))
        code, output = check(run, files, port, *ca, *own)
        assert code == 0, output
        assert re.search(r"^tls +passed .*TLSv1.3.*CN=Parley test server \(verified\)", output, re.MULTILINE)

        code, output = check(run, files, port, *ca)
        assert code == 1
        assert "The peer wants a certificate of this side and got none" in output

        code, output = check(run, files, port, "--tls", *own)
        assert code == 1
        assert "does not trust who issued" in output

        code, output = check(run, files, port, "--insecure", *own, "--json")
        assert code == 0
        warning, *lines = output.splitlines()
        assert "Anybody can answer" in warning
        records = [json.loads(line) for line in lines]
        (established,) = [record for record in records if record.get("kind") == "tls_established"]
        assert established["tls"]["peer_chain"][0]["subject"] == "CN=Parley test server"
        assert not established["tls"]["is_verified"]
        assert [step["name"] for step in records[-1]["steps"]][:3] == ["name", "tcp", "tls"]

        code, output = check(run, files, port)
        assert code == 1
        assert "tls" not in [line.split()[0] for line in output.splitlines() if line]


@pytest.fixture(scope="module")
def broken(made, tmp_path_factory) -> dict[str, tuple[str, ...]]:
    """Options with files that TLS cannot be used with."""
    _, files = made
    folder = tmp_path_factory.mktemp("broken")
    (folder / "no.pem").write_text("nothing of a certificate")
    (folder / "wrong").write_text("guess")
    key = serialization.load_pem_private_key(files.client_key.read_bytes(), None)
    lock = serialization.BestAvailableEncryption(b"right")
    locked = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    (folder / "locked.pem").write_bytes(locked)
    own = ("--cert", str(files.client), "--key")
    return {
        "does not exist": ("--cert", str(folder / "missing.pem")),
        "is not PEM": ("--cert", str(folder / "no.pem"), "--key", str(files.client_key)),
        "does not belong to the certificate": (*own, str(files.server_key)),
        "no passphrase is given": (*own, str(folder / "locked.pem")),
        "does not open the key": (*own, str(folder / "locked.pem"), "--passphrase-file", str(folder / "wrong")),
    }


WHAT_IS_BROKEN = [
    "does not exist",
    "is not PEM",
    "does not belong to the certificate",
    "no passphrase is given",
    "does not open the key",
]


@pytest.mark.parametrize("words", WHAT_IS_BROKEN)
def test_a_broken_file_is_nothing_to_try_with(capsys, broken, tmp_path, words):
    """Exit code 2, whatever the command; nobody listens at the port, which is never called."""
    target = f"X@127.0.0.1:{free_port()}"
    assert cli.main(["check", target, *broken[words], "--json"]) == 2
    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (report["verdict"], report["diagnosis"]["code"]) == ("not_tried", "not_sent")
    assert words in report["diagnosis"]["cause"]
    assert {step["outcome"] for step in report["steps"]} == {"skipped"}

    assert cli.main(["check", target, *broken[words]]) == 2
    assert "NOT TRIED: Nothing was sent: " in capsys.readouterr().out

    path = write_file(tmp_path / "1.dcm")
    assert cli.main(["send", str(path), target, *broken[words]]) == 2
    assert words in capsys.readouterr().err

    assert cli.main(["listen", "--port", "0", *broken[words]]) == 2
    assert words in capsys.readouterr().err


def test_one_broken_file_among_several_targets_counts_most(capsys):
    target = f"X@127.0.0.1:{free_port()}"
    assert cli.main(["check", target, target]) == 1
    assert cli.main(["check", target, target, "--ca", "missing.pem"]) == 2


def test_files_arrive_unchanged_over_tls(capsys, made, tmp_path):
    _, files = made
    (tmp_path / "out").mkdir()
    sent = [write_file(tmp_path / "out" / f"{name}.dcm", size) for name, size in (("small", 100), ("large", 3_000_000))]
    with listening(files, "--store", str(tmp_path / "in")) as program:
        target = f"PARLEY_SCP@127.0.0.1:{port_of(program)}"
        code = cli.main(["send", str(tmp_path / "out"), target, "--ca", str(files.ca)])
    assert (code, capsys.readouterr().out.splitlines()[-1]) == (0, "2 of 2 files stored")
    assert {data_set_of(path) for path in (tmp_path / "in").iterdir()} == {data_set_of(path) for path in sent}


def test_a_json_line_of_a_failure(run, made):
    _, files = made
    with listening(files) as program:
        code, output = check(run, files, port_of(program), "--tls", "--json")
    assert code == 1
    records = [json.loads(line) for line in output.splitlines()]
    (failed,) = [record for record in records if record.get("kind") == "tls_failed"]
    assert failed["tls"]["failure"]["alert"] == {"code": 48, "words": "unknown certificate authority"}
    assert failed["tls"]["failure"]["alert_by"] == "ours"
    assert records[-1]["diagnosis"]["code"] == "tls_unknown_ca"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["listen", "--port", "0", "--tls"], "needs a certificate"),
        (["listen", "--port", "0", "--cert", "/nowhere.pem"], "/nowhere.pem does not exist"),
        (["check", "A@127.0.0.1:1", "--passphrase-file", "/nowhere"], "passphrase file cannot be read"),
    ],
)
def test_what_cannot_be_tried(capsys, arguments, words):
    assert cli.main(arguments) == 2
    assert words in capsys.readouterr().err
