"""Files of every format, told apart by what is in them."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.exchange.files import LARGEST_IMPORT, Format, read_content, read_file, write
from parley.model.files.store import ProfileStore
from parley.model.files.writer import new_text
from parley.model.profile import Profile
from tests.harness.steady import steady

PROFILE = replace(Profile("PARLEY_SCP"), comment="")


def written(form: Format) -> bytes:
    return write([PROFILE], [("PARLEY_SCP.toml", new_text(PROFILE))], form).data


@pytest.mark.parametrize("form", Format)
def test_every_format_is_known_by_its_content(form, tmp_path):
    path = tmp_path / "list.dat"
    path.write_bytes(written(form))
    imported = read_file(path)
    assert imported.problems == ()
    assert imported.profiles == (PROFILE,)


@pytest.mark.parametrize("form", [Format.CSV, Format.ORTHANC, Format.ASCONFIG, Format.TOML])
def test_utf_16_with_a_mark_is_read(form):
    assert read_content(written(form).decode().encode("utf-16"), "x").profiles == (PROFILE,)


def test_text_that_is_none_has_a_line():
    neither = "line 2: it is neither UTF-8 nor Windows-1252 text"
    assert [str(problem) for problem in read_content(b"a,b,1\n\x81", "x").problems] == [neither]
    assert [str(problem) for problem in read_content(b"a,b,1\n\0", "x").problems] == ["line 2: it is not text"]
    # A profile's own text is UTF-8 and nothing else.
    (problem,) = read_content(b'schema = 1\nname = "R\xf6ntgen"', "x").problems
    assert str(problem) == "line 2: it is not UTF-8 text"


@pytest.mark.parametrize(
    ("encoding", "notes"),
    [
        ("utf-8", ()),
        ("utf-8-sig", ()),
        ("cp1252", ("read as Windows-1252",)),
        ("utf-16", ("read as UTF-16",)),
    ],
)
@pytest.mark.parametrize(
    "text",
    [
        "AE Title;Host;Port;Name\r\nPACS_A;192.0.2.10;104;Röntgen 1\r\n",
        "sep=;\r\nAE Title;Host;Port;Name\r\nPACS_A;192.0.2.10;104;Röntgen 1\r\n",
        'sep=\t\r\nPort\tName\tHost\tAE Title\r\n104\t"Röntgen 1"\t192.0.2.10\tPACS_A\r\n',
    ],
    ids=["semicolons", "said", "tabs said"],
)
def test_a_list_as_excel_writes_it_is_read_and_its_encoding_said(text, encoding, notes):
    found = read_content(text.encode(encoding), "x")
    (profile,) = found.profiles
    assert (profile.name, profile.scu.handle.called_ae_title) == ("Röntgen 1", "PACS_A")
    assert (profile.scu.host, profile.scu.port) == ("192.0.2.10", 104)
    assert (found.problems, found.notes) == ((), notes)


def test_a_gigabyte_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "big.toml"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    assert [str(problem) for problem in read_file(path).problems] == ["it is too big (1024 MiB; up to 8 are read)"]
    assert read_content(bytes(LARGEST_IMPORT + 1), "x").problems


def test_what_is_no_file_is_told(tmp_path):
    assert [str(problem) for problem in read_file(tmp_path).problems] == ["it is not a file"]
    assert [str(p) for p in read_file(tmp_path / "gone").problems] == ["it cannot be read: no such file or directory"]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert [str(problem) for problem in read_file(tmp_path / "pipe").problems] == ["it is not a file"]


def test_one_toml_file_holds_one_profile():
    with pytest.raises(ValueError, match="choose zip"):
        write([PROFILE] * 2, [("a.toml", ""), ("b.toml", "")], Format.TOML)


@steady
@given(
    st.binary()
    | st.sampled_from([b"{", b"schema = 1\n", b"[[Profiles]]\n", b"PK\x03\x04"]).flatmap(
        lambda start: st.binary().map(start.__add__)
    )
)
def test_whatever_it_is_it_is_read_without_an_error(data):
    imported = read_content(data, "x")
    assert imported.arrivals or imported.problems


class TestAdopting:
    """Writing what was read to the store."""

    def test_names_that_are_taken_get_a_number_and_comments_stay(self, tmp_path):
        store = ProfileStore(tmp_path)
        store.create(Profile("A"))
        text = new_text(Profile("A")) + "# mine\n"
        adopted = list(store.adopt([(Profile("A"), "", text), (Profile("a"), "", ""), (Profile("A"), "Site", "")]))
        assert [(each.key, each.profile.name, each.problem) for each in adopted] == [
            ("A 2.toml", "A 2", ""),
            ("a 3.toml", "a 3", ""),
            ("Site/A.toml", "A", ""),
        ]
        assert "# mine" in store.text("A 2.toml")
        assert store.load("A 2.toml") == Profile("A 2")

    def test_what_cannot_be_written_is_told_and_the_rest_goes_on(self, tmp_path):
        (tmp_path / "file").write_text("")
        first, second = ProfileStore(tmp_path).adopt([(Profile("A"), "file", ""), (Profile("B"), "", "")])
        assert first.key == ""
        assert "was not saved" in first.problem
        assert second.key == "B.toml"
