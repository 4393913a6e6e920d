"""One small language for what a person looks for: in the log, and among the callers whom an answer rule is about.

Terms side by side, or with ``&`` between, must all be met; ``|`` is or, ``!`` is not, and parentheses group. A term is

* a word or a "quoted text", which is looked for anywhere in what the subject says, upper and lower case being the same;
* ``~name`` of a flag, such as ``~tls``;
* ``~name value`` of a field, such as ``~calling CT*``, ``~addr 10.1.0.0/16``, ``~count >3``, ``~hour 18..7``.

A field of several values is met when one of them is. Which names there are, a `Vocabulary` says.

Rule: reading a line raises nothing but `ExpressionError`, matching raises nothing, and neither takes more steps than
the lengths of line and subject call for, whoever wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from parley.model.address import host_of
from parley.model.reading import LineReader, ReadingError
from parley.model.recognition import is_listed, is_network
from parley.model.wildcards import fits_wildcards, has_wildcards

MOST_NESTED = 50
LONGEST_PATTERN = 256
MOST_DIGITS = 18
HOURS = range(24)


class FieldKind(Enum):
    """What is asked of a field.

    Attributes:
        FLAG: nothing: whether there is a value at all.
        TEXT: that it contains the value, in either case; with ``*`` or ``?``, that it is as the value says from its
            first letter to its last; with ``=`` in front, that it is exactly the value, case and all.
        WORD: that it is the value, in either case, in which ``*`` and ``?`` count.
        ADDRESS: that it is in a network, or starts with the value, or is as a value with ``*`` or ``?`` says.
        NUMBER: that it is the value, or in the range that the value names.
        HOUR: the same of an hour from 0 to 23, where a range may go over midnight.
    """

    FLAG = "flag"
    TEXT = "text"
    WORD = "word"
    ADDRESS = "address"
    NUMBER = "number"
    HOUR = "hour"


@dataclass(frozen=True, slots=True)
class Field:
    """A name that may follow ``~``.

    Attributes:
        name: without the ``~``, in small letters.
        tip: what it is, for a person, in a few words and with an example.
        values: of a word: all that there are; empty where that is not known.
    """

    name: str
    kind: FieldKind
    tip: str
    values: tuple[str, ...] = ()


Vocabulary = tuple[Field, ...]
Value = str | int


class Subject(Protocol):
    """What an expression is held against; nothing of it need be worked out before it is asked for."""

    @property
    def haystack(self) -> str:
        """All that words are looked for in, case folded."""

    def values(self, field: str) -> Sequence[Value]:
        """Of a field: numbers of numbers and hours, texts of all else; empty where there are none."""


class ExpressionError(ReadingError):
    """The line is no expression."""


Matches = Callable[[Subject], bool]
Accepts = Callable[[Value], bool]
"""What is asked of a subject, and of one value of a field."""


@dataclass(frozen=True, slots=True)
class Expression:
    """What a line says; lines that are the same are equal expressions.

    Attributes:
        text: the line, without blanks around it.
        matches: whether it is true of a subject.
    """

    text: str
    matches: Matches = field(compare=False, repr=False)


# --- what is asked of a subject ---------------------------------------------------------------------------------------


def _words(words: tuple[str, ...]) -> Matches:
    # A busy log comes here with every row: a generator would take twice as long.
    return lambda subject: all(map(subject.haystack.__contains__, words))


def _every(terms: tuple[Matches, ...]) -> Matches:
    return lambda subject: all(term(subject) for term in terms)


def _any(terms: tuple[Matches, ...]) -> Matches:
    return lambda subject: any(term(subject) for term in terms)


def _not(term: Matches) -> Matches:
    return lambda subject: not term(subject)


def _flag(name: str) -> Matches:
    return lambda subject: bool(subject.values(name))


def _one_value(name: str, accepts: Accepts) -> Matches:
    return lambda subject: any(map(accepts, subject.values(name)))


EVERYTHING = Expression("", _every(()))
"""What a line without terms says: it is true of every subject."""

# --- reading ---------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\s&|()]+")
_NAME = re.compile(r"[^\s&|()~=<>\"]*")
_SIGN = re.compile(r"[<>]=?|=")


def parse(text: str, vocabulary: Vocabulary) -> Expression:
    """What a line says.

    Raises:
        ExpressionError: with the place, and what would make sense there.
    """
    line = text.strip()
    if not line:
        return EVERYTHING
    try:
        return Expression(line, _Parser(text, vocabulary).parsed())
    except ExpressionError:
        raise
    except ReadingError as error:
        raise ExpressionError(error.position, error.reason) from error


class _Parser:
    """Reads one line; each method takes what its name says and the blanks behind it."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._line = LineReader(text)
        self._fields = {each.name: each for each in vocabulary}
        self._depth = 0

    def parsed(self) -> Matches:
        self._line.skip_blanks()
        whole = self._either()
        if self._line.next:
            raise ExpressionError(self._line.position, "this parenthesis was never opened")
        return whole

    def _either(self) -> Matches:
        terms = [self._all()]
        while self._taken("|"):
            terms.append(self._all())
        return terms[0] if len(terms) == 1 else _any(tuple(terms))

    def _all(self) -> Matches:
        words: list[str] = []
        terms: list[Matches] = []
        while True:
            term = self._term()
            if isinstance(term, str):
                words.append(term)
            else:
                terms.append(term)
            if not self._taken("&") and self._line.next in {"", "|", ")"}:
                break
        # Words come last: what they are looked for in often has to be worked out first.
        if words:
            terms.append(_words(tuple(words)))
        return terms[0] if len(terms) == 1 else _every(tuple(terms))

    def _term(self) -> str | Matches:
        is_negated = False
        while self._taken("!"):
            is_negated = not is_negated
        term = self._plain_term()
        if not is_negated:
            return term
        return _not(_words((term,)) if isinstance(term, str) else term)

    def _plain_term(self) -> str | Matches:
        start, letter = self._line.position, self._line.next
        if letter in {"", "&", "|", ")"}:
            what = f"before {letter}" if letter else "at the end"
            raise ExpressionError(start, f"a word or a ~name is missing {what}")
        if letter == "(":
            return self._group(start)
        if letter == "~":
            return self._of_field(start)
        return self._value().casefold()

    def _group(self, start: int) -> Matches:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise ExpressionError(start, f"more than {MOST_NESTED} parentheses are open")
        self._taken("(")
        inside = self._either()
        if not self._taken(")"):
            raise ExpressionError(start, "this parenthesis is not closed")
        self._depth -= 1
        return inside

    def _of_field(self, start: int) -> Matches:
        self._line.position += 1
        name = self._line.take(_NAME)
        asked = self._fields.get(name.lower())
        if asked is None:
            raise ExpressionError(start, self._unknown(name))
        self._line.skip_blanks()
        return _flag(asked.name) if asked.kind is FieldKind.FLAG else _one_value(asked.name, self._test(asked))

    def _unknown(self, name: str) -> str:
        from difflib import get_close_matches

        names = sorted(self._fields)
        near = get_close_matches(name.lower(), names, 1)
        listed = ", ".join(f"~{each}" for each in names)
        if not name or not names:
            return f"~ wants a name behind it: {listed}"
        return f"there is no ~{name}; " + (f"the nearest is ~{near[0]}" if near else f"there are {listed}")

    def _test(self, asked: Field) -> Accepts:
        start = self._line.position
        sign = self._line.take(_SIGN)
        self._line.skip_blanks()
        if self._line.next in {"", "&", "|", "(", ")", "~"}:
            raise ExpressionError(self._line.position, f"~{asked.name} wants {_wanted(asked)}")
        value = self._value()
        try:
            return _TESTS[asked.kind](asked, sign, value)
        except ValueError as error:
            raise ExpressionError(start, str(error)) from error

    def _value(self) -> str:
        word = self._line.take_quoted() if self._line.next == '"' else self._line.take(_WORD)
        self._line.skip_blanks()
        return word

    def _taken(self, letter: str) -> bool:
        if self._line.next != letter:
            return False
        self._line.position += 1
        self._line.skip_blanks()
        return True


