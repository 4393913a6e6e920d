r"""Text from outside made fit to be shown: what cannot be seen, or moves what stands around it, appears as an escape.

A peer, a file or another program may have put anything into a text: ends of lines, control sequences of terminals,
marks that turn the direction of reading, characters without a width, halves of a surrogate pair. None of them reaches a
terminal, a title, a table or a log as itself: ``\xNN``, ``\uNNNN`` or ``\UNNNNNNNN`` does.
"""

from __future__ import annotations

import re
from collections.abc import Callable

# Unicode calls these letters or marks, and by its own word (Default_Ignorable_Code_Point) nothing is seen of them.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_NOT_PLAIN = re.compile(r"[^\x20-\x7e]")


def one_line(text: str) -> str:
    """The text as one line of characters that can all be seen."""
    return spelled(text, _escape)


def each_line(text: str) -> str:
    """The same for a text of several lines: its ends of lines stay."""
    return "\n".join(map(one_line, text.split("\n"))) if "\n" in text else one_line(text)


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
