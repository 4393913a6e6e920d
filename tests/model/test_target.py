"""When two ways to name a peer are the same target, and how it is said."""

from __future__ import annotations

import pytest

from parley.model.handle import RequestorHandle
from parley.model.profile import RequestorSide
from parley.model.target import Target

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
