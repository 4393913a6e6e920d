import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.ul.text_rules import Coding, are_uids, codings, title_problem, uid_problem, version_name_problem


@pytest.mark.parametrize("uid", ["1.2.840.10008.1.1", "0.0", "2.25.0", "1", "9" * 64, "1.2.10.100"])
def test_good_uids(uid: str):
    assert uid_problem(uid) == ""


@pytest.mark.parametrize(
    ("uid", "words"),
    [
        ("", "is empty"),
        ("1." + "9" * 63, "has 65 characters"),
        ("1.2\0", "is padded"),
        ("1.2 ", "is padded"),
        ("\0\0", "is nothing but padding"),
        ("1.2a", "the character 'a'"),
        ("1,2", "the character ','"),
        ("1.\u0662", "the character"),
        ("1.2\n", "the character"),
        ("1.2.", "ends with a dot"),
        (".1.2", "has an empty component"),
        ("1..2", "has an empty component"),
        ("1.02", "a leading zero"),
        ("1.00", "a leading zero"),
    ],
)
def test_bad_uids(uid: str, words: str):
    assert words in uid_problem(uid)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("ANY-SCP", ""),
        ("A B", ""),
        (" lower ", ""),
        ("X" * 16, ""),
        ("", "is empty"),
        ("   ", "is empty"),
        ("X" * 17, "has 17 characters"),
        ("A\\B", "has a backslash"),
        ("A\0\0", "is padded with NULs"),
        ("\0" * 16, "is padded with NULs"),
        ("A\tB", "not printable ASCII"),
        ("KÖLN", "not printable ASCII"),
    ],
)
def test_titles(title: str, words: str):
    problem = title_problem(title)
    assert words in problem
    assert bool(words) == bool(problem)


@pytest.mark.parametrize(
    ("name", "words"),
    [("PARLEY_01", ""), ("X" * 16, ""), ("", "is empty"), ("X" * 17, "has 17"), ("ä", "ASCII"), ("a\0", "ASCII")],
)
def test_version_names(name: str, words: str):
    problem = version_name_problem(name)
    assert words in problem
    assert bool(words) == bool(problem)


@pytest.mark.parametrize(
    ("uid", "coding"),
    [
        ("1.2.840.10008.1.2", Coding.IMPLICIT),
        ("1.2.840.10008.1.2.1", Coding.EXPLICIT),
        ("1.2.840.10008.1.2.1.99", Coding.DEFLATED),
        ("1.2.840.10008.1.2.2", Coding.BIG_ENDIAN),
        ("1.2.840.10008.1.2.4.50", Coding.COMPRESSED),
        ("1.2.840.10008.1.2.5", Coding.COMPRESSED),
        ("1.2.840.113619.5.2", Coding.PRIVATE),
    ],
)
def test_codings(uid: str, coding: Coding):
    assert codings([uid]) == {coding}


ODD_UIDS = st.sampled_from(["1.2.3", "0", "1..2", "01", "", "1.2;3", ";", "1.2\0", "9" * 65, "1.2.", "x"])


@given(st.lists(ODD_UIDS | st.text(max_size=5)))
def test_many_uids_at_once_are_judged_as_each_of_them(uids):
    assert are_uids(uids) == (not any(map(uid_problem, uids)))
