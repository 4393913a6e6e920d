"""What an acceptor that takes objects is told before it listens."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from parley.model.handle import AcceptorHandle, SupportedContext
from parley.model.problems.storage import refusal_of, refused_objects
from parley.model.problems.validation import check_acceptor
from parley.model.profile import AcceptorSide
from parley.model.responses import ResponseRule
from parley.model.storage import Duplicates, Storage, StorageMode, folder_trouble
from parley.model.storage_contexts import storage_beyond
from parley.ul.codes import VERIFICATION
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
        (Storage(StorageMode.RECEIVE, "/in", duplicates=Duplicates.REFUSE), {}),
        (Storage(StorageMode.RECEIVE, "/in", duplicate_status=70000), {}),
        (
            Storage(StorageMode.RECEIVE, "/in", duplicates=Duplicates.REFUSE, duplicate_status=70000),
            {"storage.duplicate_status": Severity.ERROR},
        ),
        (
            Storage(StorageMode.RECEIVE, "/in", duplicates=Duplicates.REFUSE, duplicate_status=0),
            {"storage.duplicate_status": Severity.WARNING},
        ),
    ],
)
def test_what_is_wrong_is_said_of_its_field(storage, expected):
    assert told(storage) == expected


def test_without_a_storage_class_nothing_can_come_in():
    assert told(Storage(StorageMode.DISCARD), AcceptorSide()) == {"contexts": Severity.WARNING}
    assert told(Storage(), AcceptorSide()) == {}


STORE_RULE = (ResponseRule("C-STORE", status=0xA700),)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "CT Image Storage is supported, but every object is refused with 0122H"),
        ({"storage": Storage(StorageMode.DISCARD)}, ""),
        ({"storage": Storage(StorageMode.RECEIVE, "/in")}, ""),
        ({"responses": STORE_RULE}, ""),
        ({"responses": (ResponseRule("*"),)}, ""),
        ({"responses": (ResponseRule("C-FIND", status=0xA700),)}, "CT Image Storage is supported"),
        ({"handle": AcceptorHandle()}, ""),
        ({"handle": AcceptorHandle(contexts=(SupportedContext("1.2.3"),))}, ""),
        ({"handle": AcceptorHandle(contexts=(SupportedContext(CT, ()),))}, ""),
        ({"handle": AcceptorHandle(contexts=storage_beyond(()))}, "storage SOP classes, "),
    ],
)
def test_what_is_supported_and_refused_all_the_same(changes, words):
    side = replace(CT_ONLY, **changes)
    assert words in refusal_of(side)
    assert bool(refusal_of(side)) is bool(words)
    told = [problem for problem in check_acceptor(side) if problem.field == "storage.mode"]
    assert [problem.text for problem in told] == ([refusal_of(side)] if words else [])


def test_the_same_of_what_was_accepted():
    (finding,) = refused_objects(Storage(), (), [VERIFICATION, CT, CT])
    assert finding.severity is Severity.WARNING
    assert (
        finding.text == "CT Image Storage is accepted, but every object is refused with 0122H, SOP class not supported."
    )
    assert refused_objects(Storage(), (), [VERIFICATION]) == ()
    assert refused_objects(Storage(), STORE_RULE, [CT]) == ()
    assert refused_objects(Storage(StorageMode.DISCARD), (), [CT]) == ()


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
