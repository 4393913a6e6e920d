"""Who answers a request, and how: the words of a profile.

Their languages are `parley.model.expression` and `parley.model.answers.words`; `parley.model.answers.policy` follows
them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class DecisionMode(Enum):
    """Who answers what no answer rule is about; the values are stable names in files.

    Attributes:
        RULES: the acceptance rules.
        ASK: a person; the request is held until then.
    """

    RULES = "rules"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """One line of an ordered list; the first that matches decides.

    Attributes:
        when: an expression over the caller (`parley.model.expression`); empty matches every one.
        answer: what is answered, such as ``reject 1/1/7`` or ``after 5 s accept`` (`parley.model.answers.words`).
        name: for the log; may be empty.
        is_on: a rule that is off is skipped.
    """

    when: str = ""
    answer: str = "accept"
    name: str = ""
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class Answering:
    """How an acceptor comes to its answer, before its acceptance rules are asked.

    Attributes:
        rules: looked at in their order, in either mode.
        default_answer: what a held request gets when nobody has answered in time.
        default_seconds: how long a held request waits for a person; None for ever. Peers give up after 5 to 30 s.
    """

    mode: DecisionMode = DecisionMode.RULES
    rules: tuple[AnswerRule, ...] = ()
    default_answer: str = "accept"
    default_seconds: float | None = 25.0
