"""Lists of AE titles from spreadsheets."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.exchange.csv_list import LONGEST_ROW, MOST_LINES, read_csv, write_csv
from parley.exchange.results import MOST_PROFILES, peer_profile
from parley.model.profile import Profile
from tests.harness.steady import steady

TITLES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=16)
NAMES = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40)
PEERS = st.builds(
    peer_profile, NAMES, TITLES, st.sampled_from(["127.0.0.1", "::1", "pacs.example"]), st.integers(1, 65535)
)


def peers(text: str) -> list[tuple[str, str, str, int]]:
    return [(p.name, p.scu.handle.called_ae_title, p.scu.host, p.scu.port) for p in read_csv(text).profiles]


def problems(text: str) -> list[str]:
    return [str(problem) for problem in read_csv(text).problems]


@pytest.mark.parametrize(
    "text",
    [
        "PACS,192.0.2.1,104\nCT 1,ct.example,11112\n",
        "PACS;192.0.2.1;104\r\nCT 1;ct.example;11112",
        "PACS\t192.0.2.1\t104\rCT 1\tct.example\t11112\r",
        '"PACS", "192.0.2.1", "104"\n"CT 1", ct.example, 11112\n',
        "AE title,Host,Port\nPACS,192.0.2.1,104\nCT 1,ct.example,11112\n",
        "Port;IP-Address;AET;Room\n104;192.0.2.1;PACS;7\n11112;ct.example;CT 1;8\n",
        "# our peers\n\nPACS,192.0.2.1,104\n\nCT 1,ct.example,11112\n",
    ],
    ids=["comma", "semicolon", "tab", "quotes", "header", "other order", "comments"],
)
def test_every_spelling_of_a_list_is_read(text):
    assert peers(text) == [("PACS", "PACS", "192.0.2.1", 104), ("CT 1", "CT 1", "ct.example", 11112)]
    assert problems(text) == []


def test_a_name_column_gives_names():
    assert peers("name,aet,host,port\nThe archive,PACS,192.0.2.1,104\n") == [("The archive", "PACS", "192.0.2.1", 104)]


def test_bad_rows_are_named_and_the_rest_goes_on():
    text = "PACS,192.0.2.1,104\n,h,104\nA,,104\nA,h,0\nA,h,x\nA,h\nA_TITLE_OF_MANY_LETTERS,h,104\nA,h h,1\nB,h,65535"
    assert peers(text) == [("PACS", "PACS", "192.0.2.1", 104), ("B", "B", "h", 65535)]
    assert problems(text) == [
        "line 2: the AE title is missing",
        "line 3: the host is missing",
        "line 4: “0” is no port from 1 to 65535",
        "line 5: “x” is no port from 1 to 65535",
        "line 6: it is not AE title, host and port: fewer than three fields, or a quote that does not end",
        "line 7: the AE title “A_TITLE_OF_MANY_LETTERS” has more than 16 characters",
        "line 8: “h h” is no host: it holds blanks",
    ]


def test_a_quote_that_does_not_end_costs_its_own_row_only():
    text = 'PACS,"192.0.2.1,104\nB,h,104\n'
    assert peers(text) == [("B", "B", "h", 104)]
    assert problems(text)[0].startswith("line 1: ")


def test_nothing_is_no_list():
    assert problems("") == problems("\n# only a comment\n") == ["there is nothing in it"]


def test_a_list_that_is_too_long_is_read_up_to_there():
    imported = read_csv("PACS,h,104\n" * (MOST_PROFILES + 1))
    assert len(imported.profiles) == MOST_PROFILES
    assert [problem.line for problem in imported.problems] == [MOST_PROFILES + 1]


def test_a_row_that_is_none_is_told_and_a_list_without_end_is_read_up_to_a_bound():
    assert problems("PACS,h,104\n" + "x" * (LONGEST_ROW + 1)) == [f"line 2: it has more than {LONGEST_ROW} characters"]
    assert peers("PACS,h,104\n" + "\n" * MOST_LINES) == [("PACS", "PACS", "h", 104)]
    assert problems("PACS,h,104\n" + "\n" * MOST_LINES) == [f"line {MOST_LINES + 1}: only {MOST_LINES} lines were read"]


def test_what_a_spreadsheet_says_of_the_delimiter_counts():
    assert peers("sep=;\nA,B;h;104\n") == [("A,B", "A,B", "h", 104)]
    assert problems("sep=;\n") == ["there is nothing in it"]


def test_a_name_of_two_lines_stays_in_its_row():
    profile = replace(peer_profile("A", "PACS", "h", 104), name="two\nlines")
    assert peers(write_csv([profile, Profile("Loopback")])) == [
        ("two lines", "PACS", "h", 104),
        ("Loopback", "PARLEY_SCP", "127.0.0.1", 11112),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "'=", "''+", "＝", "'", "#", "A"])
def test_what_a_spreadsheet_would_run_is_written_as_text_and_comes_back(start):
    profile = peer_profile(f"{start}HYPERLINK(1)", f"{start}CT", f"{start}host", 104)
    cells = next(csv.reader([write_csv([profile]).splitlines()[1]]))
    assert not any(cell.startswith(("=", "+", "-", "@", "＝", "\t", "\r")) for cell in cells)
    assert peers(write_csv([profile])) == [
        (profile.name, profile.scu.handle.called_ae_title, profile.scu.host, 104),
    ]


def test_an_apostrophe_that_guards_nothing_stays():
    assert peers("'PACS,h,104\n'=CT,h,104\n") == [("'PACS", "'PACS", "h", 104), ("=CT", "=CT", "h", 104)]


@pytest.mark.parametrize("name", ["\t=1+1", "\r=1+1", " \n-1", "\u2028=1", "' @1"])
def test_nor_behind_blanks_or_ends_of_lines(name):
    written = write_csv([replace(peer_profile("A", "PACS", "h", 104), name=name)])
    assert next(csv.reader([written.splitlines()[1]]))[3].strip()[0] == "'"
    assert peers(written)[0][0] == " ".join(name.split())


@steady
@given(st.lists(PEERS, max_size=8))
def test_what_is_written_is_read_back(profiles):
    assert list(read_csv(write_csv(profiles)).profiles) == profiles


@steady
@given(st.text(st.characters() | st.sampled_from(',;\t"\r\n#')))
def test_whatever_it_is_it_is_read_without_an_error(text):
    imported = read_csv(text)
    assert imported.profiles or imported.problems
