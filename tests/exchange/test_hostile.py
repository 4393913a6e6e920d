"""Files for import that were made to take long."""

from __future__ import annotations

import json
import time

import pytest

from parley.exchange.files import LARGEST_TEXT, read_content

SECONDS = 5.0
"""Of this thread's own time for the largest text; what grows with the square takes minutes."""

SIZE = LARGEST_TEXT - 1000
PROFILE = "[[TransferSyntaxes]]\n[T]\nTransferSyntax1 = LittleEndianExplicit\n"


def many(piece: str, size: int = SIZE) -> str:
    return piece * (size // len(piece))


def roles() -> str:
    """Many profiles that refer to one long list."""
    pairs = "".join(f"Role{n} = 1.2.840.10008.5.1.4.1.1.2\\SCU\n" for n in range(1, 15_000))
    profiles = "".join(f"[P{n}]\nPresentationContexts = C\nSCPSCURoleSelection = R\n" for n in range(1000))
    contexts = "[[PresentationContexts]]\n[C]\nPresentationContext1 = 1.2.840.10008.1.1\\T\n"
    return f"{PROFILE}{contexts}[[SCPSCURoleSelection]]\n[R]\n{pairs}[[Profiles]]\n{profiles}"


def contexts() -> str:
    pairs = "".join(f"PresentationContext{n} = 1.2.840.10008.1.1\\T\n" for n in range(1, 30_000))
    syntaxes = "".join(f"TransferSyntax{n} = LittleEndianExplicit\n" for n in range(1, 10_000))
    return (
        f"[[TransferSyntaxes]]\n[T]\n{syntaxes}[[PresentationContexts]]\n[C]\n{pairs}"
        "[[Profiles]]\n[P]\nPresentationContexts = C\n"
    )


def modalities() -> str:
    """Entries that are all wrong, each of whose lines is looked for."""
    values = {f"m{n}{'x' * 1800}": ["A"] for n in range(1000)}
    return json.dumps({"DicomModalities": values})


HOSTILE = {
    "semicolons": many(";"),
    "commas": many(","),
    "quotes": many('"'),
    "rows of nothing": many(";\n"),
    "lines": many("\n"),
    "blank lines": many(" \n"),
    "carriage returns": many("\r"),
    "NULs": many("\0"),
    "comments that do not end": many("/*"),
    "comments": many("/**/"),
    "comments of stars": "/" + many("*"),
    "lines of comment": many("//\n"),
    "brackets": "{" + many("["),
    "escaped quotes": '{"DicomModalities": {"a": ["A"], "b": "' + many('\\"') + '"}}',
    "digits": '{"a": ' + many("9") + "}",
    "modalities": modalities(),
    "headings": many("[[ "),
    "headings and lines": "[[" + many("\n"),
    "sections": many("[[profiles]]\n"),
    "roles": roles(),
    "contexts": contexts(),
    "one line of schema": "schema = 1" + many("."),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_largest_text_takes_no_longer_whatever_it_holds(name):
    data = HOSTILE[name].encode()
    assert len(data) <= LARGEST_TEXT
    began = time.thread_time()
    found = read_content(data, "x")
    assert time.thread_time() - began < SECONDS
    assert found.problems or found.profiles


def test_a_larger_text_is_said():
    (problem,) = read_content(b"a,b,1\n" * LARGEST_TEXT, "x").problems
    assert "too big" in str(problem)
