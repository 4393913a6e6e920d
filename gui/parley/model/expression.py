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
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from parley.model.reading import LineReader, ReadingError
from parley.model.recognition import host_of, is_listed, is_network
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


# --- expressions -----------------------------------------------------------------------------------------------------


class Expression(ABC):
    """What a line says; equal lines, or lines that differ in blanks, are equal expressions."""

    __slots__ = ()

    @abstractmethod
    def matches(self, subject: Subject) -> bool:
        """Whether it is true of the subject."""


@dataclass(frozen=True, slots=True)
class _Words(Expression):
    words: tuple[str, ...]

    def matches(self, subject: Subject) -> bool:
        # A loop, as `all` over a generator takes twice as long: a busy log comes here with every row.
        if self.words:
            haystack = subject.haystack
            for word in self.words:
                if word not in haystack:
                    return False
        return True


EVERYTHING: Expression = _Words(())
"""What a line without terms says: it is true of every subject."""


@dataclass(frozen=True, slots=True)
class _All(Expression):
    terms: tuple[Expression, ...]

    def matches(self, subject: Subject) -> bool:
        return all(term.matches(subject) for term in self.terms)


@dataclass(frozen=True, slots=True)
class _Either(Expression):
    terms: tuple[Expression, ...]

    def matches(self, subject: Subject) -> bool:
        return any(term.matches(subject) for term in self.terms)


@dataclass(frozen=True, slots=True)
class _Not(Expression):
    term: Expression

    def matches(self, subject: Subject) -> bool:
        return not self.term.matches(subject)


@dataclass(frozen=True, slots=True)
class _Flag(Expression):
    field: str

    def matches(self, subject: Subject) -> bool:
        return bool(subject.values(self.field))


@dataclass(frozen=True, slots=True)
class _Of(Expression):
    field: str
    test: _Test

    def matches(self, subject: Subject) -> bool:
        return any(self.test.accepts(value) for value in subject.values(self.field))


# --- what is asked of one value --------------------------------------------------------------------------------------


class _Test(Protocol):
    def accepts(self, value: Value) -> bool:
        """Whether this value will do."""


@dataclass(frozen=True, slots=True)
class _Contains:
    folded: str

    def accepts(self, value: Value) -> bool:
        return self.folded in str(value).casefold()


@dataclass(frozen=True, slots=True)
class _Fits:
    folded: str

    def accepts(self, value: Value) -> bool:
        return fits_wildcards(str(value).casefold(), self.folded)


@dataclass(frozen=True, slots=True)
class _Is:
    wanted: str

    def accepts(self, value: Value) -> bool:
        return str(value) == self.wanted


@dataclass(frozen=True, slots=True)
class _IsIn:
    network: str

    def accepts(self, value: Value) -> bool:
        return is_listed(str(value), (self.network,))


@dataclass(frozen=True, slots=True)
class _StartsWith:
    folded: str

    def accepts(self, value: Value) -> bool:
        return str(value).casefold().startswith(self.folded)


@dataclass(frozen=True, slots=True)
class _WithPortOrWithout:
    """Of an address."""

    test: _Test

    def accepts(self, value: Value) -> bool:
        return self.test.accepts(value) or self.test.accepts(host_of(str(value)))


@dataclass(frozen=True, slots=True)
class _Between:
    """A number of a range; one that ends below its start goes over midnight."""

    low: float
    high: float

    def accepts(self, value: Value) -> bool:
        number = int(value)
        if self.low <= self.high:
            return self.low <= number <= self.high
        return number >= self.low or number <= self.high


# --- reading ---------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\s&|()]+")
_NAME = re.compile(r"[^\s&|()~=<>\"]*")
_SIGN = re.compile(r"[<>]=?|=")


def parse(text: str, vocabulary: Vocabulary) -> Expression:
    """What a line says.

    Raises:
        ExpressionError: with the place, and what would make sense there.
    """
    try:
        return _Parser(text, vocabulary).parsed()
    except ExpressionError:
        raise
    except ReadingError as error:
        raise ExpressionError(error.position, error.reason) from error


