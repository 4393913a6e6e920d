"""No word widens the window, however long it is that somebody typed or a peer sent."""

import pytest

from parley.ui.kit import style
from parley.ui.kit.fields import ToneLine
from parley.ui.kit.long_words import LONGEST, shorten_words
from parley.ui.kit.verdict import VerdictView


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nothing was sent.",
        "a" * LONGEST,
        "/home/somebody/" + "a/" * 90,
        "1." * 31 + "10",
        "two  blanks\nand a line",
    ],
)
def test_what_fits_stays_as_it_is(text):
    assert shorten_words(text) == text


def test_an_overlong_word_keeps_its_ends_and_says_its_length():
    shown = shorten_words(f"no host {'b' * 30}{'x' * 4000}{'e' * 30}, try again")
    assert shown.startswith("no host bbb")
    assert "(4060 characters)" in shown
    assert shown.endswith("eee, try again")
    assert max(map(len, shown.split())) <= LONGEST


@pytest.mark.parametrize(
    "say",
    [
        lambda widget, text: widget.say(style.Tone.ERROR, "Failed:", text, text),
        lambda widget, text: widget.show_line(style.Tone.ERROR, text),
    ],
    ids=["verdict", "line"],
)
def test_an_overlong_word_widens_no_panel(qtbot, request, say):
    widget = VerdictView() if "verdict" in request.node.name else ToneLine()
    qtbot.addWidget(widget)
    say(widget, "x" * 4000)
    assert widget.minimumSizeHint().width() < 500
