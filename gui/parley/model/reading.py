"""Reading a line that a person has typed, piece by piece: what Parley's small languages have in common.

Rule: each piece is found in one pass over it, whatever was typed.
"""

from __future__ import annotations

import re

_BLANKS = re.compile(r"\s*")


class ReadingError(Exception):
    """The line makes no sense.

    Attributes:
        position: where, in characters from 0.
        reason: what is wrong there, and what would be right, in words that can follow a colon.
    """

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(position, reason)
        self.position = position
        self.reason = reason

    def __str__(self) -> str:
        return f"column {self.position + 1}: {self.reason}"


class LineReader:
    """A line and how far it has been read.

    Attributes:
        position: of the next character.
    """

    def __init__(self, line: str) -> None:
        self._line = line
        self.position = 0

    @property
    def next(self) -> str:
        """The next character; empty at the end."""
        return self._line[self.position : self.position + 1]

    def skip_blanks(self) -> None:
        """Go to the next character that is no blank, or to the end."""
        self.position = self._end(_BLANKS)

    def take(self, pattern: re.Pattern[str]) -> str:
        """What fits the pattern from here on, which is then read; empty where nothing does."""
        start = self.position
        self.position = self._end(pattern)
        return self._line[start : self.position]

    def _end(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self._line, self.position)
        return found.end() if found else self.position

    def take_quoted(self) -> str:
        r"""The text between this quotation mark and the next; ``\"`` and ``\\`` stand for what they end in.

        Raises:
            ReadingError: there is no next one.
        """
        start = self.position
        letters = []
        position = start + 1
        while (letter := self._line[position : position + 1]) != '"':
            if letter == "\\" and self._line[position + 1 : position + 2] in {'"', "\\"}:
                position += 1
                letter = self._line[position]
            elif not letter:
                raise ReadingError(start, "the quotation mark is not closed")
            letters.append(letter)
            position += 1
        self.position = position + 1
        return "".join(letters)


def quoted(text: str) -> str:
    """The text as `LineReader.take_quoted` reads it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
