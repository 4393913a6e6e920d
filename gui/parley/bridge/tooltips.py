"""The one place that knows how a tooltip stays text. The window's texts of every other kind: `parley.ui.kit.texts`.

Qt looks at each tooltip and takes it for rich text when it has something in it that may be a tag. Rich text reads the
files it names: an application context name of ``<img src="/etc/hostname">`` would have the peer choose them.
"""

from __future__ import annotations

from html import escape

from parley.ul.visible import each_line

LONGEST_TIP = 2000
"""Characters: more would not stand on a screen."""


def tip_text(text: str) -> str:
    """A tooltip that shows the text as it is, whoever wrote it; what cannot be seen in it appears as escapes.

    It is not to be given what it has made: that would show the escapes.
    """
    shown = each_line(text, LONGEST_TIP)
    if "<" not in shown and "&lt;" not in shown:
        return shown
    return f"<p style='white-space:pre-wrap'>{escape(shown)}</p>"
