"""The SCU panel: whom to call and with what; the buttons to do it; what came of it.

It edits a draft and emits wishes. It neither connects nor diagnoses: attempts and verdicts are handed to it. What came
of an association is shown while the form asks what it was made with; once the request was edited, it is said to be of
another. Where the form names another peer there stands whom the association is with, and what can be done about that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction

from parley.model.address import format_address
from parley.model.attempt import AttemptEnd
from parley.model.event import EngineEvent, EventKind
from parley.model.handle import ProposedContext, RequestorHandle
from parley.model.profile import RequestorSide, Timers
from parley.model.target import Target, is_same_request
from parley.ui.contexts.editor import ContextsEditor
from parley.ui.kit import icons, style
from parley.ui.kit.action_button import ActionButton, shown_text
from parley.ui.kit.fields import Field, NumberEdit, StringEdit, named, sentence
from parley.ui.kit.long_words import shorten_words
from parley.ui.kit.texts import set_tip, without_shortcut
from parley.ui.sides.copy_as import CopyAs
from parley.ui.sides.identity import IdentitySection
from parley.ui.sides.misbehave_section import MisbehaveSection
from parley.ui.sides.negotiation_sections import ProposalSection
from parley.ui.sides.side_panel import DEFAULT_MAXIMUM_LENGTH, NOTHING, SidePanel
from parley.ui.sides.testing_section import TestingSection
from parley.ui.sides.timers import REQUESTOR_TIMERS, TimersSection
from parley.ui.sides.tls_section import TlsSection
from parley.ui.sides.transport_section import TransportSection
from parley.ui.sides.user_identity import UserIdentitySection
from parley.ul.errors import Severity
from parley.ul.table import State

if TYPE_CHECKING:
    from parley.bridge.opened_profile import OpenedProfile
    from parley.model.attempt import Attempt
    from parley.model.problems.validation import Problem
    from parley.ul.negotiation import NegotiatedContext

_Said = tuple[style.Tone, str, str, str, str]
NAME_WIDTH = 80
"""Pixels: room for a peer's title in a button, whether there is one or not: no button moves when it comes."""
_OTHER_TEXTS = {"associate": ("Send anyway",), "abort": ("Cancel",)}
_ENDED = {None, State.STA_1, State.STA_13}
_END_TONES = {EventKind.RELEASED: style.Tone.OK, EventKind.PROVIDER_ABORTED: style.Tone.ERROR}


