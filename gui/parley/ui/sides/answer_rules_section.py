"""The folded section of the answer rules: an ordered list that decides before anything else does. It edits a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parley.model.answering import Answering
from parley.ui.kit.fields import Field
from parley.ui.kit.part_section import PartSection

_PATH = "answering.rules"


class AnswerRulesSection(PartSection):
    """Edits `rules` of an `Answering`."""

    field_names = ("rules",)
    owner = Answering

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        tip = "Answers by conditions: who calls, from where, with what, how often; before all other decisions"
        super().__init__("Answer rules", f"{prefix}.answering", tip, Answering())

    def owns(self, path: str) -> bool:
        return path.startswith(_PATH)

    def fields(self) -> dict[str, Field[Any]]:
        return {_PATH.partition(".")[0]: field for field in self._made.values()}

    def _make_fields(self) -> dict[str, Field[Any]]:
        from parley.ui.sides.answer_rules_edit import answer_rules_field

        return {"rules": answer_rules_field(self._prefix)}

    def _words(self, values: Mapping[str, Any]) -> str:
        rules = values["rules"]
        off = sum(not rule.is_on for rule in rules)
        words = f"{len(rules)} rule{'' if len(rules) == 1 else 's'}" if rules else "none"
        return f"{words}, {off} off" if off else words
