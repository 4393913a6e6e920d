"""TOML that grows in time with its length alone."""

from __future__ import annotations

import time
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.model.files.reader import ProfileFileError, read_profile
from parley.model.files.toml import TomlError, parse_toml
from tests.harness.steady import steady

SECONDS = 3.0
"""Of this thread's own time for a MiB; what grows with the square takes minutes."""

MIB = 1 << 20
HOSTILE = {
    "a key of many parts": "a." * (MIB // 2) + "a = 1",
    "a header of many parts": "[" + "a." * (MIB // 2) + "a]",
    "quoted parts": '"a".' * (MIB // 4) + "a = 1",
    "many headers of many parts": ("[" + "a." * 2000 + "a]\n") * 200,
    "a number of many digits": "port = " + "9" * MIB,
    "a hexadecimal number of many digits": "port = 0x" + "F" * MIB,
    "arrays": "a = " + "[" * MIB,
    "tables": "a = " + "{a=" * (MIB // 3),
    "escapes": 'a = "' + "\\n" * (MIB // 2) + '"',
    "escaped quotes without an end": 'a = """' + '\\"""' * (MIB // 4),
    "quotes": '"' * MIB,
    "apostrophes": "'" * MIB,
    "lines": "\n" * MIB,
    "blanks": "a" + " " * MIB,
    "comments": "#\n" * (MIB // 2),
    "small tables": "[[a]]\n" * (MIB // 6),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_mib_takes_no_longer_whatever_it_holds(name):
    began = time.thread_time()
    with pytest.raises(ProfileFileError):
        read_profile("schema = 0\n" + HOSTILE[name], "x")
    assert time.thread_time() - began < SECONDS


@pytest.mark.parametrize(
    "value", ["9" * 100_000, "0x" + "F" * 5000, "-" + "9" * 20, "0b1" + "0" * 64], ids=["nines", "hex", "i65", "binary"]
)
@pytest.mark.parametrize("key", ["port", "timers.connect", "maximum_length"])
def test_a_number_beyond_64_bits_is_a_fault_of_its_file(key, value):
    with pytest.raises(ProfileFileError, match=r"number") as caught:
        read_profile(f"schema = 1\n[scu]\n{key} = {value}", "x")
    assert len(str(caught.value)) < 200
    with pytest.raises(ProfileFileError):
        read_profile(f"schema = {value}", "x")


def test_a_deep_key_has_its_line():
    with pytest.raises(TomlError, match="nested too deeply") as caught:
        parse_toml("a = '''\n\n'''\n" + "b." * 40 + "c = 1")
    assert caught.value.line == 4


def test_dots_in_texts_comments_and_numbers_are_no_keys():
    text = f'a = "{"." * 99}" # {"." * 99}\nb = """\n{"." * 99}"""\nc = [{", ".join(["1.5"] * 99)}]'
    assert parse_toml(text) == tomllib.loads(text)


@steady
@given(st.text(st.sampled_from("ab\"'.#=[]{}\\\n ,1")))
def test_it_says_what_tomllib_says(text):
    try:
        wanted = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(TomlError):
            parse_toml(text)
    else:
        assert parse_toml(text) == wanted
