"""TOML in time that grows with its length alone, whatever it holds.

`tomllib` takes time that grows with the square of a key's depth, and Python refuses numbers of thousands of digits with
an error of its own.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

DEEPEST_KEY = 32
"""Dots in a key. No file of Parley's has more than three."""

# Each piece begins with what only a string or a comment can begin with and always matches to its end: no going back.
_STRING_OR_COMMENT = re.compile(
    r'"""(?:\\.|[^"\\]|"(?!""))*+(?:"""|\Z)'
    r"|'''(?:[^']|'(?!''))*+(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*+"?'
    r"|'[^'\n]*+'?"
    r"|#[^\n]*+",
    re.DOTALL,
)
_KEY = re.compile(r"[^,=\[\]{}\n]+")


class TomlError(ValueError):
    """The text is no TOML, or none that a person would write.

    Attributes:
        reason: without a full stop.
        line: where, counted from 1; None where it is not about one line.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line


def parse_toml(text: str) -> dict[str, Any]:
    """The values in a text.

    Raises:
        TomlError: it is no TOML.
    """
    _refuse_deep_keys(text)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(text, str(error)) from error
    except RecursionError:
        raise TomlError("values are nested too deeply") from None
    except ValueError:
        raise TomlError("it holds a number of thousands of digits") from None


def _refuse_deep_keys(text: str) -> None:
    plain = _STRING_OR_COMMENT.sub(_blank, text)
    for found in _KEY.finditer(plain):
        if found[0].count(".") > DEEPEST_KEY:
            raise TomlError("a key is nested too deeply", plain.count("\n", 0, found.start()) + 1)


def _blank(found: re.Match[str]) -> str:
    """What stands for a string or a comment: one character, and as many ends of lines as it has."""
    return "_" + "\n" * found[0].count("\n")


def _broken(text: str, message: str) -> TomlError:
    reason, _, place = message.rpartition(" (at ")
    line = re.match(r"line (\d+)", place)
    number = int(line[1]) if line else max(1, len(text.splitlines()))
    return TomlError(f"not TOML: {reason[:1].lower()}{reason[1:]}", number)
