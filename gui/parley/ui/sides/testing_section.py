"""The folded section of whether the peer may be tested at all. It edits a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parley.model.profile import RequestorSide
from parley.ui.kit.fields import Field, named
from parley.ui.kit.part_section import PartSection


class TestingSection(PartSection):
    """Edits `do_not_test` of a requestor's side."""

    __test__ = False  # The name is no test's.
    field_names = ("do_not_test",)
    owner = RequestorSide

    def __init__(self) -> None:
        tip = "Whether anything may be tried on this peer beyond an echo by hand: misbehaving, sending, repeated checks"
        super().__init__("Testing", "scu.testing", tip, RequestorSide())

    def _make_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.kit.pieces import Switched, TextEdit

        reason, name = TextEdit(), "scu.do_not_test"
        reason.setPlaceholderText("the reason, for whoever is told")
        tip = "Why this peer is not to be tested, from whichever profile or command; it is known by its address"
        named(reason, name, "Reason not to test", tip)
        switched = Switched(reason, name, "Do not test", "do not test", "", beside=True)
        return {"do_not_test": Field("This peer", switched, f"{name}.editor", tip)}

    def _words(self, values: Mapping[str, Any]) -> str:
        reason = values["do_not_test"]
        if reason is None:
            return "allowed"
        return f"not allowed: {reason}" if reason.strip() else "not allowed"
