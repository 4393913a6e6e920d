r"""Text from outside made fit to be shown: what cannot be seen, or moves what stands around it, appears as an escape.

A peer, a file or another program may have put anything into a text: ends of lines, control sequences of terminals,
marks that turn the direction of reading, characters without a width, halves of a surrogate pair. None of them reaches a
terminal, a title, a table or a log as itself: ``\xNN``, ``\uNNNN`` or ``\UNNNNNNNN`` does.

Nor is it longer there than a person reads: laying out a million characters takes a window seconds. What is cut off is
said to be; what is saved, sent or edited is no business of this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# Unicode calls these letters or marks, and by its own word (Default_Ignorable_Code_Point) nothing is seen of them.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
LONGEST = 4000
"""Characters of a text that are shown: no sentence of ours is longer, nor one that quotes two paths."""

LONGEST_NAME = 200
"""Characters of a name that are shown, in a list or in a title."""

MOST_LINES = 200
"""Lines of a text that are shown: some screens full."""

_NOT_PLAIN = re.compile(r"[^\x20-\x7e]")


def one_line(text: str, most: int = LONGEST) -> str:
    """The text as one line of characters that can all be seen, `most` of them at most."""
    shown = whole_line(text[:most])
    return shown if max(len(text), len(shown)) <= most else _cut(shown, most, len(text))


def each_line(text: str, most: int = LONGEST) -> str:
    """The same for a text of several lines: its ends of lines stay, of the first `MOST_LINES`."""
    lines = text[:most].split("\n", MOST_LINES)
    shown = "\n".join(map(whole_line, lines[:MOST_LINES]))
    is_whole = len(lines) <= MOST_LINES and max(len(text), len(shown)) <= most
    return shown if is_whole else _cut(shown, most, len(text))


def whole_line(text: str) -> str:
    """The text as one line of characters that can all be seen, however long: for what is written to a file."""
    return spelled(text, _escape)


def shortened(text: str, most: int = LONGEST) -> str:
    """The text as it is, its beginning alone where it is longer."""
    return text if len(text) <= most else _cut(text, most, len(text))


def _cut(shown: str, most: int, length: int) -> str:
    """The beginning of what is shown, and the length of the text that it is of."""
    end = f"… ({length} characters)"
    return shown[: max(0, most - len(end))] + end


def spelled(text: str, spell: Callable[[int], str]) -> str:
    """The text with what `spell` makes of the number of each character that cannot be seen."""
    if text.isprintable() and (text.isascii() or not _UNSEEN.search(text)):
        return text

    def shown(match: re.Match[str]) -> str:
        character = match.group()
        return character if character.isprintable() and not _UNSEEN.match(character) else spell(ord(character))

    return _NOT_PLAIN.sub(shown, text)


def _escape(number: int) -> str:
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
