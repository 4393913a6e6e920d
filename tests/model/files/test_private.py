"""Modes of what is made for the user alone, and of what was there before."""

import os
import stat
from pathlib import Path

import pytest

from parley.model.files.private import create_file, make_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest):
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize(("for_group", "expected"), [(False, 0o600), (True, 0o640)])
def test_a_file_is_for_the_user_or_the_group_whatever_the_umask(tmp_path, for_group, expected):
    with create_file(tmp_path / "file", for_group=for_group) as stream:
        stream.write(b"text")
    assert mode(tmp_path / "file") == expected
    assert (tmp_path / "file").read_bytes() == b"text"


def test_a_file_that_is_there_is_not_touched(tmp_path):
    (tmp_path / "file").write_bytes(b"before")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"before"


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize(("for_group", "expected"), [(False, 0o700), (True, 0o750)])
def test_folders_that_are_made_are_private_and_those_that_were_there_stay_as_they_are(tmp_path, for_group, expected):
    old = tmp_path / "old"
    old.mkdir()
    old.chmod(0o755)
    make_folder(old / "new" / "newer", for_group=for_group)
    assert [mode(folder) for folder in (old, old / "new", old / "new" / "newer")] == [0o755, expected, expected]
    make_folder(old, for_group=not for_group)
    assert mode(old) == 0o755


def test_a_file_in_the_place_of_a_folder_is_said(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(NotADirectoryError):
            make_folder(place)