# --- what is asked of one value; each raises ValueError in words for a person ----------------------------------------


def _wanted(asked: Field) -> str:
    match asked.kind:
        case FieldKind.WORD if asked.values:
            return f"one of {', '.join(asked.values)}"
        case FieldKind.ADDRESS:
            return "an address, its beginning, or a network such as 10.1.0.0/16"
        case FieldKind.NUMBER:
            return "a number such as 3, >3, <=3 or 3..7"
        case FieldKind.HOUR:
            return "an hour from 0 to 23, or a range such as 18..7"
    return "a value behind it; blanks need quotation marks around it"


def _text_test(asked: Field, sign: str, typed: str) -> Accepts:
    if sign == "=":
        return lambda value: value == typed
    if has_wildcards(typed):
        return _fitting(asked, sign + typed)
    folded = (sign + typed).casefold()
    return lambda value: folded in str(value).casefold()


def _word_test(asked: Field, sign: str, typed: str) -> Accepts:
    accepts = _fitting(asked, typed if sign == "=" else sign + typed)
    if asked.values and not any(map(accepts, asked.values)):
        raise ValueError(f"~{asked.name} wants {_wanted(asked)}")
    return accepts


def _fitting(asked: Field, pattern: str) -> Accepts:
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"what ~{asked.name} looks for is longer than {LONGEST_PATTERN} characters")
    folded = pattern.casefold()
    return lambda value: fits_wildcards(str(value).casefold(), folded)


