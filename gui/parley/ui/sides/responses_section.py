"""The folded section of the answers to DIMSE requests, once an association is established. It edits a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parley.model.profile import AcceptorSide
from parley.model.responses import EVERY_MESSAGE, ResponseAction, ResponseRule
from parley.ui.kit.fields import Field
from parley.ui.kit.part_section import PartSection

_SHOWN = 3


class ResponsesSection(PartSection):
    """Edits `responses` of a side."""

    field_names = ("responses",)

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        tip = "What C-ECHO, C-STORE, C-FIND, N-ACTION … are answered with: a status, later, an abort, or nothing"
        super().__init__("Answers to messages", f"{prefix}.messages", tip, AcceptorSide())

    def _make_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.sides.responses_edit import responses_field

        return {"responses": responses_field(self._prefix)}

    def _words(self, values: Mapping[str, Any]) -> str:
        rules: tuple[ResponseRule, ...] = values["responses"]
        more = f" · {len(rules) - _SHOWN} more" if len(rules) > _SHOWN else ""
        return " · ".join(map(_words_of, rules[:_SHOWN])) + more or "as Parley does by itself"


def _words_of(rule: ResponseRule) -> str:
    message = "every message" if rule.message == EVERY_MESSAGE else rule.message
    done = f"{rule.status:04X}H" if rule.action is ResponseAction.ANSWER else rule.action.value
    return f"{message}: {done}" + (f" after {rule.delay:g} s" if rule.delay else "")
