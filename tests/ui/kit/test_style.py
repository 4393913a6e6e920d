"""Colours can be read on light and dark, icons exist and follow the palette."""

from importlib import resources

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette

from parley.ui.kit import icons, style

LIGHT = QPalette(QColor("#efefef"), QColor("#efefef"))
DARK = QPalette(QColor("#2b2b2e"), QColor("#2b2b2e"))


def luminance(colour):
    """WCAG 2: relative luminance."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def palette(request):
    return request.param


@pytest.mark.parametrize("tone", style.Tone)
@pytest.mark.parametrize("role", [QPalette.ColorRole.Window, QPalette.ColorRole.Base])
def test_a_tone_can_be_read(palette, tone, role):
    assert contrast(style.colour(tone, palette), palette.color(role)) >= 4.5


@pytest.mark.parametrize("tone", style.Tone)
def test_text_can_be_read_on_a_tones_ground(palette, tone):
    assert contrast(palette.color(QPalette.ColorRole.WindowText), style.tint(tone, palette)) >= 4.5


def test_words_of_second_rank_can_be_read(palette):
    assert contrast(style.muted(palette), palette.color(QPalette.ColorRole.Window)) >= 4.5


def test_dark_is_told_from_light():
    assert style.is_dark(DARK)
    assert not style.is_dark(LIGHT)


@pytest.mark.parametrize(
    "name",
    sorted(path.name.removesuffix(".svg") for path in resources.files("parley.resources").joinpath("icons").iterdir()),
)
def test_every_icon_draws_something(qapp, name):
    image = icons.icon(name).pixmap(QSize(16, 16)).toImage()
    assert any(image.pixelColor(x, y).alpha() > 128 for x in range(16) for y in range(16))


def test_an_icon_follows_the_palette(qapp):
    icon, before = icons.icon("stop"), qapp.palette()
    try:
        colours = []
        for palette in (LIGHT, DARK):
            qapp.setPalette(palette)
            image = icon.pixmap(QSize(32, 32)).toImage()
            seen = [image.pixelColor(x, y) for x in range(32) for y in range(32)]
            colours.append(max(seen, key=QColor.alpha).lightness())
        assert colours[0] < 100
        assert colours[1] > 150
    finally:
        qapp.setPalette(before)


def test_a_disabled_icon_is_paler(qapp):
    normal, disabled = (
        icons.icon("stop").pixmap(QSize(16, 16), mode).toImage() for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled)
    )
    assert normal != disabled
