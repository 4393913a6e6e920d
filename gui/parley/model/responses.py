"""How an acceptor answers the DIMSE requests that come once the association is established."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class ResponseAction(Enum):
    """What is done about a request; the values are stable names in files."""

    ANSWER = "answer"
    ABORT = "abort"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class ResponseRule:
    """What one kind of message is answered with, instead of what Parley would answer by itself.

    Attributes:
        message: the request's name without its end, such as ``C-FIND`` or ``N-ACTION``; ``*`` is every one.
        status: of the response (PS3.7 Annex C), when the action is to answer.
        delay: seconds before the action.
    """

    message: str = "*"
    action: ResponseAction = ResponseAction.ANSWER
    status: int = 0
    delay: float = 0.0


EVERY_MESSAGE = "*"


def rule_for(name: str, rules: Iterable[ResponseRule]) -> ResponseRule | None:
    """The first rule that is about a message of this name, such as ``C-FIND``."""
    return next((rule for rule in rules if rule.message in {name, EVERY_MESSAGE}), None)
