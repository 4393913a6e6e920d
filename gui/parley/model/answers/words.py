"""The words in which an answer to a request is written: in answer rules, for a held request, on the command line.

=========================================  ==========================================================================
``accept``                                 by the acceptance rules
``accept all``                             every context and role that is proposed, whatever is supported
``accept as "NAME"``                       by the SCP handle and the acceptance rules of the profile of that name
``reject R/S/D``                           with these codes (PS3.8 Table 9-21)
``abort S/R`` ``abort user``               with these codes (PS3.8 Table 9-26); ``abort provider 2`` is ``abort 2/2``
``close`` ``reset`` ``silence``            close the connection, reset it, or leave it open and say nothing
``ask``                                    let a person decide
``misbehave NAME``                         as `parley.model.misbehaviour.tables` has it
=========================================  ==========================================================================

``after N s`` in front waits before it. What an answer means for a caller is `parley.model.answers.policy`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from parley.model.decision import Abort, Close, Misbehave, Reject, Reset, Silence
from parley.model.handle import Rejection
from parley.model.reading import LineReader, ReadingError, quoted
from parley.ul.codes import (
    REJECT_REASONS,
    AbortReason,
    AbortSource,
    RejectResult,
    RejectSource,
    abort_words,
    rejection_words,
)

LONGEST_DELAY = 86_400.0


class Acceptance(Enum):
    """How much is accepted; the values are the words for it."""

    BY_RULES = "accept"
    ALL = "accept all"


@dataclass(frozen=True, slots=True)
class AcceptAs:
    """Accept by another profile's handle and rules."""

    profile: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Let a person decide."""


Deed = Acceptance | AcceptAs | Ask | Reject | Abort | Close | Reset | Silence | Misbehave
"""What is answered; a decision that needs no caller is written as itself, without its `why`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered, and when; as text it is what `parse_answer` reads.

    Attributes:
        delay: seconds before, to the millisecond; None for at once.
    """

    deed: Deed = Acceptance.BY_RULES
    delay: float | None = None

    def __str__(self) -> str:
        words = _deed_text(self.deed)
        return words if self.delay is None else f"after {_number(self.delay)} s {words}"


class AnswerError(ReadingError):
    """The line is no answer.

    Attributes:
        remedy: what to write instead, one sentence.
    """

    def __init__(self, position: int, reason: str, remedy: str) -> None:
        super().__init__(position, reason)
        self.remedy = remedy


# --- writing ---------------------------------------------------------------------------------------------------------


def _deed_text(deed: Deed) -> str:
    match deed:
        case Acceptance():
            return deed.value
        case AcceptAs(profile):
            return f"accept as {quoted(profile)}"
        case Reject(rejection):
            return f"reject {rejection}"
        case Abort(source, reason):
            return f"abort {source}/{reason}"
        case Misbehave(name):
            return f"misbehave {name}"
    return type(deed).__name__.lower()


def _number(seconds: float) -> str:
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


# --- reading ---------------------------------------------------------------------------------------------------------

FORMS = "accept, accept all, accept as, reject, abort, close, reset, silence, ask or misbehave"

_WORD = re.compile(r"\S+")
_SECONDS = re.compile(r"[0-9.]+")
_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")
_UNIT = re.compile(r"s(ec(onds?)?)?(?=\s|$)", re.IGNORECASE)
_BARE: dict[str, Deed] = {"close": Close(), "reset": Reset(), "silence": Silence(), "ask": Ask()}
_SOURCES = {"user": AbortSource.SERVICE_USER, "provider": AbortSource.SERVICE_PROVIDER}


def parse_answer(text: str) -> Answer:
    """What a line says; letters' case does not matter in it, but in a profile's name.

    Raises:
        AnswerError: with the place, and what to write instead.
    """
    line = LineReader(text)
    line.skip_blanks()
    delay = None
    start = line.position
    verb = _word(line)
    if verb == "after":
        delay = _delay(line)
        start = line.position
        verb = _word(line)
    answer = Answer(_deed(line, verb, start), delay)
    if line.next:
        raise AnswerError(line.position, "nothing can follow here", f"Leave it out: {answer} is all.")
    if delay is not None and isinstance(answer.deed, Ask):
        raise AnswerError(start, "asking waits for a person anyway", "Write ask alone.")
    return answer


def _word(line: LineReader) -> str:
    word = line.take(_WORD).lower()
    line.skip_blanks()
    return word


def _delay(line: LineReader) -> float:
    start = line.position
    digits = line.take(_SECONDS)
    line.skip_blanks()
    unit = line.take(_UNIT)
    line.skip_blanks()
    if not _NUMBER.fullmatch(digits) or not unit or float(digits) > LONGEST_DELAY:
        reason = f"after wants seconds, {LONGEST_DELAY:.0f} at the most"
        raise AnswerError(start, reason, "Write it like after 5 s accept.")
    return float(digits)


def _deed(line: LineReader, verb: str, start: int) -> Deed:
    match verb:
        case "accept":
            return _acceptance(line)
        case "reject":
            return Reject(_rejection(line))
        case "abort":
            return _abort(line)
        case "misbehave":
            return _misbehaviour(line)
    if verb in _BARE:
        return _BARE[verb]
    reason = f"{verb} is no answer" if verb else "the answer is missing"
    raise AnswerError(start, reason, f"Start with {FORMS}.")


def _acceptance(line: LineReader) -> Deed:
    start = line.position
    if not line.next:
        return Acceptance.BY_RULES
    word = _word(line)
    if word == "all":
        return Acceptance.ALL
    if word != "as":
        raise AnswerError(start, f"accept {word} is no answer", 'Write accept, accept all or accept as "PROFILE".')
    start = line.position
    try:
        name = line.take_quoted() if line.next == '"' else line.take(_WORD)
    except ReadingError as error:
        raise AnswerError(error.position, error.reason, 'Write it like accept as "Site A".') from error
    line.skip_blanks()
    if not name.strip():
        raise AnswerError(start, "the profile's name is missing", 'Write it like accept as "Site A".')
    return AcceptAs(name)


def _rejection(line: LineReader) -> Rejection:
    start = line.position
    try:
        return Rejection.parse(_word(line))
    except ValueError as error:
        reason = "reject wants result/source/reason, three numbers from 0 to 255"
        raise AnswerError(start, reason, "Write it like reject 1/1/7.") from error


def _abort(line: LineReader) -> Abort:
    start = line.position
    first = _word(line)
    if first in _SOURCES:
        code = _word(line) if line.next else "0"
        numbers = [str(int(_SOURCES[first])), code]
    else:
        numbers = first.split("/")
    if len(numbers) != 2 or not all(map(_is_code, numbers)):
        reason = "abort wants source/reason, two numbers from 0 to 255, or user, or provider and a reason"
        raise AnswerError(start, reason, "Write it like abort 0/0, abort user or abort provider 2.")
    return Abort(int(numbers[0]), int(numbers[1]))


def _is_code(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and len(digits) <= 3 and int(digits) <= 255


def _misbehaviour(line: LineReader) -> Misbehave:
    start = line.position
    name = _word(line)
    if not name:
        raise AnswerError(start, "the misbehaviour's name is missing", "Write it like misbehave two-answers.")
    return Misbehave(name)


# --- presets ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preset:
    """An answer to choose from a menu.

    Attributes:
        text: as it is written.
        words: what it does, for a person.
        group: of the menu.
    """

    text: str
    words: str
    group: str

    @property
    def answer(self) -> Answer:
        """What the text says."""
        return parse_answer(self.text)


ACCEPT, ABORT, CONNECTION, LATER, RESERVED = "Accept", "Abort", "Connection", "Later", "Reserved codes"
ASK = "Ask"

_RESERVED_REJECTIONS = ("0/1/1", "3/1/1", "1/0/1", "1/4/1", "1/1/0", "1/1/4", "1/2/0", "1/2/3", "1/3/0", "1/3/7")
_RESERVED_ABORTS = ((1, 0), (3, 0), (2, 3), (2, 7), (255, 255))


def _presets() -> Iterator[Preset]:
    yield Preset("accept", "What is supported, by the acceptance rules", ACCEPT)
    yield Preset("accept all", "Every context and role that is proposed, supported or not", ACCEPT)
    for source, reasons in REJECT_REASONS.items():
        for result in RejectResult:
            for reason in reasons:
                yield _rejecting(Rejection(result, source, reason), f"Reject by {source.words}")
    yield _aborting(AbortSource.SERVICE_USER, AbortReason.REASON_NOT_SPECIFIED, ABORT)
    for code in AbortReason:
        yield _aborting(AbortSource.SERVICE_PROVIDER, code, ABORT)
    yield Preset("close", "Close the connection without a PDU", CONNECTION)
    yield Preset("reset", "Reset the connection (TCP RST)", CONNECTION)
    yield Preset("silence", "Say nothing and leave the connection open", CONNECTION)
    for seconds in (5, 15, 35):
        yield Preset(f"after {seconds} s accept", f"Accept by the acceptance rules after {seconds} seconds", LATER)
    user = Rejection(RejectResult.REJECTED_TRANSIENT, RejectSource.SERVICE_PROVIDER_PRESENTATION, 1)
    yield Preset(f"after 5 s reject {user}", f"After 5 seconds {_rejecting(user, LATER).words}", LATER)
    yield Preset("ask", "Hold the request until a person decides", ASK)
    for codes in map(Rejection.parse, _RESERVED_REJECTIONS):
        yield _rejecting(codes, RESERVED)
    for abort_source, abort_reason in _RESERVED_ABORTS:
        yield _aborting(abort_source, abort_reason, RESERVED)


def _rejecting(codes: Rejection, group: str) -> Preset:
    return Preset(f"reject {codes}", rejection_words(codes.result, codes.source, codes.reason), group)


def _aborting(source: int, reason: int, group: str) -> Preset:
    return Preset(f"abort {int(source)}/{int(reason)}", abort_words(source, reason), group)


PRESETS: tuple[Preset, ...] = tuple(_presets())
"""What menus and completion offer, group by group."""
