"""The sample profiles that are shipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from parley.model.files.store import ProfileStore
from parley.model.handle import Rejection
from parley.model.problems.validation import check_acceptor, check_requestor
from parley.model.registry import name_of
from parley.model.samples import SAMPLES, sample_profiles, sample_text

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "profiles"


def test_every_file_is_a_sample() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(SAMPLES)


@pytest.mark.parametrize("profile", sample_profiles(), ids=lambda profile: profile.name)
def test_samples_have_nothing_to_correct(profile) -> None:
    assert check_requestor(profile.scu) == check_acceptor(profile.scp) == ()
    assert profile.comment


def test_the_first_one_rejects() -> None:
    assert sample_profiles()[0].scp.rules.reject_all == Rejection(1, 1, 7)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_names_beside_the_uids_are_right(name: str) -> None:
    lines = [line for line in sample_text(name).splitlines() if '"1.2.840' in line]
    for line in lines:
        value, _, comment = line.partition("#")
        assert name_of(value.split('"')[1]) == comment.strip()


def test_samples_can_be_saved(tmp_path: Path) -> None:
    store = ProfileStore(tmp_path)
    keys = [store.create(profile) for profile in sample_profiles()]
    assert tuple(store.load(key) for key in keys) == sample_profiles()
