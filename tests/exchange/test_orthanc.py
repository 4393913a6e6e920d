"""Orthanc's list of modalities."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.exchange.orthanc import read_orthanc, write_orthanc
from parley.exchange.results import MOST_PROFILES, peer_profile
from parley.model.profile import Profile
from tests.harness.steady import steady

CONFIGURATION = r"""
// Orthanc's own file has comments
{
  "Name" : "http://not-a-comment", /* and
     such ones */
  "DicomModalities" : {
    "sample" : [ "STORESCP", "127.0.0.1", 2000 ],
    "maker" : [ "MAKER", "192.0.2.1", 104, "GenericNoWildcardInDates" ],
    // "untouched" : [ "NO", "192.0.2.2", 104 ],
    "long" : {
      "AET" : "ORTHANCB", "Host" : "pacs.example", "Port" : "104",
      "AllowEcho" : false, "UseDicomTls" : true,
      "LocalAet" : "HELLO", "Timeout" : 60
    }
  },
  "DicomPort" : 4242
}
"""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["PACS", "h", 104]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["AET", "Host", "Port", "DicomModalities", "Timeout"]) | st.text(), inner)
    ),
    max_leaves=12,
)


def problems(text: str) -> list[str]:
    return [str(problem) for problem in read_orthanc(text).problems]


def test_all_three_shapes_are_read():
    imported = read_orthanc(CONFIGURATION)
    assert imported.problems == ()
    facts = [(p.name, p.scu.handle.called_ae_title, p.scu.host, p.scu.port) for p in imported.profiles]
    assert facts == [
        ("sample", "STORESCP", "127.0.0.1", 2000),
        ("maker", "MAKER", "192.0.2.1", 104),
        ("long", "ORTHANCB", "pacs.example", 104),
    ]
    _, maker, long = imported.profiles
    assert maker.comment == 'Orthanc: Manufacturer = "GenericNoWildcardInDates"'
    assert long.comment == "Orthanc: AllowEcho = false, UseDicomTls = true"
    assert long.scu.handle.calling_ae_title == "HELLO"
    assert long.scu.timers.association_response == 60


def test_the_object_alone_is_read_too():
    imported = read_orthanc('{"a": ["A", "h", 104], "b": {"AET": "B", "Host": "h", "Port": 1}}')
    assert [profile.name for profile in imported.profiles] == ["a", "b"]


def test_bad_entries_are_named_and_the_rest_goes_on():
    text = """{"DicomModalities": {
      "few": ["A", "h"],
      "port": ["A", "h", true],
      "host": ["A", "", 104],
      "good": ["A", "h", 104],
      "text": "A@h:104",
      "wait": {"AET": "A", "Host": "h", "Port": 104, "Timeout": "long"},
      "own": {"AET": "A", "Host": "h", "Port": 104, "LocalAet": 7}
    }}"""
    assert [profile.name for profile in read_orthanc(text).profiles] == ["good"]
    assert problems(text) == [
        "few, line 2: it is neither [AET, host, port] nor an object with AET, Host and Port",
        "port, line 3: “True” is no port from 1 to 65535",
        "host, line 4: the host is missing",
        "text, line 6: it is neither [AET, host, port] nor an object with AET, Host and Port",
        "wait, line 7: Timeout is no number of seconds below a day",
        "own, line 8: LocalAet is no AE title",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{\n"DicomModalities": {\n"a": [1,}\n}', "line 3: it is not JSON: "),
        ("// a comment\n/* that does not end", "line 2: it is not JSON: "),
        ("[" * 100_000, "values are nested too deeply"),
        ('{"a": ' + "9" * 5000 + "}", "it holds a number of thousands of digits"),
        ("[1]", "it is no object of modalities, nor has it one called DicomModalities"),
        ('{"DicomModalities": 7}', "it is no object of modalities, nor has it one called DicomModalities"),
        ('{"Name": "Orthanc"}', "there is no DicomModalities in it"),
        ('{"DicomModalities": {}}', "DicomModalities is empty"),
    ],
)
def test_what_is_no_list_of_modalities_is_told(text, told):
    assert read_orthanc(text).profiles == ()
    assert problems(text)[0].startswith(told)


def test_a_list_that_is_too_long_is_read_up_to_there():
    imported = read_orthanc(json.dumps({str(number): ["A", "h", 104] for number in range(MOST_PROFILES + 1)}))
    assert len(imported.profiles) == MOST_PROFILES
    assert len(imported.problems) == 1


def test_what_is_written_is_read_back():
    first = peer_profile("PACS “A”", "PACS", "192.0.2.1", 104)
    handle = replace(first.scu.handle, calling_ae_title="ME")
    timers = replace(first.scu.timers, association_response=7.0)
    second = replace(first, name="second", scu=replace(first.scu, handle=handle, timers=timers))
    exported = write_orthanc([first, second])
    assert exported.problems == ()
    assert list(read_orthanc(exported.data.decode()).profiles) == [first, second]


def test_of_two_equal_names_the_second_is_told():
    exported = write_orthanc([Profile("A"), Profile("A")])
    assert [str(problem) for problem in exported.problems] == ["A: left out, as an earlier one has the same name"]


@pytest.mark.parametrize("text", ["/*" * 200_000, '"\\' * 200_000, '{"' + '\\"' * 200_000, "/" * 200_000])
def test_a_hostile_text_takes_no_longer_than_a_plain_one(text):
    """Each of these once kept searching from every one of its characters to its end."""
    assert read_orthanc(text).problems


@steady
@given(json_values)
def test_whatever_json_it_is_it_is_read_without_an_error(value):
    imported = read_orthanc(json.dumps(value))
    assert imported.profiles or imported.problems


@steady
@given(st.text(st.sampled_from('{}[]",:/*\\\n1aA')))
def test_whatever_text_it_is_it_is_read_without_an_error(text):
    imported = read_orthanc(text)
    assert imported.profiles or imported.problems
