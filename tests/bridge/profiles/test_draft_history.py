"""Undo and redo of an answer in its own window: the steps themselves are `History`'s."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject

from parley.bridge.profiles.draft_history import DraftHistory
from parley.model.answers.draft import AnswerDraft
from tests.bridge.samples import answer, request

DRAFT = AnswerDraft.of(answer(request()), request())
SHORT = replace(DRAFT, handle=replace(DRAFT.handle, maximum_length=4))
LONG = replace(DRAFT, handle=replace(DRAFT.handle, maximum_length=40))


@pytest.fixture
def history(qapp):
    owner = QObject()
    made = DraftHistory(DRAFT, owner)
    made.owner, made.shown = owner, []
    made.restored.connect(made.shown.append)
    return made


def test_a_step_goes_back_and_forward(history):
    assert (history.to_undo, history.to_redo) == (None, None)
    history.edit(SHORT)
    assert history.to_undo == ("handle", "maximum_length")
    history.undo()
    assert (history.shown, history.to_undo) == ([DRAFT], None)
    history.redo()
    assert (history.shown, history.to_redo) == ([DRAFT, SHORT], None)


@pytest.mark.parametrize(("ends", "before"), [(True, SHORT), (False, DRAFT)])
def test_typing_on_in_one_field_is_one_step_until_it_ends(history, ends, before):
    history.edit(SHORT)
    if ends:
        history.end_step()
    history.edit(LONG)
    history.undo()
    assert history.shown == [before]


def test_every_change_is_told(qtbot, history):
    for change in (lambda: history.edit(SHORT), history.undo, history.redo):
        with qtbot.waitSignal(history.history_changed):
            change()