class _Parser:
    """Reads one line; each method takes what its name says and the blanks behind it."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._line = LineReader(text)
        self._fields = {field.name: field for field in vocabulary}
        self._depth = 0

    def parsed(self) -> Expression:
        self._line.skip_blanks()
        if not self._line.next:
            return EVERYTHING
        whole = self._either()
        if self._line.next:
            raise ExpressionError(self._line.position, "this parenthesis was never opened")
        return whole

    def _either(self) -> Expression:
        terms = [self._all()]
        while self._taken("|"):
            terms.append(self._all())
        return terms[0] if len(terms) == 1 else _Either(tuple(terms))

    def _all(self) -> Expression:
        words: list[str] = []
        terms: list[Expression] = []
        while True:
            term = self._term()
            if isinstance(term, _Words):
                words += term.words
            else:
                terms.append(term)
            if not self._taken("&") and self._line.next in {"", "|", ")"}:
                break
        # Words come last: what they are looked for in often has to be worked out first.
        if words or not terms:
            terms.append(_Words(tuple(words)))
        return terms[0] if len(terms) == 1 else _All(tuple(terms))

    def _term(self) -> Expression:
        is_negated = False
        while self._taken("!"):
            is_negated = not is_negated
        term = self._plain_term()
        return _Not(term) if is_negated else term

    def _plain_term(self) -> Expression:
        start, letter = self._line.position, self._line.next
        if letter in {"", "&", "|", ")"}:
            what = f"before {letter}" if letter else "at the end"
            raise ExpressionError(start, f"a word or a ~name is missing {what}")
        if letter == "(":
            return self._group(start)
        if letter == "~":
            return self._of_field(start)
        word = self._line.take_quoted() if letter == '"' else self._line.take(_WORD)
        self._line.skip_blanks()
        return _Words((word.casefold(),))

    def _group(self, start: int) -> Expression:
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise ExpressionError(start, f"more than {MOST_NESTED} parentheses are open")
        self._taken("(")
        inside = self._either()
        if not self._taken(")"):
            raise ExpressionError(start, "this parenthesis is not closed")
        self._depth -= 1
        return inside

    def _of_field(self, start: int) -> Expression:
        self._line.position += 1
        name = self._line.take(_NAME)
        field = self._fields.get(name.lower())
        if field is None:
            raise ExpressionError(start, self._unknown(name))
        self._line.skip_blanks()
        if field.kind is FieldKind.FLAG:
            return _Flag(field.name)
        return _Of(field.name, self._test(field))

    def _unknown(self, name: str) -> str:
        from difflib import get_close_matches

        names = sorted(self._fields)
        near = get_close_matches(name.lower(), names, 1, 0.0)
        if not name or not near:
            return f"~ wants a name behind it: {', '.join(f'~{each}' for each in names)}"
        return f"there is no ~{name}; the nearest is ~{near[0]}"

    def _test(self, field: Field) -> _Test:
        start = self._line.position
        sign = self._line.take(_SIGN)
        self._line.skip_blanks()
        letter = self._line.next
        if letter in {"", "&", "|", "(", ")", "~"}:
            raise ExpressionError(self._line.position, f"~{field.name} wants {_wanted(field)}")
        value = self._line.take_quoted() if letter == '"' else self._line.take(_WORD)
        self._line.skip_blanks()
        try:
            return _TESTS[field.kind](field, sign, value)
        except ValueError as error:
            raise ExpressionError(start, str(error)) from error

    def _taken(self, letter: str) -> bool:
        if self._line.next != letter:
            return False
        self._line.position += 1
        self._line.skip_blanks()
        return True


# --- values: each raises ValueError in words for a person ------------------------------------------------------------


def _wanted(field: Field) -> str:
    match field.kind:
        case FieldKind.WORD if field.values:
            return f"one of {', '.join(field.values)}"
        case FieldKind.ADDRESS:
            return "an address, its beginning, or a network such as 10.1.0.0/16"
        case FieldKind.NUMBER:
            return "a number such as 3, >3, <=3 or 3..7"
        case FieldKind.HOUR:
            return "an hour from 0 to 23, or a range such as 18..7"
    return "a value behind it; blanks need quotation marks around it"


def _text_test(field: Field, sign: str, value: str) -> _Test:
    if sign == "=":
        return _Is(value)
    value = sign + value
    return _Fits(_pattern(field, value)) if has_wildcards(value) else _Contains(value.casefold())


def _word_test(field: Field, sign: str, value: str) -> _Test:
    pattern = _pattern(field, value if sign == "=" else sign + value)
    if field.values and not any(fits_wildcards(known.casefold(), pattern) for known in field.values):
        raise ValueError(f"~{field.name} wants {_wanted(field)}")
    return _Fits(pattern)


def _pattern(field: Field, value: str) -> str:
    if len(value) > LONGEST_PATTERN:
        raise ValueError(f"what ~{field.name} looks for is longer than {LONGEST_PATTERN} characters")
    return value.casefold()


def _address_test(field: Field, sign: str, value: str) -> _Test:
    value = value.strip()
    if is_network(value):
        return _IsIn(value)
    if "/" in value:
        raise ValueError(f"{value} is no network; ~{field.name} wants {_wanted(field)}")
    is_beginning = not sign and not has_wildcards(value)
    return _WithPortOrWithout(_StartsWith(value.casefold()) if is_beginning else _text_test(field, sign, value))


def _number_test(field: Field, sign: str, value: str) -> _Test:
    low, dots, high = value.partition("..")
    if dots and not sign:
        ends = _number(field, low), _number(field, high)
        if ends[0] > ends[1] and field.kind is not FieldKind.HOUR:
            raise ValueError(f"no number is in {value}: the smaller one comes first")
        return _Between(*ends)
    number = _number(field, value)
    match sign:
        case ">":
            return _Between(number + 1, float("inf"))
        case ">=":
            return _Between(number, float("inf"))
        case "<":
            return _Between(float("-inf"), number - 1)
        case "<=":
            return _Between(float("-inf"), number)
    return _Between(number, number)


def _number(field: Field, digits: str) -> int:
    if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
        raise ValueError(f"~{field.name} wants {_wanted(field)}")
    number = int(digits)
    if field.kind is FieldKind.HOUR and number not in HOURS:
        raise ValueError(f"~{field.name} wants {_wanted(field)}")
    return number


_TESTS = {
    FieldKind.TEXT: _text_test,
    FieldKind.WORD: _word_test,
    FieldKind.ADDRESS: _address_test,
    FieldKind.NUMBER: _number_test,
    FieldKind.HOUR: _number_test,
}