class ScuPanel(SidePanel):
    """Edits a `RequestorSide`.

    Attributes:
        associate_requested: the person wants an association, with the draft as a `RequestorSide`.
        misbehave_requested: the same, with the name of what it is to do wrong on purpose.
        echo_requested, release_requested, abort_requested: the same for the association there is.
        target_changed: the form may name another peer now.
        state_words_changed: the state is said in other words now.
        associate_action, echo_action, release_action, abort_action, misbehave_action: for toolbar and menus.
        copy_as: the draft in the words of other programs.
    """

    associate_requested = Signal(object)
    misbehave_requested = Signal(object, str)
    echo_requested = Signal()
    release_requested = Signal()
    abort_requested = Signal()
    target_changed = Signal()
    state_words_changed = Signal()

    def __init__(self) -> None:
        super().__init__("scu", "SCU (requestor)", "State of this side's association, with its number in PS3.8")
        self._shown = RequestorSide()
        self._asked: RequestorSide | None = None
        self._said: _Said | None = None
        self._answers: tuple[Sequence[NegotiatedContext], str] | None = None
        self._is_news = False  # what was said came while the form named another peer
        self._shown_as = self._shows_as()
        self._told = ""
        self._aimed_at: Target | None = None
        self._is_waiting = False
        self._state: State | None = None
        self._attempting = False
        self._misbehaves = False
        self._busy = False
        self._make_fields()
        self._make_commands()
        self.set_side(RequestorSide())
        self.show_state(None)

    def _make_fields(self) -> None:
        self._host = Field("Ho&st", StringEdit(), "scu.host", "Name or address of the peer")
        self._port = Field("Por&t", NumberEdit(), "scu.port", "TCP port of the peer; often 104 or 11112")
        self._called = Field("Calle&d AE title", StringEdit(), "scu.called_ae_title", "AE title of the peer")
        self._calling = Field("Callin&g AE title", StringEdit(), "scu.calling_ae_title", "AE title of this side")
        self._length = self._maximum_length_field("&Max. length")
        editor = ContextsEditor(ProposedContext, "scu")
        named(editor.table, "scu.contexts", "Proposed presentation contexts", "What is proposed; double-click to edit")
        self._contexts = Field(
            "Proposed presentation co&ntexts", editor, "scu.contexts.editor", "What to do, and how data may be encoded"
        )
        self._row(("host", self._host, 5), ("port", self._port, 2), ("maximum_length", self._length, 4))
        self._row(("called_ae_title", self._called, 1), ("calling_ae_title", self._calling, 1))
        self._row(("contexts", self._contexts, 1))
        self._timers = TimersSection("scu", REQUESTOR_TIMERS, Timers())
        self.tls = TlsSection("scu")
        self._misbehaviours = MisbehaveSection("scu")
        self._misbehaviours.chosen.connect(self._misbehave)
        for section in (
            self.tls,
            ProposalSection("scu"),
            UserIdentitySection("scu"),
            IdentitySection("scu", RequestorHandle()),
            TransportSection("scu"),
            self._timers,
            TestingSection(),
            self._misbehaviours,
        ):
            self._section(section)
        for field in (self._host, self._port, self._called, self._calling):
            field.editor.textChanged.connect(self._edited)
        self._length.changed.connect(self._edited)
        editor.changed.connect(self._edited)
        editor.roles_wanted.connect(self._add_roles)

    def _make_commands(self) -> None:
        self.associate_action = self._command("&Associate", "associate", "Ctrl+Return", "Ask for an association")
        self.echo_action = self._command("&Echo", "echo", "Ctrl+E", "Send a C-ECHO on the association")
        self.release_action = self._command("&Release", "release", "Ctrl+R", "End it in good order")
        self.abort_action = self._command("A&bort", "abort", "Ctrl+Shift+R", "End it at once with an A-ABORT")
        self.misbehave_action = QAction("&Misbehave on purpose …", self)
        set_tip(
            self.misbehave_action, "Choose what the next association does wrong, to learn what the peer makes of it"
        )
        self.misbehave_action.triggered.connect(self._misbehaviours.focus_list)
        self._associate_tip = self.associate_action.toolTip()
        self._plain = tuple(
            (action, action.text(), action.toolTip())
            for action in (self.echo_action, self.release_action, self.abort_action)
        )
        actions: tuple[tuple[str, QAction], ...] = (
            ("associate", self.associate_action),
            ("echo", self.echo_action),
            ("release", self.release_action),
            ("abort", self.abort_action),
        )
        for name, action in actions:
            action.setIconText(shown_text(action))
            others, spare = (_OTHER_TEXTS.get(name, ()), 0 if action is self.associate_action else NAME_WIDTH)
            self._buttons.addWidget(ActionButton(action, f"scu.{name}", others=others, spare=spare))
        self._buttons.addStretch(1)
        self.copy_as = CopyAs(self)
        self._buttons.addWidget(self.copy_as.button)
        self._layout.insertWidget(self._layout.indexOf(self.verdict), self.copy_as.line)
        self.associate_action.triggered.connect(self._associate)
        self.echo_action.triggered.connect(self.echo_requested)
        self.release_action.triggered.connect(self.release_requested)
        self.abort_action.triggered.connect(self.abort_requested)

    # --- the draft ---------------------------------------------------------------------------------------------------

    def side(self) -> RequestorSide:
        """The draft as it is typed, problems and all."""
        handle = replace(
            self._with_parts(self._shown.handle),
            called_ae_title=self._called.editor.value(),
            calling_ae_title=self._calling.editor.value(),
            contexts=self._contexts.editor.contexts(),
            maximum_length=(self._length.editor.value() or 0) if self._length.is_on() else None,
        )
        return replace(
            self._with_parts(self._shown),
            host=self._host.editor.value(),
            port=self._port.editor.value() or 0,
            handle=handle,
            timers=self._timers.timers(),
        )

    def set_side(self, side: RequestorSide) -> None:
        """Show another draft; `changed` stays silent. What came of an attempt that is over does not belong to it."""
        if not self._is_under_way:
            self._said = None
            self.verdict.fall_silent()
        self._filling = True
        self._shown = side
        self._host.editor.set_value(side.host)
        self._port.editor.set_value(side.port)
        self._called.editor.set_value(side.handle.called_ae_title)
        self._calling.editor.set_value(side.handle.calling_ae_title)
        self._length.show_value(side.handle.maximum_length, DEFAULT_MAXIMUM_LENGTH)
        self._contexts.editor.set_contexts(side.handle.contexts)
        self._show_parts(side, side.handle)
        self._timers.set_timers(side.timers)
        self._filling = False
        self._look_whose()
        self._checking.start()

    def restore_side(self, side: RequestorSide, *, keep_typed: bool = False) -> None:
        """Show an earlier or later draft of the same: what was said of its peer is said again."""
        said = self._said
        super().restore_side(side, keep_typed=keep_typed)
        self._said = said
        self._show_whose()

    @property
    def target(self) -> Target:
        """The peer that the form names."""
        host, port, called = self._host.editor, self._port.editor, self._called.editor
        return Target(host.value(), port.value() or 0, called.value(), self.tls.part("tls"))

    @property
    def other_target(self) -> Target | None:
        """The peer of the association that is open or asked for, where the form names another."""
        return None if self._is_theirs or not self._is_under_way else self._target

    @property
    def _target(self) -> Target | None:
        """The peer that was asked last."""
        return Target.of(self._asked) if self._asked is not None else None

    @property
    def _is_theirs(self) -> bool:
        return self._target is None or self._target.is_same(self.target)

    @property
    def _is_peer_theirs(self) -> bool:
        return self._target is None or self._target.key == self.target.key

    @property
    def _is_as_asked(self) -> bool:
        """Whether the form asks what was asked last: what came of that is true of it."""
        return self._asked is None or is_same_request(self._asked, self.side())

    @property
    def _is_under_way(self) -> bool:
        return self._attempting or self._state not in _ENDED

    def _defaulted(self, side: RequestorSide) -> RequestorSide:
        return replace(side, handle=RequestorHandle())

    def _emptied(self, side: RequestorSide) -> RequestorSide:
        titles = {name: getattr(side.handle, name) for name in ("called_ae_title", "calling_ae_title")}
        return replace(side, handle=RequestorHandle(**titles, **NOTHING))

    def _check_draft(self) -> tuple[Problem, ...]:
        from parley.model.problems.validation import check_requestor

        return check_requestor(self.side())

    def _after_check(self) -> None:
        """With errors, sending stays possible, but by a button that says what it does."""
        errors = [sentence(problem) for problem in self._problems if problem.severity is Severity.ERROR]
        self.associate_action.setText("Send &anyway" if errors else "&Associate")
        self.associate_action.setIconText(shown_text(self.associate_action))
        self.associate_action.setIcon(icons.icon("warning" if errors else "associate"))
        tip = "\n".join(["Send it although:", *errors]) if errors else self._associate_tip
        set_tip(self.associate_action, tip)

    def propose(self, contexts: Sequence[ProposedContext]) -> None:
        """Add contexts beneath those that are proposed; one edit."""
        editor = self._contexts.editor
        editor.insert(contexts, len(editor.contexts()))

    # --- wishes ------------------------------------------------------------------------------------------------------

    @Slot()
    def _associate(self) -> None:
        said_anyway = self.has_errors()
        self.check()
        if said_anyway or not self.has_errors():
            self._misbehaves = False
            self.associate_requested.emit(self.side())

    @Slot(str)
    def _misbehave(self, name: str) -> None:
        self.check()
        self._misbehaves = True
        self.misbehave_requested.emit(self.side(), name)

    # --- what happens ------------------------------------------------------------------------------------------------

    @Slot(object)
    def show_opened(self, opened: OpenedProfile) -> None:
        """Show all that the profile of the draft has, as of now: it was opened, or opened again."""
        self._asked, self._said, self._is_waiting = opened.side, None, False
        self._misbehaves = opened.misbehaviour is not None
        self._state, self._busy, self._attempting = opened.state, opened.is_busy, opened.is_attempting
        self.verdict.fall_silent()
        self._begin_answers(opened.side)
        self._answers = None
        if opened.side is not None and opened.is_attempting:
            self._say_under_way(opened.side)
        if opened.attempt is not None:
            self._show_attempt(opened.attempt)
        if isinstance(opened.outcome, EngineEvent):
            self.association_ended(opened.outcome, opened.silence)
        elif opened.outcome is not opened.attempt:
            self.echo_finished(opened.outcome)
        self._show_whose()

    @Slot(object)
    def show_state(self, state: State | None) -> None:
        """Show the association's state; None when there is none."""
        self._state = state
        if self._whose:
            self._show_whose()
        else:
            self._show_state_words()
            self._enable()

    def _show_state_words(self) -> None:
        """The bare state is that of what the form asks; of anything else, it is said whose it is."""
        state, whose = self._state or State.STA_1, self._whose
        if self.other_target is not None and (self._attempting or state is State.STA_6):
            words = f"{'Calling' if self._attempting else 'Connected to'} {whose}"
        else:
            words = f"{state.value[:1].upper()}{state.value[1:]} ({state.label})"
            words += f": {whose}" if whose and state is not State.STA_1 else ""
        self.state_line.show_state(self._state not in _ENDED, shorten_words(words))
        if self._told != self.state_words:
            self._told = self.state_words
            self.state_words_changed.emit()

    @property
    def _whose(self) -> str:
        """The peer that was asked last where the form asks something else, with what the form says otherwise of TLS."""
        if self._target is None or self._is_as_asked:
            return ""
        is_protected = self._target.protection != self.target.protection
        return f"{self._target} {self._target.protection}" if is_protected else str(self._target)

    @property
    def state_words(self) -> str:
        """The state with the peer whose it is, for where the form is not beside it."""
        words = self.state_line.text()
        if self._target is None or not self._is_under_way or not self._is_as_asked:
            return words
        return f"{words}, {shorten_words(str(self._target))}"

    def _edited(self) -> None:
        if not self._filling:
            self._look_whose()
        super()._edited()

    def _look_whose(self) -> None:
        """Whether what is shown is still that of what the form asks."""
        if self._shown_as != self._shows_as():
            self._is_news = False
            self._show_whose()
            if self._asked is not None and self._is_as_asked:
                self._begin_answers(self._asked)
                self._show_answers()
        if self._aimed_at != self.target:
            self._aimed_at = self.target
            self.target_changed.emit()

    def _shows_as(self) -> tuple[bool, bool, str]:
        return self._is_theirs, self._is_peer_theirs, self._whose

    def _show_whose(self) -> None:
        self._shown_as = self._shows_as()
        self._contexts.editor.model.hide_answers(not self._is_as_asked)
        if self.other_target is not None:
            self._say_open()
        elif self._said is None or not (self._is_theirs or self._is_news):
            self.verdict.fall_silent()
        elif self._is_as_asked:
            self.verdict.say(*self._said)
        else:
            _, headline, why, next_step, code = self._said
            whose = "Got with another request:" if self._is_theirs else f"{self._whose}:"
            self.verdict.say(style.Tone.NOTE, whose, f"{headline} {why}".rstrip(), next_step, code)
        self._show_state_words()
        self._enable()

    def _say_open(self) -> None:
        """Of what is open, or under way, with another than the form names."""
        form = "The form says otherwise of TLS." if self._is_peer_theirs else "The form names another peer."
        go_on = "undo the edit to go on here."
        if self._attempting:
            verb, advice = "Under way: an attempt to call", f"Cancel it to call as the form says; {go_on}"
        elif self._state is State.STA_6:
            verb, advice = "Connected to", f"Release or abort it to call as the form says; {go_on}"
        else:
            verb, advice = "Still open:", f"Abort it to call as the form says; {go_on}"
        self.verdict.say(style.Tone.NOTE, verb, f"{self._whose}.", f"{form} {advice}")

    def _say(self, tone: style.Tone, headline: str, why: str = "", next_step: str = "", code: str = "") -> None:
        """Say something of the attempt or its association; it is seen while the form asks what that was made with."""
        self._said = tone, headline, why, next_step, code
        self._is_news = False
        self._show_whose()

    @Slot(bool)
    def show_busy(self, busy: bool) -> None:
        """Something is under way that Abort would end."""
        self._busy = busy
        self._enable()

    @Slot(object)
    def attempt_started(self, side: RequestorSide | None = None) -> None:
        """Say whom it asks.

        Args:
            side: what it was begun with; None for what the form says.
        """
        side = side or self.side()
        self._asked, self._attempting, self._is_waiting = side, True, False
        self._begin_answers(side)
        self._answers = None
        self._say_under_way(side)

    def _say_under_way(self, side: RequestorSide) -> None:
        self._say(style.Tone.NOTE, "Under way:", f"asking {format_address((side.host, side.port))} …")

    def show_waiting(self, headline: str, text: str) -> None:
        """Before an attempt: say what it waits for."""
        if headline:
            self._is_waiting = self._attempting = True
            self._asked = self.side()
            self._say(style.Tone.NOTE, headline, text)
        elif self._is_waiting:
            self._is_waiting = self._attempting = False
            self._asked = self._said = None
            self._show_whose()

    @Slot(object)
    def attempt_finished(self, attempt: Attempt) -> None:
        """Show the verdict, and what the peer said to each context."""
        self._attempting = False
        self._show_attempt(attempt)
        self._is_news = not self._is_theirs
        self._show_whose()

    def _show_attempt(self, attempt: Attempt) -> None:
        from parley.diagnosis import diagnose
        from parley.ul.negotiation import outcome
        from parley.ul.pdu import AAssociateAc

        verdict = diagnose(attempt)
        answered = attempt.request is not None and isinstance(attempt.answer, AAssociateAc)
        self._answers = (), "Not negotiated"
        if answered:
            assert attempt.request is not None
            assert isinstance(attempt.answer, AAssociateAc)
            self._answers = outcome(attempt.request, attempt.answer), ""
        self._show_answers()
        tone, headline = (style.Tone.OK, "Passed:") if verdict.passed else (style.Tone.ERROR, "Failed:")
        if attempt.end is AttemptEnd.CANCELLED:
            tone, headline = style.Tone.NOTE, "Cancelled:"
        # What to do about a failure that was provoked is not what the diagnosis knows.
        is_provoked = self._misbehaves and attempt.was_connected
        remedy = "This side misbehaved on purpose." if is_provoked else verdict.remedy
        self._say(tone, headline, verdict.cause, remedy, verdict.code)

    def _begin_answers(self, side: RequestorSide | None) -> None:
        """Let the rows that hold what this side asks, if they do, be those that answers are for."""
        self._contexts.editor.model.begin_attempt(side.handle.contexts if side is not None else ())

    def _show_answers(self) -> None:
        if self._answers is not None:
            self._contexts.editor.model.show_answers(*self._answers)

    @Slot(object)
    def echo_finished(self, result: object) -> None:
        """Show an `EchoResult`, or the words that say why there is none."""
        status, whom = getattr(result, "status", None), (self._target or self.target).title
        if status is None:
            self._say(style.Tone.ERROR, "Echo failed:", str(result))
        elif status == 0:
            self._say(style.Tone.OK, "Echo answered", f"with success in {result.ms:.1f} ms by {whom}.")  # type: ignore[attr-defined]
        else:
            from parley.diagnosis import diagnose_echo

            words: str = result.text  # type: ignore[attr-defined]
            verdict = diagnose_echo(status, words)
            cause = f"by {whom}, but not with success: {words.rstrip('.')}."
            self._say(style.Tone.WARNING, "Echo answered", cause, verdict.remedy, verdict.code)

    @Slot(object)
    def association_ended(self, event: EngineEvent, silence: float | None = None) -> None:
        """Say how an association ended that had been established.

        Args:
            silence: for so many seconds nothing had come or gone.
        """
        from parley.capture.summary import summarize
        from parley.diagnosis import diagnose_end

        how, colon, why = summarize(event).partition(": ")
        headline = f"{how.capitalize()}{colon.strip() or '.'}"
        verdict = diagnose_end(event, silence)
        tone = _END_TONES.get(event.kind, style.Tone.NOTE)
        if verdict is None or self._misbehaves:
            self._say(tone, headline, why)
        else:
            self._say(tone, headline, f"{why} {verdict.cause}".strip(), verdict.remedy, verdict.code)

    def _enable(self) -> None:
        established = self._state is State.STA_6 and not self._busy
        peer = self._target if self._is_under_way else None
        self.associate_action.setEnabled(self._state in _ENDED and not self._busy and not self._attempting)
        self._misbehaviours.show_enabled(self.associate_action.isEnabled())
        self.echo_action.setEnabled(established and self.other_target is None)
        self.release_action.setEnabled(established)
        self.abort_action.setEnabled(self._is_under_way)
        title = shorten_words(peer.title) if peer is not None and self._whose else ""
        whom = f"\n{shorten_words(peer.words)}" if peer is not None else ""
        for action, text, tip in self._plain:
            if action is self.abort_action and self._attempting:
                text, tip = "Cancel", "Stop this attempt"  # noqa: PLW2901
            action.setText(f"{text} {without_shortcut(title)}".rstrip())
            # Qt would drop an ellipsis from what it makes of the text for the toolbar.
            short = self.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, NAME_WIDTH)
            verb = text.replace("&", "")
            action.setIconText(verb if action is self.echo_action else f"{verb} {without_shortcut(short)}".rstrip())
            set_tip(action, f"{tip}{whom}")
