"""How a peer, and the end of this side, are written in one word."""

from __future__ import annotations

import pytest

from parley.model.address import (
    canonical_host,
    format_address,
    host_and_port,
    host_of,
    is_loopback,
    parse_address,
    parse_local,
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("PACS@192.0.2.10:104", ("PACS", "192.0.2.10", 104)),
        ("A@B@pacs.example:104", ("A@B", "pacs.example", 104)),
        ("@@[::1]:11112", ("@", "::1", 11112)),
        ("CT 1@pacs:104", ("CT 1", "pacs", 104)),
        ("A:B@pacs:104", ("A:B", "pacs", 104)),
        ("[A]@pacs:104", ("[A]", "pacs", 104)),
        ("A@10.0.0.1:104@10.0.0.2:105", ("A@10.0.0.1:104", "10.0.0.2", 105)),
        ("SCP@[::1]:104", ("SCP", "::1", 104)),
        ("SCP@[::ffff:192.0.2.7]:104", ("SCP", "::ffff:192.0.2.7", 104)),
        ("SCP@[fe80::1%eth0]:104", ("SCP", "fe80::1%eth0", 104)),
        (" SCP@pacs:65535 ", ("SCP", "pacs", 65535)),
    ],
)
def test_a_peer(text, parts):
    assert parse_address(text) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [("192.0.2.1:104", ("", "192.0.2.1", 104)), ("[::1]:104", ("", "::1", 104)), ("A@*:0", ("A", "*", 0))],
)
def test_a_peer_that_may_have_no_title(text, parts):
    assert parse_address(text, lowest_port=0, needs_title=False) == parts


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("192.0.2.7:104", ("192.0.2.7", "104")),
        ("[fe80::1%eth0]:104", ("fe80::1%eth0", "104")),
        ("*:0", ("*", "0")),
        ("", ("", "")),
    ],
)
def test_host_and_port_are_taken_apart_as_they_were_put_together(address, parts):
    assert host_and_port(address) == parts
    assert host_of(address) == parts[0]
    assert format_address(parts if address else None) == address


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PACS", "AE@HOST:PORT"),
        ("192.0.2.1:104", "AE@HOST:PORT"),
        ("PACS@pacs", "AE@HOST:PORT"),
        ("@pacs:104", "AE@HOST:PORT"),
        ("PACS@:104", "AE@HOST:PORT"),
        ("PACS@[]:104", "AE@HOST:PORT"),
        ("PACS@[pacs]:104", "AE@HOST:PORT"),
        ("PACS@::1:104", "an IPv6 address stands in brackets"),
        ("PACS@pacs:0", "between 1 and 65535"),
        ("PACS@pacs:65536", "between 1 and 65535"),
    ],
)
def test_what_is_no_peer(text, words):
    with pytest.raises(ValueError, match=words):
        parse_address(text)


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


@pytest.mark.parametrize(
    ("host", "spelled"),
    [
        ("PACS.Local.", "pacs.local"),
        (" pacs ", "pacs"),
        ("m\N{LATIN SMALL LETTER U WITH DIAERESIS}nchen.example", "xn--mnchen-3ya.example"),
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.007", "192.0.2.7"),
        ("0xC0.0.0x207", "192.0.2.7"),
        ("3221225991", "192.0.2.7"),
        ("::FFFF:192.0.2.7", "192.0.2.7"),
        ("[2001:DB8:0:0::1]", "2001:db8::1"),
        ("fe80::0:1%eth0", "fe80::1%eth0"),
        ("256.1.1.1", "256.1.1.1"),
        ("1.2.3.4.5", "1.2.3.4.5"),
        ("09.1.1.1", "09.1.1.1"),
        ("a" * 300, "a" * 300),
        ("a..b", "a..b"),
        ("", ""),
    ],
)
def test_one_spelling_for_all_of_a_host(host, spelled):
    assert canonical_host(host) == spelled
    assert canonical_host(spelled) == spelled


@pytest.mark.parametrize("host", ["127.1", "0x7f000001", "LOCALHOST.", "[::1]:104", "::ffff:7f00:1"])
def test_every_spelling_of_this_machine(host):
    assert is_loopback(host)
