"""Help: first steps, answering requests, filters and rules, the keyboard, what Parley is. Made when asked for."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from importlib import resources

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

import parley
from parley.ui.kit import style
from parley.ui.kit.fields import named
from parley.ui.kit.texts import set_title

_LOG_KEYS = (
    ("Any letter", "In the log: find, as Ctrl+F does"),
    ("F3, Shift+F3", "Next and previous match"),
    ("Ctrl+. , Ctrl+,", "Next and previous event of the same association"),
    ("Ctrl+C", "Copy the selected rows"),
)
_EDIT_KEYS = (
    ("Ins, Del", "In a contexts table: add, remove"),
    ("Alt+Up, Alt+Down", "In contexts and transfer syntaxes: move"),
    ("Ctrl+C, Ctrl+X, Ctrl+V", "In a contexts table: copy, cut and paste as text; plain UIDs and names can be pasted"),
    ("F2", "Edit the selected cell, or rename the selected profile"),
)


def show_page(parent: QWidget, title: str, name: str) -> None:
    """Show a page of `resources/help`."""
    text = resources.files("parley.resources").joinpath("help", f"{name}.md").read_text("utf-8")
    browser = _dialog(parent, title, f"help.{name}")
    browser.setMarkdown(text)


def show_filters(parent: QWidget) -> None:
    """Show the page about expressions, with every name that can be asked."""
    from parley.bridge.log.words import LOG
    from parley.model.answers.caller_words import CALLER
    from parley.model.answers.words import PRESETS

    text = resources.files("parley.resources").joinpath("help", "filters.md").read_text("utf-8")
    names = {
        f"{{{what}}}": _table((f"~{field.name}", field.tip) for field in vocabulary)
        for what, vocabulary in (("log", LOG), ("caller", CALLER))
    }
    answers = _table((preset.text, preset.words) for preset in PRESETS)
    for place, rows in {**names, "{answers}": answers}.items():
        text = text.replace(place, rows)
    _dialog(parent, "Filters and rules", "help.filters").setMarkdown(text)


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = (f"| `{name}` | {words} |" for name, words in rows)
    return "\n".join(("| Written | Meaning |", "|---|---|", *lines))


def show_about(parent: QWidget) -> None:
    """Say what this is."""
    browser = _dialog(parent, "About Parley", "help.about")
    browser.setMarkdown(
        f"## Parley {parley.__version__}\n\n"
        "A tester for DICOM associations: propose, answer, watch, and learn why it went wrong.\n\n"
        "Free software under the MIT licence."
    )


def show_keys(parent: QWidget, actions: Iterable[QAction]) -> None:
    """List the keys of these actions and of the views."""
    shown = [
        (action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), action.toolTip().rpartition(" (")[0])
        for action in actions
        if not action.shortcut().isEmpty()
    ]
    rows = "".join(
        f"<tr><td style='padding: 2px 24px 2px 0'><b>{escape(keys)}</b></td><td>{escape(words)}</td></tr>"
        for keys, words in (*shown, *_EDIT_KEYS, *_LOG_KEYS)
    )
    _dialog(parent, "Keyboard", "help.keys").setHtml(f"<table>{rows}</table>")


def _dialog(parent: QWidget, title: str, object_name: str) -> QTextBrowser:
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setObjectName(object_name)
    set_title(dialog, title)
    dialog.resize(560, 480)
    browser = QTextBrowser()
    named(browser, f"{object_name}.text", title, "")
    browser.setOpenExternalLinks(True)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
    layout.addWidget(browser)
    layout.addWidget(buttons)
    dialog.open()
    return browser
