"""The table of answers to DIMSE requests, with a cell for each part of a `ResponseRule`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from parley.dimse.codes import status_words
from parley.model.problems.answering import MESSAGES
from parley.model.responses import EVERY_MESSAGE, ResponseAction, ResponseRule
from parley.ui.kit.cells import Cell
from parley.ui.kit.items_editor import ExplainedItemsField, ItemsEditor, ItemsField

_WHEN_EMPTY = (
    "By itself Parley answers C-ECHO with success, and 0122H to what it does not do. Press + for another status, "
    "a late answer, an abort, or none at all."
)
_ORDER = "The first line about a message counts. It goes before what is chosen for objects that come in."

_EVERY_WORDS = "every message"
_ACTIONS = {
    ResponseAction.ANSWER: "answer with a status",
    ResponseAction.ABORT: "abort",
    ResponseAction.SILENCE: "say nothing",
}
_USUAL_STATUSES = (
    *(0x0000, 0x0110, 0x0111, 0x0112, 0x0122, 0x0124, 0x0210, 0x0211, 0x0212, 0x0213),
    *(0xA700, 0xA801, 0xA900, 0xB000, 0xC000, 0xC001, 0xFE00),
)
"""PS3.7 Annex C, then what the services of PS3.4 add."""

_TYPED_STATUS = re.compile(r"(?:0x)?([0-9a-f]{1,4})h?(?:\s.*)?", re.IGNORECASE)
_TYPED_SECONDS = re.compile(r"(\d{1,6}(?:[.,]\d{0,3})?)\s*(?:s(?:econds?)?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Message(Cell):
    """The name of a request; any other text is kept, and validation speaks."""

    def shown(self, value: str) -> str:
        return _EVERY_WORDS if value == EVERY_MESSAGE else value

    def typed(self, value: str) -> str:
        return self.shown(value)

    def parsed(self, text: str, before: Any) -> str:  # noqa: ARG002
        text = text.strip()
        return EVERY_MESSAGE if text.casefold() == _EVERY_WORDS else text.upper()

    def words_to_choose(self) -> tuple[str, ...]:
        return (*MESSAGES, _EVERY_WORDS)


@dataclass(frozen=True, slots=True)
class _Action(Cell):
    def shown(self, value: ResponseAction) -> str:
        return _ACTIONS[value]

    def typed(self, value: ResponseAction) -> str:
        return _ACTIONS[value]

    def parsed(self, text: str, before: Any) -> ResponseAction:  # noqa: ARG002
        wanted = text.strip().casefold()
        for action, words in _ACTIONS.items():
            if wanted in {words, action.value}:
                return action
        raise ValueError(f"{text!r} is none of: {', '.join(_ACTIONS.values())}.")

    def words_to_choose(self) -> tuple[str, ...]:
        return tuple(_ACTIONS.values())


@dataclass(frozen=True, slots=True)
class _Status(Cell):
    """A status: its number first, as it is typed, then its words."""

    def shown(self, value: int) -> str:
        return f"{value:04X}H {status_words(value).removesuffix(f' ({value:04X}H)')}"

    def typed(self, value: int) -> str:
        return self.shown(value)

    def parsed(self, text: str, before: Any) -> int:  # noqa: ARG002
        found = _TYPED_STATUS.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text!r} is no status: type up to four hexadecimal digits.")
        return int(found[1], 16)

    def words_to_choose(self) -> tuple[str, ...]:
        return tuple(map(self.shown, _USUAL_STATUSES))

    def completes(self) -> bool:
        # "11" is 0011H, and not the beginning of 0110H.
        return False

    def is_used(self, item: Any) -> bool:
        return item.action is ResponseAction.ANSWER


@dataclass(frozen=True, slots=True)
class _Delay(Cell):
    def shown(self, value: float) -> str:
        return f"{value:g} s" if value else "at once"

    def typed(self, value: float) -> str:
        return f"{value:g}"

    def parsed(self, text: str, before: Any) -> float:  # noqa: ARG002
        if text.strip().casefold() in {"", "at once"}:
            return 0.0
        found = _TYPED_SECONDS.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text!r} is no number of seconds from 0 up.")
        return float(found[1].replace(",", "."))


_COLUMNS = (
    _Message("message", "Message", "A request such as C-ECHO or N-ACTION, or every message", 4),
    _Action("action", "What to do", "Answer, abort the association, or say nothing", 5),
    _Status("status", "Status", "Choose one or type up to four hexadecimal digits", 7),
    _Delay("delay", "After", "Seconds before it is done", 2),
)


def responses_field(prefix: str) -> ItemsField:
    """The table with its buttons, and a sentence on what it is for."""
    name, label = f"{prefix}.responses", "What is answered"
    new = partial(ResponseRule, MESSAGES[0])
    editor = ItemsEditor(_COLUMNS, new, name, label, duplicates=True)
    tip = "What a DIMSE request is answered with, once the association is established"
    return ExplainedItemsField(label, editor, tip, _WHEN_EMPTY, _ORDER)
