"""How the end of this side is written in one word."""

from __future__ import annotations

import pytest

from parley.model.address import parse_local


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("192.0.2.7", ("192.0.2.7", 0)),
        (" 192.0.2.7:4000 ", ("192.0.2.7", 4000)),
        (":4000", ("", 4000)),
        ("::1", ("::1", 0)),
        ("[::1]", ("::1", 0)),
        ("[fe80::1%eth0]:65535", ("fe80::1%eth0", 65535)),
        ("", ("", 0)),
    ],
)
def test_an_end_of_this_side(text, end):
    assert parse_local(text) == end


@pytest.mark.parametrize("text", ["pacs", "pacs:104", "192.0.2:104", "192.0.2.7:65536", "192.0.2.7:", "[::1", "[]:1"])
def test_what_is_no_end(text):
    with pytest.raises(ValueError, match=r"is not"):
        parse_local(text)
