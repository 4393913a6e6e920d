"""`parley profiles`, as it is typed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from parley.cli import main
from parley.exchange.asconfig import read_asconfig
from parley.exchange.orthanc import read_orthanc
from parley.model.files.reader import read_profile
from parley.model.files.store import ProfileStore
from parley.model.files.writer import new_text
from parley.model.profile import LOOPBACK, Profile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "profiles"


@pytest.fixture
def store(folder: Path) -> ProfileStore:
    store = ProfileStore(folder)
    store.create(Profile("PACS"))
    store.create(Profile("CT 1"), "Site A/CT")
    store.create(Profile("CT 2"), "Site A/CT")
    return store


@pytest.fixture
def call(folder: Path, capsys: pytest.CaptureFixture[str]):
    """Types a command; gives exit code, output and complaints."""

    def call(verb: str, *arguments: object) -> tuple[int, list[str], list[str]]:
        code = main(["profiles", verb, "--profiles", str(folder), *map(str, arguments)])
        told = capsys.readouterr()
        return code, told.out.splitlines(), told.err.splitlines()

    return call


def test_a_list_is_imported_into_a_folder(call, folder, tmp_path):
    (tmp_path / "list.csv").write_text("A,192.0.2.1,104\nB,192.0.2.2\n")
    code, out, err = call("import", tmp_path / "list.csv", "--folder", "../Site B/./con")
    assert code == 1
    assert out == ["A  (Site B/_con/A.toml)"]
    assert [line.partition("list.csv: ")[2] for line in err] == [
        "line 2: it is not AE title, host and port: fewer than three fields, or a quote that does not end"
    ]
    assert ProfileStore(folder).load("Site B/_con/A.toml").scu.host == "192.0.2.1"


def test_a_name_that_is_taken_is_told(call, store, tmp_path):
    (tmp_path / "list.csv").write_text("PACS,192.0.2.1,104\n")
    assert call("import", tmp_path / "list.csv") == (0, ["PACS 2  (PACS 2.toml), as there is a PACS already"], [])


def test_what_cannot_be_read_does_not_keep_the_rest_out(call, tmp_path):
    (tmp_path / "list.csv").write_text("A,192.0.2.1,104\n")
    code, out, err = call("import", tmp_path / "gone.zip", tmp_path / "list.csv")
    assert (code, out) == (1, ["A  (A.toml)"])
    assert err[0].endswith("gone.zip: it cannot be read: no such file or directory")
    assert call("import", tmp_path / "gone.zip")[0] == 2


def test_everything_goes_into_a_zip_and_comes_back(call, store, tmp_path, capsys):
    archive = tmp_path / "all.zip"
    assert call("export", "--to", archive) == (0, [], [])
    assert sorted(zipfile.ZipFile(archive).namelist()) == ["PACS.toml", "Site A/CT/CT 1.toml", "Site A/CT/CT 2.toml"]
    other = tmp_path / "other"
    assert main(["profiles", "import", "--profiles", str(other), str(archive)]) == 0
    assert [entry.key for entry in ProfileStore(other).list()] == [entry.key for entry in store.list()]


def test_a_folder_and_a_name_choose(call, store, tmp_path):
    archive = tmp_path / "some.zip"
    call("export", "Site A", "Site A/CT/CT 1.toml", "Loopback", "--to", archive)
    names = sorted(zipfile.ZipFile(archive).namelist())
    assert names == ["Loopback.toml", "Site A/CT/CT 1.toml", "Site A/CT/CT 2.toml"]


def test_the_format_is_told_by_the_name_or_the_option(call, store, tmp_path):
    assert call("export", "PACS", "--to", tmp_path / "a.json")[0] == 0
    assert read_orthanc((tmp_path / "a.json").read_text()).profiles[0].name == "PACS"
    assert call("export", "PACS", "--to", tmp_path / "a.txt", "--format", "asconfig")[0] == 0
    assert read_asconfig((tmp_path / "a.txt").read_text()).profiles[0].name == "PACS"
    assert call("export", "PACS", "--to", tmp_path / "a.toml")[0] == 0
    assert (tmp_path / "a.toml").read_text() == store.text("PACS.toml")


def test_a_list_goes_to_the_output(folder, store, capfdbinary):
    arguments = ["export", "PACS", "--to", "-", "--format", "csv", "--profiles", str(folder)]
    assert main(["profiles", *arguments]) == 0
    assert capfdbinary.readouterr().out.splitlines()[1] == b'"PARLEY_SCP","127.0.0.1",11112,"PACS"'


def test_what_cannot_be_tried_is_told(call, store, tmp_path):
    assert call("export", "--to", tmp_path / "a.what")[::2] == (
        2, [f"parley: what is {tmp_path / 'a.what'} to be? Say it with --format."]
    )  # fmt: skip
    assert call("export", "--to", tmp_path / "a.toml")[0] == 2
    assert call("export", "Nobody", "--to", tmp_path / "a.zip")[0] == 2
    assert call("export", "--to", tmp_path / "gone" / "a.zip")[0] == 2


def test_what_cannot_be_read_is_left_out_and_told(call, store, folder, tmp_path):
    (folder / "bad.toml").write_text(new_text(Profile("x")).replace("schema = 1", "schema = 99"))
    code, _, err = call("export", "--to", tmp_path / "all.zip")
    assert code == 1
    assert err[0].startswith("parley: bad.toml cannot be read: ")
    assert len(zipfile.ZipFile(tmp_path / "all.zip").namelist()) == 3


def test_profiles_are_listed_and_those_that_cannot_be_read_with_the_reason(capsys, tmp_path):
    ProfileStore(tmp_path).create(Profile("Site A"))
    (tmp_path / "broken.toml").write_text("schema = 1\nname = [\n")
    (tmp_path / "newer.toml").write_text('schema = 99\nname = "newer"\n')
    assert main(["profiles", "list", "--profiles", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    lines = dict(line.split("  ", 1) for line in out.splitlines())
    assert list(lines) == ["Loopback", "broken", "newer", "Site A"]
    assert lines["Loopback"] == "(built in)"
    assert lines["Site A"] == "(Site A.toml)"
    assert lines["broken"].startswith("(broken.toml)  cannot be read, line 2: ")
    assert "newer Parley" in lines["newer"]
    assert err == ""


def test_a_profile_is_shown_as_a_file_that_can_be_read_again(capsys, tmp_path):
    assert main(["profiles", "show", "loopback", "--profiles", str(tmp_path)]) == 0
    assert read_profile(capsys.readouterr().out, "") == LOOPBACK


def test_a_profile_that_cannot_be_read_is_not_shown(capsys, tmp_path):
    (tmp_path / "broken.toml").write_text("schema = 1\nname = [\n")
    for command in (["profiles", "show", "broken"], ["check", "broken"], ["listen", "--profile", "broken"]):
        assert main([*command, "--profiles", str(tmp_path)]) == 2
        assert capsys.readouterr().err.startswith("parley: broken.toml, line 2: ")


def test_what_cannot_be_seen_is_printed_as_escapes(call, store):
    name = "CT\u202e1\u200b \x1b[31m\u2028é"
    key = store.create(Profile(name, comment="first\n\tsecond\u2066"))
    code, out, err = call("list")
    assert (code, err) == (0, [])
    assert any(line.startswith(r"CT\u202e1\u200b \x1b[31m\u2028é  (") for line in out)
    code, out, err = call("show", name)
    assert (code, err) == (0, [])
    assert r'name = "CT\u202E1\u200B \u001b[31m\u2028é"' in out
    assert read_profile("\n".join(out), "") == store.load(key)


def test_what_cannot_be_seen_in_a_complaint_is_an_escape(call, store):
    assert call("show", "no\nsuch\u202e")[2] == [r"parley: There is no profile called no\x0asuch\u202e."]


def test_a_name_of_a_million_characters_is_cut_in_the_list(call, store):
    store.create(Profile("x" * 900_000))
    _code, out, _err = call("list")
    assert all(len(line) < 500 for line in out)
    assert any("x… (900000 characters)  (xxx" in line for line in out)
