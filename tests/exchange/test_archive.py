"""Zips of profiles: ours, and hostile ones."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.exchange.archive import LARGEST_CONTENT, read_zip, write_zip
from parley.exchange.results import MOST_PROFILES
from parley.model.files.store import LARGEST_FILE, ProfileStore
from parley.model.files.writer import new_text
from parley.model.handle import RequestorHandle, UserIdentity
from parley.model.profile import Profile, RequestorSide
from parley.model.secret import Secret
from tests.harness.steady import steady

GOOD = new_text(Profile("Good"))


def packed(*members: tuple[str | zipfile.ZipInfo, bytes | str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


def problems(data: bytes) -> list[str]:
    return [str(problem) for problem in read_zip(data).problems]


def test_what_is_written_is_read_back_with_folders_and_text():
    text = GOOD + "\n# a comment of the person's own\n"
    imported = read_zip(write_zip([("Site A/CT/Good.toml", text), ("Loopback", new_text(Profile("Loopback")))]))
    assert imported.problems == ()
    assert [arrival.folder for arrival in imported.arrivals] == ["Site A/CT", ""]
    assert imported.profiles == (Profile("Good"), Profile("Loopback"))
    assert imported.arrivals[0].text == text


def test_equal_profiles_make_equal_archives():
    assert write_zip([("a.toml", GOOD)]) == write_zip([("a.toml", GOOD)])


def test_no_secret_is_in_an_archive(tmp_path):
    identity = UserIdentity(2, Secret.of("dr_who"), Secret.of("correct horse", "parley/passcode"))
    store = ProfileStore(tmp_path)
    key = store.create(Profile("P", RequestorSide(handle=RequestorHandle(user_identity=identity))))
    archive = zipfile.ZipFile(io.BytesIO(write_zip([(key, store.text(key))])))
    assert b"correct horse" not in archive.read(key)


@pytest.mark.parametrize(
    "name",
    [
        "../out.toml",
        "a/../../out.toml",
        "/etc/out.toml",
        "C:/out.toml",
        "C:out.toml",
        "..\\out.toml",
        "\\\\server\\share\\out.toml",
        "a\x01b.toml",
    ],
)
def test_names_that_lead_out_are_refused(name):
    member = zipfile.ZipInfo("x")
    member.filename = name
    imported = read_zip(packed((member, GOOD), ("good.toml", GOOD)))
    assert [arrival.profile.name for arrival in imported.arrivals] == ["Good"]
    assert [problem.reason for problem in imported.problems] == ["its name leads out of the archive or is none"]


def test_folders_get_names_that_every_system_takes():
    assert read_zip(packed(("con/b?/x.toml", GOOD))).arrivals[0].folder == "_con/b_"


def test_links_are_refused():
    link = zipfile.ZipInfo("link.toml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert problems(packed((link, "/etc/passwd"))) == ["link.toml: it is a link, not a file"]


def test_other_members_are_told_and_the_rest_goes_on():
    data = packed(
        ("README.md", "hello"),
        ("bad.toml", "schema = 1\nname = 7\n"),
        ("worse.toml", b"schema = 1\n\xff"),
        ("good.toml", GOOD),
        ("a/b/c/d/e/f/g/h/i/deep.toml", GOOD),
        ("big.toml", b"#" * (LARGEST_FILE + 1)),
    )
    assert [profile.name for profile in read_zip(data).profiles] == ["Good"]
    assert problems(data) == [
        "README.md: it is no profile: its name does not end in .toml",
        "bad.toml, line 2: name must be text in quotes",
        "worse.toml, line 2: it is not UTF-8 text",
        "a/b/c/d/e/f/g/h/i/deep.toml: it lies more than 8 folders deep",
        f"big.toml: it is too big for a profile ({LARGEST_FILE + 1} bytes)",
    ]


def test_a_broken_member_is_named_and_the_rest_goes_on():
    data = bytearray(packed(("bad.toml", GOOD), ("good.toml", GOOD)))
    start = 30 + len("bad.toml")
    data[start : start + 20] = b"\xff" * 20
    imported = read_zip(bytes(data))
    assert imported.profiles == (Profile("Good"),)
    assert str(imported.problems[0]).startswith("bad.toml: it is broken (")


def test_an_encrypted_member_is_told():
    data = bytearray(packed(("secret.toml", GOOD)))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert problems(bytes(data)) == ["secret.toml: it is encrypted"]


def test_a_member_that_is_longer_than_it_says_is_not_unpacked_further():
    data = bytearray(packed(("bomb.toml", b"#" * (64 << 20))))
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(signature) + place, 100)
    assert read_zip(bytes(data)).profiles == ()
    assert problems(bytes(data))[0].startswith("bomb.toml: ")


def test_too_many_or_too_much_is_refused_before_anything_is_read():
    many = packed(*((f"{number}.toml", b"") for number in range(MOST_PROFILES + 1)))
    assert problems(many) == [f"it holds {MOST_PROFILES + 1} files: more than {MOST_PROFILES} are not read"]
    much = packed(("a.toml", b"#" * (LARGEST_CONTENT + 1)))
    assert problems(much) == ["unpacked it has more than 16 MiB"]


def test_nothing_and_no_zip_are_told():
    assert problems(packed()) == ["there is nothing in it"]
    assert problems(b"PK\x03\x04nonsense")[0].startswith("it is no zip archive that can be read (")


PLAIN = packed(("a.toml", GOOD), ("b.toml", "schema = 1"))


@steady
@given(st.dictionaries(st.integers(0, len(PLAIN) - 1), st.integers(0, 255), max_size=6), st.integers(0, len(PLAIN)))
def test_whatever_is_broken_it_is_read_without_an_error(changes, length):
    data = bytearray(PLAIN)
    for place, byte in changes.items():
        data[place] = byte
    imported = read_zip(bytes(data[:length]))
    assert imported.arrivals or imported.problems