def _address_test(asked: Field, sign: str, typed: str) -> Accepts:
    typed = typed.strip()
    if is_network(typed):
        return lambda value: is_listed(str(value), (typed,))
    if "/" in typed:
        raise ValueError(f"{typed} is no network; ~{asked.name} wants {_wanted(asked)}")
    is_beginning = not sign and not has_wildcards(typed)
    accepts = _beginning(typed.casefold()) if is_beginning else _text_test(asked, sign, typed)
    return lambda value: accepts(value) or accepts(host_of(str(value)).partition("%")[0])


def _beginning(folded: str) -> Accepts:
    return lambda value: str(value).casefold().startswith(folded)


def _number_test(asked: Field, sign: str, typed: str) -> Accepts:
    first, dots, last = typed.partition("..")
    if dots and not sign:
        return _range_test(asked, _number(asked, first), _number(asked, last))
    number = _number(asked, typed)
    match sign:
        case ">":
            return lambda value: int(value) > number
        case ">=":
            return lambda value: int(value) >= number
        case "<":
            return lambda value: int(value) < number
        case "<=":
            return lambda value: int(value) <= number
    return lambda value: int(value) == number


def _range_test(asked: Field, first: int, last: int) -> Accepts:
    if first <= last:
        return lambda value: first <= int(value) <= last
    if asked.kind is not FieldKind.HOUR:
        raise ValueError(f"no number is in {first}..{last}: the smaller one comes first")
    return lambda value: int(value) >= first or int(value) <= last


def _number(asked: Field, digits: str) -> int:
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS
    if not is_number or (asked.kind is FieldKind.HOUR and int(digits) not in HOURS):
        raise ValueError(f"~{asked.name} wants {_wanted(asked)}")
    return int(digits)


_TESTS: Mapping[FieldKind, Callable[[Field, str, str], Accepts]] = {
    FieldKind.TEXT: _text_test,
    FieldKind.WORD: _word_test,
    FieldKind.ADDRESS: _address_test,
    FieldKind.NUMBER: _number_test,
    FieldKind.HOUR: _number_test,
}
