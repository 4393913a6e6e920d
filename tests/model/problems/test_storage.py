"""What an acceptor that takes objects is told before it listens."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from parley.model.handle import AcceptorHandle, SupportedContext
from parley.model.problems.validation import check_acceptor
from parley.model.profile import AcceptorSide
from parley.model.storage import Storage, StorageMode, folder_trouble
from parley.ul.errors import Severity
from tests.harness.dicom import CT

CT_ONLY = AcceptorSide(handle=AcceptorHandle(contexts=(SupportedContext(CT),)))


def told(storage: Storage, side: AcceptorSide = CT_ONLY) -> dict[str, Severity]:
    before = check_acceptor(side)
    problems = (problem for problem in check_acceptor(replace(side, storage=storage)) if problem not in before)
    return {problem.field: problem.severity for problem in problems}


@pytest.mark.parametrize(
    ("storage", "expected"),
    [
        (Storage(), {}),
        (Storage(StorageMode.REFUSE, "", 70000), {}),
        (Storage(StorageMode.DISCARD), {}),
        (Storage(StorageMode.DISCARD, status=0xFFFF), {}),
        (Storage(StorageMode.DISCARD, status=0x10000), {"storage.status": Severity.ERROR}),
        (Storage(StorageMode.DISCARD, status=-1), {"storage.status": Severity.ERROR}),
        (Storage(StorageMode.RECEIVE, str(Path.cwd())), {}),
        (Storage(StorageMode.RECEIVE, " "), {"storage.folder": Severity.ERROR}),
        (Storage(StorageMode.RECEIVE, "in"), {"storage.folder": Severity.WARNING}),
    ],
)
def test_what_is_wrong_is_said_of_its_field(storage, expected):
    assert told(storage) == expected


def test_without_a_storage_class_nothing_can_come_in():
    assert told(Storage(StorageMode.DISCARD), AcceptorSide()) == {"contexts": Severity.WARNING}
    assert told(Storage(), AcceptorSide()) == {}


def test_a_folder_that_can_be_made_is_no_trouble(tmp_path):
    assert folder_trouble(str(tmp_path)) == ""
    assert folder_trouble(str(tmp_path / "a" / "b")) == ""
    assert not (tmp_path / "a").exists()


def test_a_file_where_a_folder_should_be(tmp_path):
    (tmp_path / "a").write_text("")
    assert folder_trouble(str(tmp_path / "a" / "b")) == f"{tmp_path / 'a'} is a file, not a folder."


def test_a_folder_that_this_user_may_not_write_in(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert folder_trouble(str(tmp_path / "a")) == f"This user may not write in {tmp_path}."


def test_a_name_that_no_disk_takes():
    assert folder_trouble("/" + "a" * 5000).startswith("The folder cannot be used: ")
