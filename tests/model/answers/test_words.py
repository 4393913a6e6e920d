"""The words for answers: read, written, and offered in menus."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.model.answers.words import (
    PRESETS,
    Acceptance,
    AcceptAs,
    Answer,
    AnswerError,
    Ask,
    Deed,
    Preset,
    parse_answer,
)
from parley.model.decision import Abort, Close, Misbehave, Reject, Reset, Silence
from parley.model.handle import Rejection
from parley.model.misbehaviour.tables import ACCEPTOR


@pytest.mark.parametrize(
    ("text", "deed"),
    [
        ("accept", Acceptance.BY_RULES),
        ("accept all", Acceptance.ALL),
        ('accept as "Site A"', AcceptAs("Site A")),
        (r'accept as "\"A\" \\ B"', AcceptAs(r'"A" \ B')),
        ("reject 1/1/7", Reject(Rejection(1, 1, 7))),
        ("reject 255/0/9", Reject(Rejection(255, 0, 9))),
        ("abort 0/0", Abort(0, 0)),
        ("abort 2/6", Abort(2, 6)),
        ("close", Close()),
        ("reset", Reset()),
        ("silence", Silence()),
        ("ask", Ask()),
        ("misbehave two-answers", Misbehave("two-answers")),
    ],
)
def test_every_answer_is_read_and_written(text: str, deed: Deed) -> None:
    assert parse_answer(text) == Answer(deed)
    assert str(parse_answer(text)) == text
    if not isinstance(deed, Ask):
        late = f"after 2.5 s {text}"
        assert parse_answer(late) == Answer(deed, 2.5)
        assert str(parse_answer(late)) == late


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("  Accept   ALL ", "accept all"),
        ("accept as PACS", 'accept as "PACS"'),
        ("abort user", "abort 0/0"),
        ("abort provider", "abort 2/0"),
        ("ABORT Provider 2", "abort 2/2"),
        ("after 5s close", "after 5 s close"),
        ("after 5 seconds close", "after 5 s close"),
        ("after 0 s close", "after 0 s close"),
        ("after 0.125 sec reject 01/1/07", "after 0.125 s reject 1/1/7"),
    ],
)
def test_what_people_type_is_understood(typed: str, text: str) -> None:
    assert str(parse_answer(typed)) == text


@pytest.mark.parametrize(
    ("text", "position", "reason", "remedy"),
    [
        ("", 0, "the answer is missing", "Start with accept"),
        (" rejct 1/1/7", 1, "rejct is no answer", "Start with accept"),
        ("accept none", 7, "accept none is no answer", "Write accept, accept all or"),
        ("accept as", 9, "the profile's name is missing", 'Write it like accept as "Site A".'),
        ('accept as " "', 10, "the profile's name is missing", 'Write it like accept as "Site A".'),
        ('accept as "Site', 10, "the quotation mark is not closed", 'Write it like accept as "Site A".'),
        ("accept as Site A", 15, "nothing can follow here", 'Leave it out: accept as "Site" is all.'),
        ("reject", 6, "reject wants result/source/reason", "Write it like reject 1/1/7."),
        ("reject 1/1", 7, "reject wants result/source/reason", "Write it like reject 1/1/7."),
        ("reject 1/1/256", 7, "reject wants result/source/reason", "Write it like reject 1/1/7."),
        ("abort", 5, "abort wants source/reason", "Write it like abort 0/0"),
        ("abort 2/256", 6, "abort wants source/reason", "Write it like abort 0/0"),
        ("abort provider x", 6, "abort wants source/reason", "Write it like abort 0/0"),
        ("misbehave", 9, "the misbehaviour's name is missing", "Write it like misbehave "),
        ("after", 5, "after wants seconds", "Write it like after 5 s accept."),
        ("after 5 accept", 6, "after wants seconds", "Write it like after 5 s accept."),
        ("after 1.2.3 s accept", 6, "after wants seconds", "Write it like after 5 s accept."),
        ("after 86401 s accept", 6, "after wants seconds, 86400 at the most", "Write it like after 5 s accept."),
        ("after 5 s", 9, "the answer is missing", "Start with accept"),
        ("after 5 s after 5 s accept", 10, "after is no answer", "Start with accept"),
        ("after 5 s ask", 10, "asking waits for a person anyway", "Write ask alone."),
        ("ask now", 4, "nothing can follow here", "Leave it out: ask is all."),
    ],
)
def test_what_is_no_answer_is_told_with_its_place(text: str, position: int, reason: str, remedy: str) -> None:
    with pytest.raises(AnswerError) as caught:
        parse_answer(text)
    error = caught.value
    assert error.position == position
    assert error.reason.startswith(reason)
    assert error.remedy.startswith(remedy)
    assert error.remedy.endswith(".")
    assert str(error) == f"column {position + 1}: {error.reason}"


words = st.sampled_from(
    ["accept", "all", "as", '"', "reject", "1/1/7", "²/1/1", "abort", "user", "0/0", "close", "ask", "after", "5", "s"]
)


@given(st.text() | st.lists(words | st.text(max_size=4), max_size=6).map(" ".join))
def test_reading_raises_nothing_else_and_what_is_read_is_written(text: str) -> None:
    trouble = None
    try:
        answer = parse_answer(text)
    except AnswerError as error:
        trouble = error
    if trouble is not None:
        assert 0 <= trouble.position <= len(text)
    else:
        assert parse_answer(str(answer)) == answer


# --- presets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.text)
def test_a_preset_is_an_answer_in_its_own_words(preset: Preset) -> None:
    assert str(preset.answer) == preset.text
    assert preset.words
    assert preset.group


def test_presets_are_told_apart_and_stand_in_groups() -> None:
    assert max(Counter(preset.text for preset in PRESETS).values()) == 1
    assert max(Counter(preset.words for preset in PRESETS).values()) == 1
    groups = [preset.group for preset in PRESETS]
    assert groups == sorted(groups, key=groups.index)


def test_the_standards_codes_are_all_there_and_some_that_it_reserves() -> None:
    texts = {preset.text: preset for preset in PRESETS}
    reasons = ["1/1", "1/2", "1/3", "1/7", "2/1", "2/2", "3/1", "3/2"]
    assert {f"reject {result}/{reason}" for result in (1, 2) for reason in reasons} <= texts.keys()
    assert {"abort 0/0", *(f"abort 2/{reason}" for reason in (0, 1, 2, 4, 5, 6))} <= texts.keys()
    assert {"accept", "accept all", "close", "reset", "silence", "ask", "after 5 s accept"} <= texts.keys()
    assert texts["reject 1/1/7"].words == "1/1/7 rejected-permanent by service-user: called-AE-title-not-recognized"
    reserved = [preset for preset in PRESETS if preset.group == "Reserved codes"]
    assert reserved
    assert all("reserved" in preset.words for preset in reserved)


def test_the_misbehaviour_that_is_named_as_an_example_exists() -> None:
    with pytest.raises(AnswerError) as caught:
        parse_answer("misbehave")
    assert caught.value.remedy.removeprefix("Write it like misbehave ").removesuffix(".") in ACCEPTOR
