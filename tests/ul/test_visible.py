"""What a text from outside looks like once it is fit to be shown."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.ul.visible import LONGEST, MOST_LINES, each_line, one_line, shortened, whole_line

MARKS = "\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad"
UNSEEN = "\u034f\u115f\u1160\u17b4\u180b\u2800\u3164\ufe0f\uffa0\U000e0101\U000e0041"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("PACS_1", "PACS_1"),
        ("Röntgen – Zürich → 日本", "Röntgen – Zürich → 日本"),
        ("a\0b", r"a\x00b"),
        ("a\tb\r\nc", r"a\x09b\x0d\x0ac"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\x9b31m\x85", r"\x9b31m\x85"),
        ("evil\u202egpj.exe", r"evil\u202egpj.exe"),
        ("a\u2028b\u2029", r"a\u2028b\u2029"),
        ("\ud800x", r"\ud800x"),
        ("\U000e0041", r"\U000e0041"),
        ("no\u00a0break", r"no\xa0break"),
        ("", ""),
    ],
)
def test_what_cannot_be_seen_is_an_escape(text: str, shown: str) -> None:
    assert one_line(text) == shown


@pytest.mark.parametrize("mark", MARKS + UNSEEN)
def test_marks_of_direction_and_characters_without_width(mark: str) -> None:
    number = ord(mark)
    escape = f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
    assert one_line(f"A{mark}B") == f"A{escape}B"


@given(st.text(st.characters()))
def test_any_text_is_one_line_of_what_can_be_seen(text: str) -> None:
    shown = one_line(text)
    assert all(letter == " " or unicodedata.category(letter)[0] not in "CZ" for letter in shown)
    assert one_line(shown) == shown


@given(st.text(st.characters()))
def test_of_several_lines_each_is_one(text: str) -> None:
    assert each_line(text).split("\n") == [one_line(line) for line in text.split("\n")]


@pytest.mark.parametrize("letter", ["x", "\x1b", "\n", "日"])
@pytest.mark.parametrize("make", [one_line, each_line, shortened])
def test_no_more_is_shown_than_a_person_reads(make, letter: str) -> None:
    shown = make(letter * 900_000)
    assert len(shown) <= LONGEST
    assert shown.endswith("… (900000 characters)")
    assert make(shown) == shown


def test_of_many_lines_the_first_are_shown() -> None:
    shown = each_line("line\n" * 300)
    assert shown.count("\n") == MOST_LINES - 1
    assert shown.endswith("line… (1500 characters)")
    assert each_line(shown) == shown


def test_a_name_has_less_room_than_a_sentence() -> None:
    assert one_line("x" * 201, 200) == f"{'x' * 182}… (201 characters)"
    assert one_line("x" * 200, 200) == "x" * 200


def test_what_goes_to_a_file_is_whole() -> None:
    assert whole_line("\n" * 9000) == r"\x0a" * 9000
