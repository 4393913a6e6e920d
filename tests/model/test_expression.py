"""The language of the log's filter and of the answer rules."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.model.expression import (
    EVERYTHING,
    MOST_NESTED,
    ExpressionError,
    Field,
    FieldKind,
    Value,
    parse,
)

WORDS = (
    Field("calling", FieldKind.TEXT, "a title"),
    Field("addr", FieldKind.ADDRESS, "an address"),
    Field("role", FieldKind.WORD, "a role", ("scu", "scp")),
    Field("reason", FieldKind.WORD, "codes"),
    Field("count", FieldKind.NUMBER, "a number"),
    Field("hour", FieldKind.HOUR, "an hour"),
    Field("tls", FieldKind.FLAG, "under TLS"),
)


@dataclass
class Thing:
    haystack: str = "a-associate-rq ct_1 → archive\n10.0.0.7:4001"
    fields: dict[str, tuple[Value, ...]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def values(self, name: str) -> tuple[Value, ...]:
        self.asked.append(name)
        return self.fields.get(name, ())


def matches(
    text: str, haystack: str = "ct_1 archive 10.0.0.7:4001 push(1)", **fields: Value | tuple[Value, ...]
) -> bool:
    values = {name: value if isinstance(value, tuple) else (value,) for name, value in fields.items()}
    return parse(text, WORDS).matches(Thing(haystack, values))


def error(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        parse(text, WORDS)
    return caught.value


class TestWords:
    @pytest.mark.parametrize("text", ["", "  \t "])
    def test_nothing_matches_everything(self, text: str) -> None:
        assert parse(text, WORDS) is EVERYTHING
        assert matches(text)

    @pytest.mark.parametrize(
        "text",
        [
            "CT_1",
            "archive ct",
            "archive & ct",
            "10.0.0.7:4001",
            '"CT_1 ARCH"',
            "mri | ct",
            "mri | ct & arch",
            "(mri | ct) archive",
            "!mri",
            "!!ct",
            "!(mri ct)",
            "!(mri & ct) & !mri",
            "push(1)",
            '""',
        ],
    )
    def test_are_looked_for_anywhere(self, text: str) -> None:
        assert matches(text)

    @pytest.mark.parametrize(
        "text",
        [
            "mri",
            "archive mri",
            "ct & mri",
            '"archive ct"',
            "!ct",
            "mri | !ct",
            "(mri | ct) & !archive",
            "! ( ct | mri )",
        ],
    )
    def test_all_have_to_be_there(self, text: str) -> None:
        assert not matches(text)

    def test_and_binds_more_than_or(self) -> None:
        assert matches("ct | archive mri")
        assert not matches("(ct | archive) mri")

    def test_signs_within_a_word_are_letters(self) -> None:
        assert matches("a!b~c=d*e?", haystack='a!b~c=d*e?"')
        assert not matches("a*e", haystack="abcde")

    def test_quotation_marks_keep_blanks_and_signs(self) -> None:
        assert matches(r'"a & \"b\" \\ | ~c"', haystack=r'a & "b" \ | ~c')

    def test_the_same_line_is_an_equal_expression(self) -> None:
        assert parse(" a ~count >3", WORDS) == parse("a ~count >3 ", WORDS) != parse("a ~count >4", WORDS)

    def test_what_has_to_be_worked_out_is_asked_for_last(self) -> None:
        class Costly(Thing):
            @property
            def haystack(self) -> str:
                raise AssertionError

            @haystack.setter
            def haystack(self, value: str) -> None: ...

        assert not parse("word ~tls", WORDS).matches(Costly())


class TestText:
    @pytest.mark.parametrize(
        "text", ["~calling T_1", "~calling ct*", "~calling ??_1", "~calling =CT_1", '~calling "t_"']
    )
    def test_fits(self, text: str) -> None:
        assert matches(text, calling="CT_1")

    @pytest.mark.parametrize("text", ["~calling MR", "~calling t*", "~calling ?_1", "~calling =ct_1", "~calling =CT*"])
    def test_does_not_fit(self, text: str) -> None:
        assert not matches(text, calling="CT_1")

    def test_one_of_several_is_enough_and_none_is_not(self) -> None:
        assert matches("~calling MR", calling=("CT_1", "MR_2"))
        assert not matches("~calling *", calling=())
        assert matches("!~calling *", calling=())

    def test_a_star_can_be_asked_for_itself(self) -> None:
        assert matches("~calling =C*", calling="C*")
        assert not matches("~calling =C*", calling="CT")

    def test_a_value_ends_where_a_word_does(self) -> None:
        assert matches("(~calling CT|mri)&archive", calling="CT_1")


class TestWord:
    def test_is_the_whole_value(self) -> None:
        assert matches("~role SCU", role="scu")
        assert not matches("~reason 1/1/1", reason="1/1/10")
        assert matches("~reason 1/1/*", reason="1/1/10")

    def test_has_to_be_one_that_there_is(self) -> None:
        assert error("~role both").reason == "~role wants one of scu, scp"
        assert matches("~role s*", role="scp")


class TestAddress:
    @pytest.mark.parametrize(
        "text",
        [
            "~addr 10.1.0.0/16",
            "~addr 10.1.2.3",
            "~addr 10.1.",
            "~addr 10.1.2.3:40",
            "~addr 10.*.3",
            "~addr *:4001",
            "~addr =10.1.2.3:4001",
            "~addr =10.1.2.3",
        ],
    )
    def test_fits(self, text: str) -> None:
        assert matches(text, addr="10.1.2.3:4001")

    @pytest.mark.parametrize("text", ["~addr 10.2.0.0/16", "~addr 10.1.2", "~addr 10.1.2.3", "~addr 1.2", "~addr *.3"])
    def test_does_not_fit(self, text: str) -> None:
        assert not matches(text, addr="110.1.2.30:4001")

    def test_an_address_is_not_the_beginning_of_a_longer_one(self) -> None:
        assert not matches("~addr 10.1.2.3", addr="10.1.2.30:1")

    def test_ipv6(self) -> None:
        assert matches("~addr 2001:db8::/32", addr="[2001:db8::7]:104")
        assert matches("~addr 2001:db8:", addr="[2001:db8::7]:104")
        assert matches("~addr 10.0.0.0/8", addr="[::ffff:10.0.0.7]:104")


class TestNumber:
    @pytest.mark.parametrize("text", ["3", "=3", ">2", ">=3", "<4", "<=3", "3..3", "1..7", "> 2", '"3"'])
    def test_fits(self, text: str) -> None:
        assert matches(f"~count {text}", count=3)

    @pytest.mark.parametrize("text", ["4", ">3", "<3", ">=4", "<=2", "4..7", "33"])
    def test_does_not_fit(self, text: str) -> None:
        assert not matches(f"~count {text}", count=3)

    def test_a_sign_needs_no_blank(self) -> None:
        assert matches("~count>2", count=3)

    @pytest.mark.parametrize(("hour", "fits"), [(17, False), (18, True), (23, True), (0, True), (7, True), (8, False)])
    def test_hours_may_go_over_midnight(self, hour: int, fits: bool) -> None:
        assert matches("~hour 18..7", hour=hour) is fits

    @pytest.mark.parametrize("text", ["x", "3.5", "-1", "3..", "..3", "7..3", "²", "9" * 19, ">1..3", "0x3", "1..2..3"])
    def test_what_is_no_number_is_refused(self, text: str) -> None:
        assert error(f"~count {text}").position == 7

    def test_there_are_24_hours(self) -> None:
        assert error("~hour 24").reason == "~hour wants an hour from 0 to 23, or a range such as 18..7"


class TestErrors:
    @pytest.mark.parametrize(
        ("text", "position", "reason"),
        [
            ("a ~callin b", 2, "there is no ~callin; the nearest is ~calling"),
            ("~nonsense", 0, "there is no ~nonsense; there are ~addr, ~calling, ~count, ~hour, ~reason, ~role, ~tls"),
            ("~", 0, "~ wants a name behind it: ~addr, ~calling, ~count, ~hour, ~reason, ~role, ~tls"),
            ("a (b", 2, "this parenthesis is not closed"),
            ("a) b", 1, "this parenthesis was never opened"),
            ("()", 1, "a word or a ~name is missing before )"),
            ("a |", 3, "a word or a ~name is missing at the end"),
            ("a & | b", 4, "a word or a ~name is missing before |"),
            ("& a", 0, "a word or a ~name is missing before &"),
            ("a !", 3, "a word or a ~name is missing at the end"),
            ('a "b c', 2, "the quotation mark is not closed"),
            ('~calling "b', 9, "the quotation mark is not closed"),
            ("~calling", 8, "~calling wants a value behind it; blanks need quotation marks around it"),
            ("~calling ~tls", 9, "~calling wants a value behind it; blanks need quotation marks around it"),
            ("~count", 6, "~count wants a number such as 3, >3, <=3 or 3..7"),
            ("~addr 10.0.0.0/99", 6, "10.0.0.0/99 is no network"),
            ("~calling " + "*" * 300, 9, "what ~calling looks for is longer than 256 characters"),
            ("(" * 51, MOST_NESTED, "more than 50 parentheses are open"),
        ],
    )
    def test_name_the_place_and_what_is_wrong(self, text: str, position: int, reason: str) -> None:
        caught = error(text)
        assert caught.position == position
        assert caught.reason.startswith(reason)
        assert str(caught) == f"column {position + 1}: {caught.reason}"

    def test_fifty_parentheses_are_fine_and_so_are_many_one_behind_another(self) -> None:
        assert matches("(" * 50 + "ct" + ")" * 50)
        assert matches(" ".join(["(ct)"] * 200))


def test_an_unknown_name_without_any_names_is_told_too() -> None:
    with pytest.raises(ExpressionError, match="wants a name"):
        parse("~tls", ())


# --- whatever is typed -----------------------------------------------------------------------------------------------

names = ["~calling", "~addr", "~role", "~count", "~hour", "~tls", "~"]
signs = ["&", "|", "!", "(", ")", '"', "\\", "=", ">", "<=", "..", "*", "?", " "]
pieces = st.sampled_from([*names, *signs, "10.0.0.0/8", "scu", "3", "18..7", "ct"])
lines = st.lists(pieces | st.text(max_size=3), max_size=12).map("".join) | st.lists(pieces, max_size=12).map(" ".join)
things = st.builds(
    Thing,
    st.text(max_size=20),
    st.fixed_dictionaries(
        {},
        optional={
            "calling": st.lists(st.text(max_size=5), max_size=3).map(tuple),
            "addr": st.lists(st.text(max_size=9) | st.just("10.0.0.7:104"), max_size=2).map(tuple),
            "role": st.just(("scu",)),
            "count": st.tuples(st.integers()),
            "hour": st.tuples(st.integers(0, 23)),
            "tls": st.just(("TLS",)),
        },
    ),
)


@given(lines, things)
def test_reading_raises_nothing_else_and_matching_nothing(line: str, thing: Thing) -> None:
    trouble = None
    try:
        expression = parse(line, WORDS)
    except ExpressionError as error:
        trouble = error
    if trouble is not None:
        assert 0 <= trouble.position <= len(line)
        assert trouble.reason
    else:
        negated = parse(f"!({line})", WORDS) if line.strip() else parse('!""', WORDS)
        assert negated.matches(thing) is not expression.matches(thing)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("~calling " + "*a" * 120 + "b", "a" * 4000),
        ("~calling " + "*?" * 120 + "b", "a" * 4000),
        ("~calling " + "?*" * 120 + "b", "a" * 4000),
        ("~calling *" + "a" * 200 + "b*", "a" * 4000),
    ],
)
def test_a_hostile_pattern_takes_no_more_than_an_instant(line: str, value: str) -> None:
    """A pattern that is tried again from each place would take years."""
    expression = parse(line, WORDS)
    before = time.process_time()
    assert not expression.matches(Thing("", {"calling": (value,)}))
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize("unit", ["a ", "!", "(a) ", "~tls ", '"" ', "a|", "~calling x "])
def test_reading_takes_time_by_the_length_of_the_line(unit: str) -> None:
    def seconds(count: int) -> float:
        line = unit * count + "a"
        before = time.process_time()
        parse(line, WORDS)
        return time.process_time() - before

    seconds(100)
    assert seconds(20_000) < 2
